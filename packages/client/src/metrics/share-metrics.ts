import { fetchLatency, fetchThrottle } from './fetch-metrics.ts'
import { HeartbeatMetrics } from './heartbeat-metrics.ts'
import type { Metrics, Sensor, SensorRows } from './metrics.ts'

const coordinatorGroup = 'consumer-share-coordinator-metrics'
const fetchGroup = 'consumer-share-fetch-manager-metrics'

const rebalance: SensorRows = {
  'rebalance-rate-per-hour': ['hourlyRate', 'Assignments per hour that the coordinator has handed over.'],
  'rebalance-total': ['count', 'Assignments that the coordinator has handed over.'],
}
const bytes: SensorRows = {
  'fetch-size-avg': ['average', 'Bytes of the keys and values that a fetch brings.'],
  'fetch-size-max': ['max', 'Bytes of the keys and values of the largest fetch.'],
  'bytes-consumed-rate': ['rate', 'Bytes of keys and values per second that were handed to the application.'],
  'bytes-consumed-total': ['total', 'Bytes of keys and values that were handed to the application.'],
}
const records: SensorRows = {
  'records-per-request-avg': ['average', 'Records that a fetch brings.'],
  'records-per-request-max': ['max', 'Records of the fetch that brought most.'],
  'records-consumed-rate': ['rate', 'Records per second that were handed to the application.'],
  'records-consumed-total': ['total', 'Records that were handed to the application.'],
}
const acknowledged: SensorRows = {
  'acknowledgements-send-rate': ['rate', 'Acknowledgements of records sent per second.'],
  'acknowledgements-send-total': ['total', 'Acknowledgements of records that were sent.'],
}
const refused: SensorRows = {
  'acknowledgements-error-rate': ['rate', 'Acknowledgements per second that were sent and came to nothing.'],
  'acknowledgements-error-total': ['total', 'Acknowledgements that were sent and came to nothing.'],
}

/** How a share consumer belongs to its group. */
export class ShareGroupMetrics {
  readonly heartbeat: HeartbeatMetrics
  readonly #rebalance: Sensor

  constructor(metrics: Metrics) {
    this.heartbeat = new HeartbeatMetrics(metrics, coordinatorGroup)
    this.#rebalance = metrics.sensor(coordinatorGroup, rebalance)
  }

  onAssigned(): void {
    this.#rebalance.record(1)
  }
}

/** What a share consumer fetches, and what it says of it. Told once for each request, and once for each fetch that has been handed out; never for a record. */
export class ShareFetchMetrics {
  readonly #latency: Sensor
  readonly #throttle: Sensor
  readonly #bytes: Sensor
  readonly #records: Sensor
  readonly #acknowledged: Sensor
  readonly #refused: Sensor

  constructor(metrics: Metrics) {
    this.#latency = metrics.sensor(fetchGroup, fetchLatency)
    this.#throttle = metrics.sensor(fetchGroup, fetchThrottle)
    this.#bytes = metrics.sensor(fetchGroup, bytes)
    this.#records = metrics.sensor(fetchGroup, records)
    this.#acknowledged = metrics.sensor(fetchGroup, acknowledged)
    this.#refused = metrics.sensor(fetchGroup, refused)
  }

  onAnswered(tookMs: number, throttleMs: number): void {
    this.#latency.record(tookMs)
    this.#throttle.record(throttleMs)
  }

  /** A response brings something of `partitionCount` partitions. */
  brought(partitionCount: number): FetchTally {
    return new FetchTally(partitionCount, tally => {
      this.#bytes.record(tally.bytes)
      this.#records.record(tally.records)
    })
  }

  /** `count`: acknowledgements, those of gaps among them, as in Kafka. */
  onAcknowledgementsSent(count: number): void {
    if (count > 0) this.#acknowledged.record(count)
  }

  onAcknowledgementsRefused(count: number): void {
    if (count > 0) this.#refused.record(count)
  }
}

/** What was handed out of one response. It counts as a whole when no partition of it has anything left, as in Kafka: the figures are those of a fetch. */
export class FetchTally {
  readonly #onDone: (tally: FetchTally) => void
  #openCount: number
  bytes = 0
  records = 0

  constructor(partitionCount: number, onDone: (tally: FetchTally) => void) {
    this.#openCount = partitionCount
    this.#onDone = onDone
  }

  add(recordCount: number, sizeInBytes: number): void {
    this.records += recordCount
    this.bytes += sizeInBytes
  }

  /** One of the partitions is done: all of it was handed out, or what is left never will be. */
  partitionDone(): void {
    this.#openCount--
    if (this.#openCount === 0) this.#onDone(this)
  }
}
