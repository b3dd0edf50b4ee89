import { DorsaleError, sleep } from '@dorsale/base'
import { type ConsumerConfig, consumerTable } from '../config/consumer-config.ts'
import { parseOffsetReset } from '../config/offset-reset.ts'
import { loadSettings, type SettingsOf } from '../config/settings.ts'
import { parseBootstrapServers } from '../network/addresses.ts'
import { Cluster, closedError, timeoutError } from '../network/cluster.ts'
import { connectionConfig } from '../network/connection-config.ts'
import type { ClientWorld } from '../world.ts'
import { AssignedPartition, type PendingReset } from './assigned-partition.ts'
import { Fetcher } from './fetcher.ts'
import { type FoundOffset, lookUpOffsets, nameOf, offsetPlaces, type TopicPartition } from './offset-lookup.ts'
import type { ConsumerRecord, RecordChunk } from './record-chunk.ts'

/** Settings of a consumer, under Kafka's keys. */
export type ConsumerSettings = SettingsOf<typeof consumerTable>

export interface ConsumerOptions {
  readonly world: ClientWorld
  readonly settings: ConsumerSettings
}

/** A partition to read, and where to begin; without an offset, where `auto.offset.reset` says. */
export interface Assignment extends TopicPartition {
  readonly offset?: number
}

/** Opens a consumer. Throws a `ConfigError` with every problem of the settings; connects when it has partitions. */
export function createConsumer(options: ConsumerOptions): Consumer {
  return new Consumer(options.world, loadSettings(consumerTable, options.settings, options.world.logger))
}

/** Requests on one connection: one long fetch, and lookups beside it. */
const inFlightMax = 100

/**
 * Reads the partitions that it is assigned.
 *
 * ```ts
 * consumer.assign([{ topic: 'orders', partition: 0, offset: 0 }])
 * for await (const chunk of consumer.chunks()) {
 *   for (const record of chunk) handle(record)
 * }
 * ```
 *
 * Nothing is fetched faster than it is taken: what waits to be handed out is bounded by `fetch.max.bytes` and one answer of each broker.
 */
export class Consumer {
  readonly #world: ClientWorld
  readonly #cluster: Cluster
  readonly #fetcher: Fetcher
  readonly #assigned = new Map<string, AssignedPartition>()
  readonly #readCommitted: boolean
  readonly #timeoutMs: number
  #isClosed = false
  /** At most one of each partition; of the consumer itself under ''. */
  readonly #errors = new Map<string, Error>()
  #waiting: (() => void)[] = []

