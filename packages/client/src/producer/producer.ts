import { DorsaleError } from '@dorsale/base'
import { type CodecName, codecs } from '@dorsale/protocol'
import { type ProducerConfig, producerTable } from '../config/producer-config.ts'
import { loadSettings, type SettingsOf } from '../config/settings.ts'
import type { PartitionInfo } from '../metadata/metadata-cache.ts'
import { clientMetrics } from '../metrics/client-metrics.ts'
import type { KafkaMetric, MetricName, Metrics } from '../metrics/metrics.ts'
import { ProducerMetrics, type Timed } from '../metrics/producer-metrics.ts'
import { parseBootstrapServers } from '../network/addresses.ts'
import { Cluster, closedError } from '../network/cluster.ts'
import { connectionConfig } from '../network/connection-config.ts'
import {
  type ConsumerGroupMetadata,
  type OffsetToCommit,
  TransactionCoordinator,
} from '../transactions/transaction-coordinator.ts'
import { misuse, TransactionError } from '../transactions/transaction-error.ts'
import { Transactions } from '../transactions/transactions.ts'
import type { ClientWorld } from '../world.ts'
import { Accumulator } from './accumulator.ts'
import { Delivery } from './delivery.ts'
import { DeliveryWatch } from './delivery-watch.ts'
import { IdempotentIdentity, type Identity, unnumbered } from './identity.ts'
import { Interceptors, type ProducerInterceptor } from './interceptor.ts'
import { type Partitioner, roundRobinPartitioner } from './partitioner.ts'
import { type ProducerRecord, prepareRecord } from './record.ts'
import { Sender } from './sender.ts'

/** Settings of a producer, under Kafka's keys. */
export type ProducerSettings = SettingsOf<typeof producerTable>

export interface ProducerOptions {
  readonly world: ClientWorld
  readonly settings: ProducerSettings
  /** Places records that name no partition, in place of `partitioner.class` and the default. */
  readonly partitioner?: Partitioner
  /** See and change what is sent, in this order. */
  readonly interceptors?: readonly ProducerInterceptor[]
  /** Records were lost whose delivery nobody awaits. Default: one line in the log for each batch. */
  readonly onDeliveryError?: (error: Error, lost: { topic: string; partition: number; recordCount: number }) => void
}

/** Opens a producer. Throws a `ConfigError` with every problem of the settings; connects when there is something to send. */
export function createProducer(options: ProducerOptions): Producer {
  return new Producer(options, loadSettings(producerTable, options.settings, options.world.logger))
}

/**
 * Sends records. `send` returns at once; records of a turn, and of `linger.ms`, travel together.
 *
 * ```ts
 * producer.send({ topic: 'orders', key: '42', value: 'paid' })                 // sent, and nobody waits
 * const { offset } = await producer.send({ topic: 'orders', value: 'paid' })   // resolves when it is written
 * await producer.sendAll(records)                                              // as many as you like, with back-pressure
 * ```
 */
export class Producer {
  readonly #world: ClientWorld
  readonly #cluster: Cluster
  readonly #accumulator: Accumulator
  readonly #sender: Sender
  readonly #maxBlockMs: number
  readonly #now: () => number
  readonly #transactions: Transactions | undefined
  readonly #metrics: Metrics
  readonly #producerMetrics: ProducerMetrics
  readonly #interceptors: Interceptors | undefined
  #state: 'open' | 'closing' | 'closed' = 'open'
  #roomWaiters: (() => void)[] = []
  #flushWaiters: { isDone: () => boolean; resolve: () => void }[] = []

