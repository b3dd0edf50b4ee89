/**
 * DeleteShareGroupOffsets, key 92, version 0: a share group without members forgets how far it is in topics (KIP-932).
 *
 * - Each topic fails for itself when it does not exist or the group has never read it (UNKNOWN_TOPIC_OR_PARTITION); of the group: GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP.
 */
import {
  createMessage,
  type DeleteShareGroupOffsetsRequest,
  type DeleteShareGroupOffsetsResponse,
  type DeleteShareGroupOffsetsResponseTopic,
  deleteShareGroupOffsetsResponse,
  errorCodes,
  errorOf,
  ProtocolError,
  zeroUuid,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { forgetShareState } from '../coordinators/share-group-state.ts'
import { sortOut } from '../security/sort-out.ts'

export const deleteShareGroupOffsetsApi = defineApi<DeleteShareGroupOffsetsRequest, DeleteShareGroupOffsetsResponse>({
  key: 92,

  handle(core, { groupId, topics }, call) {
    if (!core.groups.servesShareGroups) return refusal(new ProtocolError(errorCodes.UNSUPPORTED_VERSION))
    call.rights.require('DELETE', 'GROUP', groupId)
    if (groupId === '') return refusal(new ProtocolError(errorCodes.INVALID_GROUP_ID))
    const mayRead = call.rights.allows('READ', 'TOPIC')
    const fail = (error: ProtocolError) => call.reply(refusal(error))
    const replier = { answer: (response: DeleteShareGroupOffsetsResponse) => call.reply(response), fail }
    core.groups.run(
      groupId,
      (shard, step) => {
        const { allowed, refused: forbidden } = sortOut(
          topics.map(({ topicName }) => topicName),
          mayRead,
        )
        const { refused: unknown, partitions } = shard.forgetShareOffsets(step, groupId, allowed)
        const refused = [...unknown, ...forbidden.map(forbiddenTopic)]
        if (partitions.length === 0) {
          step.answer(replier, answer(refused))
          return
        }
        const topicIds = new Set(partitions.map(({ topicId }) => topicId))
        const forgotten = [...topicIds].map(topicId => ({
          topicName: core.image.topicsById.get(topicId)?.name ?? '',
          topicId,
          errorCode: errorCodes.NONE,
          errorMessage: null,
        }))
        const finish = () =>
          core.groups.run(
            groupId,
            (later, end) => {
              later.shareOffsetsForgotten(end, groupId, topicIds)
              end.answer(replier, answer([...forgotten, ...refused]))
            },
            fail,
          )
        const forget = () =>
          forgetShareState(core, groupId, partitions, error => (error === undefined ? finish() : fail(error)))
        step.answer({ answer: forget, fail }, undefined)
      },
      fail,
    )
    return later
  },

  refuse: (_request, errorCode) => createMessage(deleteShareGroupOffsetsResponse, { errorCode }),
})

function forbiddenTopic(topicName: string): DeleteShareGroupOffsetsResponseTopic {
  const errorCode = errorCodes.TOPIC_AUTHORIZATION_FAILED
  return { topicName, topicId: zeroUuid, errorCode, errorMessage: errorOf(errorCode).text }
}

function answer(responses: DeleteShareGroupOffsetsResponseTopic[]): DeleteShareGroupOffsetsResponse {
  return createMessage(deleteShareGroupOffsetsResponse, { responses })
}

function refusal({ errorCode, message }: ProtocolError): DeleteShareGroupOffsetsResponse {
  return createMessage(deleteShareGroupOffsetsResponse, { errorCode, errorMessage: message })
}
