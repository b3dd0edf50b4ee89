/**
 * CreateTopics, key 19, versions 2 to 7: forwarded to the controller; answered when the topics are committed.
 *
 * - v4 lets partition count and replication factor default (-1); v5 is flexible and answers the topic's configuration; v7 answers topic ids.
 * - Names, counts, assignments and configuration are checked by the controller, each topic for itself; `validateOnly` checks and creates nothing.
 * - The internal topics may be created by their names, as in Kafka; `__cluster_metadata` may not.
 */
import { metadataTopicName } from '@dorsale/coordinate'
import {
  type CreateTopicsRequest,
  type CreateTopicsRequestCreatableTopic,
  type CreateTopicsResponse,
  type CreateTopicsResponseCreatableTopicResult,
  createMessage,
  createTopicsResponse,
  errorCodes,
} from '@dorsale/protocol'
import { type Call, defineApi } from '../api.ts'
import { withMutationQuota } from '../quotas/mutation-quota.ts'
import { repeatedIn, sortOut } from '../security/sort-out.ts'

/** From this version on topics over `controller_mutation_rate` are refused; before, the client is only held back (KIP-599). */
const strictQuotaVersion = 6

export const createTopicsApi = defineApi<CreateTopicsRequest, CreateTopicsResponse>({
  key: 19,

  handle(core, request, call) {
    const { allowed, refused } = sortOutTopics(request, call)
    return withMutationQuota(core, call, strictQuotaVersion, async charge => {
      const response = await core.metadata.submit(controller =>
        controller.createTopics({ ...request, topics: allowed }, charge),
      )
      response.topics = [...response.topics.map(topic => asTold(call, topic)), ...refused.map(forbidden)]
      return response
    })
  },

  refuse: (request, errorCode) =>
    createMessage(createTopicsResponse, {
      topics: request.topics.map(({ name }) => ({ name, errorCode, errorMessage: null })),
    }),
})

/** By the name alone, Kafka refuses what stands twice and its own log, before it asks who may create them. */
function sortOutTopics(
  { topics }: CreateTopicsRequest,
  { rights }: Call,
): { allowed: CreateTopicsRequestCreatableTopic[]; refused: CreateTopicsRequestCreatableTopic[] } {
  if (!rights.areLimited || rights.may('CREATE', 'CLUSTER', 'filter')) return { allowed: topics, refused: [] }
  const repeated = repeatedIn(topics.map(({ name }) => name))
  const mayCreate = rights.allows('CREATE', 'TOPIC')
  return sortOut(topics, ({ name }) => repeated.has(name) || name === metadataTopicName || mayCreate(name))
}

/** Who may not describe the settings of what he has created is not told of them. */
function asTold(
  { rights }: Call,
  topic: CreateTopicsResponseCreatableTopicResult,
): CreateTopicsResponseCreatableTopicResult {
  if (topic.errorCode !== errorCodes.NONE || rights.may('DESCRIBE_CONFIGS', 'TOPIC', topic.name)) return topic
  const topicConfigErrorCode = errorCodes.TOPIC_AUTHORIZATION_FAILED
  return { ...topic, topicConfigErrorCode, numPartitions: -1, replicationFactor: -1, configs: [] }
}

function forbidden({ name }: CreateTopicsRequestCreatableTopic): CreateTopicsResponseCreatableTopicResult {
  const errorCode = errorCodes.TOPIC_AUTHORIZATION_FAILED
  const { topics } = createMessage(createTopicsResponse, {
    topics: [{ name, errorCode, errorMessage: 'Authorization failed.' }],
  })
  return topics[0] as CreateTopicsResponseCreatableTopicResult
}
