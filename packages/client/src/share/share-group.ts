import type { Timer } from '@dorsale/base'
import {
  type ErrorCode,
  errorCodes,
  ProtocolError,
  shareGroupHeartbeatRequest,
  shareGroupHeartbeatResponse,
  uuidFromBytes,
} from '@dorsale/protocol'
import type { ShareGroupMetrics } from '../metrics/share-metrics.ts'
import { type Backoff, backoffMs } from '../network/backoff.ts'
import { type Cluster, isRetriable } from '../network/cluster.ts'
import type { CoordinatorKey } from '../network/coordinators.ts'
import type { ClientWorld } from '../world.ts'
import type { SharedPartition } from './share-session.ts'

export interface ShareGroupOptions {
  readonly world: ClientWorld
  readonly cluster: Cluster
  readonly groupId: string
  readonly rack: string | null
  readonly requestTimeoutMs: number
  readonly retryBackoff: Backoff
  readonly metrics: ShareGroupMetrics
  /** What this member is to read from has changed. */
  onChange(): void
  onError(error: Error): void
}

/** Epochs that are no epochs. */
const joining = 0
const leaving = -1
/** Until the coordinator has said how often it wants to hear of the member. */
const firstIntervalMs = 3000

interface TopicIdPartitions {
  topicId: string
  partitions: number[]
}

/**
 * A member of a share group: heartbeats tell what it subscribes to, answers tell what to read from. Several members may read from one partition, so nothing is handed over: what it is to read from
 * changes at once.
 */
export class ShareGroup {
  readonly #options: ShareGroupOptions
  readonly #key: CoordinatorKey
  readonly memberId: string
  #topics: readonly string[] = []
  #epoch = joining
  #isActive = false
  /** Changes with every start and end: what was begun before does not count any more. */
  #run = 0
  #intervalMs = firstIntervalMs
  #timer: Timer | undefined
  #isBeating = false
  #mustBeat = false
  #failures = 0
  /** The topics that the coordinator knows of; undefined: none, or it is not certain. */
  #told: string | undefined
  #assigned: readonly TopicIdPartitions[] = []

  constructor(options: ShareGroupOptions) {
    this.#options = options
    this.#key = { type: 'group', key: options.groupId }
    this.memberId = uuidFromBytes(options.world.prng.bytes(16))
  }

  get topics(): readonly string[] {
    return this.#topics
  }

  /** What to read from, so far as the names of its topics are known. */
  get partitions(): SharedPartition[] {
    const { cluster } = this.#options
    return this.#assigned.flatMap(({ topicId, partitions }) => {
      const topic = cluster.metadata.nameOf(topicId)
      return topic === undefined ? [] : partitions.map(partition => ({ topic, topicId, partition }))
    })
  }

  subscribe(topics: readonly string[]): void {
    this.#topics = [...new Set(topics)].sort()
    if (this.#isActive) this.#beatNow()
  }

  /** The application asks for records: joins, if this is no member. */
  asked(): void {
    if (this.#isActive || this.#topics.length === 0) return
    this.#isActive = true
    this.#begin()
  }

  /** Leaves the group. Never rejects. */
  async leave(): Promise<void> {
    const { cluster, groupId, requestTimeoutMs, world } = this.#options
    const isKnown = this.#epoch > 0
    this.#end()
    if (!isKnown) return
    try {
      await cluster.callCoordinator(
        this.#key,
        shareGroupHeartbeatRequest,
        shareGroupHeartbeatResponse,
        { groupId, memberId: this.memberId, memberEpoch: leaving },
        { timeoutMs: requestTimeoutMs, check: refuse },
      )
    } catch (error) {
      // The session ends by itself.
      world.logger.info('a group could not be told that a member leaves', { groupId, error })
    }
  }

  #begin(): void {
    this.#run++
    this.#epoch = joining
    this.#told = undefined
    this.#assign([])
    this.#beatNow()
  }

  #end(): void {
    this.#run++
    this.#isActive = false
    this.#epoch = joining
    this.#timer?.cancel()
    this.#assign([])
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
    const { cluster, groupId, metrics, rack, requestTimeoutMs, retryBackoff, world } = this.#options
    const run = this.#run
    const topics = JSON.stringify(this.#topics)
    this.#isBeating = true
    this.#mustBeat = false
    let delayMs: number | undefined
    metrics.heartbeat.onSent()
    try {
      const answer = await cluster.callCoordinator(
        this.#key,
        shareGroupHeartbeatRequest,
        shareGroupHeartbeatResponse,
        {
          groupId,
          memberId: this.memberId,
          memberEpoch: this.#epoch,
          rackId: rack,
          subscribedTopicNames: topics === this.#told ? null : [...this.#topics],
        },
        { timeoutMs: requestTimeoutMs, check: refuse },
      )
      metrics.heartbeat.onAnswered()
      if (run === this.#run) {
        this.#failures = 0
        this.#told = topics
        this.#epoch = answer.memberEpoch
        this.#intervalMs = answer.heartbeatIntervalMs
        delayMs = this.#intervalMs
        if (answer.assignment !== null) {
          metrics.onAssigned()
          this.#assign(answer.assignment.topicPartitions)
        }
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
    else if (delayMs !== undefined) this.#beatLater(delayMs)
  }

  /** Undefined: the next heartbeat comes by another way, or never. */
  #afterFailure(error: Error, pauseMs: number): number | undefined {
    if (isRetriable(error)) return pauseMs
    const errorCode = error instanceof ProtocolError ? error.errorCode : undefined
    if (errorCode === errorCodes.UNKNOWN_MEMBER_ID || errorCode === errorCodes.FENCED_MEMBER_EPOCH) {
      const { groupId, world } = this.#options
      world.logger.info('a member has fallen out of its group', { groupId, memberId: this.memberId })
      this.#mustBeat = true
      this.#begin()
      return undefined
    }
    this.#end()
    this.#options.onError(error)
    return undefined
  }

  #assign(assigned: readonly TopicIdPartitions[]): void {
    const { cluster, onChange } = this.#options
    this.#assigned = assigned
    for (const { topicId } of assigned) {
      const topic = cluster.metadata.nameOf(topicId)
      if (topic === undefined) cluster.addTopicId(topicId)
      else cluster.addTopic(topic)
    }
    onChange()
  }
}

function refuse({ errorCode, errorMessage }: { errorCode: number; errorMessage: string | null }): void {
  if (errorCode !== errorCodes.NONE) throw new ProtocolError(errorCode as ErrorCode, errorMessage ?? undefined)
}
