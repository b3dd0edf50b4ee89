/**
 * ReadShareGroupState, key 84, version 0: the state of share partitions, for the broker that leads them (KIP-932). A leader of a new epoch fences those before it.
 */
import type { ShareState } from '@dorsale/coordinate'
import {
  errorCodes,
  type ProtocolError,
  type ReadShareGroupStateRequest,
  type ReadShareGroupStateResponse,
  type ReadShareGroupStateResponsePartitionResult,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { refusePartitions, servePartitions } from './share-state.ts'

export const readShareGroupStateApi = defineApi<ReadShareGroupStateRequest, ReadShareGroupStateResponse>({
  key: 84,

  handle(core, request, call) {
    servePartitions(
      request,
      call,
      (key, { leaderEpoch }, replier) => core.shareStates.read(key, leaderEpoch, replier),
      stateResult,
    )
    return later
  },

  refuse: (request, errorCode) => refusePartitions(request, errorCode, stateResult),
})

function stateResult(
  partition: number,
  outcome: { error: ProtocolError } | { value: ShareState },
): ReadShareGroupStateResponsePartitionResult {
  if ('error' in outcome) {
    const { errorCode, message } = outcome.error
    return { partition, errorCode, errorMessage: message, stateEpoch: 0, startOffset: 0, stateBatches: [] }
  }
  const { stateEpoch, startOffset, stateBatches } = outcome.value
  return {
    partition,
    errorCode: errorCodes.NONE,
    errorMessage: null,
    stateEpoch,
    startOffset,
    stateBatches: [...stateBatches],
  }
}
