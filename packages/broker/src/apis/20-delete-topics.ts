/**
 * DeleteTopics, key 20, versions 1 to 6: forwarded to the controller; answered when the deletion is committed. The logs go by replay.
 *
 * - v4 is flexible; v5 answers error messages; v6 names topics by name or id.
 * - When `delete.topic.enable` is false: TOPIC_DELETION_DISABLED, which v3 brought; INVALID_REQUEST before.
 */
import {
  createMessage,
  type DeleteTopicsRequest,
  type DeleteTopicsResponse,
  deleteTopicsResponse,
  errorCodes,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'
import { withMutationQuota } from '../quotas/mutation-quota.ts'

/** From this version on topics over `controller_mutation_rate` are refused; before, the client is only held back (KIP-599). */
const strictQuotaVersion = 5

export const deleteTopicsApi = defineApi<DeleteTopicsRequest, DeleteTopicsResponse>({
  key: 20,

  handle: (core, request, call) =>
    withMutationQuota(core, call, strictQuotaVersion, charge =>
      core.metadata.submit(controller => controller.deleteTopics(request, charge)),
    ),

  refuse(request, error, apiVersion) {
    const isUnknownThen = error === errorCodes.TOPIC_DELETION_DISABLED && apiVersion < 3
    const errorCode = isUnknownThen ? errorCodes.INVALID_REQUEST : error
    return createMessage(deleteTopicsResponse, {
      responses:
        apiVersion >= 6
          ? request.topics.map(({ name, topicId }) => ({ name, topicId, errorCode }))
          : request.topicNames.map(name => ({ name, errorCode })),
    })
  },
})
