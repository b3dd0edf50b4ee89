/**
 * AlterShareGroupOffsets, key 91, version 0: an administrator says where a share group without members goes on (KIP-932). A group that is not there is made.
 *
 * - Each partition fails for itself when it does not exist or the share coordinator refuses; of the group: NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND for one of another kind.
 */
import {
  type AlterShareGroupOffsetsRequest,
  type AlterShareGroupOffsetsRequestTopic,
  type AlterShareGroupOffsetsResponse,
  type AlterShareGroupOffsetsResponseTopic,
  alterShareGroupOffsetsResponse,
  createMessage,
  errorCodes,
  errorOf,
  ProtocolError,
  zeroUuid,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { initializeShareState } from '../coordinators/share-group-state.ts'
import { sortOut } from '../security/sort-out.ts'

export const alterShareGroupOffsetsApi = defineApi<AlterShareGroupOffsetsRequest, AlterShareGroupOffsetsResponse>({
  key: 91,

  handle(core, { groupId, topics }, call) {
    if (!core.groups.servesShareGroups) return refusal(new ProtocolError(errorCodes.UNSUPPORTED_VERSION))
    call.rights.require('READ', 'GROUP', groupId)
    const mayRead = call.rights.allows('READ', 'TOPIC')
    const { allowed, refused } = sortOut(topics, ({ topicName }) => mayRead(topicName))
    if (groupId === '') return refusal(new ProtocolError(errorCodes.INVALID_GROUP_ID))
    const fail = (error: ProtocolError) => call.reply(refusal(error))
    core.groups.run(
      groupId,
      (shard, step) => {
        const altered = shard.alterShareOffsets(step, groupId, allowed)
        const initialize = () =>
          initializeShareState(core, altered.initialize, failures =>
            call.reply(answer([...altered.topics, ...refused.map(forbidden)], failures)),
          )
        step.answer({ answer: initialize, fail }, undefined)
      },
      fail,
    )
    return later
  },

  refuse: (_request, errorCode) => createMessage(alterShareGroupOffsetsResponse, { errorCode }),
})

function forbidden({ topicName, partitions }: AlterShareGroupOffsetsRequestTopic): AlterShareGroupOffsetsResponseTopic {
  const errorCode = errorCodes.TOPIC_AUTHORIZATION_FAILED
  const errorMessage = errorOf(errorCode).text
  return {
    topicName,
    topicId: zeroUuid,
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode, errorMessage })),
  }
}

/** `failures`: what the share coordinator refused, by topic id and partition. */
function answer(
  topics: readonly AlterShareGroupOffsetsResponseTopic[],
  failures: ReadonlyMap<string, ReadonlyMap<number, ProtocolError>>,
): AlterShareGroupOffsetsResponse {
  return createMessage(alterShareGroupOffsetsResponse, {
    responses: topics.map(topic => ({
      ...topic,
      partitions: topic.partitions.map(partition => {
        const failure = failures.get(topic.topicId)?.get(partition.partitionIndex)
        return failure === undefined
          ? partition
          : { ...partition, errorCode: failure.errorCode, errorMessage: failure.message }
      }),
    })),
  })
}

function refusal({ errorCode, message }: ProtocolError): AlterShareGroupOffsetsResponse {
  return createMessage(alterShareGroupOffsetsResponse, { errorCode, errorMessage: message })
}
