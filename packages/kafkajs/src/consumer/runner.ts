/** Runs one consumer: fetches ahead, hands batches out, as many at once as the application wants, and settles what the group asks for in between. */
import { sleep, type Timer } from '@dorsale/base'
import {
  type AssignedPartition,
  type FetchedChunk,
  Fetcher,
  FetchMetrics,
  fetchCommitted,
  GroupMetrics,
  nameOf,
} from '@dorsale/client/parts'
import { errorCodes } from '@dorsale/protocol'
import type { Connection } from '../connection.ts'
import { KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded } from '../errors.ts'
import { consumerEvents, type Emitter } from '../events.ts'
import { asKafkaJSError, isRebalancing, protocolError } from '../failures.ts'
import { mayPass, Pauses } from '../retry.ts'
import type { Assigner, Assignment, ConsumerConfig, ConsumerRunConfig, Logger, TopicPartitions } from '../types.ts'
import { DoorBatch } from './batch.ts'
import { Group } from './group.ts'
import { type HandlerContext, handOut } from './handlers.ts'
import { HeldPartition } from './held-partition.ts'
import { OffsetCommits } from './offset-commits.ts'
import type { PausedPartitions } from './pauses.ts'

export interface RunnerOptions {
  readonly connection: Connection
  readonly emitter: Emitter
  readonly logger: Logger
  readonly config: ConsumerConfig
  readonly run: ConsumerRunConfig
  /** What is subscribed to, by name. */
  readonly topics: ReadonlyMap<string, { readonly fromBeginning: boolean }>
  readonly assigners: readonly Assigner[]
  readonly paused: PausedPartitions
  /** Places that were sought before their partitions were there. */
  readonly sought: Map<string, number>
  /** It has ended by itself. */
  onCrash(error: Error): void
}

/** As `max.poll.interval.ms` of Kafka's own client. */
const handlerSilenceMs = 300_000

/**
 * - `none`: batches are handed out.
 * - `rebalance`: what is handed out is brought to an end; the group divides anew.
 * - `failure`: a handler has failed; after a pause it goes on.
 * - `stop`: for good.
 */
type Interruption = 'none' | 'rebalance' | 'failure' | 'stop'

export class Runner {
  readonly #options: RunnerOptions
  readonly #group: Group
  readonly #commits: OffsetCommits
  readonly #fetcher: Fetcher
  readonly #assigned = new Map<string, AssignedPartition>()
  readonly #held = new Map<string, HeldPartition>()
  readonly #context: HandlerContext
  readonly #concurrency: number
  #interruption: Interruption = 'none'
  #busyCount = 0
  #idle: (() => void)[] = []
  #joined = Promise.withResolvers<void>()
  /** The failure that is being tried again: at which place, and how often it came there. */
  #failing: { readonly place: string; readonly pauses: Pauses; count: number } | undefined
  #underWay: Promise<void> = Promise.resolve()
  #idleTimer: Timer | undefined
  #silenceTimer: Timer | undefined
  /** When a handler last gave a sign of life, on the monotonic clock. */
  #aliveMs = 0

