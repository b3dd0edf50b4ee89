/**
 * ReadShareGroupStateSummary, key 87, versions 0 to 1: how far a share group is (KIP-932). A state that does not exist is told as one that has not begun.
 *
 * - v1 counts the records that are done with (KIP-1226).
 */
import type { ShareState } from '@dorsale/coordinate'
import {
  errorCodes,
  type ProtocolError,
  type ReadShareGroupStateSummaryRequest,
  type ReadShareGroupStateSummaryResponse,
  type ReadShareGroupStateSummaryResponsePartitionResult,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { refusePartitions, servePartitions } from './share-state.ts'

export const readShareGroupStateSummaryApi = defineApi<
  ReadShareGroupStateSummaryRequest,
  ReadShareGroupStateSummaryResponse
>({
  key: 87,

  handle(core, request, call) {
    servePartitions(
      request,
      call,
      (key, _partition, replier) => core.shareStates.readSummary(key, replier),
      summaryResult,
    )
    return later
  },

  refuse: (request, errorCode) => refusePartitions(request, errorCode, summaryResult),
})

function summaryResult(
  partition: number,
  outcome: { error: ProtocolError } | { value: ShareState },
): ReadShareGroupStateSummaryResponsePartitionResult {
  if ('error' in outcome) {
    const { errorCode, message } = outcome.error
    return { ...nothing, partition, errorCode, errorMessage: message }
  }
  const { stateEpoch, leaderEpoch, startOffset, deliveryCompleteCount } = outcome.value
  return { ...nothing, partition, stateEpoch, leaderEpoch, startOffset, deliveryCompleteCount }
}

const nothing = {
  errorCode: errorCodes.NONE,
  errorMessage: null,
  stateEpoch: 0,
  leaderEpoch: 0,
  startOffset: 0,
  deliveryCompleteCount: -1,
}
