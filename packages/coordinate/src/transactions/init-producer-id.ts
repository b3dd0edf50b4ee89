/** InitProducerId of a transactional producer: a new one fences the one before, the same one asks for its next epoch (KIP-360). */
import { errorCodes, type InitProducerIdRequest, ProtocolError } from '@dorsale/protocol'
import type { Replier } from '../shard/step.ts'
import { decideAbort } from './end-transaction.ts'
import { epochMax, none, Transaction } from './transaction.ts'
import {
  emptied,
  needsProducerId,
  type ProducerIdentity,
  type TransactionContext,
  type TransactionStep,
} from './transaction-context.ts'
import { isPrepared } from './transaction-state.ts'

/**
 * `freshId`: for an id that is new, or whose epochs are used up; the request comes again with one when it is needed. An open transaction is aborted first: the
 * answer is CONCURRENT_TRANSACTIONS until that is done.
 */
export function initProducerId(
  context: TransactionContext,
  step: TransactionStep,
  known: Transaction | undefined,
  request: InitProducerIdRequest,
  freshId: bigint | undefined,
  replier: Replier<ProducerIdentity>,
): typeof needsProducerId | undefined {
  const { transactionalId, transactionTimeoutMs, producerEpoch } = request
  if (transactionTimeoutMs <= 0 || transactionTimeoutMs > context.config.timeoutMsMax) {
    const text = `transaction.timeout.ms is ${transactionTimeoutMs}, the broker takes 1 to ${context.config.timeoutMsMax} (transaction.max.timeout.ms)`
    throw new ProtocolError(errorCodes.INVALID_TRANSACTION_TIMEOUT, text)
  }
  const transaction = known ?? new Transaction(transactionalId!)
  const isSame = producerEpoch !== none
  if (known !== undefined && isSame && !mayGoOn(known, request)) throw new ProtocolError(errorCodes.PRODUCER_FENCED)
  if (isPrepared(transaction.state)) throw new ProtocolError(errorCodes.CONCURRENT_TRANSACTIONS)
  if (transaction.state === 'Ongoing') {
    decideAbort(context, step, transaction)
    step.refuse(replier, new ProtocolError(errorCodes.CONCURRENT_TRANSACTIONS))
    return undefined
  }
  // The answer to its first try was lost.
  if (known !== undefined && isSame && producerEpoch !== known.producerEpoch) {
    step.answer(replier, { producerId: known.producerId, producerEpoch: known.producerEpoch })
    return undefined
  }
  const needsId = known === undefined || known.isEpochExhausted
  if (needsId && freshId === undefined) return needsProducerId
  const identity = needsId
    ? { producerId: freshId!, producerEpoch: 0 }
    : { producerId: known.producerId, producerEpoch: known.producerEpoch + 1 }
  step.append(emptied(context, step, transaction, identity, request))
  if (known !== undefined) known.lastEpoch = isSame ? known.producerEpoch : none
  step.answer(replier, identity)
  return undefined
}

/** Whether the sender is the producer of the id, by the epoch that it has or had just before. */
function mayGoOn(transaction: Transaction, { producerId, producerEpoch }: InitProducerIdRequest): boolean {
  if (producerId === transaction.producerId) {
    return producerEpoch === transaction.producerEpoch || producerEpoch === transaction.lastEpoch
  }
  return producerId === transaction.previousProducerId && producerEpoch >= epochMax - 1
}
