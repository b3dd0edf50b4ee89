/**
 * WriteTxnMarkers, key 27, versions 1 to 2: ends transactions in partitions of this broker. Coordinators of other brokers send it, and administrators that abort a transaction which
 * no coordinator knows of (KIP-664).
 *
 * - v1 is flexible; v2 names the `transaction.version` of the producer.
 */
import {
  createMessage,
  errorCodes,
  type WriteTxnMarkersRequest,
  type WriteTxnMarkersResponse,
  writeTxnMarkersResponse,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { gather } from '../coordinators/repliers.ts'

export const writeTxnMarkersApi = defineApi<WriteTxnMarkersRequest, WriteTxnMarkersResponse>({
  key: 27,

  handle(core, { markers }, call) {
    if (!call.rights.may('ALTER', 'CLUSTER', 'filter')) call.rights.require('CLUSTER_ACTION', 'CLUSTER')
    const places = markers.flatMap(marker =>
      marker.topics.flatMap(({ name, partitionIndexes }) => partitionIndexes.map(index => ({ marker, name, index }))),
    )
    const settle = gather<number>(places.length, codes => {
      let next = 0
      call.reply(respond(markers, () => codes[next++]!))
    })
    for (const [at, { marker, name, index }] of places.entries()) {
      const { producerId, producerEpoch, transactionResult, coordinatorEpoch, transactionVersion } = marker
      const ending = { producerId, producerEpoch, committed: transactionResult, coordinatorEpoch }
      core.transactionMarkers.write(name, index, ending, transactionVersion, error => {
        settle(at, error?.errorCode ?? errorCodes.NONE)
      })
    }
    return later
  },

  refuse: ({ markers }, errorCode) => respond(markers, () => errorCode),
})

/** The error codes in the order of the request. */
function respond(markers: WriteTxnMarkersRequest['markers'], nextCode: () => number): WriteTxnMarkersResponse {
  return createMessage(writeTxnMarkersResponse, {
    markers: markers.map(({ producerId, topics }) => ({
      producerId,
      topics: topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map(partitionIndex => ({ partitionIndex, errorCode: nextCode() })),
      })),
    })),
  })
}
