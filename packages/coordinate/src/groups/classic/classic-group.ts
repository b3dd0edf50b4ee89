/**
 * A classic group: members that agree, generation after generation, on one protocol and on a leader, which hands out the assignment.
 *
 * ```
 *            first member            all joined, or time is over            leader's SyncGroup
 *   Empty ----------------> PreparingRebalance ----------------> CompletingRebalance ----------> Stable
 *     ^                        |        ^   ^                          |                           |
 *     +------------------------+        |   +--- joins, leaves, dies --+---------------------------+
 *         nobody is left                +--- likewise
 * ```
 *
 * Hard is what a `GroupMetadata` record says: generation, protocol, leader, members with subscription and assignment. It is written when the
 * leader has synced, when the last member has gone and when a static member came back under a new id. Between two of these the group as it
 * stands here is a rebalance under way: soft, and after a crash the members join once more.
 */
import { assert, type Timer } from '@dorsale/base'
import {
  type ConsumerProtocolSubscription,
  consumerProtocolSubscription,
  DecodeError,
  decodeMessage,
  errorCodes,
  type GroupMetadataValue,
  type JoinGroupResponse,
  ProtocolError,
} from '@dorsale/protocol'
import type { Replier } from '../../shard/step.ts'
import type { ClassicMember, MemberProtocol } from './classic-member.ts'

/** Kafka's names. Its fifth, Dead, is a group that is not there (any more). */
export type ClassicGroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable'

/** Which states may come before each. */
const previousStates: Readonly<Record<ClassicGroupState, readonly ClassicGroupState[]>> = {
  Empty: ['PreparingRebalance'],
  PreparingRebalance: ['Stable', 'CompletingRebalance', 'Empty'],
  CompletingRebalance: ['PreparingRebalance'],
  Stable: ['CompletingRebalance'],
}

/** The protocol type of consumers, whose subscriptions the coordinator can read. */
const consumerProtocolType = 'consumer'
/** An int32 of the protocol. */
const generationIdMax = 0x7fffffff

export class ClassicGroup {
  readonly kind = 'classic'
  readonly groupId: string
  #state: ClassicGroupState = 'Empty'
  /** The state before this one. */
  previousState: ClassicGroupState = 'Empty'
  /** When the state was entered, wall clock; -1: not known (records before version 2). */
  stateTimestampMs: number
  generationId = 0
  /** What the group is for: `consumer`, `connect`. Null: nobody ever joined; offsets of a simple consumer. */
  protocolType: string | null = null
  /** The protocol of this generation. */
  protocolName: string | null = null
  leaderId: string | null = null
  readonly #members = new Map<string, ClassicMember>()
  readonly #staticMembers = new Map<string, string>()
  /** How many members know each protocol. */
  readonly #protocolCounts = new Map<string, number>()
  #awaitingJoinCount = 0
  /** Members that were given an id and have not come back with it; with the timer that forgets them. */
  readonly pendingJoins = new Map<string, Timer>()
  /** Members that have their JoinGroup answered and have not synced. */
  readonly pendingSyncs = new Set<string>()
  /** Topics that the members subscribe to; undefined when they cannot be known: another protocol type, metadata that cannot be read. */
  subscribedTopics: ReadonlySet<string> | undefined
  /** Somebody joined while the first rebalance waits for more. */
  newMemberAdded = false
  /** Ends the join phase. */
  joinTimer: Timer | undefined
  /** Ends the wait for those that have not synced. */
  syncTimer: Timer | undefined

  constructor(groupId: string, now: number) {
    this.groupId = groupId
    this.stateTimestampMs = now
  }

  get state(): ClassicGroupState {
    return this.#state
  }

  get members(): ReadonlyMap<string, ClassicMember> {
    return this.#members
  }

  get awaitingJoinCount(): number {
    return this.#awaitingJoinCount
  }

  get isConsumerGroup(): boolean {
    return this.protocolType === consumerProtocolType
  }

  get isEmpty(): boolean {
    return this.#state === 'Empty'
  }

  get allMembersJoined(): boolean {
    return this.#members.size === this.#awaitingJoinCount && this.pendingJoins.size === 0
  }

