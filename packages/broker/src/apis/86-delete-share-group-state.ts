/**
 * DeleteShareGroupState, key 86, version 0: forgets the state of share partitions (KIP-932). What is not there is deleted without an error.
 */
import type { DeleteShareGroupStateRequest, DeleteShareGroupStateResponse } from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { plainResult, refusePartitions, servePartitions } from './share-state.ts'

export const deleteShareGroupStateApi = defineApi<DeleteShareGroupStateRequest, DeleteShareGroupStateResponse>({
  key: 86,

  handle(core, request, call) {
    servePartitions(request, call, (key, _partition, replier) => core.shareStates.delete(key, replier), plainResult)
    return later
  },

  refuse: (request, errorCode) => refusePartitions(request, errorCode, plainResult),
})
