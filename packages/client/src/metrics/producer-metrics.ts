import type { ProducerBatch } from '../producer/producer-batch.ts'
import type { Metrics, Sensor, SensorRows } from './metrics.ts'

const group = 'producer-metrics'
const topicGroup = 'producer-topic-metrics'

const batchSize: SensorRows = {
  'batch-size-avg': ['average', 'Bytes of a batch.'],
  'batch-size-max': ['max', 'Bytes of the largest batch.'],
}
const compression: SensorRows = {
  'compression-rate-avg': ['average', 'What part of the bytes of a batch compression leaves.'],
}
const queueTime: SensorRows = {
  'record-queue-time-avg': ['average', 'Milliseconds that a batch waits until it is sent.'],
  'record-queue-time-max': ['max', 'The longest that a batch waited until it was sent, in milliseconds.'],
}
const recordSize: SensorRows = {
  'record-size-avg': ['average', 'Bytes of the largest record of a batch, on average.'],
  'record-size-max': ['max', 'Bytes of the largest record.'],
}
const recordsSent: SensorRows = {
  'record-send-rate': ['rate', 'Records sent per second.'],
  'record-send-total': ['total', 'Records sent.'],
}
const recordsPerRequest: SensorRows = {
  'records-per-request-avg': ['average', 'Records of a request.'],
}
const retries: SensorRows = {
  'record-retry-rate': ['rate', 'Records per second that are to be sent again.'],
  'record-retry-total': ['total', 'Records that were to be sent again.'],
}
const errors: SensorRows = {
  'record-error-rate': ['rate', 'Records per second that were lost.'],
  'record-error-total': ['total', 'Records that were lost.'],
}
const splits: SensorRows = {
  'batch-split-rate': ['countRate', 'Batches per second that were too large and were taken apart.'],
  'batch-split-total': ['count', 'Batches that were too large and were taken apart.'],
}
const requestLatency: SensorRows = {
  'request-latency-avg': ['average', 'Milliseconds from a produce request to its response.'],
  'request-latency-max': ['max', 'The longest from a produce request to its response, in milliseconds.'],
}
const throttle: SensorRows = {
  'produce-throttle-time-avg': [
    'average',
    'Milliseconds for which brokers held the producer back, because of a quota.',
  ],
  'produce-throttle-time-max': ['max', 'The longest that a broker held the producer back, in milliseconds.'],
}
const exhausted: SensorRows = {
  'buffer-exhausted-rate': ['countRate', 'Records per second that were lost for want of room in the buffer.'],
  'buffer-exhausted-total': ['count', 'Records that were lost for want of room in the buffer.'],
}
const bufferWait: SensorRows = {
  'bufferpool-wait-ratio': ['rate', 'The part of the time in which records waited for room in the buffer.'],
}
const bytesSent: SensorRows = {
  'byte-rate': ['rate', 'Bytes of batches sent per second.'],
  'byte-total': ['total', 'Bytes of batches sent.'],
}
const topicCompression: SensorRows = {
  'compression-rate': ['average', 'What part of the bytes of a batch compression leaves.'],
}

/** What a producer spends time on, as far as Kafka counts it. */
const timed = {
  flush: ['flush-time-ns-total', 'Nanoseconds that flushes took.'],
  metadata: ['metadata-wait-time-ns-total', 'Nanoseconds in which records waited for the metadata of their topic.'],
  buffer: ['bufferpool-wait-time-ns-total', 'Nanoseconds in which records waited for room in the buffer.'],
  init: ['txn-init-time-ns-total', 'Nanoseconds that initTransactions took.'],
  begin: ['txn-begin-time-ns-total', 'Nanoseconds that beginTransaction took.'],
  sendOffsets: ['txn-send-offsets-time-ns-total', 'Nanoseconds that sendOffsetsToTransaction took.'],
  commit: ['txn-commit-time-ns-total', 'Nanoseconds that commitTransaction took.'],
  abort: ['txn-abort-time-ns-total', 'Nanoseconds that abortTransaction took.'],
} as const

export type Timed = keyof typeof timed

export interface ProducerGauges {
  readonly bufferTotalBytes: number
  /** Bytes of records that are not delivered yet. */
  bufferedBytes(): number
  requestsInFlight(): number
  /** Records that wait for room in the buffer. */
  waitingCount(): number
  /** Seconds; NaN: there is no metadata yet. */
  metadataAge(): number
}

/** What a producer does. Told once for each batch or request, never for a record. */
export class ProducerMetrics {
  readonly #metrics: Metrics
  readonly #batchSize: Sensor
  readonly #compression: Sensor
  readonly #queueTime: Sensor
  readonly #recordSize: Sensor
  readonly #recordsSent: Sensor
  readonly #recordsPerRequest: Sensor
  readonly #retries: Sensor
  readonly #errors: Sensor
  readonly #splits: Sensor
  readonly #requestLatency: Sensor
  readonly #throttle: Sensor
  readonly #exhausted: Sensor
  readonly #bufferWait: Sensor
  readonly #times = new Map<Timed, Sensor>()
  readonly #topics = new Map<string, TopicSensors>()

