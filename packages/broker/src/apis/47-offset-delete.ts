/**
 * OffsetDelete, key 47, version 0: a group forgets offsets of topics that its members do not read (KIP-496).
 *
 * - Errors of partitions: GROUP_SUBSCRIBED_TO_TOPIC, UNKNOWN_TOPIC_OR_PARTITION; of the group: GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP.
 */
import {
  createMessage,
  errorCodes,
  type OffsetDeleteRequest,
  type OffsetDeleteRequestTopic,
  type OffsetDeleteResponse,
  type OffsetDeleteResponseTopic,
  offsetDeleteResponse,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { replierOf } from '../coordinators/repliers.ts'

export const offsetDeleteApi = defineApi<OffsetDeleteRequest, OffsetDeleteResponse>({
  key: 47,

  handle(core, request, call) {
    const { groupId } = request
    call.rights.require('DELETE', 'GROUP', groupId)
    if (groupId === '') return refusal(errorCodes.INVALID_GROUP_ID)
    const mayRead = call.rights.allows('READ', 'TOPIC')
    const codeOf = (topic: string, index: number): number => {
      if (!mayRead(topic)) return errorCodes.TOPIC_AUTHORIZATION_FAILED
      const exists = core.image.topicsByName.get(topic)?.partitions[index] !== undefined
      return exists ? errorCodes.NONE : errorCodes.UNKNOWN_TOPIC_OR_PARTITION
    }
    const replier = replierOf(call, refusal)
    core.groups.run(
      groupId,
      (shard, step) => {
        const topics = shard.deleteOffsets(
          step,
          groupId,
          request.topics.map(topic => ({
            ...topic,
            partitions: topic.partitions.filter(each => codeOf(topic.name, each.partitionIndex) === errorCodes.NONE),
          })),
        )
        const failed = request.topics.map(({ name, partitions }) => failures(partitions, index => codeOf(name, index)))
        step.answer(
          replier,
          createMessage(offsetDeleteResponse, {
            topics: topics.map(({ name, partitions }, at) => ({ name, partitions: [...failed[at]!, ...partitions] })),
          }),
        )
      },
      replier.fail,
    )
    return later
  },

  refuse: (_request, errorCode) => refusal(errorCode),
})

function failures(
  partitions: OffsetDeleteRequestTopic['partitions'],
  codeOf: (index: number) => number,
): OffsetDeleteResponseTopic['partitions'] {
  return partitions
    .map(({ partitionIndex }) => ({ partitionIndex, errorCode: codeOf(partitionIndex) }))
    .filter(({ errorCode }) => errorCode !== errorCodes.NONE)
}

function refusal(errorCode: number): OffsetDeleteResponse {
  return createMessage(offsetDeleteResponse, { errorCode })
}
