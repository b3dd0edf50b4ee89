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
import { describeGroups } from './group-descriptions.ts'

export const consumerGroupDescribeApi = defineApi<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>({
  key: 69,

  handle(core, request, call) {
    const { groupIds } = request
    if (!core.groups.servesConsumerGroups) return answer(groupIds.map(id => failed(id, errorCodes.UNSUPPORTED_VERSION)))
    describeGroups(core, call, request, {
      describe: (shard, groupId) => shard.describeConsumerGroup(groupId),
      topicsOf: ({ members }) =>
        members
          .flatMap(({ assignment, targetAssignment }) => [assignment, targetAssignment])
          .flatMap(({ topicPartitions }) => topicPartitions.map(({ topicName }) => topicName)),
      failed,
      answer,
    })
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
