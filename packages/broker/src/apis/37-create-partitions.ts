/**
 * CreatePartitions, key 37, versions 0 to 3: forwarded to the controller; answered when the new partitions are committed. Their logs come by replay.
 *
 * - v2 is flexible; v3 may answer THROTTLING_QUOTA_EXCEEDED.
 * - Each topic succeeds or fails for itself; `validateOnly` checks and creates nothing.
 */
import {
  type CreatePartitionsRequest,
  type CreatePartitionsResponse,
  createMessage,
  createPartitionsResponse,
  errorCodes,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'
import { withMutationQuota } from '../quotas/mutation-quota.ts'
import { repeatedIn, sortOut } from '../security/sort-out.ts'

/** From this version on topics over `controller_mutation_rate` are refused; before, the client is only held back (KIP-599). */
const strictQuotaVersion = 3

export const createPartitionsApi = defineApi<CreatePartitionsRequest, CreatePartitionsResponse>({
  key: 37,

  handle(core, request, call) {
    const mayAlter = call.rights.allows('ALTER', 'TOPIC')
    const repeated = repeatedIn(request.topics.map(({ name }) => name))
    const { allowed, refused } = sortOut(request.topics, ({ name }) => repeated.has(name) || mayAlter(name))
    return withMutationQuota(core, call, strictQuotaVersion, async charge => {
      const response = await core.metadata.submit(controller =>
        controller.createPartitions({ ...request, topics: allowed }, charge),
      )
      response.results.push(...refused.map(({ name }) => failed(name, errorCodes.TOPIC_AUTHORIZATION_FAILED)))
      return response
    })
  },

  refuse: (request, errorCode) =>
    createMessage(createPartitionsResponse, {
      results: request.topics.map(({ name }) => failed(name, errorCode)),
    }),
})

function failed(name: string, errorCode: number) {
  return { name, errorCode, errorMessage: null }
}
