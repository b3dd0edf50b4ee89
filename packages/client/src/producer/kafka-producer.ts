import { DorsaleError, type MemoryUse } from '@dorsale/base'
import { type CodecName, codecs } from '@dorsale/protocol'
import { type ProducerConfig, producerTable, withFittingIdempotence } from '../config/producer-config.ts'
import { type SerializerSetting, takeSerializers, type WrittenBy } from '../config/serde-settings.ts'
import { loadSettings } from '../config/settings.ts'
import type { PartitionInfo } from '../metadata/metadata-cache.ts'
import { clientMetrics } from '../metrics/client-metrics.ts'
import type { KafkaMetric, MetricName, Metrics } from '../metrics/metrics.ts'
import { ProducerMetrics, type Timed } from '../metrics/producer-metrics.ts'
import { describe, invalidArgument, requireIterable, requireOptions } from '../misuse.ts'
import { parseBootstrapServers } from '../network/addresses.ts'
import { Cluster, closedError } from '../network/cluster.ts'
import { connectionConfig } from '../network/connection-config.ts'
import { TelemetryReporter } from '../telemetry/telemetry-reporter.ts'
import {
  type ConsumerGroupMetadata,
  type OffsetToCommit,
  TransactionCoordinator,
} from '../transactions/transaction-coordinator.ts'
import { misuse, TransactionError } from '../transactions/transaction-error.ts'
import { Transactions } from '../transactions/transactions.ts'
import type { ClientWorld } from '../world.ts'
import { Accumulator } from './accumulator.ts'
import { checkRecord } from './check-record.ts'
import { BatchDelivery } from './delivery.ts'
import { DeliveryWatch } from './delivery-watch.ts'
import { IdempotentIdentity, type Identity, unnumbered } from './identity.ts'
import { Interceptors } from './interceptor.ts'
import { LateRecords } from './late-records.ts'
import { type Partitioner, roundRobinPartitioner } from './partitioner.ts'
import type { Producer, ProducerOptions } from './producer.ts'
import { type ProducerRecord, prepareRecord } from './record.ts'
import { RecordEncoder } from './record-encoder.ts'
import { Sender } from './sender.ts'

/**
 * Opens a producer. Throws a `ConfigError` with every problem of the settings; connects when there is something to send. What its serializers take is what its records
 * have: with `'value.serializer': jsonSerde<Order>()` a record's value is an `Order`.
 */
export function createProducer<Key extends SerializerSetting = undefined, Value extends SerializerSetting = undefined>(
  options: ProducerOptions<Key, Value>,
): Producer<WrittenBy<Key>, WrittenBy<Value>> {
  requireOptions(options, 'createProducer')
  const { world, interceptors = [] } = options
  const { texts, key, value } = takeSerializers(options.settings)
  const settings = withFittingIdempotence(texts, excludedBy =>
    world.logger.warn(`idempotence is off because of ${excludedBy}`, { [excludedBy]: texts[excludedBy] }),
  )
  return new KafkaProducer({
    world,
    config: loadSettings(producerTable, settings, world.logger),
    partitioner: options.partitioner,
    onDeliveryError: options.onDeliveryError,
    interceptors: interceptors.length === 0 ? undefined : new Interceptors(interceptors, world.logger),
    encoder: key === undefined && value === undefined ? undefined : new RecordEncoder({ key, value }),
  })
}

interface Parts<K, V> {
  readonly world: ClientWorld
  readonly config: ProducerConfig
  readonly partitioner: Partitioner | undefined
  readonly onDeliveryError: ProducerOptions['onDeliveryError'] | undefined
  readonly interceptors: Interceptors<K, V> | undefined
  readonly encoder: RecordEncoder<K, V> | undefined
  /** Whether asking for a topic may create it; there is no setting of Kafka's for it. Default: true. */
  readonly allowAutoTopicCreation?: boolean
}

/** The producer of a cluster: what it does is said by `Producer`; who does it, here. */
export class KafkaProducer<K, V> implements Producer<K, V> {
  readonly #world: ClientWorld
  readonly #cluster: Cluster
  readonly #accumulator: Accumulator
  readonly #sender: Sender
  readonly #maxBlockMs: number
  readonly #bufferBytesMax: number
  readonly #now: () => number
  readonly #transactions: Transactions | undefined
  readonly #metrics: Metrics
  readonly #producerMetrics: ProducerMetrics
  readonly #telemetry: TelemetryReporter
  readonly #interceptors: Interceptors<K, V> | undefined
  readonly #encoder: RecordEncoder<K, V> | undefined
  readonly #late: LateRecords
  #state: 'open' | 'closing' | 'closed' = 'open'
  #roomWaiters: (() => void)[] = []
  #flushWaiters: { isDone: () => boolean; resolve: () => void }[] = []

