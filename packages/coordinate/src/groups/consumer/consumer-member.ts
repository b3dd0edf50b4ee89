import {
  type Assignment,
  type EpochAssignment,
  emptyEpochAssignment,
  isSameEpochAssignment,
} from '../modern/assignment.ts'
import { isSameSet } from '../modern/sets.ts'

/** Epochs that are none: what a member says when it joins or leaves. */
export const memberEpochs = {
  /** It joins, or joins again after it was fenced. */
  JOIN: 0,
  /** It leaves. */
  LEAVE: -1,
  /** A static member goes and is expected back. */
  LEAVE_STATIC: -2,
} as const

/** How far a member is on the way to its target assignment; Kafka's numbers, as they stand in records. */
export const memberStates = {
  /** It has what the target of its epoch says. */
  STABLE: 0,
  /** It was told to give up partitions and has not said that it did. */
  UNREVOKED_PARTITIONS: 1,
  /** It is in the epoch of its target, and some of its partitions are still with others. */
  UNRELEASED_PARTITIONS: 2,
  /** Written by a release that knows more. */
  UNKNOWN: 127,
} as const

/** A protocol that a member of the classic kind knows, with what it says to it. */
export interface ClassicProtocol {
  readonly name: string
  readonly metadata: Uint8Array
}

/** What a member that speaks the classic protocol in a consumer group has beside. */
export interface ClassicMemberMetadata {
  readonly sessionTimeoutMs: number
  readonly supportedProtocols: readonly ClassicProtocol[]
}

/** A member of a consumer group, as the log has it. Never changed in place: a change makes another. */
export interface ConsumerMember {
  readonly memberId: string
  readonly instanceId: string | null
  readonly rackId: string | null
  readonly clientId: string
  /** As Kafka prints it: `/127.0.0.1`. */
  readonly clientHost: string
  /** -1: it never said. */
  readonly rebalanceTimeoutMs: number
  readonly subscribedTopicNames: ReadonlySet<string>
  /** RE2 syntax; empty: none. */
  readonly subscribedTopicRegex: string
  /** Null: the broker chooses. */
  readonly serverAssignor: string | null
  /** Null: it speaks the consumer protocol. */
  readonly classic: ClassicMemberMetadata | null
  readonly memberEpoch: number
  /** The epoch before; -1 at first. What comes with it may be a request that was sent again. */
  readonly previousMemberEpoch: number
  /** One of `memberStates`. */
  readonly state: number
  readonly assigned: EpochAssignment
  readonly pendingRevocation: EpochAssignment
}

export function newConsumerMember(memberId: string): ConsumerMember {
  return {
    memberId,
    instanceId: null,
    rackId: null,
    clientId: '',
    clientHost: '',
    rebalanceTimeoutMs: -1,
    subscribedTopicNames: new Set(),
    subscribedTopicRegex: '',
    serverAssignor: null,
    classic: null,
    memberEpoch: memberEpochs.JOIN,
    previousMemberEpoch: -1,
    state: memberStates.STABLE,
    assigned: emptyEpochAssignment,
    pendingRevocation: emptyEpochAssignment,
  }
}

/** Whether it has all that it is meant to have in this epoch. */
export function isReconciledTo(member: ConsumerMember, assignmentEpoch: number): boolean {
  return member.state === memberStates.STABLE && member.memberEpoch === assignmentEpoch
}

/** Whether the member says the same of itself: what `ConsumerGroupMemberMetadata` holds. */
export function isSameDescription(a: ConsumerMember, b: ConsumerMember): boolean {
  return (
    a.instanceId === b.instanceId &&
    a.rackId === b.rackId &&
    a.clientId === b.clientId &&
    a.clientHost === b.clientHost &&
    a.rebalanceTimeoutMs === b.rebalanceTimeoutMs &&
    isSameSet(a.subscribedTopicNames, b.subscribedTopicNames) &&
    a.subscribedTopicRegex === b.subscribedTopicRegex &&
    a.serverAssignor === b.serverAssignor &&
    isSameClassic(a.classic, b.classic)
  )
}

/** Whether the member is as far: what `ConsumerGroupCurrentMemberAssignment` holds. */
export function isSameProgress(a: ConsumerMember, b: ConsumerMember): boolean {
  return (
    a.memberEpoch === b.memberEpoch &&
    a.previousMemberEpoch === b.previousMemberEpoch &&
    a.state === b.state &&
    isSameEpochAssignment(a.assigned, b.assigned) &&
    isSameEpochAssignment(a.pendingRevocation, b.pendingRevocation)
  )
}

/** The epoch in which the partition was assigned to the member, if it has it or is giving it up. */
export function assignmentEpochOf(member: ConsumerMember, topicId: string, partition: number): number | undefined {
  return member.assigned.get(topicId)?.get(partition) ?? member.pendingRevocation.get(topicId)?.get(partition)
}

/** Whether what a member says to own lies within what it was assigned. */
export function ownsNoMoreThan(
  owned: readonly { topicId: string; partitions: readonly number[] }[],
  assigned: Assignment | EpochAssignment,
): boolean {
  return owned.every(({ topicId, partitions }) => {
    const mine = assigned.get(topicId)
    return mine !== undefined && partitions.every(partition => mine.has(partition))
  })
}

function isSameClassic(a: ClassicMemberMetadata | null, b: ClassicMemberMetadata | null): boolean {
  if (a === null || b === null) return a === b
  return (
    a.sessionTimeoutMs === b.sessionTimeoutMs &&
    a.supportedProtocols.length === b.supportedProtocols.length &&
    a.supportedProtocols.every(({ name, metadata }, index) => {
      const other = b.supportedProtocols[index] as ClassicProtocol
      return name === other.name && Buffer.compare(metadata, other.metadata) === 0
    })
  )
}
