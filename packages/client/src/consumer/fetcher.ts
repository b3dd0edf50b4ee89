import { Alarm, DorsaleError } from '@dorsale/base'
import {
  createMessage,
  decodeMessage,
  type ErrorCode,
  encodeMessage,
  errorCodes,
  errorOf,
  type FetchResponsePartitionData,
  fetchRequest,
  fetchResponse,
  ProtocolError,
} from '@dorsale/protocol'
import type { OffsetReset } from '../config/offset-reset.ts'
import { channels } from '../diagnostics/channels.ts'
import { noTopicId } from '../metadata/metadata-cache.ts'
import type { FetchMetrics } from '../metrics/fetch-metrics.ts'
import { type Backoff, backoffMs } from '../network/backoff.ts'
import type { BrokerLink } from '../network/broker-link.ts'
import { type Cluster, isRetriable } from '../network/cluster.ts'
import type { ClientWorld } from '../world.ts'
import type { AssignedPartition } from './assigned-partition.ts'
import type { GroupOffset } from './committed-offsets.ts'
import { lookUpEpochEnds } from './epoch-ends.ts'
import { FetchSession, type WantedPartition } from './fetch-session.ts'
import { FetchedChunk } from './fetched-chunk.ts'
import { FetchedMemory } from './fetched-memory.ts'
import type { LendingPool } from './lending-pool.ts'
import { lookUpOffsets, nameOf, offsetPlaces, type TopicPartition } from './offset-lookup.ts'

export interface FetcherOptions {
  readonly world: ClientWorld
  readonly cluster: Cluster
  readonly assigned: ReadonlyMap<string, AssignedPartition>
  readonly minBytes: number
  readonly maxBytes: number
  readonly maxWaitMs: number
  readonly partitionMaxBytes: number
  readonly readCommitted: boolean
  readonly checkCrcs: boolean
  /** Whether what holds nothing but markers of transactions, or what they hide, is handed out too. Default: it is passed over. */
  readonly handsOutEmpty?: boolean
  /** Whether the next fetch of a partition is sent before what the last one brought has been handed out. Default: it is not. */
  readonly readsAhead?: boolean
  readonly rack: string
  readonly offsetReset: OffsetReset
  readonly requestTimeoutMs: number
  readonly metadataMaxAgeMs: number
  readonly retryBackoff: Backoff
  readonly metrics: FetchMetrics
  /** Whose memory large answers have, to be used again. Default: they are left to the collector. */
  readonly memory?: LendingPool
  /** Where the group is in these; undefined: there is no group. */
  readonly committed: ((partitions: readonly TopicPartition[]) => Promise<readonly GroupOffset[]>) | undefined
  /** There is something to hand out. */
  onChunk(): void
  /** The application must hear of this, unless it moves the partition meanwhile. */
  onError(error: Error, partition?: AssignedPartition): void
}

/** Topics by name up to here, by id after. */
const namedVersionMax = 12
/** The first version that finds out where logs diverge. */
const divergingVersionMin = 12
const sessionErrors = new Set<number>([
  errorCodes.FETCH_SESSION_ID_NOT_FOUND,
  errorCodes.INVALID_FETCH_SESSION_EPOCH,
  errorCodes.FETCH_SESSION_TOPIC_ID_ERROR,
])

/** What may wait to be handed out where something is fetched ahead: two answers of 6 MB, and some. */
const aheadBytesMax = 16 * 1024 * 1024

/**
 * Keeps one fetch under way to each broker that has something to tell. A partition is asked for again when what it brought has been handed out, or, for who reads ahead, while that is done: the broker
 * then works while the application does. No more than two chunks of a partition wait, and nothing is asked for while `maxBytes` do, nor ahead while 16 MB do: an application that is slow holds the brokers back, and memory stays
 * bounded.
 */
export class Fetcher {
  readonly #options: FetcherOptions
  readonly #sessions = new WeakMap<BrokerLink, FetchSession>()
  readonly #underWay = new Set<BrokerLink>()
  #isDeferred = false
  #isStopped = false
  readonly #alarm: Alarm
  #isResetting = false

  constructor(options: FetcherOptions) {
    this.#options = options
    this.#alarm = new Alarm(options.world.clock, () => this.wake())
  }