  constructor(options: RunnerOptions) {
    this.#options = options
    const { connection, emitter, config, run, logger } = options
    const { groupId } = config
    this.#concurrency = Math.max(1, run.partitionsConsumedConcurrently ?? 1)
    const metrics = new GroupMetrics(connection.metrics, { joins: true, assignedCount: () => this.#held.size })
    this.#group = new Group({
      metrics,
      connection,
      emitter,
      logger: logger.namespace('ConsumerGroup'),
      groupId,
      topics: [...options.topics.keys()],
      assigners: options.assigners,
      sessionTimeoutMs: config.sessionTimeout ?? 30_000,
      rebalanceTimeoutMs: config.rebalanceTimeout ?? 60_000,
      heartbeatIntervalMs: config.heartbeatInterval ?? 3000,
      giveUp: isLost => this.#giveUp(isLost),
      takeOver: assignment => this.#takeOver(assignment),
      failed: error => this.#crash(asKafkaJSError(error)),
    })
    this.#commits = new OffsetCommits({
      connection,
      emitter,
      groupId,
      group: this.#group,
      metrics,
      held: this.#held,
      interval: run.autoCommitInterval ?? null,
      threshold: run.autoCommitThreshold ?? null,
    })
    this.#fetcher = this.#makeFetcher()
    this.#context = {
      logger: logger.namespace('Runner'),
      commits: this.#commits,
      config: run,
      isRunning: () => this.#interruption !== 'stop',
      isInterrupted: () => this.#interruption !== 'none',
      isPaused: (topic, partition) => options.paused.isPaused(topic, partition),
      heartbeat: () => this.#heartbeat(),
      isAlive: () => {
        this.#aliveMs = connection.clock.monotonic()
      },
      pause: (topic, partition) => {
        const place = [{ topic, partitions: [partition] }]
        this.pause(place)
        return () => this.resume(place)
      },
      commitSoon: () => this.#commitSoon(),
    }
  }

  /** Joins the group; settles when this is a member, or cannot become one. */
  start(): Promise<void> {
    this.#group.join()
    this.#watchSilence(this.#silenceMax)
    return this.#joined.promise
  }

  /** Brings what is handed out to an end, commits it and leaves. */
  async stop(): Promise<void> {
    if (this.#interruption === 'stop') return
    this.#interruption = 'stop'
    this.#idleTimer?.cancel()
    this.#silenceTimer?.cancel()
    await this.#untilIdle()
    if (this.#isAutoCommit && this.#group.membership.generation.generationId >= 0) {
      const { logger, config } = this.#options
      await this.#commits.commit().catch(error => {
        // Whoever comes next handles these again: nothing is lost.
        logger.warn('What was consumed could not be committed', { groupId: config.groupId, error: error.message })
      })
    }
    this.#fetcher.stop()
    await this.#group.leave()
    this.#end()
  }

  /** Cluster metadata has changed. */
  wake(): void {
    if (this.#interruption === 'stop') return
    this.#group.metadataChanged()
    this.#fetcher.wake()
  }

  get memberId(): string {
    return this.#group.membership.generation.memberId
  }

  get assigned(): TopicPartitions[] {
    const topics = Map.groupBy(this.#held.values(), ({ topic }) => topic)
    return [...topics].map(([topic, group]) => ({ topic, partitions: group.map(({ partition }) => partition).sort() }))
  }

  get generation() {
    return this.#group.membership.generation
  }

  commit(...offsets: Parameters<OffsetCommits['commit']>): Promise<void> {
    return this.#commits.commit(...offsets)
  }

  seek(topic: string, partition: number, offset: number): void {
    const name = nameOf({ topic, partition })
    const held = this.#held.get(name)
    if (held === undefined) {
      this.#options.sought.set(name, offset)
      return
    }
    held.seek(offset)
    if (offset >= 0) this.#commitSoon()
    this.#fetcher.wake()
  }

  pause(topics: readonly { topic: string; partitions?: number[] }[]): void {
    this.#options.paused.pause(topics)
    this.#applyPauses()
  }

  resume(topics: readonly { topic: string; partitions?: number[] }[]): void {
    this.#options.paused.resume(topics)
    this.#applyPauses()
  }

  /** A transaction has committed this for the group. */
  noteCommitted(name: string, offset: number): void {
    this.#held.get(name)?.noteCommitted(offset)
  }

  get #isAutoCommit(): boolean {
    return this.#options.run.autoCommit !== false
  }

  #makeFetcher(): Fetcher {
    const { connection, config } = this.#options
    const { requestTimeout = 30_000 } = connection.options.config
    const { initialRetryTime: initialMs, maxRetryTime: maxMs } = connection.options.patience
    const { groupId } = config
    const nobody = { groupId, generationId: -1, memberId: '', groupInstanceId: null }
    return new Fetcher({
      world: connection.world,
      cluster: connection.cluster,
      assigned: this.#assigned,
      minBytes: config.minBytes ?? 1,
      maxBytes: config.maxBytes ?? 10 * 1024 * 1024,
      maxWaitMs: config.maxWaitTimeInMs ?? 5000,
      partitionMaxBytes: config.maxBytesPerPartition ?? 1024 * 1024,
      readCommitted: !config.readUncommitted,
      checkCrcs: true,
      handsOutEmpty: true,
      rack: config.rackId ?? '',
      offsetReset: 'latest',
      requestTimeoutMs: requestTimeout,
      metadataMaxAgeMs: connection.options.metadataMaxAge ?? 300_000,
      retryBackoff: { initialMs, maxMs },
      metrics: new FetchMetrics(connection.metrics, { readCommitted: !config.readUncommitted }),
      committed: partitions =>
        fetchCommitted(connection.cluster, () => nobody, partitions, { timeoutMs: requestTimeout, isStable: true }),
      onChunk: () => this.#pump(),
      onError: error => this.#crash(asKafkaJSError(error)),
    })
  }

  #takeOver(assignment: Assignment): void {
    const { topics, sought } = this.#options
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) {
        const held = new HeldPartition(topic, partition, topics.get(topic) ?? { fromBeginning: false })
        const offset = sought.get(held.name)
        if (offset !== undefined) held.seek(offset)
        sought.delete(held.name)
        this.#held.set(held.name, held)
        this.#assigned.set(held.name, held.source)
      }
    }
    this.#applyPauses()
    if (this.#interruption === 'rebalance') this.#interruption = 'none'
    this.#joined.resolve()
    this.#commitSoon()
    this.#tellOfIdleness()
  }

  async #giveUp(isLost: boolean): Promise<void> {
    if (this.#interruption === 'none' || this.#interruption === 'failure') this.#interruption = 'rebalance'
    await this.#untilIdle()
    if (!isLost && this.#isAutoCommit && this.#held.size > 0) {
      const { logger, config } = this.#options
      await this.#commits.commit().catch(error => {
        logger.warn('What was consumed could not be committed before its partitions were given up', {
          groupId: config.groupId,
          error: error.message,
        })
      })
    }
    for (const { source } of this.#held.values()) source.drop()
    this.#held.clear()
    this.#assigned.clear()
  }

  #applyPauses(): void {
    const { paused } = this.#options
    for (const { source, isBusy } of this.#held.values()) {
      const isPaused = paused.isPaused(source.topic, source.partition)
      // What was fetched ahead is let go; of what is handed out, the handler decides.
      if (isPaused && !source.isPaused && !isBusy) source.drop()
      source.isPaused = isPaused
    }
    this.#fetcher.wake()
  }

  get #silenceMax(): number {
    return this.#options.config.maxHandlerSilence ?? handlerSilenceMs
  }

  /** Heartbeats go on by themselves: without this, a handler that never ends would keep its partitions from everybody. */
  #watchSilence(inMs: number): void {
    const { connection, logger, config } = this.#options
    this.#silenceTimer = connection.clock.setTimer(inMs, () => {
      const silentMs = this.#busyCount === 0 ? 0 : connection.clock.monotonic() - this.#aliveMs
      this.#watchSilence(silentMs < this.#silenceMax ? this.#silenceMax - silentMs : this.#silenceMax)
      if (silentMs < this.#silenceMax || this.#group.membership.generation.generationId < 0) return
      logger.warn('A handler gives no sign of life, leaving the group until it ends', {
        groupId: config.groupId,
        memberId: this.#group.membership.generation.memberId,
        silentMs: Math.round(silentMs),
      })
      void this.#group.leaveAndComeBack()
    })
  }

  /**
   * A member that has nothing to fetch tells of fetches all the same, as often as it would wait for one: applications take these events for its sign of life, as they could
   * with kafkajs.
   */
  #tellOfIdleness(): void {
    const { connection, config, emitter } = this.#options
    this.#idleTimer?.cancel()
    this.#idleTimer = connection.clock.setTimer(Math.max(1, config.maxWaitTimeInMs ?? 5000), () => {
      if (this.#interruption === 'stop') return
      this.#tellOfIdleness()
      if ([...this.#held.values()].some(({ source }) => !source.isPaused)) return
      for (const id of connection.cluster.metadata.brokers.keys()) {
        const nodeId = String(id)
        emitter.emit(consumerEvents.FETCH_START, { nodeId })
        emitter.emit(consumerEvents.FETCH, { numberOfBatches: 0, duration: 0, nodeId })
      }
    })
  }

  /** Hands out what is there, as far as the application takes it. */
  #pump(): void {
    if (this.#interruption !== 'none') return
    for (const [name, held] of this.#held) {
      if (this.#busyCount >= this.#concurrency) return
      const { source } = held
      const chunk = source.buffered
      if (chunk === undefined || held.isBusy || source.isPaused) continue
      source.buffered = undefined
      source.fetchOffset = chunk.nextOffset
      source.lastEpoch = chunk.lastEpoch
      // Behind the others, so that each has its turn.
      this.#held.delete(name)
      this.#held.set(name, held)
      this.#busyCount++
      held.isBusy = true
      this.#context.isAlive()
      this.#fetcher.wake()
      void this.#handle(held, chunk)
    }
  }

  /** Never rejects. */
  async #handle(held: HeldPartition, chunk: FetchedChunk): Promise<void> {
    const before = held.resolved
    const { seekCount } = held
    let failure: unknown
    try {
      await this.#tellAndHandOut(held, chunk)
    } catch (error) {
      failure = error
    }
    held.isBusy = false
    this.#busyCount--
    if (held.source.isPaused) held.source.drop()
    if (held.seekCount === seekCount && this.#held.get(held.name) === held) held.comeBack()
    if (failure === undefined) {
      if (this.#failing?.place.startsWith(`${held.name}@`)) this.#failing = undefined
      this.#commitSoon()
    } else this.#failed(failure, held, before)
    if (this.#busyCount === 0) {
      const idle = this.#idle
      this.#idle = []
      for (const tell of idle) tell()
    }
    this.#fetcher.wake()
    this.#pump()
  }

  async #tellAndHandOut(held: HeldPartition, chunk: FetchedChunk): Promise<void> {
    const { emitter, connection } = this.#options
    const { START_BATCH_PROCESS, END_BATCH_PROCESS } = consumerEvents
    const batch = new DoorBatch(chunk)
    const beganMs = connection.clock.now()
    const isHeard = emitter.hears(START_BATCH_PROCESS) || emitter.hears(END_BATCH_PROCESS)
    const payload = isHeard ? payloadOf(batch) : undefined
    if (payload !== undefined) emitter.emit(START_BATCH_PROCESS, payload)
    // Markers of transactions, and what they hide, are nothing to handle.
    if (batch.isEmpty()) held.resolveTo(chunk.nextOffset)
    else await handOut({ batch, held, nextOffset: chunk.nextOffset }, this.#context)
    if (payload === undefined) return
    emitter.emit(END_BATCH_PROCESS, { ...payload, duration: connection.clock.now() - beganMs })
  }

  /** Tries again from what is resolved, after a pause; a place that fails too often, or cannot but fail, ends the consumer. */
  #failed(reason: unknown, held: HeldPartition, before: number | undefined): void {
    if (this.#interruption === 'stop') return
    const error = asKafkaJSError(reason)
    const { type } = error as { type?: string }
    if (isRebalancing(error) || type === 'UNKNOWN_MEMBER_ID') {
      // The membership knows, unless it was the application that said so.
      if (this.#interruption === 'none') this.#group.membership.rejoin(error.message)
      return
    }
    const { connection, logger, config } = this.#options
    const { patience } = connection.options
    if (!mayPass(error)) {
      this.#crash(new KafkaJSNonRetriableError(error, { cause: (error.cause as Error) ?? error }))
      return
    }
    const place = `${held.name}@${held.resolved ?? before}`
    if (this.#failing?.place !== place) {
      this.#failing = { place, pauses: new Pauses(connection.prng, patience), count: 0 }
    }
    const retryTime = this.#failing.pauses.next()
    const retryCount = this.#failing.count++
    if (retryCount >= patience.retries) {
      this.#crash(new KafkaJSNumberOfRetriesExceeded(error, { retryCount, retryTime }))
      return
    }
    logger.debug('A batch failed, trying again', {
      groupId: config.groupId,
      retryCount,
      retryTime,
      error: error.message,
    })
    if (this.#interruption === 'none') void this.#rest(retryTime)
  }

  async #rest(timeMs: number): Promise<void> {
    this.#interruption = 'failure'
    await sleep(this.#options.connection.clock, timeMs)
    if ((this.#interruption as Interruption) !== 'failure') return
    this.#interruption = 'none'
    this.#pump()
  }

  /** The membership beats by itself: this tells the application whether it is still wanted. */
  async #heartbeat(): Promise<void> {
    this.#context.isAlive()
    if (this.#interruption !== 'rebalance') return
    throw protocolError(errorCodes.REBALANCE_IN_PROGRESS)
  }

  /** One commit at a time; what comes meanwhile goes with the next. Never rejects. */
  #commitSoon(): void {
    if (!this.#isAutoCommit || this.#commits.uncommitted.topics.length === 0) return
    this.#underWay = this.#commits.commit().catch(reason => {
      const error = reason as Error & { type?: string }
      // The membership has heard of it, and the next generation commits what is still its own.
      if (isRebalancing(error) || error.type === 'UNKNOWN_MEMBER_ID' || this.#interruption === 'stop') return
      this.#crash(error)
    })
  }

  async #untilIdle(): Promise<void> {
    if (this.#busyCount > 0) {
      await new Promise<void>(resolve => {
        this.#idle.push(resolve)
      })
    }
    await this.#underWay
  }

  #crash(error: Error): void {
    if (this.#interruption === 'stop') return
    this.#joined.resolve()
    this.#options.onCrash(error)
  }

  #end(): void {
    this.#idleTimer?.cancel()
    this.#commits.stop()
    this.#held.clear()
    this.#assigned.clear()
    this.#joined.resolve()
  }
}

function payloadOf(batch: DoorBatch) {
  return {
    topic: batch.topic,
    partition: batch.partition,
    highWatermark: batch.highWatermark,
    offsetLag: batch.offsetLag(),
    offsetLagLow: batch.offsetLagLow(),
    batchSize: batch.messages.length,
    firstOffset: batch.firstOffset(),
    lastOffset: batch.lastOffset(),
  }
}
