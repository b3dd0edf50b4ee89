/** Who a request is from: its group, and its member, new or known, dynamic or static. */
import { errorCodes, ProtocolError, randomUuid } from '@dorsale/protocol'
import type { GroupContext, GroupStep } from '../group-context.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import { type ConsumerMember, memberEpochs, newConsumerMember } from './consumer-member.ts'
import { memberRecord, memberTombstones, progressRecord, targetRecord } from './consumer-records.ts'

/** Throws GROUP_ID_NOT_FOUND when there is no such group, or it is of another kind. */
export function consumerGroup(context: GroupContext, groupId: string): ConsumerGroup {
  const group = context.groups.get(groupId)
  if (group === undefined) throw notFound(`Consumer group ${groupId} not found.`)
  if (group.kind !== 'consumer') throw notFound(`Group ${groupId} is not a consumer group.`)
  return group
}

/** Throws GROUP_MAX_SIZE_REACHED. Who is in already, by id or by instance, does not make the group larger. */
export function throwIfFull(group: ConsumerGroup, sizeMax: number, memberId: string, instanceId: string | null): void {
  if (group.members.size < sizeMax || group.staticMember(instanceId) !== undefined) return
  if (memberId !== '' && group.members.has(memberId)) return
  const text = `The consumer group has reached its maximum capacity of ${sizeMax} members.`
  throw new ProtocolError(errorCodes.GROUP_MAX_SIZE_REACHED, text)
}

/** A member without an instance: the one with this id, or a new one. */
export function dynamicMember(
  group: ConsumerGroup,
  memberId: string,
  { isJoining }: { isJoining: boolean },
): ConsumerMember {
  return isJoining ? (group.members.get(memberId) ?? newConsumerMember(memberId)) : group.member(memberId)
}

/**
 * The member of an instance (KIP-345): a new one; the one that is there; or, when it had gone and comes back under another id, one that takes its place
 * with all that it had. Throws UNRELEASED_INSTANCE_ID while the instance has not gone, FENCED_INSTANCE_ID and UNKNOWN_MEMBER_ID.
 */
export function staticMember(
  step: GroupStep,
  group: ConsumerGroup,
  memberId: string,
  instanceId: string,
  { isJoining, isClassic }: { isJoining: boolean; isClassic: boolean },
): ConsumerMember {
  const existing = group.staticMember(instanceId)
  if (!isJoining) return throwIfNotOfInstance(existing, memberId, instanceId)
  if (existing === undefined) return dynamicMember(group, memberId, { isJoining })
  if (existing.memberId === memberId) return existing
  // The classic protocol has no word for leaving for a while: whoever comes last has the instance.
  const mayBeReplaced = isClassic || existing.classic !== null || existing.memberEpoch === memberEpochs.LEAVE_STATIC
  if (!mayBeReplaced) {
    const text = `Static member ${memberId} with instance id ${instanceId} cannot join: the instance belongs to member ${existing.memberId}, which has not left.`
    throw new ProtocolError(errorCodes.UNRELEASED_INSTANCE_ID, text)
  }
  const successor = { ...existing, memberId, memberEpoch: memberEpochs.JOIN, previousMemberEpoch: memberEpochs.JOIN }
  const { groupId } = group
  for (const tombstone of memberTombstones(groupId, existing.memberId)) step.append(tombstone)
  step.append(memberRecord(groupId, successor))
  step.append(targetRecord(groupId, memberId, group.targetOf(existing.memberId)))
  step.append(progressRecord(groupId, successor))
  return successor
}

/** The member of an instance, which must have this id. Throws UNKNOWN_MEMBER_ID and FENCED_INSTANCE_ID. */
export function throwIfNotOfInstance(
  existing: ConsumerMember | undefined,
  memberId: string,
  instanceId: string,
): ConsumerMember {
  if (existing === undefined) {
    throw new ProtocolError(errorCodes.UNKNOWN_MEMBER_ID, `Instance id ${instanceId} is unknown.`)
  }
  if (existing.memberId !== memberId) {
    const text = `Static member ${memberId} with instance id ${instanceId} was replaced by member ${existing.memberId}.`
    throw new ProtocolError(errorCodes.FENCED_INSTANCE_ID, text)
  }
  return existing
}

/** In the form of Kafka's ids. */
export function randomMemberId(context: GroupContext): string {
  return randomUuid(context.prng)
}

export function notFound(text: string): ProtocolError {
  return new ProtocolError(errorCodes.GROUP_ID_NOT_FOUND, text)
}
