import type { AssignedPartition } from '../consumer/assigned-partition.ts'
import type { FetchedChunk } from '../consumer/fetched-chunk.ts'
import { nameOf, type TopicPartition } from '../consumer/offset-lookup.ts'
import type { Metrics, Sensor, SensorRows } from './metrics.ts'

const group = 'consumer-fetch-manager-metrics'

export const fetchLatency: SensorRows = {
  'fetch-latency-avg': ['average', 'Milliseconds from a fetch to its response, which the broker may hold back.'],
  'fetch-latency-max': ['max', 'The longest from a fetch to its response, in milliseconds.'],
  'fetch-rate': ['countRate', 'Fetches per second.'],
  'fetch-total': ['count', 'Fetches.'],
}
export const fetchThrottle: SensorRows = {
  'fetch-throttle-time-avg': ['average', 'Milliseconds for which brokers held the consumer back, because of a quota.'],
  'fetch-throttle-time-max': ['max', 'The longest that a broker held the consumer back, in milliseconds.'],
}
const size: SensorRows = {
  'fetch-size-avg': ['average', 'Bytes of records that a fetch brings.'],
  'fetch-size-max': ['max', 'Bytes of records of the largest fetch.'],
}
const recordsPerRequest: SensorRows = {
  'records-per-request-avg': ['average', 'Records that a fetch brings.'],
}
const bytes: SensorRows = {
  'bytes-consumed-rate': ['rate', 'Bytes of records per second that were handed to the application.'],
  'bytes-consumed-total': ['total', 'Bytes of records that were handed to the application.'],
}
const records: SensorRows = {
  'records-consumed-rate': ['rate', 'Records per second that were handed to the application.'],
  'records-consumed-total': ['total', 'Records that were handed to the application.'],
}
const lagMax: SensorRows = {
  'records-lag-max': ['max', 'The greatest number of records that any partition was behind by.'],
}
const leadMin: SensorRows = {
  'records-lead-min': [
    'min',
    'The least number of records between the first of a partition and the place of the consumer.',
  ],
}
const partitionLag: SensorRows = {
  'records-lag': ['last', 'Records between the place of the consumer and the end of the partition.'],
  'records-lag-avg': ['average', 'Records between the place of the consumer and the end, on average.'],
  'records-lag-max': ['max', 'The most records between the place of the consumer and the end.'],
}
const partitionLead: SensorRows = {
  'records-lead': ['last', 'Records between the first of the partition and the place of the consumer.'],
  'records-lead-avg': ['average', 'Records between the first of the partition and the place, on average.'],
  'records-lead-min': ['min', 'The least number of records between the first and the place.'],
}

/** What a consumer fetches. Told once for each fetch, and once for each chunk that is handed out; never for a record. */
export class FetchMetrics {
  readonly #metrics: Metrics
  readonly #readCommitted: boolean
  readonly #latency: Sensor
  readonly #throttle: Sensor
  readonly #of: FetchSensors
  readonly #lagMax: Sensor
  readonly #leadMin: Sensor
  readonly #topics = new Map<string, FetchSensors>()
  readonly #partitions = new Map<string, PartitionSensors>()

  constructor(metrics: Metrics, { readCommitted }: { readCommitted: boolean }) {
    this.#metrics = metrics
    this.#readCommitted = readCommitted
    this.#latency = metrics.sensor(group, fetchLatency)
    this.#throttle = metrics.sensor(group, fetchThrottle)
    this.#of = this.#sensors()
    this.#lagMax = metrics.sensor(group, lagMax)
    this.#leadMin = metrics.sensor(group, leadMin)
  }

  /** A response has come; `chunks`: what it brought. */
  onAnswered(tookMs: number, throttleMs: number, chunks: readonly FetchedChunk[]): void {
    this.#latency.record(tookMs)
    this.#throttle.record(throttleMs)
    if (chunks.length === 0) return
    const whole = { bytes: 0, records: 0 }
    const byTopic = new Map<string, { bytes: number; records: number }>()
    for (const { topic, sizeInBytes, recordCount } of chunks) {
      const tally = byTopic.get(topic) ?? { bytes: 0, records: 0 }
      byTopic.set(topic, tally)
      for (const each of [whole, tally]) {
        each.bytes += sizeInBytes
        each.records += recordCount
      }
    }
    this.#of.size.record(whole.bytes)
    this.#of.perRequest.record(whole.records)
    for (const [topic, tally] of byTopic) {
      const sensors = this.#topic(topic)
      sensors.size.record(tally.bytes)
      sensors.perRequest.record(tally.records)
    }
  }

  /** A chunk is handed to the application. */
  onTaken(partition: AssignedPartition, { sizeInBytes, recordCount, nextOffset }: FetchedChunk): void {
    const topic = this.#topic(partition.topic)
    for (const sensors of [this.#of, topic]) {
      sensors.bytes.record(sizeInBytes)
      sensors.records.record(recordCount)
    }
    const sensors = this.#partition(partition)
    const end = this.#readCommitted ? partition.lastStableOffset : partition.highWatermark
    if (end >= 0) {
      const lag = Math.max(0, end - nextOffset)
      sensors.lag.record(lag)
      this.#lagMax.record(lag)
    }
    if (partition.logStartOffset >= 0) {
      const lead = Math.max(0, nextOffset - partition.logStartOffset)
      sensors.lead.record(lead)
      this.#leadMin.record(lead)
    }
  }

  /** A partition is no longer read. */
  forget(of: TopicPartition): void {
    const name = nameOf(of)
    this.#partitions.get(name)?.remove()
    this.#partitions.delete(name)
  }

  #topic(topic: string): FetchSensors {
    let sensors = this.#topics.get(topic)
    if (sensors === undefined) {
      sensors = this.#sensors({ topic })
      this.#topics.set(topic, sensors)
    }
    return sensors
  }

  #sensors(tags: Record<string, string> = {}): FetchSensors {
    const sensor = (rows: SensorRows) => this.#metrics.sensor(group, rows, tags)
    return {
      size: sensor(size),
      perRequest: sensor(recordsPerRequest),
      bytes: sensor(bytes),
      records: sensor(records),
    }
  }

  #partition(partition: AssignedPartition): PartitionSensors {
    const name = nameOf(partition)
    let sensors = this.#partitions.get(name)
    if (sensors === undefined) {
      const tags = { topic: partition.topic, partition: String(partition.partition) }
      const lag = this.#metrics.sensor(group, partitionLag, tags)
      const lead = this.#metrics.sensor(group, partitionLead, tags)
      const removeReplica = this.#metrics.gauge(
        group,
        'preferred-read-replica',
        'The replica that is read from; -1: the leader.',
        () => partition.preferred?.nodeId ?? -1,
        tags,
      )
      const remove = () => {
        lag.remove()
        lead.remove()
        removeReplica()
      }
      sensors = { lag, lead, remove }
      this.#partitions.set(name, sensors)
    }
    return sensors
  }
}

interface FetchSensors {
  readonly size: Sensor
  readonly perRequest: Sensor
  readonly bytes: Sensor
  readonly records: Sensor
}

interface PartitionSensors {
  readonly lag: Sensor
  readonly lead: Sensor
  remove(): void
}
