/**
 * How a member comes from what it has to what it is meant to have. It first gives up, in its old epoch, what is not its own any more; when it says that it
 * did, it enters the epoch of the target and gets what nobody else has; the rest as others give it up. So a partition has one owner at a time.
 *
 * ```
 *   STABLE ---- a newer target ----> UNREVOKED_PARTITIONS ---- all given up ----> STABLE, or
 *                     |                                                           UNRELEASED_PARTITIONS --- the others gave it up ---> STABLE
 *                     +---- nothing to give up -----------------------------------^
 * ```
 */
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import {
  type Assignment,
  type EpochAssignment,
  emptyEpochAssignment,
  type TopicPartitions,
} from '../modern/assignment.ts'
import { type ConsumerMember, memberStates } from './consumer-member.ts'

/** What a member is held against. */
export interface Reconciliation {
  readonly targetEpoch: number
  readonly target: Assignment
  /** Ids of the topics that the member subscribes to now. */
  readonly subscribedTopicIds: ReadonlySet<string>
  /** The member subscribes to something else than before: what it has must not outlive that. */
  readonly hasSubscriptionChanged: boolean
  /** What the member says that it has; null: it does not say. */
  readonly owned: readonly TopicPartitions[] | null
  /** Whether any member has the partition, or is giving it up. */
  isOwned(topicId: string, partition: number): boolean
}

/** The member, one step further or as it was. Throws FENCED_MEMBER_EPOCH when what it is cannot be known. */
export function reconcile(member: ConsumerMember, task: Reconciliation): ConsumerMember {
  switch (member.state) {
    case memberStates.STABLE:
      if (member.memberEpoch !== task.targetEpoch) return towardsTarget(member, task, member.memberEpoch)
      return task.hasSubscriptionChanged ? withoutUnsubscribed(member, task) : member
    case memberStates.UNREVOKED_PARTITIONS:
      if (!stillHas(task, member.pendingRevocation)) return towardsTarget(member, task, member.memberEpoch)
      return task.hasSubscriptionChanged ? withoutUnsubscribed(member, task) : member
    case memberStates.UNRELEASED_PARTITIONS:
      return towardsTarget(member, task, member.memberEpoch)
    default:
      if (task.owned === null || task.owned.length > 0) {
        const text =
          'The state of the member is not known to this release: it must give up its partitions and join again.'
        throw new ProtocolError(errorCodes.FENCED_MEMBER_EPOCH, text)
      }
      return towardsTarget(member, task, task.targetEpoch)
  }
}

function towardsTarget(member: ConsumerMember, task: Reconciliation, memberEpoch: number): ConsumerMember {
  const kept = new Map<string, Map<number, number>>()
  const revoked = new Map<string, Map<number, number>>()
  const gained = new Map<string, number[]>()
  let isWaiting = false
  for (const topicId of new Set([...task.target.keys(), ...member.assigned.keys()])) {
    const target = (task.subscribedTopicIds.has(topicId) ? task.target.get(topicId) : undefined) ?? nothing
    const current = member.assigned.get(topicId)
    for (const [partition, epoch] of current ?? [])
      put(target.has(partition) ? kept : revoked, topicId, partition, epoch)
    for (const partition of target) {
      if (current?.has(partition)) continue
      // What the member itself is giving up nobody else can have: it may as well get it back.
      const isFree = !task.isOwned(topicId, partition) || member.pendingRevocation.get(topicId)?.has(partition) === true
      if (isFree) gained.set(topicId, [...(gained.get(topicId) ?? []), partition])
      else isWaiting = true
    }
  }
  if (revoked.size > 0 && stillHas(task, revoked)) {
    return {
      ...member,
      ...epochs(member, memberEpoch),
      state: memberStates.UNREVOKED_PARTITIONS,
      assigned: kept,
      pendingRevocation: revoked,
    }
  }
  for (const [topicId, partitions] of gained) {
    for (const partition of partitions) put(kept, topicId, partition, task.targetEpoch)
  }
  return {
    ...member,
    ...epochs(member, task.targetEpoch),
    state: isWaiting ? memberStates.UNRELEASED_PARTITIONS : memberStates.STABLE,
    assigned: kept,
    pendingRevocation: emptyEpochAssignment,
  }
}

/** The target is the same, the subscription is not: topics that left it are given up at once, without waiting for the next target. */
function withoutUnsubscribed(member: ConsumerMember, task: Reconciliation): ConsumerMember {
  const gone = [...member.assigned].filter(([topicId]) => !task.subscribedTopicIds.has(topicId))
  if (gone.length === 0) return member
  const assigned = new Map(member.assigned)
  const revoked = new Map<string, ReadonlyMap<number, number>>(member.pendingRevocation)
  for (const [topicId, partitions] of gone) {
    assigned.delete(topicId)
    revoked.set(topicId, new Map([...(revoked.get(topicId) ?? []), ...partitions]))
  }
  const next = { ...member, ...epochs(member, member.memberEpoch), assigned }
  return stillHas(task, revoked)
    ? { ...next, state: memberStates.UNREVOKED_PARTITIONS, pendingRevocation: revoked }
    : next
}

/** Whether the member may still be at work on one of these; it is if it does not say. */
function stillHas({ owned }: Reconciliation, partitions: EpochAssignment): boolean {
  return owned === null || owned.some(topic => topic.partitions.some(each => partitions.get(topic.topicId)?.has(each)))
}

function epochs(
  member: ConsumerMember,
  memberEpoch: number,
): Pick<ConsumerMember, 'memberEpoch' | 'previousMemberEpoch'> {
  return { memberEpoch, previousMemberEpoch: member.memberEpoch }
}

function put(assignment: Map<string, Map<number, number>>, topicId: string, partition: number, epoch: number): void {
  const partitions = assignment.get(topicId) ?? new Map<number, number>()
  assignment.set(topicId, partitions)
  partitions.set(partition, epoch)
}

const nothing: ReadonlySet<number> = new Set()
