import type { ProducerSettings } from '@dorsale/client'
import { KafkaProducer, loadSettings, producerTable } from '@dorsale/client/parts'
import type { Connection } from '../connection.ts'
import { KafkaJSError, KafkaJSNonRetriableError } from '../errors.ts'
import { type Emitter, producerEvents } from '../events.ts'
import { asKafkaJSError } from '../failures.ts'
import type { GroupNews } from '../group-news.ts'
import { pausesMs } from '../retry.ts'
import type { Logger, Producer, ProducerBatch, ProducerConfig, ProducerRecord, RecordMetadata } from '../types.ts'
import type { ByteProducer } from './byte-producer.ts'
import { checkBatch, checkRecord, type Sending } from './messages.ts'
import { Partitioners } from './partitioners.ts'
import { sendThrough } from './sender.ts'
import { TransactionalProducer } from './transaction.ts'

export interface ProducerOptions {
  readonly connection: Connection
  readonly emitter: Emitter
  readonly logger: Logger
  readonly config: ProducerConfig
  readonly news: GroupNews
}

/** Large enough that one call is one batch of a partition, as in kafkajs; what the broker finds too large is taken apart. */
const batchBytes = 1_000_000
/** kafkajs has no bounds: the brokers refuse what is too large. */
const requestBytesMax = 64 * 1024 * 1024
const bufferBytes = 256 * 1024 * 1024
const timerMax = 0x7fffffff

export function createProducer(options: ProducerOptions): Producer {
  return new DoorProducer(options).face()
}

/**
 * One producer of the client for each kind of acknowledgement that is asked for, made when it is: nearly always one. Transactions have another, which carries the
 * transactional id.
 */
class DoorProducer {
  readonly #options: ProducerOptions
  readonly #logger: Logger
  readonly #partitioner: ReturnType<NonNullable<ProducerConfig['createPartitioner']>>
  readonly #idempotent: boolean
  readonly #byAcks = new Map<number, ByteProducer>()
  #transactional: TransactionalProducer | undefined
  #status: 'connected' | 'disconnecting' | 'disconnected' = 'disconnected'

  constructor(options: ProducerOptions) {
    const { config, logger, connection } = options
    this.#options = options
    this.#logger = logger.namespace('Producer')
    this.#idempotent = config.idempotent ?? false
    const { retries } = connection.options.patience
    if (this.#idempotent && retries < 1) {
      throw new KafkaJSNonRetriableError('Idempotent producer must allow retries to protect against transient errors')
    }
    if (this.#idempotent && retries < Number.MAX_SAFE_INTEGER) {
      this.#logger.warn('Limiting retries for the idempotent producer may invalidate EoS guarantees')
    }
    this.#partitioner = (config.createPartitioner ?? Partitioners.DefaultPartitioner)()
  }

  face(): Producer {
    const { emitter } = this.#options
    return {
      connect: () => this.#connect(),
      disconnect: () => this.#disconnect(),
      isIdempotent: () => this.#idempotent,
      events: producerEvents,
      on: emitter.on as Producer['on'],
      send: record => this.#send(record),
      sendBatch: batch => this.#sendBatch(batch),
      transaction: () => this.#transaction(),
      logger: () => this.#logger,
    }
  }

