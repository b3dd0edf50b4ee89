/**
 * DeleteTopics, key 20, versions 1 to 6: forwarded to the controller; answered when the deletion is committed. The logs go by replay.
 *
 * - v4 is flexible; v5 answers error messages; v6 names topics by name or id.
 * - When `delete.topic.enable` is false: TOPIC_DELETION_DISABLED, which v3 brought; INVALID_REQUEST before.
 */
import {
  createMessage,
  type DeleteTopicsRequest,
  type DeleteTopicsRequestTopicState,
  type DeleteTopicsResponse,
  type DeleteTopicsResponseDeletableTopicResult,
  deleteTopicsResponse,
  errorCodes,
  zeroUuid,
} from '@dorsale/protocol'
import { type Call, defineApi } from '../api.ts'
import type { BrokerCore } from '../core.ts'
import { withMutationQuota } from '../quotas/mutation-quota.ts'
import { repeatedIn, sortOut } from '../security/sort-out.ts'

/** From this version on topics over `controller_mutation_rate` are refused; before, the client is only held back (KIP-599). */
const strictQuotaVersion = 5

export const deleteTopicsApi = defineApi<DeleteTopicsRequest, DeleteTopicsResponse>({
  key: 20,

  handle(core, request, call) {
    const { allowed, refused } = sortOutTopics(core, request, call)
    return withMutationQuota(core, call, strictQuotaVersion, async charge => {
      const response = await core.metadata.submit(controller => controller.deleteTopics(allowed, charge))
      response.responses.push(...refused)
      return response
    })
  },

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

type Result = DeleteTopicsResponseDeletableTopicResult
/** A topic of the request, in either form; its id is zero where it is named, its name null where it has an id. */
type Asked = Pick<DeleteTopicsRequestTopicState, 'name' | 'topicId'>

/**
 * What the controller is to delete, and the answers of the rest. Who may not describe a topic does not learn whether there is one of that name, nor which
 * name an id belongs to. What is wrong by itself is the controller's to say.
 */
function sortOutTopics(
  { image }: BrokerCore,
  request: DeleteTopicsRequest,
  { rights }: Call,
): { allowed: DeleteTopicsRequest; refused: Result[] } {
  if (!rights.areLimited || rights.may('DELETE', 'CLUSTER', 'filter')) return { allowed: request, refused: [] }
  const mayDescribe = rights.allows('DESCRIBE', 'TOPIC')
  const mayDelete = rights.allows('DELETE', 'TOPIC')
  const isAllowed = ({ name, topicId }: Asked): boolean => {
    const isContradiction = (name === null) === (topicId === zeroUuid)
    const known = name ?? image.topicsById.get(topicId)?.name
    if (isContradiction || known === undefined) return true
    const isMissing = !image.topicsByName.has(known)
    return mayDescribe(known) ? isMissing || mayDelete(known) : name === null && mayDelete(known)
  }
  const refusal = ({ name, topicId }: Asked): Result => {
    const known = image.topicsById.get(topicId)?.name
    const shown = known !== undefined && mayDescribe(known) ? known : name
    return { name: shown, topicId, errorCode: errorCodes.TOPIC_AUTHORIZATION_FAILED, errorMessage: null }
  }
  const repeated = repeatedIn([...request.topicNames, ...request.topics.map(({ name, topicId }) => name ?? topicId)])
  const names = sortOut(request.topicNames, name => repeated.has(name) || isAllowed({ name, topicId: zeroUuid }))
  const topics = sortOut(request.topics, each => repeated.has(each.name ?? each.topicId) || isAllowed(each))
  return {
    allowed: { ...request, topicNames: names.allowed, topics: topics.allowed },
    refused: [...names.refused.map(name => ({ name, topicId: zeroUuid })), ...topics.refused].map(refusal),
  }
}
