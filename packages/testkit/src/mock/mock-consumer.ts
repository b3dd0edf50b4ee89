import { DorsaleError } from '@dorsale/base'
import {
  type Assignment,
  type Consumer,
  type ConsumerRecord,
  type FoundOffset,
  type GroupMetadata,
  type GroupOffset,
  type OffsetToCommit,
  type RebalanceListener,
  type RecordChunk,
  SubscriptionPattern,
  type TopicPartition,
  type Topics,
} from '@dorsale/client'

/** A record for a mock consumer to hand out. */
export interface MockRecord<K, V> extends TopicPartition {
  readonly offset: number
  readonly key?: K | null
  readonly value?: V | null
  readonly headers?: ConsumerRecord['headers']
  readonly timestamp?: number
}

import { MockClient } from './mock-client.ts'

/** What a `MockConsumer` may be told. */
export interface MockConsumerOptions {
  /** Where to begin without a position: at what `updateBeginningOffsets` or `updateEndOffsets` told. Default: `latest`, as in Kafka. */
  readonly offsetReset?: 'earliest' | 'latest' | 'none'
  /** The most records that are handed out at once. Default: 500. */
  readonly maxPollRecords?: number
  /** Default: `mock`. */
  readonly groupId?: string
}

interface Place<K, V> extends TopicPartition {
  position: number | undefined
  isPaused: boolean
  /** By offset. */
  records: ConsumerRecord<K, V>[]
}

type Offsets = readonly (TopicPartition & { readonly offset: number })[]

/**
 * A consumer without a cluster, for unit tests of an application: it hands out what `addRecord` gave it, of partitions that `assign` or `rebalance` gave it. It behaves as Kafka's
 * MockConsumer: `poll` answers at once, whatever its timeout. Loops over `records()` and `chunks()` wait for more, until `stop` or `close`. Nothing is committed but what the application commits.
 *
 * ```ts
 * const consumer = new MockConsumer<string, Order>({ offsetReset: 'earliest' })
 * consumer.schedulePollTask(() => {
 *   consumer.rebalance([{ topic: 'orders', partition: 0 }])
 *   consumer.addRecord({ topic: 'orders', partition: 0, offset: 0, value: order })
 * })
 * consumer.schedulePollTask(() => consumer.stop())
 * await run(consumer)                               // takes a Consumer<string, Order>
 * ```
 */
export class MockConsumer<K = Uint8Array, V = Uint8Array> extends MockClient implements Consumer<K, V> {
  readonly #options: Required<MockConsumerOptions>
  #topics: Topics | undefined
  #listener: RebalanceListener = {}
  #places = new Map<string, Place<K, V>>()
  readonly #beginnings = new Map<string, number>()
  readonly #ends = new Map<string, number>()
  readonly #committed = new Map<string, GroupOffset>()
  readonly #partitionCounts = new Map<string, number>()
  #tasks: (() => Promise<void> | void)[] = []
  #pollError: Error | undefined
  #offsetsError: Error | undefined
  #waiting: (() => void)[] = []
  #isStopping = false
  #isClosed = false
  /** How often the application has asked that the group be divided anew. */
  enforcedRebalances = 0

