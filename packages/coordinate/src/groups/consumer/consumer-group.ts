/**
 * A consumer group (KIP-848): the coordinator decides who gets which partition, and tells each member alone, in the answers to its heartbeats.
 *
 * ```
 *   group epoch         begins at 1, grows when members, subscriptions or topics change
 *   assignment epoch    that of the last target assignment; behind the group epoch: one is due (Assigning)
 *   member epoch        how far a member is: it reaches the assignment epoch when it has given up what is not its own any more (Reconciling until
 *                       all have; then Stable)
 * ```
 *
 * All of it is hard state, changed by replay of records alone. Whatever is computed for a request is computed from this and from the members that the
 * request is about to change, and becomes records.
 */
import {
  type ConsumerGroupCurrentMemberAssignmentValue,
  type ConsumerGroupCurrentMemberAssignmentValueTopicPartitions,
  type ConsumerGroupMemberMetadataValue,
  type ConsumerGroupTargetAssignmentMemberValue,
  errorCodes,
  ProtocolError,
} from '@dorsale/protocol'
import {
  type Assignment,
  assignmentOf,
  type EpochAssignment,
  emptyAssignment,
  emptyEpochAssignment,
} from '../modern/assignment.ts'
import { Tally } from '../modern/tally.ts'
import {
  type ConsumerMember,
  isReconciledTo,
  memberEpochs,
  memberStates,
  newConsumerMember,
} from './consumer-member.ts'

/** Kafka's names. */
export type ConsumerGroupState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable'

/** The topics that a pattern stood for when it was last looked up. */
export interface ResolvedRegex {
  readonly topics: ReadonlySet<string>
  /** Offset of the metadata image that was looked through. */
  readonly version: number
  readonly timestampMs: number
}

/** Who a group's topics are subscribed by: each topic with how many members name it and how many patterns match it. */
export interface Subscriptions {
  readonly byName: Tally
  readonly byRegex: Tally
  /** Members by the pattern that they subscribe to. */
  readonly regexes: Tally
}

export class ConsumerGroup {
  readonly kind = 'consumer'
  readonly protocolType = 'consumer'
  readonly groupId: string
  groupEpoch = 1
  /** Of the topics that the group subscribes to, in the epoch above. */
  metadataHash = 0n
  assignmentEpoch = 1
  /** When the target was computed; 0: never, or by a release that did not say. */
  assignmentTimestampMs = 0
  readonly #members = new Map<string, ConsumerMember>()
  /** Member ids by instance. */
  readonly #staticMembers = new Map<string, string>()
  readonly #targets = new Map<string, Assignment>()
  /** By topic and partition, the epoch of the member that has it or is giving it up. */
  readonly #owned = new Map<string, Map<number, number>>()
  readonly #resolvedRegexes = new Map<string, ResolvedRegex>()
  readonly #subscriptions: Subscriptions = { byName: new Tally(), byRegex: new Tally(), regexes: new Tally() }
  readonly #serverAssignors = new Tally()
  readonly #classicProtocols = new Tally()
  #classicMemberCount = 0
  /** An old release wrote down the partitions of the topics: to be deleted with the next change. */
  hasPartitionMetadata = false
  /** Soft: until when, and in which epoch, the topics need not be looked at again. */
  metadataFreshness = notFresh

  constructor(groupId: string) {
    this.groupId = groupId
  }

  get members(): ReadonlyMap<string, ConsumerMember> {
    return this.#members
  }

  get targets(): ReadonlyMap<string, Assignment> {
    return this.#targets
  }

  get subscriptions(): Subscriptions {
    return this.#subscriptions
  }

  get resolvedRegexes(): ReadonlyMap<string, ResolvedRegex> {
    return this.#resolvedRegexes
  }

  get classicMemberCount(): number {
    return this.#classicMemberCount
  }

  get isEmpty(): boolean {
    return this.#members.size === 0
  }

  get isConsumerGroup(): boolean {
    return true
  }

