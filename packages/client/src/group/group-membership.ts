import { sleep, type Timer } from '@dorsale/base'
import {
  type ErrorCode,
  errorCodes,
  heartbeatRequest,
  heartbeatResponse,
  joinGroupRequest,
  joinGroupResponse,
  leaveGroupRequest,
  leaveGroupResponse,
  type MessageOf,
  ProtocolError,
  syncGroupRequest,
  syncGroupResponse,
} from '@dorsale/protocol'
import type { GroupMetrics } from '../metrics/group-metrics.ts'
import { type Backoff, backoffMs } from '../network/backoff.ts'
import { type Cluster, isRetriable } from '../network/cluster.ts'
import type { CoordinatorKey } from '../network/coordinators.ts'
import type { ClientWorld } from '../world.ts'

/** How one member belongs to a classic group. Durations in milliseconds. */
export interface GroupMembershipConfig {
  readonly groupId: string
  /** Of a static member (KIP-345): it keeps its place while it is away. Null: a dynamic one. */
  readonly groupInstanceId: string | null
  /** The coordinator gives a member up that is silent for so long. */
  readonly sessionTimeoutMs: number
  /** How long the others wait for a member that is to rejoin. */
  readonly rebalanceTimeoutMs: number
  readonly heartbeatIntervalMs: number
  readonly requestTimeoutMs: number
  readonly retryBackoff: Backoff
}

/** One way in which the group may divide its work: all members must share one, by name. */
export interface GroupProtocol {
  readonly name: string
  /** What the member tells the leader. */
  readonly metadata: Uint8Array
}

/** A member of a group, as its leader sees it. */
export interface JoinedMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly metadata: Uint8Array
}

/** What a member is in: a generation of the group. */
export interface Generation {
  /** -1: none. */
  readonly generationId: number
  /** Empty: none yet. */
  readonly memberId: string
  /** The protocol that the group chose; null: none. */
  readonly protocol: string | null
  /** Member id of who divides the work; empty: not known. */
  readonly leaderId: string
}

/** What the owner of a membership does when the group calls on it. A promise holds the rebalance up, while heartbeats go on. */
export interface GroupDuties {
  /** Called before each join: what this member can do, the preferred protocol first. */
  protocols(): readonly GroupProtocol[]
  /**
   * Gives up what may not be kept while the group rebalances. `takeLoss` tells, once, whether this member has fallen out of the group, so that others may have
   * taken over already what it has.
   */
  prepare(takeLoss: () => boolean): Promise<void> | void
  /** Called on the leader: what each member is given, by member id. */
  assign(
    protocol: string,
    members: readonly JoinedMember[],
  ): Promise<ReadonlyMap<string, Uint8Array>> | ReadonlyMap<string, Uint8Array>
  /** Called on a static leader that came back to its generation (KIP-814): everybody keeps what it has, and who watches over the group is this member. */
  lead?(protocol: string, members: readonly JoinedMember[]): Promise<void> | void
  /** The group is complete, and this member has been given this. */
  assigned(assignment: Uint8Array, generation: Generation): Promise<void> | void
  /** The group cannot be joined, or a duty has thrown. The membership has ended, and `start` tries again. */
  failed(error: Error): void
}

export interface GroupMembershipOptions {
  readonly world: ClientWorld
  readonly cluster: Cluster
  /** What the group is for: `consumer`, `connect`, `sr`... All members must agree. */
  readonly protocolType: string
  readonly config: GroupMembershipConfig
  /** Default: nobody counts. */
  readonly metrics?: GroupMetrics
  readonly duties: GroupDuties
}

/**
 * - `outside`: not a member, and not about to be.
 * - `preparing`: gives up what it has before it joins.
 * - `joining`: waits for the members to come together. The coordinator keeps it meanwhile, without heartbeats.
 * - `syncing`: waits for what the leader decides.
 * - `stable`: a member with an assignment.
 */
export type MembershipState = 'outside' | 'preparing' | 'joining' | 'syncing' | 'stable'

const noGeneration: Generation = { generationId: -1, memberId: '', protocol: null, leaderId: '' }
/** The coordinator answers a join after the rebalance timeout at the latest; so much later nothing will come. */
const joinGraceMs = 5000

