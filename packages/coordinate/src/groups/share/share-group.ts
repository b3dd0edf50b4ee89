/**
 * A share group (KIP-932): its members read the same partitions together, record by record. Here is who is in it and which partitions each member is told to
 * read; which record is with whom is known to the leader of each partition, how far the group is to the share coordinator.
 *
 * A partition is handed out when the share coordinator keeps its state:
 *
 * ```
 *   subscribed ---> initializing ---> initialized ---> in the target assignment of some member
 *                        |  ^
 *                        +--+ not answered for a while: asked again
 * ```
 *
 * Hard state, changed by replay of records alone. A member follows its target at once: nobody has to give anything up first.
 */
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { type Assignment, emptyAssignment } from '../modern/assignment.ts'
import { Tally } from '../modern/tally.ts'
import type { ShareMember } from './share-member.ts'

/** Partitions of a topic whose state is kept, or about to be. */
export interface StatePartitions {
  readonly topicName: string
  readonly partitions: ReadonlySet<number>
  /** When it was written down. */
  readonly timestampMs: number
}

export class ShareGroup {
  readonly kind = 'share'
  readonly protocolType = 'share'
  readonly groupId: string
  groupEpoch = 1
  metadataHash = 0n
  assignmentEpoch = 1
  assignmentTimestampMs = 0
  readonly #members = new Map<string, ShareMember>()
  readonly #targets = new Map<string, Assignment>()
  readonly #topics = new Tally()
  /** By topic id: the share coordinator has been asked to keep their state. */
  initializing: ReadonlyMap<string, StatePartitions> = new Map()
  /** By topic id: it does. */
  initialized: ReadonlyMap<string, StatePartitions> = new Map()
  /** By topic id, names: it is to forget them. */
  deleting: ReadonlyMap<string, string> = new Map()
  hasStatePartitions = false
  /** Soft: until when, and in which epoch, the topics need not be looked at again. */
  metadataFreshness: { readonly untilMs: number; readonly epoch: number } = { untilMs: 0, epoch: 0 }

  constructor(groupId: string) {
    this.groupId = groupId
  }

  get members(): ReadonlyMap<string, ShareMember> {
    return this.#members
  }

  get targets(): ReadonlyMap<string, Assignment> {
    return this.#targets
  }

  /** Topics by name, with how many members subscribe to each. */
  get topics(): Tally {
    return this.#topics
  }

  get isEmpty(): boolean {
    return this.#members.size === 0
  }

  /** Whether its offsets are those of consumers: a share group has none in the offsets topic. */
  get isConsumerGroup(): boolean {
    return false
  }

  /** Kafka's names. */
  get state(): 'Empty' | 'Stable' {
    return this.isEmpty ? 'Empty' : 'Stable'
  }

  /** Throws UNKNOWN_MEMBER_ID. */
  member(memberId: string): ShareMember {
    const member = this.#members.get(memberId)
    if (member === undefined) {
      const text = `Member ${memberId} is not a member of group ${this.groupId}.`
      throw new ProtocolError(errorCodes.UNKNOWN_MEMBER_ID, text)
    }
    return member
  }

  targetOf(memberId: string): Assignment {
    return this.#targets.get(memberId) ?? emptyAssignment
  }

  isSubscribedTo(topic: string): boolean {
    return this.#topics.get(topic) > 0
  }

  putMember(member: ShareMember): void {
    const former = this.#members.get(member.memberId)
    for (const topic of former?.subscribedTopicNames ?? []) this.#topics.add(topic, -1)
    for (const topic of member.subscribedTopicNames) this.#topics.add(topic, 1)
    this.#members.set(member.memberId, member)
  }

  removeMember(memberId: string): void {
    for (const topic of this.#members.get(memberId)?.subscribedTopicNames ?? []) this.#topics.add(topic, -1)
    this.#members.delete(memberId)
  }

  putTarget(memberId: string, target: Assignment): void {
    this.#targets.set(memberId, target)
  }

  removeTarget(memberId: string): void {
    this.#targets.delete(memberId)
  }

  /** The topics are to be looked at again with the next heartbeat. */
  requestMetadataRefresh(): void {
    this.metadataFreshness = { untilMs: 0, epoch: 0 }
  }

  isMetadataExpired(now: number): boolean {
    return now >= this.metadataFreshness.untilMs || this.groupEpoch < this.metadataFreshness.epoch
  }
}
