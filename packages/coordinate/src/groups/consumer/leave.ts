/** Members that go: of themselves, by an administrator, because they were silent or would not give up their partitions. */
import {
  type ConsumerGroupHeartbeatRequest,
  type ConsumerGroupHeartbeatResponse,
  consumerGroupHeartbeatResponse,
  createMessage,
} from '@dorsale/protocol'
import type { GroupContext, GroupStep } from '../group-context.ts'
import { type EpochAssignment, emptyEpochAssignment } from '../modern/assignment.ts'
import { type ConsumerGroup, countSubscriptions, subscribedTopics } from './consumer-group.ts'
import { type ConsumerMember, memberEpochs } from './consumer-member.ts'
import {
  groupEpochRecord,
  memberTombstones,
  progressRecord,
  regexTombstone,
  targetEpochRecord,
} from './consumer-records.ts'
import { downgradeIfOnlyClassicRemain } from './downgrade.ts'
import { consumerGroup, throwIfNotOfInstance } from './members.ts'

/** A heartbeat that says goodbye, for good or, from a static member, for a while. */
export function leaveConsumerGroup(
  context: GroupContext,
  step: GroupStep,
  { groupId, memberId, memberEpoch, instanceId }: ConsumerGroupHeartbeatRequest,
): ConsumerGroupHeartbeatResponse {
  const group = consumerGroup(context, groupId)
  const member =
    instanceId === null
      ? group.member(memberId)
      : throwIfNotOfInstance(group.staticMember(instanceId), memberId, instanceId)
  if (instanceId !== null && memberEpoch === memberEpochs.LEAVE_STATIC) leaveForAWhile(step, groupId, member)
  else fenceMember(context, step, group, memberId)
  return createMessage(consumerGroupHeartbeatResponse, { memberId, memberEpoch })
}

/** Its partitions stay with it until it comes back or its session is over; whatever epoch it comes back in, it may commit for them. */
function leaveForAWhile(step: GroupStep, groupId: string, member: ConsumerMember): void {
  const assigned: EpochAssignment = new Map(
    [...member.assigned].map(([topicId, partitions]) => [
      topicId,
      new Map([...partitions.keys()].map(partition => [partition, 0])),
    ]),
  )
  const { LEAVE_STATIC } = memberEpochs
  step.append(
    progressRecord(groupId, {
      ...member,
      memberEpoch: LEAVE_STATIC,
      assigned,
      pendingRevocation: emptyEpochAssignment,
    }),
  )
}

export function fenceMember(context: GroupContext, step: GroupStep, group: ConsumerGroup, memberId: string): void {
  fenceMembers(context, step, group, [group.member(memberId)])
}

/** Takes members out. The group enters its next epoch; if those that remain all speak the classic protocol it becomes a classic group. */
export function fenceMembers(
  context: GroupContext,
  step: GroupStep,
  group: ConsumerGroup,
  members: readonly ConsumerMember[],
): void {
  if (members.length === 0 || downgradeIfOnlyClassicRemain(context, step, group, members)) return
  const { groupId } = group
  for (const { memberId } of members) for (const each of memberTombstones(groupId, memberId)) step.append(each)
  const topics = topicsWithout(group, members, regex => step.append(regexTombstone(groupId, regex)))
  const groupEpoch = group.groupEpoch + 1
  step.append(groupEpochRecord(groupId, groupEpoch, context.topicHashes.groupHash(topics)))
  // Nobody is left to be assigned anything; whoever comes next need not wait for the interval.
  if (group.members.size === members.length) step.append(targetEpochRecord(groupId, groupEpoch, 0))
  for (const { memberId } of members) context.memberTimers.cancelAll(groupId, memberId)
}

/** The topics that are still subscribed to without these members; tells the patterns that are not. */
function topicsWithout(
  group: ConsumerGroup,
  members: readonly ConsumerMember[],
  regexIsGone: (regex: string) => void,
): Set<string> {
  const { byName, byRegex, regexes } = group.subscriptions
  const left = { byName: byName.copy(), byRegex: byRegex.copy(), regexes: regexes.copy() }
  for (const member of members) countSubscriptions(left, member, -1)
  for (const regex of regexes.counts.keys()) {
    if (left.regexes.get(regex) > 0) continue
    for (const topic of group.resolvedRegexes.get(regex)?.topics ?? []) left.byRegex.add(topic, -1)
    regexIsGone(regex)
  }
  return subscribedTopics(left)
}
