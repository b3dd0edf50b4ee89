/**
 * ConsumerGroupDescribe, key 69, versions 0 and 1: consumer groups with their members, what these have and what they are meant to have.
 *
 * - v1 tells which protocol a member speaks.
 * - Each group succeeds or fails for itself; one that is not there or of another kind is GROUP_ID_NOT_FOUND with a sentence.
 */
import { describedConsumerGroup } from '@dorsale/coordinate'
import {
  type ConsumerGroupDescribeRequest,
  type ConsumerGroupDescribeResponse,
  type ConsumerGroupDescribeResponseDescribedGroup,
  consumerGroupDescribeResponse,
  createMessage,
  errorCodes,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { groupOperations } from '../authorized-operations.ts'
import { gather } from '../coordinators/repliers.ts'

export const consumerGroupDescribeApi = defineApi<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>({
  key: 69,

  handle(core, request, call) {
    const { groupIds, includeAuthorizedOperations } = request
    if (!core.groups.servesConsumerGroups) return answer(groupIds.map(id => failed(id, errorCodes.UNSUPPORTED_VERSION)))
    const settle = gather<ConsumerGroupDescribeResponseDescribedGroup>(groupIds.length, groups => {
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
        answer: (group: ConsumerGroupDescribeResponseDescribedGroup) => settle(index, group),
        fail: ({ errorCode }: { errorCode: number }) => settle(index, failed(groupId, errorCode)),
      }
      core.groups.run(
        groupId,
        (shard, step) => step.answer(replier, shard.describeConsumerGroup(groupId)),
        replier.fail,
      )
    }
    return later
  },

  refuse: ({ groupIds }, errorCode) => answer(groupIds.map(groupId => failed(groupId, errorCode))),
})

function failed(groupId: string, errorCode: number): ConsumerGroupDescribeResponseDescribedGroup {
  return describedConsumerGroup({ groupId, errorCode })
}

function answer(groups: ConsumerGroupDescribeResponseDescribedGroup[]): ConsumerGroupDescribeResponse {
  return createMessage(consumerGroupDescribeResponse, { groups })
}
