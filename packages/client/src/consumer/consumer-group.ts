import type { Timer } from '@dorsale/base'
import {
  consumerGroupHeartbeatRequest,
  consumerGroupHeartbeatResponse,
  type ErrorCode,
  errorCodes,
  ProtocolError,
  uuidFromBytes,
} from '@dorsale/protocol'
import type { GroupMetrics } from '../metrics/group-metrics.ts'
import { type Backoff, backoffMs } from '../network/backoff.ts'
import { type Cluster, isRetriable } from '../network/cluster.ts'
import type { CoordinatorKey } from '../network/coordinators.ts'
import type { ClientWorld } from '../world.ts'
import { commitFailed } from './committer.ts'
import type { Departure, GroupLink } from './group-link.ts'
import type { GroupMetadata } from './group-listener.ts'
import type { GroupPartitions } from './group-partitions.ts'
import { nameOf, type TopicPartition } from './offset-lookup.ts'
import type { Turns } from './turns.ts'

export interface ConsumerGroupConfig {
  readonly groupId: string
  readonly groupInstanceId: string | null
  /** How long a member may take to give up what it is asked for. */
  readonly rebalanceTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly retryBackoff: Backoff
  /** The broker's assignor; null: the broker chooses. */
  readonly remoteAssignor: string | null
  readonly rack: string | null
}

export interface ConsumerGroupOptions {
  readonly world: ClientWorld
  readonly cluster: Cluster
  readonly config: ConsumerGroupConfig
  readonly partitions: GroupPartitions
  readonly turns: Turns
  readonly metrics: GroupMetrics
  /** What is subscribed to, by name. */
  subscribedTopics(): readonly string[]
  /** What the broker is to match; undefined: nothing. */
  subscribedPattern(): string | undefined
  onError(error: Error): void
}

/** Epochs that are no epochs. */
const joining = 0
const leaving = -1
const leavingForAWhile = -2
/** The first version in which members choose their ids, and patterns are known. */
const ownIdVersionMin = 1
/** Until the coordinator has said how often it wants to hear of the member. */
const firstIntervalMs = 3000

interface TopicIdPartitions {
  topicId: string
  partitions: number[]
}

/** What a heartbeat tells of the member; what has not changed since the last is left out. */
interface Told {
  readonly rebalanceTimeoutMs: number
  readonly rackId: string | null
  readonly subscribedTopicNames: string[]
  readonly subscribedTopicRegex: string | null
  readonly serverAssignor: string | null
  readonly topicPartitions: TopicIdPartitions[]
}

/**
 * A consumer in a group whose coordinator divides the partitions (KIP-848): heartbeats tell what it subscribes to and has, answers tell what it is to have. It approaches
 * that step by step: gives up, tells so, and is given what others have given up.
 */
export class ConsumerGroup implements GroupLink {
  readonly #options: ConsumerGroupOptions
  readonly #key: CoordinatorKey
  /** Chosen once, so that a heartbeat that is sent again does not make two members. */
  #memberId: string
  #epoch = 0
  #isActive = false
  /** Changes with every start, loss and end: what was begun before does not count any more. */
  #run = 0
  #intervalMs = firstIntervalMs
  #timer: Timer | undefined
  #isBeating = false
  #mustBeat = false
  #failures = 0
  /** What the coordinator knows; undefined: nothing, or it is not certain. */
  #told: Told | undefined
  /** What this member is to have, by topic id. */
  #target: readonly TopicIdPartitions[] | undefined
  #isReconciling = false

  constructor(options: ConsumerGroupOptions) {
    this.#options = options
    this.#key = { type: 'group', key: options.config.groupId }
    this.#memberId = uuidFromBytes(options.world.prng.bytes(16))
  }

  get isActive(): boolean {
    return this.#isActive
  }

  get memberId(): string | undefined {
    return this.#epoch > 0 ? this.#memberId : undefined
  }

