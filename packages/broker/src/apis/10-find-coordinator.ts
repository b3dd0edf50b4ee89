/**
 * FindCoordinator, key 10, versions 0 to 6: which broker coordinates a group, a transactional producer or a share-group partition.
 *
 * - v1 adds the kind of key and error messages; v3 is flexible; v4 asks for several keys at once; v6 adds share groups.
 * - Not done: this broker runs no coordinator, and none of the APIs that speak to one is advertised. Each key is answered INVALID_REQUEST with a
 *   sentence, as Kafka answers for a kind of coordinator that it does not run: a client then fails at once instead of asking for ever, as it does
 *   after COORDINATOR_NOT_AVAILABLE.
 */
import {
  createMessage,
  errorCodes,
  type FindCoordinatorRequest,
  type FindCoordinatorResponse,
  findCoordinatorResponse,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'

export const findCoordinatorApi = defineApi<FindCoordinatorRequest, FindCoordinatorResponse>({
  key: 10,

  handle(_core, request, call) {
    const kind = kinds[request.keyType]
    const errorMessage =
      kind === undefined ? `There is no coordinator of kind ${request.keyType}.` : `This broker runs no ${kind}.`
    return refused(request, call.apiVersion, errorCodes.INVALID_REQUEST, errorMessage)
  },

  refuse: (request, errorCode, apiVersion) => refused(request, apiVersion, errorCode, null),
})

/** By Kafka's number of the kind of key. */
const kinds: readonly string[] = ['group coordinator', 'transaction coordinator', 'share coordinator']

function refused(
  request: FindCoordinatorRequest,
  apiVersion: number,
  errorCode: number,
  errorMessage: string | null,
): FindCoordinatorResponse {
  const nobody = { errorCode, errorMessage, nodeId: -1, host: '', port: -1 }
  return apiVersion >= 4
    ? createMessage(findCoordinatorResponse, {
        coordinators: request.coordinatorKeys.map(key => ({ key, ...nobody })),
      })
    : createMessage(findCoordinatorResponse, nobody)
}