  constructor({ offsetReset = 'latest', maxPollRecords = 500, groupId = 'mock' }: MockConsumerOptions = {}) {
    super()
    this.#options = { offsetReset, maxPollRecords, groupId }
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Gives a record to hand out, of a partition that is assigned. Throws when it is not. */
  addRecord({
    topic,
    partition,
    offset,
    key = null,
    value = null,
    headers = [],
    timestamp = -1,
  }: MockRecord<K, V>): void {
    const place = this.#find({ topic, partition })
    place.records.push({
      topic,
      partition,
      offset,
      key,
      value,
      headers,
      timestamp,
      timestampType: 'CreateTime',
      leaderEpoch: -1,
    })
    place.records.sort((one, other) => one.offset - other.offset)
    const name = nameOf(place)
    this.#ends.set(name, Math.max(this.#ends.get(name) ?? 0, offset + 1))
    this.#wake()
  }

  updateBeginningOffsets(offsets: Offsets): void {
    for (const each of offsets) this.#beginnings.set(nameOf(each), each.offset)
  }

  updateEndOffsets(offsets: Offsets): void {
    for (const each of offsets) this.#ends.set(nameOf(each), each.offset)
  }

  /** How many partitions `partitionsFor` finds. */
  updatePartitions(topic: string, count: number): void {
    this.#partitionCounts.set(topic, count)
  }

  /** The group gives these partitions, and no others: the listener hears of what goes and of what comes. Needs a subscription. */
  async rebalance(partitions: readonly TopicPartition[]): Promise<void> {
    if (this.#topics === undefined) throw misuse('a rebalance needs a subscription')
    const names = new Set(partitions.map(nameOf))
    const revoked = this.assignment.filter(each => !names.has(nameOf(each)))
    const added = partitions.filter(each => !this.#places.has(nameOf(each)))
    if (revoked.length > 0) await this.#listener.revoked?.(revoked)
    for (const each of revoked) this.#places.delete(nameOf(each))
    for (const each of added) this.#add(each)
    await this.#listener.assigned?.(added)
    this.#wake()
  }

  /** Runs at the beginning of a call that asks for records, one task for each such call. */
  schedulePollTask(task: () => Promise<void> | void): void {
    this.#tasks.push(task)
    this.#wake()
  }

  /** The next call that asks for records throws this. */
  setPollException(error: Error): void {
    this.#pollError = error
    this.#wake()
  }

  /** The next question for offsets rejects with this. */
  setOffsetsException(error: Error): void {
    this.#offsetsError = error
  }

  subscribe(topics: Topics, listener: RebalanceListener = {}): void {
    this.#assertOpen()
    if (this.#topics === undefined && this.#places.size > 0) throw mixed()
    this.#topics = topics
    this.#listener = listener
  }

  async unsubscribe(): Promise<void> {
    this.#topics = undefined
    this.#places.clear()
  }

  get subscription(): readonly string[] {
    const topics = this.#topics
    if (topics === undefined || topics instanceof RegExp || topics instanceof SubscriptionPattern) return []
    return topics
  }

  enforceRebalance(): void {
    this.enforcedRebalances++
  }

  groupMetadata(): GroupMetadata {
    return { groupId: this.#options.groupId, generationId: 1, memberId: 'mock', groupInstanceId: null }
  }

  assign(assignments: readonly Assignment[]): void {
    this.#assertOpen()
    if (this.#topics !== undefined) throw mixed()
    const before = this.#places
    this.#places = new Map()
    for (const each of assignments) {
      const name = nameOf(each)
      const known = before.get(name)
      if (known === undefined) this.#add(each)
      else this.#places.set(name, known)
      if (each.offset !== undefined) this.#find(each).position = each.offset
    }
    this.#wake()
  }

  get assignment(): readonly TopicPartition[] {
    return [...this.#places.values()].map(({ topic, partition }) => ({ topic, partition }))
  }

  async partitionsFor(topic: string): Promise<TopicPartition[]> {
    const count = this.#partitionCounts.get(topic) ?? 1
    return Array.from({ length: count }, (_, partition) => ({ topic, partition }))
  }

  async *chunks(): AsyncGenerator<RecordChunk<K, V>, void, undefined> {
    for (;;) {
      const chunk = await this.#next()
      if (chunk === undefined) return
      yield chunk
    }
  }

  async *records(): AsyncGenerator<ConsumerRecord<K, V>, void, undefined> {
    for await (const chunk of this.chunks()) {
      const place = this.#places.get(nameOf(chunk))
      let next = chunk.records[0]?.offset
      for (const record of chunk) {
        // A seek, another assignment or a stop, while the application held the record before: the rest is not wanted.
        if (this.#isStopping || (next !== record.offset && place?.position !== next)) break
        if (place !== undefined) place.position = record.offset + 1
        next = record.offset + 1
        yield record
        if (place?.position !== next) break
      }
    }
  }

  async poll(_: { timeoutMs: number }): Promise<RecordChunk<K, V> | undefined> {
    this.#assertOpen()
    await this.#runTask()
    return this.#take()
  }

  async commit(what?: ConsumerRecord<K, V> | RecordChunk<K, V> | readonly OffsetToCommit[]): Promise<void> {
    this.#assertOpen()
    for (const { topic, partition, offset, leaderEpoch = -1, metadata = '' } of this.#offsetsOf(what)) {
      this.#committed.set(nameOf({ topic, partition }), { topic, partition, offset, leaderEpoch, metadata })
    }
  }

  commitAsync(
    what?: ConsumerRecord<K, V> | RecordChunk<K, V> | readonly OffsetToCommit[],
    done?: (error?: Error) => void,
  ): void {
    this.commit(what).then(() => done?.(), done)
  }

  async committed(partitions: readonly TopicPartition[]): Promise<GroupOffset[]> {
    return partitions.flatMap(each => this.#committed.get(nameOf(each)) ?? [])
  }

  seek({ topic, partition, offset }: TopicPartition & { offset: number }): void {
    this.#find({ topic, partition }).position = offset
    this.#wake()
  }

  seekToBeginning(partitions: readonly TopicPartition[] = this.assignment): void {
    for (const each of partitions) this.#find(each).position = this.#known(this.#beginnings, each, 'beginning')
    this.#wake()
  }

  seekToEnd(partitions: readonly TopicPartition[] = this.assignment): void {
    for (const each of partitions) this.#find(each).position = this.#known(this.#ends, each, 'end')
  }

  seekToTime(timestamp: number, partitions: readonly TopicPartition[] = this.assignment): void {
    for (const each of partitions) {
      const place = this.#find(each)
      const found = place.records.find(record => record.timestamp >= timestamp)
      place.position = found?.offset ?? this.#known(this.#ends, each, 'end')
    }
    this.#wake()
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) this.#find(each).isPaused = true
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) this.#find(each).isPaused = false
    this.#wake()
  }

  get paused(): readonly TopicPartition[] {
    return this.assignment.filter(each => this.#find(each).isPaused)
  }

  async position(of: TopicPartition): Promise<number> {
    return this.#positionOf(this.#find(of))
  }

  lag(of: TopicPartition): number | undefined {
    const { position } = this.#find(of)
    const end = this.#ends.get(nameOf(of))
    return position === undefined || end === undefined ? undefined : Math.max(0, end - position)
  }

  async beginningOffsets(partitions: readonly TopicPartition[]): Promise<FoundOffset[]> {
    this.#failOffsets()
    return partitions.map(each => found(each, this.#known(this.#beginnings, each, 'beginning')))
  }

  async endOffsets(partitions: readonly TopicPartition[]): Promise<FoundOffset[]> {
    this.#failOffsets()
    return partitions.map(each => found(each, this.#known(this.#ends, each, 'end')))
  }

  async offsetsForTimes(questions: readonly (TopicPartition & { timestamp: number })[]): Promise<FoundOffset[]> {
    this.#failOffsets()
    return questions.map(({ timestamp, ...each }) => {
      const record = this.#places.get(nameOf(each))?.records.find(candidate => candidate.timestamp >= timestamp)
      return found(each, record?.offset ?? -1, record?.timestamp)
    })
  }

  stop(): void {
    this.#isStopping = true
    this.#wake()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#wake()
  }

  async #next(): Promise<RecordChunk<K, V> | undefined> {
    for (;;) {
      if (this.#isClosed || this.#isStopping) return undefined
      const hadTask = await this.#runTask()
      const chunk = this.#take()
      if (chunk !== undefined) return chunk
      if (hadTask || this.#isStopping || this.#isClosed) continue
      await new Promise<void>(resolve => {
        this.#waiting.push(resolve)
      })
    }
  }

  async #runTask(): Promise<boolean> {
    const task = this.#tasks.shift()
    await task?.()
    const error = this.#pollError
    this.#pollError = undefined
    if (error !== undefined) throw error
    return task !== undefined
  }

  #take(): RecordChunk<K, V> | undefined {
    if (this.#isStopping || this.#isClosed) return undefined
    for (const [name, place] of this.#places) {
      if (place.isPaused) continue
      const position = this.#positionOf(place)
      const records = place.records.filter(({ offset }) => offset >= position).slice(0, this.#options.maxPollRecords)
      const last = records.at(-1)
      if (last === undefined) continue
      place.position = last.offset + 1
      // Behind the others, so that each has its turn.
      this.#places.delete(name)
      this.#places.set(name, place)
      return chunkOf(records, this.#ends.get(name) ?? -1)
    }
    return undefined
  }

  #positionOf(place: Place<K, V>): number {
    place.position ??= this.#committed.get(nameOf(place))?.offset ?? this.#beginOf(place)
    return place.position
  }

  #beginOf(of: TopicPartition): number {
    const { offsetReset } = this.#options
    if (offsetReset === 'none') {
      const text = `${nameOf(of)} has no position, and auto.offset.reset is none`
      throw new DorsaleError('DORSALE_NO_POSITION', text)
    }
    return offsetReset === 'earliest'
      ? this.#known(this.#beginnings, of, 'beginning')
      : this.#known(this.#ends, of, 'end')
  }

  #known(offsets: ReadonlyMap<string, number>, of: TopicPartition, what: 'beginning' | 'end'): number {
    const offset = offsets.get(nameOf(of))
    if (offset !== undefined) return offset
    const call = what === 'beginning' ? 'updateBeginningOffsets' : 'updateEndOffsets'
    throw misuse(`the mock consumer does not know the ${what} of ${nameOf(of)}: tell it with ${call}`)
  }

  #offsetsOf(
    what: ConsumerRecord<K, V> | RecordChunk<K, V> | readonly OffsetToCommit[] | undefined,
  ): readonly OffsetToCommit[] {
    if (what === undefined) {
      return [...this.#places.values()].flatMap(({ topic, partition, position: offset }) =>
        offset === undefined ? [] : [{ topic, partition, offset }],
      )
    }
    if ('nextOffset' in what) return [{ topic: what.topic, partition: what.partition, offset: what.nextOffset }]
    if ('offset' in what) return [{ topic: what.topic, partition: what.partition, offset: what.offset + 1 }]
    return what
  }

  #add({ topic, partition }: TopicPartition): void {
    this.#places.set(nameOf({ topic, partition }), {
      topic,
      partition,
      position: undefined,
      isPaused: false,
      records: [],
    })
  }

  #find(of: TopicPartition): Place<K, V> {
    const place = this.#places.get(nameOf(of))
    if (place !== undefined) return place
    throw new DorsaleError('DORSALE_NOT_ASSIGNED', `${nameOf(of)} is not assigned to this consumer`)
  }

  #failOffsets(): void {
    const error = this.#offsetsError
    this.#offsetsError = undefined
    if (error !== undefined) throw error
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new DorsaleError('DORSALE_CLOSED', 'the client is closed')
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}

function chunkOf<K, V>(records: readonly ConsumerRecord<K, V>[], highWatermark: number): RecordChunk<K, V> {
  const { topic, partition } = records[0] as ConsumerRecord<K, V>
  const last = records.at(-1) as ConsumerRecord<K, V>
  return {
    topic,
    partition,
    highWatermark,
    records,
    sizeInBytes: 0,
    nextOffset: last.offset + 1,
    lastEpoch: last.leaderEpoch,
    release() {},
    [Symbol.dispose]() {},
    [Symbol.iterator]: () => records[Symbol.iterator](),
  }
}

function found({ topic, partition }: TopicPartition, offset: number, timestamp = -1): FoundOffset {
  return { topic, partition, offset, timestamp, leaderEpoch: -1 }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}

function misuse(text: string): DorsaleError {
  return new DorsaleError('DORSALE_MOCK', text)
}

function mixed(): DorsaleError {
  return new DorsaleError(
    'DORSALE_INVALID_SUBSCRIPTION',
    'a consumer either subscribes or is assigned partitions by hand: unsubscribe comes between the two',
  )
}