  constructor(world: ClientWorld, config: ConsumerConfig) {
    this.#world = world
    this.#timeoutMs = config['default.api.timeout.ms']
    this.#readCommitted = config['isolation.level'] === 'read_committed'
    const connection = connectionConfig(config)
    this.#cluster = new Cluster({
      world,
      config: connection,
      bootstrap: parseBootstrapServers(config['bootstrap.servers']),
      inFlightMax,
      allowAutoTopicCreation: config['allow.auto.create.topics'],
      onChange: () => this.#fetcher.wake(),
    })
    this.#fetcher = new Fetcher({
      world,
      cluster: this.#cluster,
      assigned: this.#assigned,
      minBytes: config['fetch.min.bytes'],
      maxBytes: config['fetch.max.bytes'],
      maxWaitMs: config['fetch.max.wait.ms'],
      partitionMaxBytes: config['max.partition.fetch.bytes'],
      readCommitted: this.#readCommitted,
      checkCrcs: config['check.crcs'],
      rack: config['client.rack'],
      offsetReset: parseOffsetReset(config['auto.offset.reset']),
      requestTimeoutMs: connection.requestTimeoutMs,
      metadataMaxAgeMs: connection.metadataMaxAgeMs,
      retryBackoff: connection.retryBackoff,
      onChunk: () => this.#wake(),
      onError: (error, partition) => {
        this.#errors.set(partition === undefined ? '' : nameOf(partition), error)
        this.#wake()
      },
    })
  }

  /** Reads these partitions, and no others. Those that it reads already keep their place unless an offset is given. */
  assign(assignments: readonly Assignment[]): void {
    this.#assertOpen()
    const names = new Set(assignments.map(nameOf))
    for (const [name, partition] of this.#assigned) {
      if (names.has(name)) continue
      partition.drop()
      this.#assigned.delete(name)
      this.#errors.delete(name)
    }
    for (const assignment of assignments) {
      const name = nameOf(assignment)
      let partition = this.#assigned.get(name)
      if (partition === undefined) {
        partition = new AssignedPartition(assignment.topic, assignment.partition)
        this.#assigned.set(name, partition)
      }
      if (assignment.offset !== undefined) partition.moveTo(assignment.offset)
    }
    const topics = new Set(assignments.map(({ topic }) => topic))
    for (const topic of this.#cluster.topics) if (!topics.has(topic)) this.#cluster.removeTopic(topic)
    for (const topic of topics) this.#cluster.addTopic(topic)
    this.#fetcher.wake()
  }

  get assignment(): readonly TopicPartition[] {
    return [...this.#assigned.values()].map(({ topic, partition }) => ({ topic, partition }))
  }

  /** The partitions of a topic, for `assign`. Rejects when its metadata cannot be had within `default.api.timeout.ms`. */
  async partitionsFor(topic: string): Promise<TopicPartition[]> {
    this.#assertOpen()
    const { partitions } = await this.#cluster.topic(topic, this.#timeoutMs)
    return partitions.map(({ index }) => ({ topic, partition: index }))
  }

  /**
   * What was fetched, partition by partition in turn, for ever: until the consumer closes, or the loop is left. Asking for the next chunk moves the position past
   * it. An error ends the loop; a new one goes on from the same place.
   */
  async *chunks(): AsyncGenerator<RecordChunk, void, undefined> {
    for (;;) {
      const chunk = await this.#next()
      if (chunk === undefined) return
      yield chunk
    }
  }

  /** The records one by one. Slower than `chunks` by the cost of a promise each. The position follows each record: a loop that is left goes on after the last. */
  async *records(): AsyncGenerator<ConsumerRecord, void, undefined> {
    for await (const chunk of this.chunks()) {
      const partition = this.#assigned.get(nameOf(chunk))
      if (partition === undefined) continue
      const { generation } = partition
      let isRead = false
      try {
        for (const record of chunk) {
          // A seek, a pause or an assignment, while the application held the record before: the rest is not wanted.
          if (partition.generation !== generation) break
          partition.position = record.offset + 1
          yield record
        }
        isRead = true
      } finally {
        if (partition.generation === generation) {
          if (isRead) partition.position = chunk.nextOffset
          else {
            partition.drop()
            this.#fetcher.wake()
          }
        }
      }
    }
  }

  /** The next chunk, if one comes within `timeoutMs`. */
  async poll({ timeoutMs }: { timeoutMs: number }): Promise<RecordChunk | undefined> {
    const endMs = this.#world.clock.monotonic() + timeoutMs
    const timer = this.#world.clock.setTimer(timeoutMs, () => this.#wake())
    try {
      return await this.#next(endMs)
    } finally {
      timer.cancel()
    }
  }

  /** Goes on from an offset. */
  seek({ topic, partition, offset }: TopicPartition & { offset: number }): void {
    this.#move({ topic, partition }, offset)
    this.#fetcher.wake()
  }

  seekToBeginning(partitions: readonly TopicPartition[] = this.assignment): void {
    this.#reset(partitions, 'earliest')
  }

  seekToEnd(partitions: readonly TopicPartition[] = this.assignment): void {
    this.#reset(partitions, 'latest')
  }

  /** Goes on from the first record that is not older than `timestamp` (milliseconds since 1970), or from the end. */
  seekToTime(timestamp: number, partitions: readonly TopicPartition[] = this.assignment): void {
    this.#reset(partitions, { timestamp })
  }

  /** Hands out nothing of these until `resume`; what was fetched of them is let go. */
  pause(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) {
      const partition = this.#find(each)
      partition.isPaused = true
      partition.drop()
    }
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) this.#find(each).isPaused = false
    this.#fetcher.wake()
  }

  get paused(): readonly TopicPartition[] {
    return this.assignment.filter(each => this.#find(each).isPaused)
  }

  /** Offset of the next record that will be handed out; waits until it is known. */
  async position(of: TopicPartition): Promise<number> {
    const endMs = this.#world.clock.monotonic() + this.#timeoutMs
    for (;;) {
      this.#assertOpen()
      const { position } = this.#find(of)
      if (position !== undefined) return position
      if (this.#world.clock.monotonic() >= endMs)
        throw timeoutError(`the position of ${nameOf(of)}`, this.#timeoutMs, this.#cluster.lastError)
      await sleep(this.#world.clock, positionPollMs)
    }
  }

  /** Records between the position and the high watermark; undefined until both are known. */
  lag(of: TopicPartition): number | undefined {
    const { position, highWatermark } = this.#find(of)
    return position === undefined || highWatermark < 0 ? undefined : Math.max(0, highWatermark - position)
  }

  /** The first offsets that are there. */
  beginningOffsets(partitions: readonly TopicPartition[]): Promise<FoundOffset[]> {
    return this.offsetsForTimes(partitions.map(each => ({ ...each, timestamp: offsetPlaces.earliest })))
  }

  /** The offsets after the last record; with `read_committed`, after the last that is decided. */
  endOffsets(partitions: readonly TopicPartition[]): Promise<FoundOffset[]> {
    return this.offsetsForTimes(partitions.map(each => ({ ...each, timestamp: offsetPlaces.latest })))
  }

  /** The first records that are not older than a time; -1 where there is none. */
  async offsetsForTimes(questions: readonly (TopicPartition & { timestamp: number })[]): Promise<FoundOffset[]> {
    this.#assertOpen()
    return lookUpOffsets(this.#cluster, questions, { readCommitted: this.#readCommitted, timeoutMs: this.#timeoutMs })
  }

  /** Ends every loop and closes the connections. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#fetcher.stop()
    this.#cluster.close()
    this.#wake()
  }

  /** Undefined: closed, or `endMs` has passed. */
  async #next(endMs = Number.POSITIVE_INFINITY): Promise<RecordChunk | undefined> {
    for (;;) {
      if (this.#isClosed) return undefined
      for (const [name, error] of this.#errors) {
        this.#errors.delete(name)
        throw error
      }
      const chunk = this.#take()
      if (chunk !== undefined) return chunk
      if (this.#world.clock.monotonic() >= endMs) return undefined
      await new Promise<void>(resolve => {
        this.#waiting.push(resolve)
      })
    }
  }

  #take(): RecordChunk | undefined {
    for (const [name, partition] of this.#assigned) {
      const { buffered } = partition
      if (buffered === undefined) continue
      partition.buffered = undefined
      partition.position = buffered.nextOffset
      partition.fetchOffset = buffered.nextOffset
      partition.lastEpoch = buffered.lastEpoch
      // Behind the others, so that each has its turn.
      this.#assigned.delete(name)
      this.#assigned.set(name, partition)
      this.#fetcher.wake()
      return buffered
    }
    return undefined
  }

  #reset(partitions: readonly TopicPartition[], reset: PendingReset): void {
    for (const each of partitions) this.#move(each, undefined, reset)
    this.#fetcher.wake()
  }

  #move(of: TopicPartition, position: number | undefined, reset?: PendingReset): void {
    this.#find(of).moveTo(position, reset)
    this.#errors.delete(nameOf(of))
  }

  #find(of: TopicPartition): AssignedPartition {
    const partition = this.#assigned.get(nameOf(of))
    if (partition === undefined)
      throw new DorsaleError('DORSALE_NOT_ASSIGNED', `${nameOf(of)} is not assigned to this consumer`)
    return partition
  }

  #assertOpen(): void {
    if (this.#isClosed) throw closedError()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}

const positionPollMs = 10
