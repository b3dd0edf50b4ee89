/**
 * InitProducerId, key 22, versions 0 to 5 (6 with `unstable.api.versions.enable`): the identity of a producer.
 *
 * - v2 is flexible; v3 lets a producer name the id and epoch it has; v4 tells fenced producers so by PRODUCER_FENCED; v5 knows TRANSACTION_ABORTABLE.
 * - Without a transactional id the answer is a fresh id with epoch 0, whatever id the producer had: as Kafka, which lets the old one expire.
 * - With one, the coordinator of that id ends what an earlier producer left open (CONCURRENT_TRANSACTIONS meanwhile), and gives the next epoch.
 * - Not done: two-phase commit (v6, KIP-939).
 */
import {
  createMessage,
  errorCodes,
  type InitProducerIdRequest,
  type InitProducerIdResponse,
  initProducerIdResponse,
  ProtocolError,
} from '@dorsale/protocol'
import { type Call, defineApi, later } from '../api.ts'
import { replierOf } from '../coordinators/repliers.ts'
import { fencedCode } from '../coordinators/transaction-errors.ts'

/** From this version on a client understands PRODUCER_FENCED. */
const fencedVersion = 4

export const initProducerIdApi = defineApi<InitProducerIdRequest, InitProducerIdResponse>({
  key: 22,

  handle(core, request, call) {
    const { transactionalId, producerId, producerEpoch } = request
    checkRights(call, transactionalId)
    // Both or neither; and an empty transactional id is refused by Kafka too.
    const isHalf = (producerId === -1n) !== (producerEpoch === -1)
    if (isHalf || transactionalId === '') return this.refuse(request, errorCodes.INVALID_REQUEST, call.apiVersion)
    if (transactionalId === null) {
      return core.producerIds
        .take()
        .then(id => createMessage(initProducerIdResponse, { producerId: id, producerEpoch: 0 }))
    }
    const replier = replierOf(call, errorCode =>
      this.refuse(request, fencedCode(errorCode, call.apiVersion >= fencedVersion), call.apiVersion),
    )
    core.transactions.runWithProducerId(
      transactionalId,
      (shard, step, freshId) =>
        shard.initProducerId(step, request, freshId, {
          answer: identity => replier.answer(createMessage(initProducerIdResponse, identity)),
          fail: replier.fail,
        }),
      replier.fail,
    )
    return later
  },

  refuse: (_request, errorCode) =>
    createMessage(initProducerIdResponse, { errorCode, producerId: -1n, producerEpoch: -1 }),
})

/** Who may write to any topic may do so idempotently. */
function checkRights({ rights }: Call, transactionalId: string | null): void {
  if (transactionalId !== null) rights.require('WRITE', 'TRANSACTIONAL_ID', transactionalId)
  else if (!rights.may('IDEMPOTENT_WRITE', 'CLUSTER', 'filter') && !rights.mayWithSome('WRITE', 'TOPIC')) {
    throw new ProtocolError(errorCodes.CLUSTER_AUTHORIZATION_FAILED)
  }
}