  constructor(metrics: Metrics) {
    this.#metrics = metrics
    this.#batchSize = metrics.sensor(group, batchSize)
    this.#compression = metrics.sensor(group, compression)
    this.#queueTime = metrics.sensor(group, queueTime)
    this.#recordSize = metrics.sensor(group, recordSize)
    this.#recordsSent = metrics.sensor(group, recordsSent)
    this.#recordsPerRequest = metrics.sensor(group, recordsPerRequest)
    this.#retries = metrics.sensor(group, retries)
    this.#errors = metrics.sensor(group, errors)
    this.#splits = metrics.sensor(group, splits)
    this.#requestLatency = metrics.sensor(group, requestLatency)
    this.#throttle = metrics.sensor(group, throttle)
    this.#exhausted = metrics.sensor(group, exhausted)
    this.#bufferWait = metrics.sensor(group, bufferWait)
    for (const [key, [name, text]] of Object.entries(timed)) {
      this.#times.set(key as Timed, metrics.sensor(group, { [name]: ['total', text] }))
    }
  }

  /** What is asked for when somebody looks. */
  watch(gauges: ProducerGauges): void {
    const { bufferTotalBytes, bufferedBytes, requestsInFlight, waitingCount, metadataAge } = gauges
    const gauge = (name: string, text: string, value: () => number) => this.#metrics.gauge(group, name, text, value)
    gauge('buffer-total-bytes', 'Bytes that records may take up until they are delivered.', () => bufferTotalBytes)
    gauge('buffer-available-bytes', 'Bytes of the buffer that are free.', () => bufferTotalBytes - bufferedBytes())
    // In Java each holds a thread up; here it is what a thread would be for.
    gauge('waiting-threads', 'Sends that wait for room in the buffer.', waitingCount)
    gauge('requests-in-flight', 'Requests without a response yet.', requestsInFlight)
    gauge('metadata-age', 'Seconds since the metadata was last answered.', metadataAge)
  }

  /** A batch leaves, for the first time or again. */
  onBatchSent(batch: ProducerBatch, nowMs: number): void {
    const { sizeInBytes, recordCount, compressionRatio } = batch
    const topic = this.#topic(batch.topic)
    topic.records.record(recordCount, nowMs)
    topic.bytes.record(sizeInBytes, nowMs)
    topic.compression.record(compressionRatio, nowMs)
    this.#batchSize.record(sizeInBytes, nowMs)
    this.#compression.record(compressionRatio, nowMs)
    this.#queueTime.record(nowMs - batch.createdMs, nowMs)
    this.#recordSize.record(batch.recordBytesMax, nowMs)
    this.#recordsSent.record(recordCount, nowMs)
  }

  onRequestSent(recordCount: number, nowMs: number): void {
    this.#recordsPerRequest.record(recordCount, nowMs)
  }

  onAnswered(tookMs: number, throttleMs: number, nowMs: number): void {
    this.#requestLatency.record(tookMs, nowMs)
    this.#throttle.record(throttleMs, nowMs)
  }

  /** A batch is to be sent again. */
  onRetry({ topic, recordCount }: ProducerBatch): void {
    this.#retries.record(recordCount)
    this.#topic(topic).retries.record(recordCount)
  }

  onLost(topic: string, recordCount: number): void {
    this.#errors.record(recordCount)
    this.#topic(topic).errors.record(recordCount)
  }

  onSplit(): void {
    this.#splits.record(1)
  }

  /** A record is lost because there was no room for it. */
  onExhausted(): void {
    this.#exhausted.record(1)
  }

  /** Records have waited outside of the buffer. */
  onWaited(what: 'metadata' | 'buffer', tookMs: number): void {
    this.spent(what, tookMs)
    // A rate of seconds for each second is a part of the time.
    if (what === 'buffer') this.#bufferWait.record(tookMs / 1000)
  }

  /** Time that the application's calls took. */
  spent(what: Timed, tookMs: number): void {
    this.#times.get(what)!.record(Math.round(tookMs * 1e6))
  }

  #topic(topic: string): TopicSensors {
    let sensors = this.#topics.get(topic)
    if (sensors === undefined) {
      const sensor = (rows: SensorRows) => this.#metrics.sensor(topicGroup, rows, { topic })
      sensors = {
        records: sensor(recordsSent),
        bytes: sensor(bytesSent),
        compression: sensor(topicCompression),
        retries: sensor(retries),
        errors: sensor(errors),
      }
      this.#topics.set(topic, sensors)
    }
    return sensors
  }
}

interface TopicSensors {
  readonly records: Sensor
  readonly bytes: Sensor
  readonly compression: Sensor
  readonly retries: Sensor
  readonly errors: Sensor
}
