/**
 * ShareGroupDescribe, key 77, version 1: share groups with their members and what these read.
 *
 * - Each group succeeds or fails for itself; one that is not there or of another kind is GROUP_ID_NOT_FOUND with a sentence.
 */
import { describedShareGroup } from '@dorsale/coordinate'
import {
  createMessage,
  errorCodes,
  type ShareGroupDescribeRequest,
  type ShareGroupDescribeResponse,
  type ShareGroupDescribeResponseDescribedGroup,
  shareGroupDescribeResponse,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { describeGroups } from './group-descriptions.ts'

export const shareGroupDescribeApi = defineApi<ShareGroupDescribeRequest, ShareGroupDescribeResponse>({
  key: 77,

  handle(core, request, call) {
    const { groupIds } = request
    if (!core.groups.servesShareGroups) return answer(groupIds.map(id => failed(id, errorCodes.UNSUPPORTED_VERSION)))
    describeGroups(core, call, request, {
      describe: (shard, groupId) => shard.describeShareGroup(groupId),
      topicsOf: ({ members }) =>
        members.flatMap(({ assignment }) => assignment.topicPartitions.map(({ topicName }) => topicName)),
      failed,
      answer,
    })
    return later
  },

  refuse: ({ groupIds }, errorCode) => answer(groupIds.map(groupId => failed(groupId, errorCode))),
})

function failed(groupId: string, errorCode: number): ShareGroupDescribeResponseDescribedGroup {
  return describedShareGroup({ groupId, errorCode })
}

function answer(groups: ShareGroupDescribeResponseDescribedGroup[]): ShareGroupDescribeResponse {
  return createMessage(shareGroupDescribeResponse, { groups })
}
