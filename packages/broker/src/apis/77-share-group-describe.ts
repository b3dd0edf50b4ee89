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
import { groupOperations } from '../authorized-operations.ts'
import { gather } from '../coordinators/repliers.ts'

export const shareGroupDescribeApi = defineApi<ShareGroupDescribeRequest, ShareGroupDescribeResponse>({
  key: 77,

  handle(core, request, call) {
    const { groupIds, includeAuthorizedOperations } = request
    if (!core.groups.servesShareGroups) return answer(groupIds.map(id => failed(id, errorCodes.UNSUPPORTED_VERSION)))
    const settle = gather<ShareGroupDescribeResponseDescribedGroup>(groupIds.length, groups => {
      for (const group of groups) {
        if (includeAuthorizedOperations && group.errorCode === errorCodes.NONE) {
          group.authorizedOperations = groupOperations
        }
      }
      call.reply(answer(groups))
    })
    for (const [index, groupId] of groupIds.entries()) {
      if (groupId === '') {
        settle(index, failed(groupId, errorCodes.INVALID_GROUP_ID))
        continue
      }
      const replier = {
        answer: (group: ShareGroupDescribeResponseDescribedGroup) => settle(index, group),
        fail: ({ errorCode }: { errorCode: number }) => settle(index, failed(groupId, errorCode)),
      }
      core.groups.run(groupId, (shard, step) => step.answer(replier, shard.describeShareGroup(groupId)), replier.fail)
    }
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