  /** Looks at what may be fetched, at the end of this turn. */
  wake(): void {
    if (this.#isDeferred || this.#isStopped) return
    this.#isDeferred = true
    this.#options.world.clock.defer(() => {
      this.#isDeferred = false
      if (!this.#isStopped) this.#run()
    })
  }

  stop(): void {
    this.#isStopped = true
    this.#alarm.cancel()
  }

  /** Bytes that were fetched and not handed out. */
  get bufferedBytes(): number {
    let bytes = 0
    for (const { buffered, ahead } of this.#options.assigned.values())
      bytes += (buffered?.sizeInBytes ?? 0) + (ahead?.sizeInBytes ?? 0)
    return bytes
  }

  /**
   * The most that `bufferedBytes` may be: nothing is fetched while `maxBytes` wait, and each broker may then answer what it was asked before. An answer
   * is larger only when it is a single batch that is.
   */
  get bufferedBytesMax(): number {
    const { assigned, cluster, maxBytes } = this.#options
    let answerBytes = maxBytes
    for (const { buffered, ahead } of assigned.values())
      answerBytes = Math.max(answerBytes, buffered?.sizeInBytes ?? 0, ahead?.sizeInBytes ?? 0)
    return maxBytes + cluster.metadata.brokers.size * answerBytes
  }

  #run(): void {
    const { world, cluster, assigned, maxBytes } = this.#options
    const nowMs = world.clock.monotonic()
    let nextMs = Number.POSITIVE_INFINITY
    const { bufferedBytes } = this
    const isFull = bufferedBytes >= maxBytes
    const readsAhead = this.#options.readsAhead === true && bufferedBytes < aheadBytesMax
    const wanted = new Map<BrokerLink, AssignedPartition[]>()
    let mustReset = false
    for (const partition of assigned.values()) {
      if (partition.isPaused || partition.isHeld || partition.isUnderWay) continue
      if (partition.buffered !== undefined && (!readsAhead || partition.ahead !== undefined || partition.isAtHurdle))
        continue
      if (partition.notBeforeMs > nowMs) {
        nextMs = Math.min(nextMs, partition.notBeforeMs)
        continue
      }
      if (partition.next.offset === undefined) {
        mustReset = true
        continue
      }
      const link = this.#linkOf(partition, nowMs)
      if (link === undefined) {
        cluster.refresh()
        continue
      }
      if (isFull || this.#underWay.has(link)) continue
      const partitions = wanted.get(link)
      if (partitions === undefined) wanted.set(link, [partition])
      else partitions.push(partition)
    }
    for (const [link, partitions] of wanted) {
      if (link.state !== 'ready') link.connect()
      else if (link.hasRoom) link.together(() => this.#checkOrFetch(link, partitions))
    }
    if (mustReset) this.#findPositions()
    this.#alarm.ringBy(nextMs)
  }

  #linkOf(partition: AssignedPartition, nowMs: number): BrokerLink | undefined {
    const { cluster } = this.#options
    const { preferred } = partition
    if (preferred !== undefined && preferred.untilMs > nowMs) {
      const link = cluster.link(preferred.nodeId)
      if (link !== undefined && link.state !== 'resting') return link
      partition.preferred = undefined
    }
    return cluster.link(cluster.metadata.partition(partition.topic, partition.partition)?.leaderId ?? -1)
  }

  /** Fetches, after a look at whether a log was cut that has a new leader: brokers from before Kafka 2.7 do not tell that with what is fetched. */
  #checkOrFetch(link: BrokerLink, partitions: readonly AssignedPartition[]): void {
    const tells = (link.versions.pick(fetchRequest) ?? divergingVersionMin) >= divergingVersionMin
    const unsure = tells ? [] : partitions.filter(each => this.#mustCheck(each))
    if (unsure.length === 0) this.#fetch(link, partitions)
    else void this.#check(link, unsure)
  }

  #mustCheck({ topic, partition, lastEpoch, checkedEpoch }: AssignedPartition): boolean {
    const leaderEpoch = this.#options.cluster.metadata.partition(topic, partition)?.leaderEpoch ?? -1
    return lastEpoch >= 0 && leaderEpoch > checkedEpoch
  }

