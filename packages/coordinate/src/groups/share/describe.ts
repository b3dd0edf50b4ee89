/** ShareGroupDescribe: a group with its members and what they read. */
import {
  createMessage,
  errorCodes,
  type ShareGroupDescribeResponseDescribedGroup,
  shareGroupDescribeResponse,
} from '@dorsale/protocol'
import { namedPartitions } from '../consumer/describe.ts'
import type { GroupContext } from '../group-context.ts'

/** The only one that there is. */
const assignorName = 'simple'

/** A group that is not there, or not a share group, is described by the error GROUP_ID_NOT_FOUND. */
export function describeShareGroup(context: GroupContext, groupId: string): ShareGroupDescribeResponseDescribedGroup {
  const group = context.groups.get(groupId)
  if (group?.kind !== 'share') {
    const errorMessage = group === undefined ? `Group ${groupId} not found.` : `Group ${groupId} is not a share group.`
    return describedShareGroup({ groupId, errorCode: errorCodes.GROUP_ID_NOT_FOUND, errorMessage })
  }
  return describedShareGroup({
    groupId,
    groupState: group.state,
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    assignorName,
    members: [...group.members.values()].map(member => ({
      memberId: member.memberId,
      rackId: member.rackId,
      memberEpoch: member.memberEpoch,
      clientId: member.clientId,
      clientHost: member.clientHost,
      subscribedTopicNames: [...member.subscribedTopicNames],
      assignment: { topicPartitions: namedPartitions(context.image, member.assigned) },
    })),
  })
}

/** A description; what is left out takes its default. */
export function describedShareGroup(
  partial: Partial<ShareGroupDescribeResponseDescribedGroup> & { groupId: string },
): ShareGroupDescribeResponseDescribedGroup {
  const { groups } = createMessage(shareGroupDescribeResponse, { groups: [partial] })
  return groups[0] as ShareGroupDescribeResponseDescribedGroup
}
