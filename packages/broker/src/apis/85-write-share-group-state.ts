/**
 * WriteShareGroupState, key 85, versions 0 to 1: what consumers have done with the records of share partitions, from the broker that leads them (KIP-932).
 *
 * - v1 counts the records that are done with (KIP-1226).
 */
import type { WriteShareGroupStateRequest, WriteShareGroupStateResponse } from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { plainResult, refusePartitions, servePartitions } from './share-state.ts'

export const writeShareGroupStateApi = defineApi<WriteShareGroupStateRequest, WriteShareGroupStateResponse>({
  key: 85,

  handle(core, request, call) {
    servePartitions(
      request,
      call,
      (key, partition, replier) => core.shareStates.write(key, partition, replier),
      plainResult,
    )
    return later
  },

  refuse: (request, errorCode) => refusePartitions(request, errorCode, plainResult),
})
