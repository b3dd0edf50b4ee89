import { DorsaleError } from '@dorsale/base'
import {
  type ConsumerGroupMetadata,
  type Delivery,
  type OffsetToCommit,
  type PartitionInfo,
  type Payload,
  type Producer,
  type ProducerRecord,
  partitionOfKey,
  type RecordMetadata,
  TransactionError,
} from '@dorsale/client'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { encodePayload, type Serializer } from '@dorsale/serde'
import { MockClient } from './mock-client.ts'

/** What a `MockProducer` may be told. */
export interface MockProducerOptions<K, V> {
  /** Whether a record is delivered as soon as it is sent; else `completeNext` and `errorNext` decide, or `flush`. Default: true. */
  readonly autoComplete?: boolean
  /** Makes this a producer of transactions, as `transactional.id` does. */
  readonly transactionalId?: string
  /** How many partitions a topic has. Default: 1. */
  readonly partitions?: Readonly<Record<string, number>>
  /** Called as the real producer calls them: what they throw, `send` throws. */
  readonly keySerializer?: Serializer<K>
  readonly valueSerializer?: Serializer<V>
}

/** Offsets that a transaction committed, or is to commit, for a group. */
export interface GroupOffsets {
  readonly group: ConsumerGroupMetadata
  readonly offsets: readonly OffsetToCommit[]
}

interface Open<K, V> {
  readonly record: ProducerRecord<K, V>
  readonly metadata: RecordMetadata
  readonly outcome: PromiseWithResolvers<RecordMetadata>
}

/** Calls that can be made to fail, once each time. */
export type ProducerCall =
  | 'send'
  | 'flush'
  | 'partitionsFor'
  | 'initTransactions'
  | 'beginTransaction'
  | 'sendOffsetsToTransaction'
  | 'commitTransaction'
  | 'abortTransaction'
  | 'close'

/**
 * A producer without a cluster, for unit tests of an application: it keeps what was sent, and fails when a test says so. It behaves as Kafka's MockProducer; in a transaction
 * `history` shows what was sent once it is committed.
 *
 * ```ts
 * const producer = new MockProducer<string, Order>()
 * await ship(producer, order)                       // takes a Producer<string, Order>
 * assert.deepEqual(producer.history.map(({ value }) => value), [shipped])
 * ```
 */
export class MockProducer<K = Payload, V = Payload> extends MockClient implements Producer<K, V> {
  readonly #options: MockProducerOptions<K, V>
  #open: Open<K, V>[] = []
  #history: ProducerRecord<K, V>[] = []
  #uncommitted: ProducerRecord<K, V>[] = []
  #offsetsHistory: GroupOffsets[] = []
  #uncommittedOffsets: GroupOffsets[] = []
  readonly #nextOffsets = new Map<string, number>()
  readonly #failures = new Map<ProducerCall, Error>()
  #transaction: 'uninitialized' | 'none' | 'open' = 'uninitialized'
  #isFenced = false
  #isClosed = false
  /** Transactions that were committed, and aborted. */
  commitCount = 0
  abortCount = 0

  constructor(options: MockProducerOptions<K, V> = {}) {
    super()
    this.#options = options
  }

  /** What was sent, in order; of transactions what was committed. */
  get history(): readonly ProducerRecord<K, V>[] {
    return this.#history
  }

  /** What the open transaction has sent. */
  get uncommittedRecords(): readonly ProducerRecord<K, V>[] {
    return this.#uncommitted
  }

  /** Offsets of consumer groups that transactions committed, in order. */
  get consumerGroupOffsetsHistory(): readonly GroupOffsets[] {
    return this.#offsetsHistory
  }

