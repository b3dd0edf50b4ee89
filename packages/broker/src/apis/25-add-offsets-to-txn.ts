/**
 * AddOffsetsToTxn, key 25, versions 0 to 4: a transaction will commit offsets of a group. The partition of the offsets topic that the group belongs to becomes part of it.
 *
 * - v2 tells fenced producers so by PRODUCER_FENCED; v3 is flexible; v4 knows TRANSACTION_ABORTABLE.
 */
import {
  type AddOffsetsToTxnRequest,
  type AddOffsetsToTxnResponse,
  addOffsetsToTxnResponse,
  createMessage,
  errorCodes,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { offsetsTopic } from '../coordinators/group-coordinator.ts'
import { replierOf } from '../coordinators/repliers.ts'
import { fencedCode } from '../coordinators/transaction-errors.ts'
import { autoCreateTopics } from '../topic-creation.ts'

const fencedVersion = 2
const explicitTransactions = 0

export const addOffsetsToTxnApi = defineApi<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>({
  key: 25,

  handle(core, request, call) {
    const { transactionalId, producerId, producerEpoch, groupId } = request
    call.rights.require('WRITE', 'TRANSACTIONAL_ID', transactionalId)
    call.rights.require('READ', 'GROUP', groupId)
    const replier = replierOf(call, errorCode =>
      this.refuse(request, fencedCode(errorCode, call.apiVersion >= fencedVersion), call.apiVersion),
    )
    const join = () => {
      const partition = core.groups.partitionOf(groupId)
      if (partition === undefined) {
        call.reply(this.refuse(request, errorCodes.COORDINATOR_NOT_AVAILABLE, call.apiVersion))
        return
      }
      core.transactions.run(
        transactionalId,
        (shard, step) => {
          const joining = {
            identity: { producerId, producerEpoch },
            partitions: [{ topic: offsetsTopic, partition }],
            clientTransactionVersion: explicitTransactions,
          }
          shard.addPartitions(step, transactionalId, joining, {
            answer: () => replier.answer(createMessage(addOffsetsToTxnResponse, {})),
            fail: replier.fail,
          })
        },
        replier.fail,
      )
    }
    if (core.image.topicsByName.has(offsetsTopic)) join()
    else void autoCreateTopics(core, [offsetsTopic]).then(() => call.attempt(join), replier.fail)
    return later
  },

  refuse: (_request, errorCode) => createMessage(addOffsetsToTxnResponse, { errorCode }),
})
