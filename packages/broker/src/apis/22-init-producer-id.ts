/**
 * InitProducerId, key 22, versions 0 to 5 (6 with `unstable.api.versions.enable`): the identity of an idempotent producer.
 *
 * - v2 is flexible; v3 lets a producer name the id and epoch it has; v4 and v5 change only which errors a client understands.
 * - Without a transactional id the answer is a fresh id with epoch 0, whatever id the producer had: as Kafka, which lets the old one expire.
 * - Not done: transactional ids. They need the transaction coordinator, which this broker does not run: INVALID_REQUEST.
 */
import {
  createMessage,
  errorCodes,
  type InitProducerIdRequest,
  type InitProducerIdResponse,
  initProducerIdResponse,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'

export const initProducerIdApi = defineApi<InitProducerIdRequest, InitProducerIdResponse>({
  key: 22,

  async handle(core, request, call) {
    const { transactionalId, producerId, producerEpoch } = request
    // Both or neither; and an empty transactional id is refused by Kafka too.
    const isHalf = (producerId === -1n) !== (producerEpoch === -1)
    if (isHalf || transactionalId !== null) return this.refuse(request, errorCodes.INVALID_REQUEST, call.apiVersion)
    return createMessage(initProducerIdResponse, { producerId: await core.producerIds.take(), producerEpoch: 0 })
  },

  refuse: (_request, errorCode) =>
    createMessage(initProducerIdResponse, { errorCode, producerId: -1n, producerEpoch: -1 }),
})
