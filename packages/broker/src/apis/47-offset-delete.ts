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
import type { BrokerCore } from '../core.ts'

export const offsetDeleteApi = defineApi<OffsetDeleteRequest, OffsetDeleteResponse>({
  key: 47,

  handle(core, request, call) {
    const { groupId } = request
    if (groupId === '') return refusal(errorCodes.INVALID_GROUP_ID)
    const replier = replierOf(call, refusal)
    core.groups.run(
      groupId,
      (shard, step) => {
        const topics = shard.deleteOffsets(
          step,
          groupId,
          request.topics.map(topic => withPartitions(topic, index => exists(core, topic.name, index))),
        )
        const unknown = request.topics.map(topic => withPartitions(topic, index => !exists(core, topic.name, index)))
        step.answer(replier, createMessage(offsetDeleteResponse, { topics: merged(topics, unknown) }))
      },
      replier.fail,
    )
    return later
  },

  refuse: (_request, errorCode) => refusal(errorCode),
})

function exists(core: BrokerCore, topic: string, index: number): boolean {
  return core.image.topicsByName.get(topic)?.partitions[index] !== undefined
}

function withPartitions(topic: OffsetDeleteRequestTopic, select: (index: number) => boolean): OffsetDeleteRequestTopic {
  return { ...topic, partitions: topic.partitions.filter(({ partitionIndex }) => select(partitionIndex)) }
}

/** In the order of the request: topics come back in it from both sides. */
function merged(
  topics: readonly OffsetDeleteResponseTopic[],
  unknown: readonly OffsetDeleteRequestTopic[],
): OffsetDeleteResponseTopic[] {
  return topics.map(({ name, partitions }, at) => ({
    name,
    partitions: [
      ...(unknown[at]?.partitions ?? []).map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
      })),
      ...partitions,
    ],
  }))
}

function refusal(errorCode: number): OffsetDeleteResponse {
  return createMessage(offsetDeleteResponse, { errorCode })
}
