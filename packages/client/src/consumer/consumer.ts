import { DorsaleError, sleep, type Timer } from '@dorsale/base'
import { type ConsumerConfig, consumerTable } from '../config/consumer-config.ts'
import { parseOffsetReset } from '../config/offset-reset.ts'
import { loadSettings, type SettingsOf } from '../config/settings.ts'
import { clientMetrics } from '../metrics/client-metrics.ts'
import { FetchMetrics } from '../metrics/fetch-metrics.ts'
import type { KafkaMetric, MetricName, Metrics } from '../metrics/metrics.ts'
import { PollMetrics } from '../metrics/poll-metrics.ts'
import { parseBootstrapServers } from '../network/addresses.ts'
import { Cluster, closedError, timeoutError } from '../network/cluster.ts'
import { connectionConfig } from '../network/connection-config.ts'
import type { OffsetToCommit } from '../transactions/transaction-coordinator.ts'
import type { ClientWorld } from '../world.ts'
import { AssignedPartition, type PendingReset } from './assigned-partition.ts'
import type { Assignor } from './assignors/assignor.ts'
import type { GroupOffset } from './committed-offsets.ts'
import { Fetcher } from './fetcher.ts'
import type { Departure } from './group-link.ts'
import type { GroupMetadata, RebalanceListener } from './group-listener.ts'
import { GroupSide } from './group-side.ts'
import { type FoundOffset, lookUpOffsets, nameOf, offsetPlaces, type TopicPartition } from './offset-lookup.ts'
import { type ConsumerRecord, RecordChunk } from './record-chunk.ts'
import type { Topics } from './subscription.ts'
import { Turns } from './turns.ts'

/** Settings of a consumer, under Kafka's keys. */
export type ConsumerSettings = SettingsOf<typeof consumerTable>

export interface ConsumerOptions {
  readonly world: ClientWorld
  readonly settings: ConsumerSettings
  /** The application's own assignors, which `partition.assignment.strategy` names. */
  readonly assignors?: readonly Assignor[]
}

export interface CloseOptions {
  /** How long what is under way may take: handing over what is held, the last commit, leaving. Default: 30 s. */
  readonly timeoutMs?: number
  /** What the group hears. */
  readonly group?: Departure
}

/** A partition to read, and where to begin; without an offset, where `auto.offset.reset` says. */
export interface Assignment extends TopicPartition {
  readonly offset?: number
}

/** Opens a consumer. Throws a `ConfigError` with every problem of the settings; connects when it has partitions. */
export function createConsumer(options: ConsumerOptions): Consumer {
  const config = loadSettings(consumerTable, options.settings, options.world.logger)
  return new Consumer(options.world, config, options.assignors ?? [])
}

/** Requests on one connection: one long fetch, and lookups beside it. */
const inFlightMax = 100

const closeTimeoutMs = 30_000

/**
 * Reads the topics that it subscribes to, together with the other members of its group (`group.id`), or the partitions that it is assigned by hand.
 *
 * ```ts
 * consumer.subscribe(['orders'])
 * for await (const chunk of consumer.chunks()) {
 *   for (const record of chunk) handle(record)
 * }
 * ```
 *
 * Asking for more says that what was handed out before is handled. With `enable.auto.commit` that, and no more, is committed: at intervals, before partitions go to
 * another member, and when the consumer closes. A loop that is left, by `break` or by an error, has not handled what it holds: `commit` can say otherwise.
 *
 * Nothing is fetched faster than it is taken: what waits to be handed out is bounded by `fetch.max.bytes` and one answer of each broker.
 */
export class Consumer {
  readonly #world: ClientWorld
  readonly #cluster: Cluster
  readonly #fetcher: Fetcher
  readonly #assigned = new Map<string, AssignedPartition>()
  readonly #group: GroupSide | undefined
  readonly #turns: Turns
  readonly #metrics: Metrics
  readonly #fetchMetrics: FetchMetrics
  readonly #pollMetrics: PollMetrics
  readonly #readCommitted: boolean
  readonly #timeoutMs: number
  #isClosed = false
  #isStopping = false
  /** What `poll` handed out last, which the next call says is handled. */
  #polled: Taken | undefined
  /** At most one of each partition; of the consumer itself under ''. */
  readonly #errors = new Map<string, Error>()
  #waiting: (() => void)[] = []