  async #connect(): Promise<void> {
    const { connection, emitter } = this.#options
    // The cluster that the door looks at is the one of the producer that sends.
    await connection.open(async () => {
      const producer = await this.#makeClient(-1)
      this.#byAcks.set(-1, producer)
      return producer.cluster
    })
    this.#status = 'connected'
    emitter.emit(producerEvents.CONNECT)
  }

  async #disconnect(): Promise<void> {
    const { connection, emitter } = this.#options
    this.#status = 'disconnecting'
    const clients = [...this.#byAcks.values()]
    this.#byAcks.clear()
    const transactional = this.#transactional
    this.#transactional = undefined
    await Promise.all([...clients.map(client => client.close()), transactional?.close()])
    connection.close()
    this.#status = 'disconnected'
    emitter.emit(producerEvents.DISCONNECT)
  }

  async #send(record: ProducerRecord): Promise<RecordMetadata[]> {
    return this.#deliver(checkBatch(checkRecord(record), { idempotent: this.#idempotent }))
  }

  async #sendBatch(batch: ProducerBatch): Promise<RecordMetadata[]> {
    return this.#deliver(checkBatch(batch, { idempotent: this.#idempotent }))
  }

  async #deliver(sending: Sending): Promise<RecordMetadata[]> {
    this.#requireConnection()
    const client = this.#byAcks.get(sending.acks) ?? (await this.#clientOf(sending.acks))
    return this.#sendThrough(client, sending)
  }

  async #sendThrough(client: ByteProducer, sending: Sending): Promise<RecordMetadata[]> {
    const { connection } = this.#options
    try {
      return await sendThrough(client, sending, { connection, partitioner: this.#partitioner })
    } catch (reason) {
      const error = asKafkaJSError(reason)
      this.#logger.error(`Failed to send messages: ${error.message}`)
      throw error
    }
  }

  #requireConnection(): void {
    if (this.#status === 'connected') return
    if (this.#status === 'disconnected') throw new KafkaJSError('The producer is disconnected')
    throw new KafkaJSNonRetriableError(
      "The producer is disconnecting; therefore, it can't safely accept messages anymore",
    )
  }

  async #transaction(): Promise<Awaited<ReturnType<Producer['transaction']>>> {
    const { config, connection, news } = this.#options
    const { transactionalId, transactionTimeout = 60_000 } = config
    if (!transactionalId) {
      throw new KafkaJSNonRetriableError('Must provide transactional id for transactional producer')
    }
    await connection.open()
    this.#transactional ??= new TransactionalProducer({
      client: await this.#makeTransactional(transactionalId, transactionTimeout),
      news,
      send: (client, sending) => {
        this.#requireConnection()
        return this.#sendThrough(client, sending)
      },
    })
    return this.#transactional.begin()
  }

  async #clientOf(acks: -1 | 0 | 1): Promise<ByteProducer> {
    const made = await this.#makeClient(acks)
    const earlier = this.#byAcks.get(acks)
    if (earlier !== undefined) {
      await made.close()
      return earlier
    }
    this.#byAcks.set(acks, made)
    return made
  }

  async #makeClient(acks: -1 | 0 | 1): Promise<ByteProducer> {
    return this.#make({ ...(await this.#settings()), acks, 'enable.idempotence': this.#idempotent })
  }

  async #makeTransactional(transactionalId: string, timeoutMs: number): Promise<ByteProducer> {
    return this.#make({
      ...(await this.#settings()),
      acks: -1,
      'enable.idempotence': true,
      'transactional.id': transactionalId,
      'transaction.timeout.ms': timeoutMs,
    })
  }

  #make(settings: ProducerSettings): ByteProducer {
    const { connection, config } = this.#options
    const { world } = connection
    const loaded = loadSettings(producerTable, settings, world.logger)
    const { allowAutoTopicCreation = true } = config
    // Who sends hears of what is lost: every delivery of the door is watched.
    return new KafkaProducer({
      world,
      config: loaded,
      partitioner: undefined,
      onDeliveryError() {},
      interceptors: undefined,
      encoder: undefined,
      allowAutoTopicCreation,
    })
  }

  async #settings(): Promise<ProducerSettings> {
    const { connection, config } = this.#options
    const { patience, config: kafka } = connection.options
    const { requestTimeout = 30_000 } = kafka
    const patienceMs = Math.min(timerMax, pausesMs(patience) + requestTimeout)
    const { maxInFlightRequests } = config
    return {
      ...(await connection.settings()),
      'linger.ms': 0,
      'batch.size': batchBytes,
      'max.request.size': requestBytesMax,
      'buffer.memory': bufferBytes,
      'max.block.ms': patienceMs,
      'delivery.timeout.ms': patienceMs,
      retries: Math.min(patience.retries, timerMax),
      'max.in.flight.requests.per.connection': Math.min(5, maxInFlightRequests ?? 5),
    }
  }
}
