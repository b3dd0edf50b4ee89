import type { Assignor } from '../assignors/assignor.ts'
import { consumerAssignors } from '../assignors/index.ts'
import { assignUniformly } from '../assignors/uniform.ts'
import type { GroupContext, GroupStep } from '../group-context.ts'
import type { Assignment } from '../modern/assignment.ts'
import { isAssignmentDue, nextTargets } from '../modern/target-assignment.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'
import { targetEpochRecord, targetRecord } from './consumer-records.ts'
import { subscribedTopicIds, type TopicsSeen } from './subscription.ts'

/** What a member is to be led to. */
export interface MemberTarget {
  readonly targetEpoch: number
  readonly target: Assignment
}

/**
 * The target of a member whose heartbeat is at work. Is the group's epoch ahead of its assignment, and the last assignment not too recent, then all
 * partitions are divided anew; else the last assignment holds.
 */
export function targetForHeartbeat(
  context: GroupContext,
  step: GroupStep,
  group: ConsumerGroup,
  change: { readonly former: ConsumerMember; readonly updated: ConsumerMember; readonly topics: TopicsSeen },
): MemberTarget {
  const { former, updated, topics } = change
  const { groupId } = group
  const { assignmentIntervalMs } = context.config.consumerGroup(groupId)
  if (
    group.assignmentEpoch >= topics.groupEpoch ||
    !isAssignmentDue(group.assignmentTimestampMs, assignmentIntervalMs, step.now)
  ) {
    return { targetEpoch: group.assignmentEpoch, target: group.targetOf(updated.memberId, updated.instanceId) }
  }
  const replaced = group.staticMember(updated.instanceId)
  const members = [...group.members.values()].flatMap(member => {
    if (member.memberId === updated.memberId) return [updated]
    return member.memberId === replaced?.memberId ? [] : [member]
  })
  if (!group.members.has(updated.memberId)) members.push(updated)
  const known = new Map(group.targets)
  if (replaced !== undefined && replaced.memberId !== updated.memberId) {
    known.delete(replaced.memberId)
    known.set(updated.memberId, group.targetOf(replaced.memberId))
  }
  const assignor = assignorFor(context, group, former, updated)
  const partitionCount = (topicId: string) => context.image.topicsById.get(topicId)?.partitions.length ?? 0
  const { targets, changed } = nextTargets(
    task => assignor({ ...task, partitionCount }),
    members.map(member => ({
      memberId: member.memberId,
      instanceId: member.instanceId,
      topicIds: subscribedTopicIds(context.image, member, group.resolvedRegexes),
      target: known.get(member.memberId) ?? noTarget,
    })),
    { isHomogeneous: topics.isHomogeneous, known },
  )
  for (const { memberId, target } of changed) step.append(targetRecord(groupId, memberId, target))
  step.append(targetEpochRecord(groupId, topics.groupEpoch, step.now))
  context.logger.debug('consumer group assignment', {
    groupId,
    assignmentEpoch: topics.groupEpoch,
    members: members.length,
  })
  return { targetEpoch: topics.groupEpoch, target: targets.get(updated.memberId) as Assignment }
}

function assignorFor(
  context: GroupContext,
  group: ConsumerGroup,
  former: ConsumerMember,
  updated: ConsumerMember,
): Assignor {
  const [standard] = context.config.consumerAssignors
  const name = group.preferredAssignor(former, updated) ?? standard
  // One that was taken out of the configuration since the member asked for it.
  return (consumerAssignors[name as string] ?? assignUniformly) as Assignor
}

const noTarget: Assignment = new Map()
