/**
 * CreateTopics, key 19, versions 2 to 7: forwarded to the controller; answered when the topics are committed.
 *
 * - v4 lets partition count and replication factor default (-1); v5 is flexible and answers the topic's configuration; v7 answers topic ids.
 * - Names, counts, assignments and configuration are checked by the controller, each topic for itself; `validateOnly` checks and creates nothing.
 * - The internal topics may be created by their names, as in Kafka; `__cluster_metadata` may not.
 */
import {
  type CreateTopicsRequest,
  type CreateTopicsResponse,
  createMessage,
  createTopicsResponse,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'
import { withMutationQuota } from '../quotas/mutation-quota.ts'

/** From this version on topics over `controller_mutation_rate` are refused; before, the client is only held back (KIP-599). */
const strictQuotaVersion = 6

export const createTopicsApi = defineApi<CreateTopicsRequest, CreateTopicsResponse>({
  key: 19,

  handle: (core, request, call) =>
    withMutationQuota(core, call, strictQuotaVersion, charge =>
      core.metadata.submit(controller => controller.createTopics(request, charge)),
    ),

  refuse: (request, errorCode) =>
    createMessage(createTopicsResponse, {
      topics: request.topics.map(({ name }) => ({ name, errorCode, errorMessage: null })),
    }),
})