  get canRebalance(): boolean {
    return previousStates.PreparingRebalance.includes(this.#state)
  }

  /** How long members get to rejoin: the longest that one of them asked for. */
  get rebalanceTimeoutMs(): number {
    let longest = 0
    for (const member of this.#members.values()) longest = Math.max(longest, member.rebalanceTimeoutMs)
    return longest
  }

  transitionTo(state: ClassicGroupState, now: number): void {
    assert(previousStates[state].includes(this.#state), `a group goes from ${this.#state} to ${state}`)
    this.previousState = this.#state
    this.#state = state
    this.stateTimestampMs = now
  }

  /** As the log has it, at load. */
  restore(state: 'Empty' | 'Stable', stateTimestampMs: number): void {
    this.#state = state
    this.stateTimestampMs = stateTimestampMs
  }

  staticMemberId(groupInstanceId: string | null): string | undefined {
    return groupInstanceId === null ? undefined : this.#staticMembers.get(groupInstanceId)
  }

  /** Whether a member with this protocol type and these protocols could join: all others must know one of them. */
  supportsProtocols(protocolType: string, protocols: readonly { readonly name: string }[]): boolean {
    if (this.isEmpty) return protocolType !== '' && protocols.length > 0
    return protocolType === this.protocolType && protocols.some(({ name }) => this.#isKnownToAll(name))
  }

  add(member: ClassicMember, protocolType: string, replier: Replier<JoinGroupResponse> | undefined): void {
    if (member.groupInstanceId !== null) {
      assert(!this.#staticMembers.has(member.groupInstanceId), 'a static member is added once')
      this.#staticMembers.set(member.groupInstanceId, member.memberId)
    }
    if (this.#members.size === 0) this.protocolType = protocolType
    assert(this.protocolType === protocolType, 'members of a group have its protocol type')
    this.leaderId ??= member.memberId
    this.#members.set(member.memberId, member)
    this.#count(member.protocols, 1)
    this.setAwaitingJoin(member, replier)
    this.forgetPending(member.memberId)
  }

  /** Takes a member out, or one that never came back with its id. What it waits for must have been answered. */
  remove(memberId: string): void {
    this.forgetPending(memberId)
    this.pendingSyncs.delete(memberId)
    const member = this.#members.get(memberId)
    if (member === undefined) return
    this.#members.delete(memberId)
    member.session?.cancel()
    this.#count(member.protocols, -1)
    this.setAwaitingJoin(member, undefined)
    if (member.groupInstanceId !== null && this.#staticMembers.get(member.groupInstanceId) === memberId) {
      this.#staticMembers.delete(member.groupInstanceId)
    }
    if (this.leaderId === memberId) this.leaderId = this.#members.keys().next().value ?? null
  }

  /** A static member came back under a new id: everything else of the old one stays. */
  replaceStatic(old: ClassicMember, successor: ClassicMember): void {
    assert(old.groupInstanceId !== null && old.awaitingJoin === undefined, 'the one replaced is static and fenced')
    this.#members.delete(old.memberId)
    this.pendingSyncs.delete(old.memberId)
    old.session?.cancel()
    this.#members.set(successor.memberId, successor)
    this.#staticMembers.set(old.groupInstanceId, successor.memberId)
    if (this.leaderId === old.memberId) this.leaderId = successor.memberId
  }

  /** What a member says when it joins again. */
  update(
    member: ClassicMember,
    join: { protocols: readonly MemberProtocol[]; rebalanceTimeoutMs: number; sessionTimeoutMs: number },
  ): void {
    this.#count(member.protocols, -1)
    member.protocols = join.protocols
    this.#count(member.protocols, 1)
    member.rebalanceTimeoutMs = join.rebalanceTimeoutMs
    member.sessionTimeoutMs = join.sessionTimeoutMs
  }

  setAwaitingJoin(member: ClassicMember, replier: Replier<JoinGroupResponse> | undefined): void {
    this.#awaitingJoinCount += Number(replier !== undefined) - Number(member.awaitingJoin !== undefined)
    member.awaitingJoin = replier
  }

  forgetPending(memberId: string): void {
    this.pendingJoins.get(memberId)?.cancel()
    this.pendingJoins.delete(memberId)
  }

  /** It is deleted, or its shard is: nothing of it calls back any more. */
  dispose(): void {
    this.joinTimer?.cancel()
    this.syncTimer?.cancel()
    for (const timer of this.pendingJoins.values()) timer.cancel()
    for (const member of this.#members.values()) member.session?.cancel()
  }

  /** A leader that has rejoined; another one is chosen if it has not. False: nobody has. */
  electJoinedLeader(): boolean {
    const leader = this.leaderId === null ? undefined : this.#members.get(this.leaderId)
    if (leader === undefined) return false
    if (leader.awaitingJoin !== undefined) return true
    for (const member of this.#members.values()) {
      if (member.awaitingJoin === undefined) continue
      this.leaderId = member.memberId
      return true
    }
    return false
  }

  /** The join phase is over. */
  beginGeneration(now: number): void {
    this.generationId = this.generationId === generationIdMax ? 1 : this.generationId + 1
    this.protocolName = this.#members.size === 0 ? null : this.selectProtocol()
    this.subscribedTopics = this.#readSubscriptions()
    this.pendingSyncs.clear()
    this.transitionTo(this.#members.size === 0 ? 'Empty' : 'CompletingRebalance', now)
  }

  /** Of the protocols that all members know, the one that most of them like best. */
  selectProtocol(): string {
    const votes = new Map<string, number>()
    for (const { protocols } of this.#members.values()) {
      const vote = protocols.find(({ name }) => this.#isKnownToAll(name))
      assert(vote !== undefined, 'members of a group have a protocol in common')
      votes.set(vote.name, (votes.get(vote.name) ?? 0) + 1)
    }
    let winner: [string, number] | undefined
    for (const entry of votes) if (winner === undefined || entry[1] > winner[1]) winner = entry
    assert(winner !== undefined, 'a group that selects a protocol has members')
    return winner[0]
  }

  /** From the log: its members were added already. */
  restoreSubscriptions(): void {
    this.subscribedTopics = this.#readSubscriptions()
  }

  /** Whether offsets of the topic are in use. A consumer group whose subscriptions cannot be read may use any. */
  isSubscribedTo(topic: string): boolean {
    return this.isConsumerGroup && (this.subscribedTopics?.has(topic) ?? true)
  }

  /** Throws UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID for a static member that another has replaced. */
  checkMember(memberId: string, groupInstanceId: string | null): ClassicMember {
    if (groupInstanceId !== null) {
      const current = this.#staticMembers.get(groupInstanceId)
      if (current === undefined) throw new ProtocolError(errorCodes.UNKNOWN_MEMBER_ID)
      if (current !== memberId) throw new ProtocolError(errorCodes.FENCED_INSTANCE_ID)
    }
    const member = this.#members.get(memberId)
    if (member === undefined) throw new ProtocolError(errorCodes.UNKNOWN_MEMBER_ID)
    return member
  }

  /** Its own record, just appended: what the leader has assigned in this generation holds from here on. */
  settle(value: GroupMetadataValue, now: number): void {
    // The record of a group that is new says nothing of a first generation that has begun in the same step.
    if (value.generation !== this.generationId) return
    for (const { memberId, assignment } of value.members) {
      const member = this.#members.get(memberId)
      if (member !== undefined) member.assignment = assignment
    }
    if (this.#state === 'CompletingRebalance') this.transitionTo('Stable', now)
  }

  #isKnownToAll(protocolName: string): boolean {
    return (this.#protocolCounts.get(protocolName) ?? 0) === this.#members.size
  }

  #count(protocols: readonly MemberProtocol[], difference: 1 | -1): void {
    // A member may name a protocol twice; it knows it once.
    for (const name of new Set(protocols.map(protocol => protocol.name))) {
      const count = (this.#protocolCounts.get(name) ?? 0) + difference
      if (count === 0) this.#protocolCounts.delete(name)
      else this.#protocolCounts.set(name, count)
    }
  }

  #readSubscriptions(): ReadonlySet<string> | undefined {
    if (!this.isConsumerGroup) return undefined
    const topics = new Set<string>()
    if (this.#members.size === 0) return topics
    if (this.protocolName === null) return undefined
    try {
      for (const member of this.#members.values()) {
        const metadata = member.metadataOf(this.protocolName)
        if (metadata === undefined) return undefined
        for (const topic of decodeSubscription(metadata).topics) topics.add(topic)
      }
    } catch (error) {
      // A consumer of somebody's own making: any bytes may be metadata.
      if (error instanceof DecodeError) return undefined
      throw error
    }
    return topics
  }
}

/** The metadata of a consumer: `int16 version | subscription`. A newer version than ours is read as ours. Throws a `DecodeError`. */
export function decodeSubscription(metadata: Uint8Array): ConsumerProtocolSubscription {
  if (metadata.length < 2) throw new DecodeError('a subscription begins with its version')
  const version = new DataView(metadata.buffer, metadata.byteOffset).getInt16(0)
  if (version < 0) throw new DecodeError(`a subscription of version ${version}`)
  const known = Math.min(version, consumerProtocolSubscription.validVersions.max)
  return decodeMessage(consumerProtocolSubscription, known, metadata.subarray(2), { trailing: 'ignore' })
}

/** Likewise; undefined when it cannot be read: any bytes may be metadata. */
export function readSubscription(metadata: Uint8Array): ConsumerProtocolSubscription | undefined {
  try {
    return decodeSubscription(metadata)
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}