  constructor(options: ProducerOptions, config: ProducerConfig) {
    const { world } = options
    this.#world = world
    this.#now = () => world.clock.now()
    this.#maxBlockMs = Number(config['max.block.ms'])
    if (options.interceptors?.length) this.#interceptors = new Interceptors(options.interceptors, world.logger)
    const connection = connectionConfig(config, world)
    const { metrics, connections } = clientMetrics(world, 'producer', config)
    const producerMetrics = new ProducerMetrics(metrics)
    this.#metrics = metrics
    this.#producerMetrics = producerMetrics
    const onLost = (error: Error, lost: { topic: string; partition: number; recordCount: number }) => {
      if (options.onDeliveryError === undefined) world.logger.error('records were not delivered', { error, ...lost })
      else options.onDeliveryError(error, lost)
    }
    this.#cluster = new Cluster({
      world,
      config: connection,
      bootstrap: parseBootstrapServers(config['bootstrap.servers']),
      inFlightMax: config['max.in.flight.requests.per.connection'],
      allowAutoTopicCreation: true,
      metrics: connections,
      onChange: () => this.#sender.wake(),
    })
    this.#accumulator = new Accumulator({
      world,
      cluster: this.#cluster,
      batchBytesMax: config['batch.size'],
      bufferBytesMax: Number(config['buffer.memory']),
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
      partitioner: options.partitioner ?? (config['partitioner.class'] === null ? undefined : roundRobinPartitioner()),
      preferredRack: config['partitioner.rack.aware'] && config['client.rack'] ? config['client.rack'] : undefined,
      lingerMs: Number(config['linger.ms']),
      availabilityTimeoutMs: Number(config['partitioner.availability.timeout.ms']),
      metrics: producerMetrics,
      onWork: () => this.#sender.wake(),
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
    producerMetrics.watch({
      bufferTotalBytes: Number(config['buffer.memory']),
      bufferedBytes: () => this.#accumulator.bufferedBytes,
      requestsInFlight: () => this.#cluster.inFlightCount,
      metadataAge: () => this.#cluster.metadataAgeMs / 1000,
    })
  }

  /**
   * Sends a record. Await what it returns to learn where the record is, or that it was lost; nothing is rejected while you do not. A loop that awaits every send is
   * not held up by `linger.ms`. Throws when the producer is closed, and, with a `transactional.id`, outside of an open transaction.
   */
  send(record: ProducerRecord): Delivery {
    if (this.#state !== 'open') throw closedError()
    this.#transactions?.requireOpen()
    const delivery = new Delivery()
    if (this.#interceptors === undefined) this.#accumulator.append(prepareRecord(record, this.#now), delivery)
    else {
      const changed = this.#interceptors.onSend(record)
      this.#accumulator.append(prepareRecord(changed, this.#now), delivery)
      this.#interceptors.follow(changed, delivery)
    }
    return delivery
  }

  /** Sends many records, no faster than the cluster takes them. Resolves with their number when all are written; rejects with the first that was lost. */
  async sendAll(records: Iterable<ProducerRecord> | AsyncIterable<ProducerRecord>): Promise<number> {
    const watch = new DeliveryWatch()
    let count = 0
    const take = (record: ProducerRecord) => {
      if (watch.failure !== undefined) throw watch.failure
      watch.add(this.send(record))
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

  /** Whether the buffer is full: further records wait outside of it. `await room()` then. */
  get isFull(): boolean {
    return this.#accumulator.isFull
  }

  /** Bytes of records that are not delivered yet. */
  get bufferedBytes(): number {
    return this.#accumulator.bufferedBytes
  }

  /** Settles when the buffer has room again, or the producer closes. */
  room(): Promise<void> {
    if (!this.isFull || this.#state === 'closed') return Promise.resolve()
    return new Promise(resolve => {
      this.#roomWaiters.push(resolve)
    })
  }

  /** Sends at once what waits, and settles when the fate of everything sent so far is known. It does not reject: each delivery has its own outcome. */
  flush(): Promise<void> {
    return this.#timed('flush', () => this.#flush())
  }

  #flush(): Promise<void> {
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
      return hadPending ? this.#flush() : undefined
    })
  }

  /**
   * The first call of a producer with a `transactional.id`: registers it, ends what an earlier producer of that id left open, and fences that one. Rejects with
   * `DORSALE_TIMEOUT` after `max.block.ms`; call it again then, it is still under way. So are the other calls below.
   */
  initTransactions(): Promise<void> {
    return this.#timed('init', () => this.#transactional().init())
  }

  /** Opens a transaction. Nothing is sent yet. Throws when the producer has failed, or one is open. */
  beginTransaction(): void {
    const beganMs = this.#world.clock.monotonic()
    this.#transactional().begin()
    this.#producerMetrics.spent('begin', this.#world.clock.monotonic() - beganMs)
  }

  /**
   * Makes offsets of a consumer group part of the transaction: they are committed with its records, or not at all. `group` is what `consumer.groupMetadata()`
   * answers, so that a consumer that has left its group cannot commit (KIP-447). Rejects with a `TransactionError`.
   */
  sendOffsetsToTransaction(offsets: readonly OffsetToCommit[], group: ConsumerGroupMetadata): Promise<void> {
    return this.#timed('sendOffsets', () => this.#transactional().sendOffsets(offsets, group))
  }

  /** Delivers what was sent, then makes it visible, all of it. Rejects with a `TransactionError`: when `severity` is `abortable`, abort and begin anew. */
  commitTransaction(): Promise<void> {
    return this.#timed('commit', () => this.#transactional().commit())
  }

  /** Makes sure that nothing of the transaction is ever seen by who reads committed records. Records that have not left yet fail. */
  abortTransaction(): Promise<void> {
    return this.#timed('abort', () => this.#transactional().abort())
  }

  /** Runs `body` inside a transaction: commits when it resolves, aborts when it rejects, and rejects with its error then. */
  async transaction<Value>(body: () => Promise<Value>): Promise<Value> {
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

  /** What the producer counts and measures of itself, under the names of Kafka's own client: a view that goes on with it. `findMetric` looks a name up. */
  metrics(): ReadonlyMap<MetricName, KafkaMetric> {
    return this.#metrics.all
  }

  /** The partitions of a topic. Rejects when its metadata cannot be had within `max.block.ms`. */
  async partitionsFor(topic: string): Promise<readonly PartitionInfo[]> {
    return (await this.#cluster.topic(topic, this.#maxBlockMs)).partitions
  }

  /**
   * Delivers what was sent and closes the connections. What is not delivered within `timeoutMs` (default: no bound but `delivery.timeout.ms`) fails. Idempotent.
   */
  async close({ timeoutMs = Number.POSITIVE_INFINITY }: { timeoutMs?: number } = {}): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'closing'
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = this.#world.clock.setTimer(timeoutMs, resolve)
    // Without acknowledgements a batch is done when it is handed to its connection, which must not close before it is sent.
    await Promise.race([this.#flush().then(() => this.#cluster.drained()), late])
    timer.cancel()
    this.#state = 'closed'
    this.#sender.stop(new DorsaleError('DORSALE_CLOSED', 'the producer was closed before the records were delivered'))
    this.#cluster.close()
    this.#onProgress()
    this.#interceptors?.close()
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
      onFailing: error => this.#sender.abandonUnsent(error),
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
