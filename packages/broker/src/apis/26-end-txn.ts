/**
 * EndTxn, key 26, versions 0 to 5: commits or aborts. Answered when the decision is in the coordinator's log; the markers in the partitions follow.
 *
 * - v2 tells fenced producers so by PRODUCER_FENCED; v3 is flexible; v4 knows TRANSACTION_ABORTABLE; v5 gives the producer the epoch of its next transaction, and lets it abort one that
 *   never began (KIP-890).
 */
import { createMessage, type EndTxnRequest, type EndTxnResponse, endTxnResponse } from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { replierOf } from '../coordinators/repliers.ts'
import { fencedCode } from '../coordinators/transaction-errors.ts'

const fencedVersion = 2
/** From this version on every transaction has an epoch of its own. */
const epochBumpVersion = 5

export const endTxnApi = defineApi<EndTxnRequest, EndTxnResponse>({
  key: 26,

  handle(core, request, call) {
    const { transactionalId, producerId, producerEpoch, committed } = request
    call.rights.require('WRITE', 'TRANSACTIONAL_ID', transactionalId)
    const bumps = call.apiVersion >= epochBumpVersion
    const replier = replierOf(call, errorCode =>
      this.refuse(request, fencedCode(errorCode, call.apiVersion >= fencedVersion), call.apiVersion),
    )
    const ending = { identity: { producerId, producerEpoch }, committed, clientTransactionVersion: bumps ? 2 : 0 }
    core.transactions.runWithProducerId(
      transactionalId,
      (shard, step, freshId) =>
        shard.end(step, transactionalId, ending, freshId, {
          answer: next => replier.answer(createMessage(endTxnResponse, bumps ? next : {})),
          fail: replier.fail,
        }),
      replier.fail,
    )
    return later
  },

  refuse: (_request, errorCode) => createMessage(endTxnResponse, { errorCode }),
})