  get uncommittedOffsets(): readonly GroupOffsets[] {
    return this.#uncommittedOffsets
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether the fate of everything sent is decided. */
  get isFlushed(): boolean {
    return this.#open.length === 0
  }

  get transactionInFlight(): boolean {
    return this.#transaction === 'open'
  }

  /** Delivers the oldest record whose fate is open. False: there is none. */
  completeNext(): boolean {
    const next = this.#open.shift()
    next?.outcome.resolve(next.metadata)
    return next !== undefined
  }

  /** Loses the oldest record whose fate is open; the history keeps it, as it was sent. False: there is none. */
  errorNext(error: Error): boolean {
    const next = this.#open.shift()
    next?.outcome.reject(error)
    return next !== undefined
  }

  /** The next such call fails with this. */
  failNext(call: ProducerCall, error: Error): void {
    this.#failures.set(call, error)
  }

  /** Another producer with the same transactional id has begun: this one can do nothing any more. */
  fenceProducer(): void {
    this.#transactionalId()
    this.#isFenced = true
  }

  /** Forgets what was sent and committed; what is open is delivered to nobody. */
  clear(): void {
    this.#open = []
    this.#history = []
    this.#uncommitted = []
    this.#offsetsHistory = []
    this.#uncommittedOffsets = []
  }

  send(record: ProducerRecord<K, V>): Delivery {
    this.#assertOpen()
    this.#fail('send')
    if (this.#options.transactionalId !== undefined) this.#requireTransaction('send')
    const metadata = this.#place(record)
    const outcome = Promise.withResolvers<RecordMetadata>()
    // Heard by whoever awaits the delivery, and by nobody else.
    outcome.promise.catch(() => {})
    if (this.#transaction === 'open') this.#uncommitted.push(record)
    else this.#history.push(record)
    this.#open.push({ record, metadata, outcome })
    if (this.#options.autoComplete ?? true) this.completeNext()
    return Object.assign(outcome.promise, { observed: () => outcome.promise })
  }

  async sendAll(records: Iterable<ProducerRecord<K, V>> | AsyncIterable<ProducerRecord<K, V>>): Promise<number> {
    const deliveries: Delivery[] = []
    for await (const record of records) deliveries.push(this.send(record))
    await Promise.all(deliveries)
    return deliveries.length
  }

  get isFull(): boolean {
    return false
  }

  get bufferedBytes(): number {
    return 0
  }

  async room(): Promise<void> {}

  async flush(): Promise<void> {
    this.#fail('flush')
    while (this.completeNext());
  }

  async partitionsFor(topic: string): Promise<readonly PartitionInfo[]> {
    this.#fail('partitionsFor')
    const leader = { leaderId: 1, leaderEpoch: 0, replicas: [1], isr: [1], offlineReplicas: [] }
    return Array.from({ length: this.#partitionCount(topic) }, (_, index) => ({ index, ...leader }))
  }

  async initTransactions(): Promise<void> {
    this.#transactionalId()
    this.#fail('initTransactions')
    if (this.#transaction !== 'uninitialized') throw misuse('initTransactions has been called already')
    this.#transaction = 'none'
  }

  beginTransaction(): void {
    this.#assertOpen()
    this.#assertNotFenced()
    this.#fail('beginTransaction')
    if (this.#transaction !== 'none') {
      throw misuse(
        this.#transaction === 'open'
          ? 'a transaction is open already'
          : 'initTransactions comes before beginTransaction',
      )
    }
    this.#transaction = 'open'
  }

  async sendOffsetsToTransaction(
    offsets: readonly OffsetToCommit[],
    of: ConsumerGroupMetadata | string,
  ): Promise<void> {
    const group = typeof of === 'string' ? { groupId: of } : of
    this.#fail('sendOffsetsToTransaction')
    this.#requireTransaction('sendOffsetsToTransaction')
    if (offsets.length > 0) this.#uncommittedOffsets.push({ group, offsets })
  }

  async commitTransaction(): Promise<void> {
    this.#fail('commitTransaction')
    this.#requireTransaction('commitTransaction')
    await this.flush()
    this.#history.push(...this.#uncommitted)
    this.#offsetsHistory.push(...this.#uncommittedOffsets)
    this.commitCount++
    this.#end()
  }

  async abortTransaction(): Promise<void> {
    this.#fail('abortTransaction')
    this.#requireTransaction('abortTransaction')
    const aborted = new DorsaleError('DORSALE_TRANSACTION_ABORTED', 'the transaction was aborted')
    while (this.errorNext(aborted));
    this.abortCount++
    this.#end()
  }

  async transaction<Result>(body: () => Promise<Result>): Promise<Result> {
    this.beginTransaction()
    try {
      const result = await body()
      await this.commitTransaction()
      return result
    } catch (error) {
      if (!(error instanceof TransactionError && error.severity === 'fatal')) await this.abortTransaction()
      throw error
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#fail('close')
    while (this.completeNext());
    this.#isClosed = true
  }

  #end(): void {
    this.#transaction = 'none'
    this.#uncommitted = []
    this.#uncommittedOffsets = []
  }

  #place({ topic, partition, key, value, headers, timestamp }: ProducerRecord<K, V>): RecordMetadata {
    const { keySerializer, valueSerializer } = this.#options
    const kept = headers?.map(header => ({ key: header.key, value: null })) ?? []
    const keyBytes = keySerializer ? encodePayload(keySerializer, key, { topic, isKey: true, headers: kept }) : key
    if (valueSerializer) void encodePayload(valueSerializer, value, { topic, isKey: false, headers: kept })
    const count = this.#partitionCount(topic)
    const index = partition ?? placeOfKey(keyBytes, count)
    if (index < 0 || index >= count) {
      throw new DorsaleError('DORSALE_TIMEOUT', `${topic} has partitions 0 to ${count - 1}, not ${index}`)
    }
    const name = `${topic}-${index}`
    const offset = this.#nextOffsets.get(name) ?? 0
    this.#nextOffsets.set(name, offset + 1)
    return { topic, partition: index, offset, timestamp: timestamp ?? -1 }
  }

  #partitionCount(topic: string): number {
    return this.#options.partitions?.[topic] ?? 1
  }

  #fail(call: ProducerCall): void {
    const error = this.#failures.get(call)
    this.#failures.delete(call)
    if (error !== undefined) throw error
  }

  #requireTransaction(call: string): void {
    this.#assertOpen()
    this.#transactionalId()
    this.#assertNotFenced()
    if (this.#transaction !== 'open') throw misuse(`${call} needs an open transaction`)
  }

  #assertNotFenced(): void {
    if (!this.#isFenced) return
    throw new TransactionError(this.#transactionalId(), 'fatal', new ProtocolError(errorCodes.PRODUCER_FENCED))
  }

  #transactionalId(): string {
    const { transactionalId } = this.#options
    if (transactionalId === undefined) throw misuse('transactions need a transactionalId')
    return transactionalId
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new DorsaleError('DORSALE_CLOSED', 'the client is closed')
  }
}

function misuse(text: string): DorsaleError {
  return new DorsaleError('DORSALE_TRANSACTION_STATE', text)
}

/** As the real producer places a key whose bytes are known; else in partition 0. */
function placeOfKey(key: unknown, partitionCount: number): number {
  if (typeof key === 'string') return partitionOfKey(Buffer.from(key), partitionCount)
  return key instanceof Uint8Array ? partitionOfKey(key, partitionCount) : 0
}