  constructor(world: ClientWorld, config: ConsumerConfig, assignors: readonly Assignor[]) {
    this.#world = world
    this.#timeoutMs = config['default.api.timeout.ms']
    this.#readCommitted = config['isolation.level'] === 'read_committed'
    const connection = connectionConfig(config, world)
    const { metrics, connections } = clientMetrics(world, 'consumer', config)
    this.#metrics = metrics
    this.#fetchMetrics = new FetchMetrics(metrics, { readCommitted: this.#readCommitted })
    this.#pollMetrics = new PollMetrics(metrics)
    this.#cluster = new Cluster({
      world,
      config: connection,
      bootstrap: parseBootstrapServers(config['bootstrap.servers']),
      inFlightMax,
      allowAutoTopicCreation: config['allow.auto.create.topics'],
      metrics: connections,
      onChange: () => {
        this.#group?.metadataChanged()
        this.#fetcher.wake()
      },
    })
    const groupId = config['group.id']
    if (groupId !== null) {
      this.#group = new GroupSide({
        world,
        cluster: this.#cluster,
        config,
        connection,
        groupId,
        assigned: this.#assigned,
        assignors,
        metrics,
        fetchMetrics: this.#fetchMetrics,
        onError: error => {
          this.#errors.set('', error)
          this.#wake()
        },
        onChange: () => {
          this.#fetcher.wake()
          this.#wake()
        },
      })
    }
    const group = this.#group
    this.#turns = group?.turns ?? new Turns(world.clock, () => {})
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
      metrics: this.#fetchMetrics,
      committed: group && (partitions => group.fetchCommitted(partitions, connection.requestTimeoutMs)),
      onChunk: () => this.#wake(),
      onError: (error, partition) => {
        this.#errors.set(partition === undefined ? '' : nameOf(partition), error)
        this.#wake()
      },
    })
  }

  /**
   * Reads topics together with the other members of the group: by name, by a pattern of JavaScript that this consumer matches against whole names, or by a
   * `SubscriptionPattern` that the broker matches. Takes the place of an earlier subscription. Joins when records are first asked for.
   */
  subscribe(topics: Topics, listener: RebalanceListener = {}): void {
    this.#assertOpen()
    const group = this.#requireGroup()
    if (!group.isSubscribed && this.#assigned.size > 0) throw mixedError()
    group.subscribe(topics, listener)
  }

  /** Gives everything up: leaves the group, or lets go of what was assigned by hand. */
  async unsubscribe(): Promise<void> {
    await this.#group?.unsubscribe()
    if (!this.#isClosed) this.#assign([])
  }

  /** The topics that are subscribed to; with a pattern, those that match it at the moment. */
  get subscription(): readonly string[] {
    return this.#group?.topics ?? []
  }

  /** Has the group divide its partitions anew. */
  enforceRebalance(reason = 'rebalance enforced by the application'): void {
    this.#requireGroup().rejoin(reason)
  }

  /** Who this is in its group. Throws `DORSALE_COMMIT_FAILED` while it is no member of the group that it subscribed with. */
  groupMetadata(): GroupMetadata {
    return this.#requireGroup().metadata()
  }

  /** Reads these partitions, and no others. Those that it reads already keep their place unless an offset is given. */
  assign(assignments: readonly Assignment[]): void {
    this.#assertOpen()
    if (this.#group?.isSubscribed) throw mixedError()
    this.#assign(assignments)
  }

  #assign(assignments: readonly Assignment[]): void {
    const names = new Set(assignments.map(nameOf))
    for (const [name, partition] of this.#assigned) {
      if (names.has(name)) continue
      partition.drop()
      this.#assigned.delete(name)
      this.#errors.delete(name)
      this.#fetchMetrics.forget(partition)
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
      const taken = await this.#next()
      if (taken === undefined) return
      const { chunk, partition, generation } = taken
      this.#turns.hold()
      try {
        yield chunk
        if (partition.generation === generation) partition.noteHandled(chunk.nextOffset, chunk.lastEpoch)
      } finally {
        this.#turns.release()
      }
    }
  }

  /** The records one by one. Slower than `chunks` by the cost of a promise each. The position follows each record: a loop that is left goes on after the last. */
  async *records(): AsyncGenerator<ConsumerRecord, void, undefined> {
    for (;;) {
      const taken = await this.#next()
      if (taken === undefined) return
      yield* this.#recordsOf(taken)
    }
  }

  async *#recordsOf({ chunk, partition, generation }: Taken): AsyncGenerator<ConsumerRecord, void, undefined> {
    this.#turns.hold()
    let isRead = false
    try {
      for (const record of chunk) {
        // A seek, a pause or another assignment, while the application held the record before: the rest is not wanted.
        if (partition.generation !== generation || this.#isStopping) return
        partition.position = record.offset + 1
        yield record
        if (partition.generation === generation) partition.noteHandled(record.offset + 1, record.leaderEpoch)
        await this.#comeBack()
      }
      isRead = true
    } finally {
      this.#turns.release()
      if (partition.generation === generation) {
        if (isRead) {
          partition.position = chunk.nextOffset
          partition.noteHandled(chunk.nextOffset, chunk.lastEpoch)
        } else {
          partition.drop()
          this.#fetcher.wake()
        }
      }
    }
  }

  /** The application asks for the next record of a chunk that it holds: the group may have its turn between the two. */
  async #comeBack(): Promise<void> {
    this.#turns.asked()
    this.#group?.asked()
    if (this.#turns.isWaiting) {
      this.#turns.release()
      while (await this.#turns.serve());
      this.#turns.hold()
    }
    this.#turns.left()
  }

  /** The next chunk, if one comes within `timeoutMs`. */
  async poll({ timeoutMs }: { timeoutMs: number }): Promise<RecordChunk | undefined> {
    this.#finishPolled()
    const endMs = this.#world.clock.monotonic() + timeoutMs
    const timer = this.#world.clock.setTimer(timeoutMs, () => this.#wake())
    try {
      this.#polled = await this.#next(endMs)
      if (this.#polled !== undefined) this.#turns.hold()
      return this.#polled?.chunk
    } finally {
      timer.cancel()
    }
  }

  #finishPolled(): void {
    if (this.#polled === undefined) return
    const { chunk, partition, generation } = this.#polled
    this.#polled = undefined
    if (partition.generation === generation) partition.noteHandled(chunk.nextOffset, chunk.lastEpoch)
    this.#turns.release()
  }

  /**
   * Commits where the group goes on: behind a record, behind a chunk, at the given offsets, or, without an argument, behind everything that was handed out. Commits
   * that are not awaited share requests, and an older offset never overtakes a newer one. Tries again what may pass, for `default.api.timeout.ms`. Rejects with
   * `DORSALE_COMMIT_FAILED` when this is no member any more.
   */
  async commit(what?: ConsumerRecord | RecordChunk | readonly OffsetToCommit[]): Promise<void> {
    this.#assertOpen()
    const offsets = this.#offsetsOf(what)
    const beganMs = this.#world.clock.monotonic()
    try {
      await this.#requireGroup().commit(offsets, this.#timeoutMs)
    } finally {
      this.#pollMetrics.onCommit(this.#world.clock.monotonic() - beganMs)
    }
    for (const offset of offsets) this.#assigned.get(nameOf(offset))?.noteCommitted(offset)
  }

  /** As `commit`, for those who do not wait: `done` hears what became of it, and the log does of a failure when there is none. */
  commitAsync(what?: ConsumerRecord | RecordChunk | readonly OffsetToCommit[], done?: (error?: Error) => void): void {
    this.commit(what).then(
      () => done?.(),
      error => {
        if (done === undefined) this.#world.logger.warn('a commit failed', { error })
        else done(error)
      },
    )
  }

  /** Where the group is in these partitions; those without a committed offset are left out. */
  async committed(partitions: readonly TopicPartition[]): Promise<GroupOffset[]> {
    this.#assertOpen()
    const beganMs = this.#world.clock.monotonic()
    try {
      return await this.#requireGroup().fetchCommitted(partitions, this.#timeoutMs)
    } finally {
      this.#pollMetrics.onCommitted(this.#world.clock.monotonic() - beganMs)
    }
  }

  /** What the consumer counts and measures of itself, under the names of Kafka's own client: a view that goes on with it. `findMetric` looks a name up. */
  metrics(): ReadonlyMap<MetricName, KafkaMetric> {
    return this.#metrics.all
  }

  #offsetsOf(what: ConsumerRecord | RecordChunk | readonly OffsetToCommit[] | undefined): GroupOffset[] {
    if (what === undefined) {
      return [...this.#assigned.values()].flatMap(({ topic, partition, position: offset, fetchOffset, lastEpoch }) =>
        offset === undefined
          ? []
          : [{ topic, partition, offset, leaderEpoch: offset === fetchOffset ? lastEpoch : -1, metadata: '' }],
      )
    }
    if (what instanceof RecordChunk) {
      const { topic, partition, nextOffset, lastEpoch } = what
      return [{ topic, partition, offset: nextOffset, leaderEpoch: lastEpoch, metadata: '' }]
    }
    if ('offset' in what) {
      const { topic, partition, offset, leaderEpoch } = what
      return [{ topic, partition, offset: offset + 1, leaderEpoch, metadata: '' }]
    }
    return what.map(({ topic, partition, offset, leaderEpoch = -1, metadata = '' }) => ({
      topic,
      partition,
      offset,
      leaderEpoch,
      metadata,
    }))
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

  /** Records between the position and the high watermark, with `read_committed` the last stable offset; undefined until both are known. */
  lag(of: TopicPartition): number | undefined {
    const { position, highWatermark, lastStableOffset } = this.#find(of)
    const end = this.#readCommitted ? lastStableOffset : highWatermark
    return position === undefined || end < 0 ? undefined : Math.max(0, end - position)
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

  /** Ends every loop when it asks for more, so that what it holds is handled first; `close` follows. For a signal to end: commits then cover all that was handled. */
  stop(): void {
    this.#isStopping = true
    this.#wake()
  }

  /**
   * Ends every loop, commits what was handled (with `enable.auto.commit`), gives the partitions up, leaves the group and closes the connections. What is not done in
   * time is left undone. Idempotent.
   */
  async close({ timeoutMs = closeTimeoutMs, group: departure = 'default' }: CloseOptions = {}): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#fetcher.stop()
    this.#finishPolled()
    this.#wake()
    if (this.#group !== undefined) {
      const { clock } = this.#world
      let timer: Timer | undefined
      const late = new Promise<void>(resolve => {
        timer = clock.setTimer(timeoutMs, resolve)
      })
      await Promise.race([this.#group.close(departure), late])
      timer?.cancel()
      this.#group.stop()
    }
    this.#cluster.close()
  }

  /** Undefined: closed, or `endMs` has passed. */
  async #next(endMs = Number.POSITIVE_INFINITY): Promise<Taken | undefined> {
    this.#turns.asked()
    this.#pollMetrics.asked()
    try {
      return await this.#wait(endMs)
    } finally {
      this.#turns.left()
      this.#pollMetrics.left()
    }
  }

  async #wait(endMs: number): Promise<Taken | undefined> {
    for (;;) {
      if (this.#isClosed || this.#isStopping) return undefined
      for (const [name, error] of this.#errors) {
        this.#errors.delete(name)
        throw error
      }
      this.#group?.asked()
      if (await this.#turns.serve()) continue
      const taken = this.#take()
      if (taken !== undefined) return taken
      if (this.#world.clock.monotonic() >= endMs) return undefined
      await new Promise<void>(resolve => {
        this.#waiting.push(resolve)
      })
    }
  }

  #take(): Taken | undefined {
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
      this.#fetchMetrics.onTaken(partition, buffered)
      this.#fetcher.wake()
      return { chunk: buffered, partition, generation: partition.generation }
    }
    return undefined
  }

  #requireGroup(): GroupSide {
    if (this.#group !== undefined) return this.#group
    throw new DorsaleError('DORSALE_NO_GROUP', 'this needs a group: set group.id')
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

/** What is handed out, and of which assignment it is. */
interface Taken {
  readonly chunk: RecordChunk
  readonly partition: AssignedPartition
  readonly generation: number
}

function mixedError(): DorsaleError {
  return new DorsaleError(
    'DORSALE_INVALID_SUBSCRIPTION',
    'a consumer either subscribes or is assigned partitions by hand: unsubscribe comes between the two',
  )
}