/**
 * One member of a group under the classic protocol (JoinGroup, SyncGroup, Heartbeat, LeaveGroup), for any kind of group. It joins, rejoins when the group asks for it or
 * `rejoin` is called, finds the coordinator anew when that moves, and is heard of while its owner is busy with a rebalance.
 */
export class GroupMembership {
  readonly #options: GroupMembershipOptions
  readonly #key: CoordinatorKey
  #state: MembershipState = 'outside'
  #generation = noGeneration
  #rejoinReason: string | undefined
  #isLost = false
  /** Whether `prepare` is done for the rebalance that comes. */
  #isPrepared = false
  /** Changes with every start and end: what was begun before does not count any more. */
  #run = 0
  #heartbeatTimer: Timer | undefined
  #isBeating = false
  #wakeRun: (() => void) | undefined

  constructor(options: GroupMembershipOptions) {
    this.#options = options
    this.#key = { type: 'group', key: options.config.groupId }
  }

  get state(): MembershipState {
    return this.#state
  }

  get generation(): Generation {
    return this.#generation
  }

  /** Begins to join; nothing while it belongs, or is about to. */
  start(): void {
    if (this.#state !== 'outside') return
    const run = ++this.#run
    this.#state = 'preparing'
    this.#isPrepared = false
    this.#rejoinReason ??= 'joining'
    void this.#work(run)
  }

  /** The group is to be rebalanced: this member's protocols, or what the leader knows, have changed. */
  rejoin(reason: string): void {
    this.#rejoinReason = reason
    this.#wakeRun?.()
  }

  /**
   * The coordinator refused another request of this member, in this generation: what the refusal says of the membership is taken to heart. True when it says that this
   * is no member any more.
   */
  heed(errorCode: ErrorCode, generation: Generation): boolean {
    // While a join is under way it is the join that tells: the refusal may come from before it.
    if (this.#state === 'joining' || generation !== this.#generation) return false
    return this.#heed(errorCode)
  }

  #heed(errorCode: ErrorCode): boolean {
    switch (errorCode) {
      case errorCodes.UNKNOWN_MEMBER_ID:
        this.#fallOut('', 'the coordinator does not know the member')
        return true
      case errorCodes.ILLEGAL_GENERATION:
        // Another generation has begun without it; under its id it may come back.
        this.#fallOut(this.#generation.memberId, 'the group went on without the member')
        return true
      case errorCodes.REBALANCE_IN_PROGRESS:
        if (this.#state === 'stable') this.rejoin('the group rebalances')
        return false
      default:
        return false
    }
  }

  /**
   * Ends the membership. `tell`: the coordinator is told, so that the group need not wait for the session to end; a static member that comes back is better not
   * told of. Resolves when that is answered, or cannot be.
   */
  async leave(reason: string, { tell = this.#options.config.groupInstanceId === null } = {}): Promise<void> {
    const { memberId } = this.#generation
    const { groupId, groupInstanceId, requestTimeoutMs } = this.#options.config
    if (this.#state !== 'outside') this.#end()
    if (!tell || memberId === '') return
    const { cluster, world } = this.#options
    const member = { memberId, groupInstanceId, reason: reason.slice(0, 255) }
    try {
      await cluster.callCoordinator(
        this.#key,
        leaveGroupRequest,
        leaveGroupResponse,
        version => (version >= 3 ? { groupId, members: [member] } : { groupId, memberId }),
        {
          timeoutMs: requestTimeoutMs,
          check: ({ errorCode, members }) => refuse(errorCode || (members[0]?.errorCode ?? 0)),
        },
      )
    } catch (error) {
      // The session ends by itself.
      world.logger.info('a group could not be told that a member leaves', { groupId, memberId, error })
    }
  }

  /** Whether an error speaks of the membership, and is none of the owner's business. */
  #isMembership(errorCode: ErrorCode): boolean {
    return (
      errorCode === errorCodes.UNKNOWN_MEMBER_ID ||
      errorCode === errorCodes.ILLEGAL_GENERATION ||
      errorCode === errorCodes.REBALANCE_IN_PROGRESS
    )
  }

  #end(): void {
    this.#run++
    if (this.#generation.generationId >= 0) this.#isLost = true
    this.#generation = noGeneration
    this.#state = 'outside'
    this.#heartbeatTimer?.cancel()
    this.#wakeRun?.()
  }

  #fallOut(memberId: string, reason: string): void {
    this.#options.world.logger.info('a member has fallen out of its group', {
      groupId: this.#options.config.groupId,
      memberId: this.#generation.memberId,
      reason,
    })
    this.#generation = { ...noGeneration, memberId }
    this.#isLost = true
    this.rejoin(reason)
  }

