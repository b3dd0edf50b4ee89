/**
 * InitializeShareGroupState, key 83, version 0: creates the state of share partitions at the share coordinator, or begins it anew under a greater state epoch (KIP-932). Group coordinators
 * send it when a share group gets a topic, and when an administrator sets a group back.
 */
import type { InitializeShareGroupStateRequest, InitializeShareGroupStateResponse } from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { plainResult, refusePartitions, servePartitions } from './share-state.ts'

export const initializeShareGroupStateApi = defineApi<
  InitializeShareGroupStateRequest,
  InitializeShareGroupStateResponse
>({
  key: 83,

  handle(core, request, call) {
    servePartitions(
      request,
      call,
      (key, { stateEpoch, startOffset }, replier) =>
        core.shareStates.initialize(key, { stateEpoch, startOffset }, replier),
      plainResult,
    )
    return later
  },

  refuse: (request, errorCode) => refusePartitions(request, errorCode, plainResult),
})
