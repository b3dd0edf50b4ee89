/** ConsumerGroupDescribe: a group with its members, what they have and what they are meant to have. */
import {
  type ConsumerGroupDescribeResponseDescribedGroup,
  type ConsumerGroupDescribeResponseTopicPartitions,
  consumerGroupDescribeResponse,
  createMessage,
  errorCodes,
} from '@dorsale/protocol'
import type { GroupContext } from '../group-context.ts'
import { type Assignment, AssignmentBuilder, topicPartitionsOf } from '../modern/assignment.ts'
import type { GroupMetadataImage } from '../modern/topic-hashes.ts'
import type { ConsumerMember } from './consumer-member.ts'

/** Kafka's numbers for how a member speaks. */
const memberTypes = { CLASSIC: 0, CONSUMER: 1 } as const

/** A group that is not there, or not a consumer group, is described by the error GROUP_ID_NOT_FOUND. */
export function describeConsumerGroup(
  context: GroupContext,
  groupId: string,
): ConsumerGroupDescribeResponseDescribedGroup {
  const group = context.groups.get(groupId)
  if (group?.kind !== 'consumer') {
    const errorMessage =
      group === undefined ? `Group ${groupId} not found.` : `Group ${groupId} is not a consumer group.`
    return describedConsumerGroup({ groupId, errorCode: errorCodes.GROUP_ID_NOT_FOUND, errorMessage })
  }
  const [standard] = context.config.consumerAssignors
  return describedConsumerGroup({
    groupId,
    groupState: group.state,
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    assignorName: group.preferredAssignor() ?? standard ?? '',
    members: [...group.members.values()].map(member => ({
      memberId: member.memberId,
      instanceId: member.instanceId,
      rackId: member.rackId,
      memberEpoch: member.memberEpoch,
      clientId: member.clientId,
      clientHost: member.clientHost,
      subscribedTopicNames: [...member.subscribedTopicNames],
      subscribedTopicRegex: member.subscribedTopicRegex,
      assignment: { topicPartitions: namedPartitions(context.image, everythingOf(member)) },
      targetAssignment: { topicPartitions: namedPartitions(context.image, group.targetOf(member.memberId)) },
      memberType: member.classic === null ? memberTypes.CONSUMER : memberTypes.CLASSIC,
    })),
  })
}

/** A description; what is left out takes its default. */
export function describedConsumerGroup(
  partial: Partial<ConsumerGroupDescribeResponseDescribedGroup> & { groupId: string },
): ConsumerGroupDescribeResponseDescribedGroup {
  const { groups } = createMessage(consumerGroupDescribeResponse, { groups: [partial] })
  return groups[0] as ConsumerGroupDescribeResponseDescribedGroup
}

/** What a member is giving up it still has. */
function everythingOf({ assigned, pendingRevocation }: ConsumerMember): Assignment {
  const all = new AssignmentBuilder()
  for (const assignment of [assigned, pendingRevocation]) {
    for (const [topicId, partitions] of assignment) for (const each of partitions.keys()) all.add(topicId, each)
  }
  return all.topics
}

/** Topics that are gone are not told. */
export function namedPartitions(
  image: GroupMetadataImage,
  assignment: Assignment,
): ConsumerGroupDescribeResponseTopicPartitions[] {
  return topicPartitionsOf(assignment).flatMap(({ topicId, partitions }) => {
    const topicName = image.topicsById.get(topicId)?.name
    return topicName === undefined ? [] : [{ topicId, topicName, partitions }]
  })
}