  /** Joins, and joins again whenever that is asked for, until the run ends. Never rejects. */
  async #work(run: number): Promise<void> {
    const { world, config, duties } = this.#options
    let failures = 0
    try {
      while (run === this.#run) {
        if (this.#rejoinReason === undefined) {
          await new Promise<void>(resolve => {
            this.#wakeRun = resolve
          })
          continue
        }
        const reason = this.#rejoinReason
        try {
          this.#options.metrics?.rebalanceBegan()
          const isComplete = await this.#rebalance(run, reason)
          if (isComplete) this.#options.metrics?.rebalanced()
          else this.#options.metrics?.rebalanceFailed()
          if (!isComplete && run === this.#run) this.#rejoinReason ??= reason
          failures = 0
        } catch (error) {
          this.#options.metrics?.rebalanceFailed()
          if (run !== this.#run) return
          this.#rejoinReason ??= reason
          if (this.#isFatal(error)) throw error
          failures++
          await sleep(world.clock, backoffMs(config.retryBackoff, failures, world.prng))
        }
      }
    } catch (error) {
      if (run !== this.#run) return
      this.#end()
      duties.failed(error as Error)
    }
  }

  /** Whether a failed join, or a duty that threw, ends the membership; else notes what the next join must do otherwise. */
  #isFatal(error: unknown): boolean {
    if (error instanceof ProtocolError) {
      if (error.errorCode === errorCodes.MEMBER_ID_REQUIRED || error.errorCode === errorCodes.REBALANCE_IN_PROGRESS) {
        return false
      }
      if (this.#heed(error.errorCode)) return false
    }
    return !isRetriable(error)
  }

  /** True when the group is complete; false when there is more to do before it can be. */
  async #rebalance(run: number, reason: string): Promise<boolean> {
    const { config, duties, world } = this.#options
    if (!this.#isPrepared || this.#isLost) {
      this.#state = 'preparing'
      this.#beatLater(config.heartbeatIntervalMs)
      await duties.prepare(() => {
        const isLost = this.#isLost
        this.#isLost = false
        return isLost
      })
      if (run !== this.#run || this.#isLost) return false
      this.#isPrepared = true
    }
    this.#state = 'joining'
    this.#rejoinReason = undefined
    const joined = await this.#join(reason)
    if (run !== this.#run || joined === undefined) return false
    const { generationId, memberId, leader, members, skipAssignment } = joined
    const protocol = joined.protocolName ?? ''
    this.#generation = { generationId, memberId, protocol, leaderId: leader }
    this.#state = 'syncing'
    this.#beatLater(config.heartbeatIntervalMs)
    world.logger.info('joined a group', { groupId: config.groupId, generationId, memberId, leader, protocol })
    const isLeader = leader === memberId
    let assignments: { memberId: string; assignment: Uint8Array }[] = []
    if (isLeader && skipAssignment) {
      await duties.lead?.(protocol, members)
      if (run !== this.#run) return false
    } else if (isLeader) {
      const decided = await duties.assign(protocol, members)
      if (run !== this.#run) return false
      assignments = [...decided].map(([id, assignment]) => ({ memberId: id, assignment }))
    }
    const assignment = await this.#sync(assignments)
    if (run !== this.#run) return false
    this.#state = 'stable'
    this.#isPrepared = false
    await duties.assigned(assignment, this.#generation)
    return true
  }

  /** Undefined: the coordinator has given out a member id, and wants to see it in a second try. */
  async #join(reason: string): Promise<MessageOf<typeof joinGroupResponse> | undefined> {
    const { cluster, config, protocolType, duties, metrics, world } = this.#options
    const beganMs = world.clock.monotonic()
    const { groupId, groupInstanceId, sessionTimeoutMs, rebalanceTimeoutMs, requestTimeoutMs } = config
    const { memberId } = this.#generation
    const protocols = duties.protocols().map(each => ({ ...each }))
    const answer = await cluster.callCoordinator(
      this.#key,
      joinGroupRequest,
      joinGroupResponse,
      {
        groupId,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        memberId,
        groupInstanceId,
        protocolType,
        protocols,
        reason: reason.slice(0, 255),
      },
      {
        parks: true,
        timeoutMs: Math.max(requestTimeoutMs, rebalanceTimeoutMs + joinGraceMs),
        check: ({ errorCode }) => {
          if (errorCode !== errorCodes.MEMBER_ID_REQUIRED) refuse(errorCode)
        },
      },
    )
    if (answer.errorCode !== errorCodes.MEMBER_ID_REQUIRED) {
      metrics?.onJoined(world.clock.monotonic() - beganMs)
      return answer
    }
    this.#generation = { ...noGeneration, memberId: answer.memberId }
    return undefined
  }

  async #sync(assignments: { memberId: string; assignment: Uint8Array }[]): Promise<Uint8Array> {
    const { cluster, config, protocolType, metrics, world } = this.#options
    const beganMs = world.clock.monotonic()
    const { groupId, groupInstanceId, rebalanceTimeoutMs, requestTimeoutMs } = config
    const { generationId, memberId, protocol } = this.#generation
    const { assignment } = await cluster.callCoordinator(
      this.#key,
      syncGroupRequest,
      syncGroupResponse,
      { groupId, generationId, memberId, groupInstanceId, protocolType, protocolName: protocol, assignments },
      {
        parks: true,
        timeoutMs: Math.max(requestTimeoutMs, rebalanceTimeoutMs + joinGraceMs),
        check: ({ errorCode }) => refuse(errorCode),
      },
    )
    metrics?.onSynced(world.clock.monotonic() - beganMs)
    return assignment
  }

  #beatLater(delayMs: number): void {
    this.#heartbeatTimer?.cancel()
    this.#heartbeatTimer = this.#options.world.clock.setTimer(delayMs, () => void this.#beat())
  }

  /** Never rejects. */
  async #beat(): Promise<void> {
    const { cluster, config, world, duties, metrics } = this.#options
    const { groupId, groupInstanceId, heartbeatIntervalMs, requestTimeoutMs, sessionTimeoutMs } = config
    const generation = this.#generation
    const run = this.#run
    // A join that waits is sign of life enough; its answer sets the timer again.
    if (this.#state === 'joining' || this.#state === 'outside') return
    if (this.#isBeating || generation.generationId < 0) return this.#beatLater(heartbeatIntervalMs)
    this.#isBeating = true
    let delayMs = heartbeatIntervalMs
    try {
      const { generationId, memberId } = generation
      metrics?.heartbeat.onSent()
      await cluster.callCoordinator(
        this.#key,
        heartbeatRequest,
        heartbeatResponse,
        { groupId, generationId, memberId, groupInstanceId },
        {
          // So that a coordinator that has fallen silent is given up, and found anew, before it gives us up.
          timeoutMs: Math.min(requestTimeoutMs, Math.ceil(sessionTimeoutMs / 3)),
          check: ({ errorCode }) => {
            metrics?.heartbeat.onAnswered()
            refuse(errorCode)
          },
        },
      )
    } catch (error) {
      const errorCode = error instanceof ProtocolError ? error.errorCode : undefined
      const isCurrent = run === this.#run && generation === this.#generation && this.state !== 'joining'
      if (isRetriable(error)) delayMs = Math.min(heartbeatIntervalMs, backoffMs(config.retryBackoff, 1, world.prng))
      else if (isCurrent && (errorCode === undefined || !this.#isMembership(errorCode))) {
        this.#isBeating = false
        this.#end()
        duties.failed(error as Error)
        return
      } else if (isCurrent) this.#heed(errorCode!)
    }
    this.#isBeating = false
    // An end, a new run or a join may have come meanwhile: those look after their timers themselves.
    if (run === this.#run && this.state !== 'joining') this.#beatLater(delayMs)
  }
}

function refuse(errorCode: number): void {
  if (errorCode !== errorCodes.NONE) throw new ProtocolError(errorCode as ErrorCode)
}