  constructor(parts: Parts<K, V>) {
    const { world, config, partitioner, onDeliveryError, interceptors, encoder } = parts
    this.#world = world
    this.#now = () => world.clock.now()
    this.#maxBlockMs = Number(config['max.block.ms'])
    this.#bufferBytesMax = Number(config['buffer.memory'])
    this.#interceptors = interceptors
    this.#encoder = encoder
    const connection = connectionConfig(config, world)
    const { metrics, connections } = clientMetrics(world, 'producer', config)
    const producerMetrics = new ProducerMetrics(metrics)
    this.#metrics = metrics
    this.#producerMetrics = producerMetrics
    const onLost = (error: Error, lost: { topic: string; partition: number; recordCount: number }) => {
      if (onDeliveryError === undefined) world.logger.error('records were not delivered', { error, ...lost })
      else onDeliveryError(error, lost)
    }
    this.#late = new LateRecords({
      append: (record, delivery) => this.#accumulator.append(prepareRecord(record, this.#now), delivery),
      lose: (error, delivery, topic) => {
        this.#transactions?.onRecordFailed(error)
        if (!delivery.fail(error)) onLost(error, { topic, partition: -1, recordCount: 1 })
      },
      onProgress: () => this.#onProgress(),
    })
    this.#cluster = new Cluster({
      world,
      config: connection,
      bootstrap: parseBootstrapServers(config['bootstrap.servers']),
      inFlightMax: config['max.in.flight.requests.per.connection'],
      allowAutoTopicCreation: parts.allowAutoTopicCreation ?? true,
      metrics: connections,
      onChange: () => {
        this.#sender.wake()
        this.#telemetry.wake()
      },
    })
    this.#accumulator = new Accumulator({
      world,
      cluster: this.#cluster,
      batchBytesMax: config['batch.size'],
      bufferBytesMax: this.#bufferBytesMax,
      recordBytesMax: config['max.request.size'],
      maxBlockMs: this.#maxBlockMs,
      // As Kafka: the default is made to fit what was chosen for the others.
      deliveryTimeoutMs: Math.max(
        config['delivery.timeout.ms'],
        Math.min(Number(config['linger.ms']) + connection.requestTimeoutMs, 0x7fffffff),
      ),
      ...codecOf(config),
      transactional: config['transactional.id'] !== null,
      adaptive: config['partitioner.adaptive.partitioning.enable'],
      ignoreKeys: config['partitioner.ignore.keys'],
      partitioner: partitioner ?? (config['partitioner.class'] === null ? undefined : roundRobinPartitioner()),
      preferredRack: config['partitioner.rack.aware'] && config['client.rack'] ? config['client.rack'] : undefined,
      lingerMs: Number(config['linger.ms']),
      availabilityTimeoutMs: Number(config['partitioner.availability.timeout.ms']),
      metrics: producerMetrics,
      onWork: () => this.#sender.wake(),
      onFailed: error => this.#transactions?.onRecordFailed(error),
      onLost: (error, topic) => onLost(error, { topic, partition: -1, recordCount: 1 }),
    })
    const transactionalId = config['transactional.id']
    let identity: Identity = unnumbered
    if (transactionalId !== null) {
      this.#transactions = this.#openTransactions(transactionalId, config)
      identity = this.#transactions
    } else if (config['enable.idempotence']) {
      identity = new IdempotentIdentity({
        world,
        cluster: this.#cluster,
        retryBackoff: connection.retryBackoff,
        onReady: () => this.#sender.wake(),
        onFatal: error => {
          this.#sender.stop(error)
          this.#onProgress()
        },
      })
    }
    this.#sender = new Sender({
      world,
      cluster: this.#cluster,
      accumulator: this.#accumulator,
      acks: config.acks === 'all' ? -1 : (Number(config.acks) as -1 | 0 | 1),
      identity,
      lingerMs: Number(config['linger.ms']),
      requestTimeoutMs: connection.requestTimeoutMs,
      requestBytesMax: config['max.request.size'],
      retries: config.retries,
      retryBackoff: connection.retryBackoff,
      metrics: producerMetrics,
      onProgress: () => this.#onProgress(),
      onLost: (error, { topic, partition, recordCount }) => onLost(error, { topic, partition, recordCount }),
    })
    this.#telemetry = new TelemetryReporter({
      world,
      cluster: this.#cluster,
      metrics,
      isEnabled: config['enable.metrics.push'],
      requestTimeoutMs: connection.requestTimeoutMs,
      labels: () => ({ transactional_id: config['transactional.id'], client_rack: config['client.rack'] }),
    })
    producerMetrics.watch({
      bufferTotalBytes: this.#bufferBytesMax,
      bufferedBytes: () => this.#accumulator.bufferedBytes,
      requestsInFlight: () => this.#cluster.inFlightCount,
      waitingCount: () => this.#accumulator.waitingCount,
      metadataAge: () => this.#cluster.metadataAgeMs / 1000,
    })
  }

  /** The cluster as this producer sees it, for faces of other clients (parts.ts). */
  get cluster(): Cluster {
    return this.#cluster
  }

  send(record: ProducerRecord<K, V>): BatchDelivery {
    return this.#send(record)
  }

  #send(record: ProducerRecord<K, V>): BatchDelivery {
    if (this.#state !== 'open') throw closedError()
    this.#transactions?.requireOpen()
    const delivery = new BatchDelivery()
    if (this.#interceptors === undefined) this.#append(record, delivery)
    else {
      const changed = this.#interceptors.onSend(record)
      try {
        this.#append(changed, delivery)
      } catch (error) {
        this.#interceptors.refused(changed, error as Error)
        throw error
      }
      this.#interceptors.follow(changed, delivery)
    }
    return delivery
  }

  #append(record: ProducerRecord<K, V>, delivery: BatchDelivery): void {
    checkRecord(record)
    if (this.#encoder === undefined) {
      this.#accumulator.append(prepareRecord(record as ProducerRecord<never, never>, this.#now), delivery)
      return
    }
    const encoded = this.#encoder.encode(record)
    if (encoded instanceof Promise || !this.#late.isEmpty) this.#late.add(record.topic, encoded, delivery)
    else this.#accumulator.append(prepareRecord(encoded, this.#now), delivery)
  }

  async sendAll(records: Iterable<ProducerRecord<K, V>> | AsyncIterable<ProducerRecord<K, V>>): Promise<number> {
    requireIterable(records, 'sendAll')
    const watch = new DeliveryWatch()
    let count = 0
    const take = (record: ProducerRecord<K, V>) => {
      if (watch.failure !== undefined) throw watch.failure
      watch.add(this.#send(record))
      count++
    }
    if (Symbol.asyncIterator in records) {
      for await (const record of records) {
        take(record)
        if (this.isFull) await this.room()
      }
    } else {
      for (const record of records) {
        take(record)
        if (this.isFull) await this.room()
      }
    }
    await watch.done()
    return count
  }

  get isFull(): boolean {
    return this.#accumulator.isFull || this.#late.isFull
  }

  get bufferedBytes(): number {
    return this.#accumulator.bufferedBytes
  }

  room(): Promise<void> {
    if (!this.isFull || this.#state === 'closed') return Promise.resolve()
    return new Promise(resolve => {
      this.#roomWaiters.push(resolve)
    })
  }

  flush(): Promise<void> {
    return this.#timed('flush', () => this.#flush())
  }

  async #flush(): Promise<void> {
    if (!this.#late.isEmpty) await this.#late.settled()
    await this.#flushBatches()
  }

  #flushBatches(): Promise<void> {
    if (this.#accumulator.isEmpty || this.#state === 'closed') return Promise.resolve()
    // What was sent so far: later records may join open batches, which are counted once closed by their leaving.
    const batches = [...this.#accumulator.active].flatMap(({ waiting, inFlight }) => [...inFlight, ...waiting])
    const hadPending = this.#accumulator.hasPending
    const isDone = () => batches.every(batch => batch.isDone) && !(hadPending && this.#accumulator.hasPending)
    this.#sender.flushing++
    this.#sender.wake()
    return new Promise<void>(resolve => {
      this.#flushWaiters.push({ isDone, resolve })
    }).then(() => {
      this.#sender.flushing--
      // What waited outside has been placed in batches since.
      return hadPending ? this.#flushBatches() : undefined
    })
  }

  initTransactions(): Promise<void> {
    return this.#timed('init', () => this.#transactional().init())
  }

  beginTransaction(): void {
    const beganMs = this.#world.clock.monotonic()
    this.#transactional().begin()
    this.#producerMetrics.spent('begin', this.#world.clock.monotonic() - beganMs)
  }

  sendOffsetsToTransaction(offsets: readonly OffsetToCommit[], group: ConsumerGroupMetadata | string): Promise<void> {
    return this.#timed('sendOffsets', () => this.#transactional().sendOffsets(offsets, group))
  }

  commitTransaction(): Promise<void> {
    return this.#timed('commit', () => this.#transactional().commit())
  }

  abortTransaction(): Promise<void> {
    return this.#timed('abort', () => this.#transactional().abort())
  }

  async transaction<Result>(body: () => Promise<Result>): Promise<Result> {
    if (typeof body !== 'function')
      throw invalidArgument(`transaction takes a function, and was given ${describe(body)}`)
    this.beginTransaction()
    try {
      const value = await body()
      await this.commitTransaction()
      return value
    } catch (error) {
      // What is fatal cannot be aborted, and says so itself.
      if (!(error instanceof TransactionError && error.severity === 'fatal')) await this.abortTransaction()
      throw error
    }
  }

  metrics(): ReadonlyMap<MetricName, KafkaMetric> {
    return this.#metrics.all
  }

  /** See `memoryUseOf`. */
  memoryUse(): readonly MemoryUse[] {
    const { bufferedBytes, pendingBytes, idleBytes, idleBytesMax } = this.#accumulator
    return [
      { what: 'bytes of records in batches', used: bufferedBytes, bound: this.#bufferBytesMax },
      { what: 'bytes of records that wait for room', used: pendingBytes, bound: this.#bufferBytesMax },
      { what: 'bytes of memory that waits for batches', used: idleBytes, bound: idleBytesMax, leftMax: idleBytesMax },
      { what: 'requests in flight', used: this.#cluster.inFlightCount, bound: this.#cluster.inFlightMax },
    ]
  }

  clientInstanceId(options: { timeoutMs: number }): Promise<string> {
    return this.#telemetry.clientInstanceId(options)
  }

  registerMetricForSubscription(metric: KafkaMetric): void {
    this.#telemetry.register(metric)
  }

  unregisterMetricFromSubscription(metric: KafkaMetric): void {
    this.#telemetry.unregister(metric)
  }

  async partitionsFor(topic: string): Promise<readonly PartitionInfo[]> {
    return (await this.#cluster.topic(topic, this.#maxBlockMs)).partitions
  }

  async close({ timeoutMs = Number.POSITIVE_INFINITY }: { timeoutMs?: number } = {}): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'closing'
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = this.#world.clock.setTimer(timeoutMs, resolve)
    // Without acknowledgements a batch is done when it is handed to its connection, which must not close before it is sent.
    await Promise.race([this.#finish(), late])
    timer.cancel()
    this.#state = 'closed'
    const error = new DorsaleError('DORSALE_CLOSED', 'the producer was closed before the records were delivered')
    this.#late.abandon(error)
    this.#sender.stop(error)
    this.#accumulator.close()
    this.#cluster.close()
    this.#onProgress()
    this.#interceptors?.close()
  }

  async #finish(): Promise<void> {
    await this.#flush()
    await this.#telemetry.close()
    await this.#cluster.drained()
  }

  /** Adds the time that a call takes, however it ends. Throws and rejects as the call does. */
  async #timed(what: Timed, call: () => Promise<void>): Promise<void> {
    const beganMs = this.#world.clock.monotonic()
    try {
      await call()
    } finally {
      this.#producerMetrics.spent(what, this.#world.clock.monotonic() - beganMs)
    }
  }

  #transactional(): Transactions {
    if (this.#state !== 'open') throw closedError()
    if (this.#transactions === undefined) throw misuse('transactions need a transactional.id in the settings')
    return this.#transactions
  }

  #openTransactions(transactionalId: string, config: ProducerConfig): Transactions {
    const world = this.#world
    return new Transactions({
      world,
      coordinator: new TransactionCoordinator({
        world,
        cluster: this.#cluster,
        transactionalId,
        timeoutMs: config['transaction.timeout.ms'],
      }),
      transactionalId,
      maxBlockMs: this.#maxBlockMs,
      onReady: () => this.#sender.wake(),
      onFailing: error => {
        this.#late.abandon(error)
        this.#sender.abandonUnsent(error)
      },
      flush: () => this.#flush(),
    })
  }

  #onProgress(): void {
    if (this.#roomWaiters.length > 0 && (!this.isFull || this.#state === 'closed')) {
      const waiters = this.#roomWaiters
      this.#roomWaiters = []
      for (const wake of waiters) wake()
    }
    if (this.#flushWaiters.length === 0) return
    const waiters = this.#flushWaiters
    this.#flushWaiters = []
    for (const waiter of waiters) {
      if (waiter.isDone()) waiter.resolve()
      else this.#flushWaiters.push(waiter)
    }
  }
}

function codecOf(config: ProducerConfig): { codec: CodecName | undefined; level: number | undefined } {
  const type = config['compression.type']
  if (type === 'none') return { codec: undefined, level: undefined }
  const codec = type as CodecName
  if (codecs[codec].levels === undefined) return { codec, level: undefined }
  const levels: Partial<Record<CodecName, number>> = {
    gzip: config['compression.gzip.level'],
    zstd: config['compression.zstd.level'],
  }
  const level = levels[codec]
  return { codec, level: level === -1 ? undefined : level }
}