  get state(): ConsumerGroupState {
    if (this.isEmpty) return 'Empty'
    if (this.groupEpoch > this.assignmentEpoch) return 'Assigning'
    for (const member of this.#members.values()) if (!isReconciledTo(member, this.assignmentEpoch)) return 'Reconciling'
    return 'Stable'
  }

  /** Throws UNKNOWN_MEMBER_ID. */
  member(memberId: string): ConsumerMember {
    const member = this.#members.get(memberId)
    if (member === undefined) {
      throw new ProtocolError(
        errorCodes.UNKNOWN_MEMBER_ID,
        `Member ${memberId} is not a member of group ${this.groupId}.`,
      )
    }
    return member
  }

  staticMember(instanceId: string | null): ConsumerMember | undefined {
    const memberId = instanceId === null ? undefined : this.#staticMembers.get(instanceId)
    return memberId === undefined ? undefined : this.#members.get(memberId)
  }

  /** What the member is meant to have; a static member that comes back takes over what was meant for its instance. */
  targetOf(memberId: string, instanceId: string | null = null): Assignment {
    const target = this.#targets.get(memberId)
    if (target !== undefined) return target
    const previous = instanceId === null ? undefined : this.#staticMembers.get(instanceId)
    return (previous === undefined ? undefined : this.#targets.get(previous)) ?? emptyAssignment
  }

  isOwned(topicId: string, partition: number): boolean {
    return this.#owned.get(topicId)?.has(partition) ?? false
  }

  /** The assignor that most members ask for, would `updated` take the place of `former`; undefined: nobody asks. */
  preferredAssignor(former?: ConsumerMember, updated?: ConsumerMember): string | undefined {
    if (former?.serverAssignor === updated?.serverAssignor) return this.#serverAssignors.most
    const tally = this.#serverAssignors.copy()
    if (former?.serverAssignor) tally.add(former.serverAssignor, -1)
    if (updated?.serverAssignor) tally.add(updated.serverAssignor, 1)
    return tally.most
  }

  /** Whether a member that speaks the classic protocol could join: all others of its kind must know one of its protocols. */
  supportsClassicProtocols(protocolType: string, protocols: readonly { readonly name: string }[]): boolean {
    if (protocolType !== this.protocolType) return false
    if (this.isEmpty) return protocols.length > 0
    return protocols.some(({ name }) => this.#classicProtocols.get(name) === this.#classicMemberCount)
  }

  /** Whether offsets of the topic are in use. */
  isSubscribedTo(topic: string): boolean {
    return this.#subscriptions.byName.get(topic) > 0 || this.#subscriptions.byRegex.get(topic) > 0
  }

  /** Whether a member waits for partitions that others have not given up. */
  isWaitingForOthers(member: ConsumerMember): boolean {
    if (member.state !== memberStates.UNRELEASED_PARTITIONS) return false
    for (const [topicId, partitions] of this.targetOf(member.memberId)) {
      for (const partition of partitions) {
        if (!member.assigned.get(topicId)?.has(partition) && this.isOwned(topicId, partition)) return true
      }
    }
    return false
  }

  /** Puts a member in, or another version of it. */
  putMember(member: ConsumerMember): void {
    const former = this.#members.get(member.memberId)
    if (former !== undefined) this.#forget(former)
    this.#members.set(member.memberId, member)
    this.#count(member, 1)
    if (member.instanceId !== null) this.#staticMembers.set(member.instanceId, member.memberId)
    for (const assignment of [member.assigned, member.pendingRevocation]) this.#own(assignment, member.memberEpoch)
  }

  removeMember(memberId: string): void {
    const member = this.#members.get(memberId)
    if (member === undefined) return
    this.#members.delete(memberId)
    this.#forget(member)
    if (member.instanceId !== null && this.#staticMembers.get(member.instanceId) === memberId) {
      this.#staticMembers.delete(member.instanceId)
    }
  }

  putTarget(memberId: string, target: Assignment): void {
    this.#targets.set(memberId, target)
  }

  removeTarget(memberId: string): void {
    this.#targets.delete(memberId)
  }

  putResolvedRegex(regex: string, resolved: ResolvedRegex): void {
    this.removeResolvedRegex(regex)
    this.#resolvedRegexes.set(regex, resolved)
    for (const topic of resolved.topics) this.#subscriptions.byRegex.add(topic, 1)
  }

  removeResolvedRegex(regex: string): void {
    const former = this.#resolvedRegexes.get(regex)
    if (former === undefined) return
    this.#resolvedRegexes.delete(regex)
    for (const topic of former.topics) this.#subscriptions.byRegex.add(topic, -1)
  }

  /** The topics are to be looked at again with the next heartbeat. */
  requestMetadataRefresh(): void {
    this.metadataFreshness = notFresh
  }

  isMetadataExpired(now: number): boolean {
    return now >= this.metadataFreshness.untilMs || this.groupEpoch < this.metadataFreshness.epoch
  }

  // Records, made true.

  replayMember(memberId: string, value: ConsumerGroupMemberMetadataValue): void {
    const { classicMemberMetadata: classic } = value
    this.putMember({
      ...(this.#members.get(memberId) ?? newConsumerMember(memberId)),
      instanceId: value.instanceId,
      rackId: value.rackId,
      clientId: value.clientId,
      clientHost: value.clientHost,
      subscribedTopicNames: new Set(value.subscribedTopicNames),
      subscribedTopicRegex: value.subscribedTopicRegex ?? '',
      rebalanceTimeoutMs: value.rebalanceTimeoutMs,
      serverAssignor: value.serverAssignor,
      classic: classic && {
        sessionTimeoutMs: classic.sessionTimeoutMs,
        supportedProtocols: classic.supportedProtocols.map(({ name, metadata }) => ({ name, metadata })),
      },
    })
  }

  replayProgress(memberId: string, value: ConsumerGroupCurrentMemberAssignmentValue | null): void {
    const member = this.#members.get(memberId)
    if (value === null) {
      // The member itself goes with its own record.
      if (member === undefined) return
      const { LEAVE } = memberEpochs
      this.putMember({
        ...member,
        memberEpoch: LEAVE,
        previousMemberEpoch: LEAVE,
        state: memberStates.STABLE,
        assigned: emptyEpochAssignment,
        pendingRevocation: emptyEpochAssignment,
      })
      return
    }
    this.putMember({
      ...(member ?? newConsumerMember(memberId)),
      memberEpoch: value.memberEpoch,
      previousMemberEpoch: value.previousMemberEpoch,
      state: knownStates.has(value.state) ? value.state : memberStates.UNKNOWN,
      assigned: epochAssignmentOf(value.assignedPartitions, value.memberEpoch),
      pendingRevocation: epochAssignmentOf(value.partitionsPendingRevocation, value.memberEpoch),
    })
  }

  replayTarget(memberId: string, value: ConsumerGroupTargetAssignmentMemberValue | null): void {
    if (value === null) this.removeTarget(memberId)
    else this.putTarget(memberId, assignmentOf(value.topicPartitions))
  }

  #forget(member: ConsumerMember): void {
    this.#count(member, -1)
    for (const assignment of [member.assigned, member.pendingRevocation]) this.#disown(assignment, member.memberEpoch)
  }

  #count(member: ConsumerMember, difference: 1 | -1): void {
    countSubscriptions(this.#subscriptions, member, difference)
    if (member.serverAssignor !== null) this.#serverAssignors.add(member.serverAssignor, difference)
    if (member.classic === null) return
    this.#classicMemberCount += difference
    for (const { name } of member.classic.supportedProtocols) this.#classicProtocols.add(name, difference)
  }

  #own(assignment: EpochAssignment, memberEpoch: number): void {
    for (const [topicId, partitions] of assignment) {
      const owned = this.#owned.get(topicId) ?? new Map<number, number>()
      this.#owned.set(topicId, owned)
      for (const partition of partitions.keys()) {
        const known = owned.get(partition)
        if (known === undefined || known < memberEpoch) owned.set(partition, memberEpoch)
      }
    }
  }

  /** Not what another member has taken over since: after compaction, records of two members may be read in either order. */
  #disown(assignment: EpochAssignment, memberEpoch: number): void {
    for (const [topicId, partitions] of assignment) {
      const owned = this.#owned.get(topicId)
      if (owned === undefined) continue
      for (const partition of partitions.keys()) if (owned.get(partition) === memberEpoch) owned.delete(partition)
      if (owned.size === 0) this.#owned.delete(topicId)
    }
  }
}

/** The topics are due at once. */
const notFresh: { readonly untilMs: number; readonly epoch: number } = { untilMs: 0, epoch: 0 }

const knownStates: ReadonlySet<number> = new Set(Object.values(memberStates))

/** Counts what a member subscribes to itself; topics by pattern are counted once for the pattern. */
export function countSubscriptions(
  { byName, regexes }: Pick<Subscriptions, 'byName' | 'regexes'>,
  member: ConsumerMember,
  difference: 1 | -1,
): void {
  for (const topic of member.subscribedTopicNames) byName.add(topic, difference)
  if (member.subscribedTopicRegex !== '') regexes.add(member.subscribedTopicRegex, difference)
}

/** The names of all topics that are subscribed to in one way or the other. */
export function subscribedTopics({ byName, byRegex }: Subscriptions): Set<string> {
  return new Set([...byName.counts.keys(), ...byRegex.counts.keys()])
}

/** Whether all members subscribe to the same topics: all by the same names, or all by one pattern and nothing else. */
export function isHomogeneous({ byName, byRegex, regexes }: Subscriptions, memberCount: number): boolean {
  if (regexes.counts.size === 0) {
    for (const count of byName.counts.values()) if (count !== memberCount) return false
    return true
  }
  if ([...regexes.counts.values()][0] !== memberCount || byName.counts.size > 0) return false
  for (const count of byRegex.counts.values()) if (count !== 1) return false
  return true
}

/** Before KIP-1251 nobody wrote the epochs of partitions down: then they are the member's. */
function epochAssignmentOf(
  topics: readonly ConsumerGroupCurrentMemberAssignmentValueTopicPartitions[],
  memberEpoch: number,
): EpochAssignment {
  const assignment = new Map<string, ReadonlyMap<number, number>>()
  for (const { topicId, partitions, assignmentEpochs } of topics) {
    if (partitions.length === 0) continue
    assignment.set(
      topicId,
      new Map(partitions.map((partition, index) => [partition, assignmentEpochs?.[index] ?? memberEpoch])),
    )
  }
  return assignment
}