  /** Asks the leader where the epochs ended that the last records are of (KIP-320). Never rejects. */
  async #check(link: BrokerLink, partitions: readonly AssignedPartition[]): Promise<void> {
    const { cluster } = this.#options
    const asked = partitions.map(partition => ({ partition, generation: partition.generation }))
    for (const { partition } of asked) partition.isUnderWay = true
    try {
      for (const end of await lookUpEpochEnds(cluster, link, partitions)) {
        const entry = asked.find(({ partition }) => nameOf(partition) === nameOf(end))
        if (entry === undefined || entry.partition.generation !== entry.generation) continue
        const { partition } = entry
        if (end.errorCode !== errorCodes.NONE) this.#onPartitionError(partition, end.errorCode)
        else {
          partition.checkedEpoch = end.leaderEpoch
          if (end.endOffset >= 0 && end.endOffset < partition.fetchOffset!) this.#onTruncation(partition, end.endOffset)
        }
      }
    } catch (error) {
      this.#options.world.logger.debug('the ends of epochs could not be asked for', { error, nodeId: link.nodeId })
      for (const { partition } of asked) this.#hold(partition)
      cluster.refresh()
    }
    for (const { partition } of asked) partition.isUnderWay = false
    this.wake()
  }

  #fetch(link: BrokerLink, partitions: readonly AssignedPartition[]): void {
    const { cluster, rack, minBytes, maxBytes, maxWaitMs, readCommitted, requestTimeoutMs } = this.#options
    const idOf = (topic: string) => cluster.metadata.topic(topic)?.topicId ?? noTopicId
    const isNamed = partitions.some(({ topic }) => idOf(topic) === noTopicId)
    const version = link.versions.pick(fetchRequest, isNamed ? namedVersionMax : undefined)
    if (version === undefined) {
      this.#options.onError(
        new ProtocolError(
          errorCodes.UNSUPPORTED_VERSION,
          'the broker serves no version of Fetch that this client speaks',
        ),
      )
      return
    }
    let session = this.#sessions.get(link)
    if (session === undefined) {
      session = new FetchSession()
      this.#sessions.set(link, session)
    }
    const sentMs = this.#options.world.clock.monotonic()
    const asked: Asked = { link, session, version, sentMs, names: new Map(), partitions: new Map() }
    const wanted = partitions.map((partition): WantedPartition => {
      const { topic } = partition
      const topicId = idOf(topic)
      const next = partition.next as { offset: number; epoch: number }
      asked.names.set(topicId, topic)
      asked.partitions.set(`${topic}\0${partition.partition}`, {
        partition,
        generation: partition.generation,
        fetchOffset: next.offset,
      })
      partition.isUnderWay = true
      return {
        topic,
        topicId,
        partition: partition.partition,
        fetchOffset: next.offset,
        currentLeaderEpoch: cluster.metadata.partition(topic, partition.partition)?.leaderEpoch ?? -1,
        lastFetchedEpoch: version >= divergingVersionMin ? next.epoch : -1,
        partitionMaxBytes: this.#options.partitionMaxBytes,
      }
    })
    const value = {
      replicaId: -1,
      maxWaitMs,
      minBytes,
      maxBytes,
      isolationLevel: readCommitted ? 1 : 0,
      rackId: rack,
      ...session.next(wanted),
    }
    this.#underWay.add(link)
    link.send({
      table: fetchRequest,
      version,
      body: encodeMessage(fetchRequest, version, createMessage(fetchRequest, value)),
      timeoutMs: maxWaitMs + requestTimeoutMs,
      onReply: body => this.#onReply(asked, body),
      onError: error => {
        this.#sessions.delete(link)
        this.#finish(asked)
        this.#options.world.logger.debug('a fetch failed', { error, nodeId: link.nodeId })
        this.#options.cluster.refresh()
      },
    })
  }

  #finish({ link, partitions }: Asked): void {
    this.#underWay.delete(link)
    for (const { partition } of partitions.values()) partition.isUnderWay = false
    this.wake()
  }

  #onReply(asked: Asked, body: Uint8Array): void {
    this.#finish(asked)
    this.#readAnswer(asked, body)
    // Before the application has the answer in hand: at the end of the turn it may have worked on all of it, and the broker on nothing.
    if (this.#options.readsAhead && !this.#isStopped) this.#run()
  }

  #readAnswer(asked: Asked, body: Uint8Array): void {
    const { link, session, version, names, sentMs } = asked
    const { metrics, world, memory: pool } = this.#options
    const memory = pool && new FetchedMemory(body, pool)
    try {
      const response = decodeMessage(fetchResponse, version, body)
      link.throttle(response.throttleTimeMs)
      if (response.errorCode !== errorCodes.NONE) {
        session.reset()
        for (const { partition } of asked.partitions.values()) this.#hold(partition)
        const error = new ProtocolError(response.errorCode as ErrorCode)
        if (!sessionErrors.has(response.errorCode) && !isRetriable(error)) this.#options.onError(error)
        return
      }
      session.accept(response.sessionId)
      const leaders = []
      const chunks: FetchedChunk[] = []
      for (const topic of response.responses) {
        const name = version > namedVersionMax ? (names.get(topic.topicId) ?? '') : topic.topic
        for (const answer of topic.partitions) {
          const entry = asked.partitions.get(`${name}\0${answer.partitionIndex}`)
          if (entry === undefined) continue
          const { leaderId } = answer.currentLeader
          if (leaderId >= 0) leaders.push({ topic: name, index: answer.partitionIndex, ...answer.currentLeader })
          if (entry.partition.generation !== entry.generation) continue
          const chunk = this.#onAnswer(entry, answer, memory)
          if (chunk !== undefined) chunks.push(chunk)
        }
      }
      memory?.release()
      // There was nothing more to fetch: what comes next is small.
      if (chunks.length === 0) pool?.clear()
      const tookMs = world.clock.monotonic() - sentMs
      metrics.onAnswered(tookMs, response.throttleTimeMs, chunks)
      if (channels.fetch.hasSubscribers) {
        const partitions = chunks.map(({ topic, partition, recordCount, sizeInBytes }) => ({
          topic,
          partition,
          recordCount,
          sizeInBytes,
        }))
        channels.fetch.publish({ nodeId: link.nodeId, tookMs, partitions })
      }
      if (leaders.length > 0) this.#options.cluster.noteLeaders(response.nodeEndpoints, leaders)
    } catch (error) {
      this.#sessions.delete(link)
      link.drop(error as Error)
    }
  }

  /** Answers what there is to hand out. */
  #onAnswer(
    asked: AskedPartition,
    answer: FetchResponsePartitionData,
    memory: FetchedMemory | undefined,
  ): FetchedChunk | undefined {
    const { partition, fetchOffset } = asked
    const { world, onChunk, onError, metadataMaxAgeMs } = this.#options
    if (partition.buffered !== undefined) return this.#onAnswerAhead(asked, answer, memory)
    if (answer.errorCode !== errorCodes.NONE) {
      this.#onPartitionError(partition, answer.errorCode as ErrorCode)
      return undefined
    }
    noteOffsets(partition, answer)
    if (answer.divergingEpoch.endOffset >= 0) {
      this.#onTruncation(partition, answer.divergingEpoch.endOffset)
      return undefined
    }
    if (answer.preferredReadReplica >= 0) {
      const untilMs = world.clock.monotonic() + metadataMaxAgeMs
      partition.preferred = { nodeId: answer.preferredReadReplica, untilMs }
    }
    if (answer.records === null || answer.records.length === 0) return undefined
    try {
      const chunk = this.#chunkOf(asked, answer, memory)
      if (chunk.isEmpty && !this.#options.handsOutEmpty) {
        // Unless the application is still reading an earlier chunk, it has nothing to pass over.
        if (partition.handledOffset === fetchOffset) partition.handledOffset = chunk.nextOffset
        if (partition.position === fetchOffset) partition.position = chunk.nextOffset
        partition.fetchOffset = chunk.nextOffset
        partition.lastEpoch = chunk.lastEpoch
        chunk.release()
        return undefined
      }
      partition.buffered = chunk
      onChunk()
      return chunk
    } catch (error) {
      this.#hold(partition)
      onError(error as Error, partition)
      return undefined
    }
  }

  /** What comes behind records that wait. Whatever else it is, it is asked for again when it is the next thing, and then heard of. */
  #onAnswerAhead(
    asked: AskedPartition,
    answer: FetchResponsePartitionData,
    memory: FetchedMemory | undefined,
  ): FetchedChunk | undefined {
    const { partition } = asked
    partition.isAtHurdle = answer.errorCode !== errorCodes.NONE || answer.divergingEpoch.endOffset >= 0
    if (partition.isAtHurdle) return undefined
    noteOffsets(partition, answer)
    if (answer.records === null || answer.records.length === 0) return undefined
    try {
      const chunk = this.#chunkOf(asked, answer, memory)
      if (!chunk.isEmpty) {
        partition.ahead = chunk
        return chunk
      }
      chunk.release()
    } catch (error) {
      this.#options.world.logger.debug('what was fetched ahead cannot be read', { error })
    }
    partition.isAtHurdle = true
    return undefined
  }

  #chunkOf(
    { partition, fetchOffset }: AskedPartition,
    { records, abortedTransactions, highWatermark }: FetchResponsePartitionData,
    memory: FetchedMemory | undefined,
  ): FetchedChunk {
    const { readCommitted, checkCrcs } = this.#options
    return new FetchedChunk({
      topic: partition.topic,
      partition: partition.partition,
      bytes: records as Uint8Array,
      fetchOffset,
      abortedTransactions: readCommitted ? (abortedTransactions ?? []) : undefined,
      checkCrcs,
      highWatermark,
      memory,
    })
  }

  #onPartitionError(partition: AssignedPartition, errorCode: ErrorCode): void {
    const { cluster, onError, offsetReset } = this.#options
    const name = `${partition.topic}-${partition.partition}`
    if (errorCode === errorCodes.OFFSET_OUT_OF_RANGE) {
      const policy = partition.policy ?? offsetReset
      // A replica nearby may be behind: the leader decides.
      if (partition.preferred !== undefined) partition.preferred = undefined
      else if (policy === 'none') {
        this.#hold(partition)
        onError(
          new ProtocolError(
            errorCode,
            `offset ${partition.fetchOffset} of ${name} is not there, and auto.offset.reset is none`,
          ),
          partition,
        )
      } else {
        this.#options.world.logger.info('an offset is out of range', { partition: name, offset: partition.fetchOffset })
        partition.moveTo(undefined, policy)
      }
      return
    }
    this.#hold(partition)
    partition.preferred = undefined
    const { action, retriable, text } = errorOf(errorCode)
    if (action === 'refresh' || errorCode === errorCodes.UNKNOWN_LEADER_EPOCH) cluster.refresh()
    if (!retriable) onError(new ProtocolError(errorCode, `fetching ${name}: ${text}`), partition)
  }

  /** The log was cut below our position by an unclean election (KIP-320): what we read last is not what is there now. */
  #onTruncation(partition: AssignedPartition, endOffset: number): void {
    const name = `${partition.topic}-${partition.partition}`
    const text = `the log of ${name} was truncated to ${endOffset}, below the position ${partition.fetchOffset}`
    if (this.#options.offsetReset === 'none') {
      this.#hold(partition)
      this.#options.onError(new DorsaleError('DORSALE_LOG_TRUNCATED', text), partition)
      return
    }
    this.#options.world.logger.warn(text)
    partition.moveTo(endOffset)
  }

  #hold(partition: AssignedPartition): void {
    const { world, retryBackoff } = this.#options
    partition.failures++
    partition.notBeforeMs = world.clock.monotonic() + backoffMs(retryBackoff, partition.failures, world.prng)
  }

  #waitsForCommitted({ needsCommitted, reset }: AssignedPartition): boolean {
    return this.#options.committed !== undefined && needsCommitted && reset === undefined
  }

  /** Goes on where the group has committed that it is. Without a group, and where nothing is committed, the policy decides. */
  async #findCommitted(unplaced: readonly AssignedPartition[]): Promise<void> {
    const { committed } = this.#options
    const asked = unplaced
      .filter(each => this.#waitsForCommitted(each))
      .map(partition => ({ partition, generation: partition.generation }))
    if (committed === undefined || asked.length === 0) return
    try {
      const found = new Map(
        (await committed(asked.map(({ partition }) => partition))).map(each => [nameOf(each), each]),
      )
      for (const { partition, generation } of asked) {
        if (partition.generation !== generation) continue
        partition.needsCommitted = false
        const place = found.get(nameOf(partition))
        if (place === undefined) continue
        partition.moveTo(place.offset)
        partition.lastEpoch = place.leaderEpoch
        partition.committedOffset = place.offset
      }
    } catch (error) {
      for (const { partition } of asked) this.#hold(partition)
      this.#onUnplaced(error as Error, 'the committed offsets')
    }
  }

  /** What may pass is asked for again, for as long as it takes: an application that reads waits for records, not for this. */
  #onUnplaced(error: Error, what: string): void {
    if (this.#isStopped) return
    if (isRetriable(error))
      this.#options.world.logger.warn(`${what} are not to be had, and are asked for again`, { error })
    else this.#options.onError(error)
  }

  /** Finds the positions that are missing, all in one go. */
  async #findPositions(): Promise<void> {
    if (this.#isResetting) return
    this.#isResetting = true
    const { assigned, cluster, world, readCommitted, requestTimeoutMs, offsetReset, onError } = this.#options
    const unplaced = [...assigned.values()].filter(
      ({ position, isPaused, isHeld, notBeforeMs }) =>
        position === undefined && !isPaused && !isHeld && notBeforeMs <= world.clock.monotonic(),
    )
    await this.#findCommitted(unplaced)
    const open = unplaced
      .filter(
        each => each.position === undefined && assigned.get(nameOf(each)) === each && !this.#waitsForCommitted(each),
      )
      .map(partition => ({
        partition,
        generation: partition.generation,
        reset: partition.reset ?? partition.policy ?? offsetReset,
      }))
    const homeless = open.filter(({ reset }) => reset === 'none')
    for (const { partition } of homeless) {
      this.#hold(partition)
      const name = `${partition.topic}-${partition.partition}`
      onError(
        new DorsaleError('DORSALE_NO_POSITION', `${name} has no position, and auto.offset.reset is none`),
        partition,
      )
    }
    const asked = open.filter(({ reset }) => reset !== 'none')
    const question = ({ partition, reset }: (typeof asked)[number], fallback?: number) => ({
      topic: partition.topic,
      partition: partition.partition,
      timestamp: fallback ?? timestampOf(reset as Exclude<OffsetReset, 'none'>, world.clock.now()),
    })
    try {
      const options = { readCommitted, timeoutMs: requestTimeoutMs }
      const found = await lookUpOffsets(
        cluster,
        asked.map(each => question(each)),
        options,
      )
      // No record is that young: begin behind the last.
      const late = asked.filter((_, index) => found[index]!.offset < 0)
      const ends =
        late.length === 0
          ? []
          : await lookUpOffsets(
              cluster,
              late.map(each => question(each, offsetPlaces.latest)),
              options,
            )
      asked.forEach(({ partition, generation }, index) => {
        if (partition.generation !== generation) return
        const offset = found[index]!.offset
        partition.moveTo(offset >= 0 ? offset : ends[late.indexOf(asked[index]!)]!.offset)
      })
    } catch (error) {
      for (const { partition } of asked) this.#hold(partition)
      this.#onUnplaced(error as Error, 'the offsets to begin at')
    }
    this.#isResetting = false
    this.wake()
    this.#options.onChunk()
  }
}

function noteOffsets(partition: AssignedPartition, answer: FetchResponsePartitionData): void {
  partition.failures = 0
  partition.highWatermark = answer.highWatermark
  partition.lastStableOffset = answer.lastStableOffset
  partition.logStartOffset = answer.logStartOffset
}

function timestampOf(reset: Exclude<OffsetReset, 'none'> | { timestamp: number }, now: number): number {
  if (reset === 'earliest') return offsetPlaces.earliest
  if (reset === 'latest') return offsetPlaces.latest
  return 'timestamp' in reset ? reset.timestamp : now - reset.agoMs
}

interface AskedPartition {
  readonly partition: AssignedPartition
  readonly generation: number
  readonly fetchOffset: number
}

/** A fetch under way. */
interface Asked {
  readonly link: BrokerLink
  readonly session: FetchSession
  readonly version: number
  /** On the monotonic clock. */
  readonly sentMs: number
  /** Of its topics, by id. */
  readonly names: Map<string, string>
  readonly partitions: Map<string, AskedPartition>
}