  member(): GroupMetadata {
    const { groupId, groupInstanceId } = this.#options.config
    if (this.#epoch <= 0) throw commitFailed({ groupId })
    return { groupId, groupInstanceId, generationId: this.#epoch, memberId: this.#memberId }
  }

  asked(): void {
    if (this.#isActive) return
    this.#isActive = true
    this.#begin()
  }

  subscriptionChanged(): void {
    this.#beatNow()
  }

  rejoin(): void {
    // The coordinator decides when; it looks at what each member tells.
    this.#told = undefined
    this.#beatNow()
  }

  metadataChanged(): void {
    if (!this.#isActive) return
    if (this.#told !== undefined && !same(this.#told.subscribedTopicNames, this.#topicNames())) this.#beatNow()
    void this.#reconcile()
  }

  heed(errorCode: ErrorCode, member: GroupMetadata): void {
    if (member.memberId !== this.#memberId || !this.#isActive) return
    if (errorCode === errorCodes.STALE_MEMBER_EPOCH) this.#beatNow()
    else if (errorCode !== errorCodes.REBALANCE_IN_PROGRESS && member.generationId === this.#epoch) this.#lose()
  }

  async leave(): Promise<void> {
    if (!this.#isActive) return
    const isStatic = this.#options.config.groupInstanceId !== null
    await this.#sayGoodbye(isStatic ? leavingForAWhile : leaving)
  }

  async close(departure: Departure): Promise<void> {
    const { partitions, config } = this.#options
    if (this.#epoch > 0) await partitions.revoke(partitions.all)
    else await partitions.lose(partitions.all)
    if (!this.#isActive) return
    const isStatic = config.groupInstanceId !== null
    if (departure === 'leave') await this.#sayGoodbye(leaving)
    else if (isStatic) await this.#sayGoodbye(leavingForAWhile)
    else if (departure === 'default') await this.#sayGoodbye(leaving)
    else this.#end()
  }

  /** Joins, or joins anew, once what it has is let go of. */
  #begin(): void {
    const { partitions, turns } = this.#options
    const run = ++this.#run
    this.#epoch = joining
    this.#told = undefined
    this.#target = undefined
    this.#timer?.cancel()
    if (partitions.all.length === 0) {
      this.#beatNow()
      return
    }
    void turns.take(async () => {
      await partitions.lose(partitions.all)
      if (run === this.#run) this.#beatNow()
    })
  }

  #end(): void {
    this.#run++
    this.#isActive = false
    this.#epoch = joining
    this.#target = undefined
    this.#timer?.cancel()
  }

  #lose(): void {
    const { config, world, metrics } = this.#options
    metrics.rebalanceFailed()
    world.logger.info('a member has fallen out of its group', { groupId: config.groupId, memberId: this.#memberId })
    this.#begin()
  }

  async #sayGoodbye(memberEpoch: number): Promise<void> {
    const { cluster, config, world } = this.#options
    const { groupId, groupInstanceId, requestTimeoutMs } = config
    const isKnown = this.#epoch > 0
    this.#end()
    if (!isKnown) return
    try {
      await cluster.callCoordinator(
        this.#key,
        consumerGroupHeartbeatRequest,
        consumerGroupHeartbeatResponse,
        { groupId, memberId: this.#memberId, memberEpoch, instanceId: groupInstanceId },
        { timeoutMs: requestTimeoutMs, check: refuse },
      )
    } catch (error) {
      // The session ends by itself.
      world.logger.info('a group could not be told that a member leaves', { groupId, error })
    }
  }

  #beatNow(): void {
    if (!this.#isActive) return
    if (this.#isBeating) this.#mustBeat = true
    else this.#beatLater(0)
  }

  #beatLater(delayMs: number): void {
    this.#timer?.cancel()
    this.#timer = this.#options.world.clock.setTimer(delayMs, () => void this.#beat())
  }

  /** Never rejects. */
  async #beat(): Promise<void> {
    const { cluster, config, world, metrics } = this.#options
    const { groupId, groupInstanceId, requestTimeoutMs, retryBackoff } = config
    const run = this.#run
    const tells = this.#tellings()
    this.#isBeating = true
    this.#mustBeat = false
    let delayMs: number | undefined
    metrics.heartbeat.onSent()
    try {
      const answer = await cluster.callCoordinator(
        this.#key,
        consumerGroupHeartbeatRequest,
        consumerGroupHeartbeatResponse,
        version => ({
          groupId,
          memberId: version >= ownIdVersionMin || this.#epoch > 0 ? this.#memberId : '',
          memberEpoch: this.#epoch,
          instanceId: groupInstanceId,
          ...this.#news(tells),
        }),
        { timeoutMs: requestTimeoutMs, check: refuse },
      )
      metrics.heartbeat.onAnswered()
      if (run === this.#run) {
        this.#failures = 0
        this.#told = tells
        this.#memberId = answer.memberId ?? this.#memberId
        this.#epoch = answer.memberEpoch
        this.#intervalMs = answer.heartbeatIntervalMs
        delayMs = this.#intervalMs
        if (answer.assignment !== null) this.#target = answer.assignment.topicPartitions
      }
    } catch (error) {
      if (run === this.#run) {
        // Whether it was heard is not certain.
        this.#told = undefined
        delayMs = this.#afterFailure(error as Error, backoffMs(retryBackoff, ++this.#failures, world.prng))
      }
    }
    this.#isBeating = false
    if (!this.#isActive) return
    if (this.#mustBeat) this.#beatLater(0)
    else if (run === this.#run && delayMs !== undefined) this.#beatLater(delayMs)
    void this.#reconcile()
  }

  /** Undefined: the next heartbeat comes by another way, or never. */
  #afterFailure(error: Error, pauseMs: number): number | undefined {
    if (isRetriable(error)) return pauseMs
    const errorCode = error instanceof ProtocolError ? error.errorCode : undefined
    if (errorCode === errorCodes.UNKNOWN_MEMBER_ID || errorCode === errorCodes.FENCED_MEMBER_EPOCH) {
      this.#lose()
      return undefined
    }
    const { partitions, turns, onError } = this.#options
    this.#end()
    // Whatever this member has, others may have it now.
    void turns.take(() => partitions.lose(partitions.all))
    onError(error)
    return undefined
  }

  #topicNames(): string[] {
    return [...this.#options.subscribedTopics()].sort()
  }

  #tellings(): Told {
    const { config, partitions, subscribedPattern } = this.#options
    return {
      rebalanceTimeoutMs: config.rebalanceTimeoutMs,
      rackId: config.rack,
      subscribedTopicNames: this.#topicNames(),
      subscribedTopicRegex: subscribedPattern() ?? null,
      serverAssignor: config.remoteAssignor,
      // Who joins has nothing.
      topicPartitions: this.#epoch === joining ? [] : this.#byId(partitions.all),
    }
  }

  /** What of it the coordinator does not know yet. */
  #news(tells: Told): Partial<Told> {
    const told = this.#told
    if (told === undefined || this.#epoch === joining) return tells
    const news: { -readonly [Key in keyof Told]?: Told[Key] } = {}
    if (!same(told.subscribedTopicNames, tells.subscribedTopicNames))
      news.subscribedTopicNames = tells.subscribedTopicNames
    // An empty pattern takes back the one before.
    if (told.subscribedTopicRegex !== tells.subscribedTopicRegex)
      news.subscribedTopicRegex = tells.subscribedTopicRegex ?? ''
    if (!same(told.topicPartitions, tells.topicPartitions)) news.topicPartitions = tells.topicPartitions
    return news
  }

  /** Comes one step closer to what this member is to have. Never rejects. */
  async #reconcile(): Promise<void> {
    if (this.#isReconciling || this.#target === undefined) return
    const { partitions, turns } = this.#options
    const run = this.#run
    const target = this.#target
    const { found, isWhole } = this.#resolve(target)
    const names = new Set(found.map(nameOf))
    const owned = new Set(partitions.all.map(nameOf))
    // Partitions of topics whose names are not known yet come later; until then nothing of theirs is held.
    const revoked = partitions.all.filter(each => !names.has(nameOf(each)))
    const added = found.filter(each => !owned.has(nameOf(each)))
    if (revoked.length === 0 && added.length === 0) {
      if (isWhole) this.#confirm(target)
      return
    }
    this.#isReconciling = true
    this.#options.metrics.rebalanceBegan()
    await turns.take(async () => {
      if (run !== this.#run) return
      await partitions.revoke(revoked)
      if (run === this.#run) await partitions.take(added)
    })
    this.#isReconciling = false
    if (run === this.#run && target === this.#target && isWhole) this.#confirm(target)
    else void this.#reconcile()
  }

  /** The coordinator hears at once that this member has what it is to have, for others wait for what was given up. */
  #confirm(target: readonly TopicIdPartitions[]): void {
    if (this.#target === target) this.#target = undefined
    this.#options.metrics.rebalanced()
    this.#beatNow()
  }

  #resolve(target: readonly TopicIdPartitions[]): { found: TopicPartition[]; isWhole: boolean } {
    const { cluster } = this.#options
    const found: TopicPartition[] = []
    let isWhole = true
    for (const { topicId, partitions } of target) {
      const topic = cluster.metadata.nameOf(topicId)
      if (topic === undefined) {
        isWhole = false
        cluster.addTopicId(topicId)
      } else {
        cluster.addTopic(topic)
        for (const partition of partitions) found.push({ topic, partition })
      }
    }
    return { found, isWhole }
  }

  #byId(partitions: readonly TopicPartition[]): TopicIdPartitions[] {
    const { metadata } = this.#options.cluster
    return [...Map.groupBy(partitions, ({ topic }) => topic)].flatMap(([topic, group]) => {
      const topicId = metadata.topic(topic)?.topicId
      return topicId === undefined ? [] : [{ topicId, partitions: group.map(({ partition }) => partition) }]
    })
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function refuse({ errorCode, errorMessage }: { errorCode: number; errorMessage: string | null }): void {
  if (errorCode !== errorCodes.NONE) throw new ProtocolError(errorCode as ErrorCode, errorMessage ?? undefined)
}
