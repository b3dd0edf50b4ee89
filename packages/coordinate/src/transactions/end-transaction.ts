/** EndTxn, the aborts that the coordinator decides by itself, and the completion of both. */
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { Replier } from '../shard/step.ts'
import { epochMax, none, noPartitions, noProducerId, type Transaction } from './transaction.ts'
import {
  announce,
  changed,
  needsProducerId,
  type ProducerIdentity,
  type TransactionContext,
  type TransactionStep,
} from './transaction-context.ts'
import { isAtRest } from './transaction-state.ts'

/** From this level of `transaction.version` on every transaction has an epoch of its own. */
const epochBumpVersion = 2

export interface EndRequest {
  readonly identity: ProducerIdentity
  readonly committed: boolean
  /** Protocol of the producer, as the version of its request tells it. */
  readonly clientTransactionVersion: number
}

/**
 * Decides the transaction; answers with the identity of the next one when the decision is in the log. The markers follow. `freshId`: for the next
 * transaction, when the epochs of this id are used up.
 */
export function endTransaction(
  context: TransactionContext,
  step: TransactionStep,
  known: Transaction | undefined,
  request: EndRequest,
  freshId: bigint | undefined,
  replier: Replier<ProducerIdentity>,
): typeof needsProducerId | undefined {
  const { identity, committed, clientTransactionVersion } = request
  const bumps = clientTransactionVersion >= epochBumpVersion
  const transaction = requireEnder(known, identity, bumps)
  const isAgain = bumps && isEarlier(transaction, identity)
  const { state } = transaction
  if (state === 'PrepareCommit' || state === 'PrepareAbort') {
    requireOutcome(committed === (state === 'PrepareCommit'))
    throw new ProtocolError(errorCodes.CONCURRENT_TRANSACTIONS)
  }
  if (isAtRest(state)) {
    const isSame = state === (committed ? 'CompleteCommit' : 'CompleteAbort')
    // The answer to the first try was lost. Without epochs the last transaction cannot be told from an empty one.
    if (isSame && (isAgain || !bumps)) {
      step.answer(replier, currentOf(transaction))
      return undefined
    }
    // A producer whose batches were all lost aborts a transaction that never began, for the sake of the new epoch.
    requireOutcome(bumps && !committed && !isAgain)
  } else requireOutcome(!isAgain)
  const rotates = bumps && transaction.isEpochExhausted
  if (rotates && freshId === undefined) return needsProducerId
  const next = decide(context, step, transaction, {
    committed,
    producerEpoch: bumps ? identity.producerEpoch + 1 : identity.producerEpoch,
    nextProducerId: rotates ? freshId! : noProducerId,
    clientTransactionVersion,
  })
  step.answer(replier, next)
  return undefined
}

/**
 * Aborts an open transaction that nobody ends: it has timed out, or another producer takes over its id. The epoch goes up, so that the producer that began it
 * cannot go on.
 */
export function decideAbort(context: TransactionContext, step: TransactionStep, transaction: Transaction): void {
  decide(context, step, transaction, {
    committed: false,
    producerEpoch: Math.min(transaction.producerEpoch + 1, epochMax),
    nextProducerId: noProducerId,
    clientTransactionVersion: transaction.clientTransactionVersion,
  })
}

/** Every partition has its marker. Nothing happens when the id has gone on since. */
export function completeTransaction(
  context: TransactionContext,
  step: TransactionStep,
  transaction: Transaction | undefined,
  { producerId, producerEpoch }: ProducerIdentity,
): void {
  if (transaction?.producerId !== producerId || transaction.producerEpoch !== producerEpoch) return
  const { state, nextProducerId } = transaction
  if (state !== 'PrepareCommit' && state !== 'PrepareAbort') return
  step.append(
    changed(context, step, transaction, {
      state: state === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort',
      partitions: noPartitions,
      ...(nextProducerId !== noProducerId && {
        producerId: nextProducerId,
        producerEpoch: 0,
        nextProducerId: noProducerId,
      }),
    }),
  )
}

/** Writes the decision, and has the partitions told of it. Answers the identity of the next transaction. */
function decide(
  context: TransactionContext,
  step: TransactionStep,
  transaction: Transaction,
  decision: {
    readonly committed: boolean
    readonly producerEpoch: number
    readonly nextProducerId: bigint
    readonly clientTransactionVersion: number
  },
): ProducerIdentity {
  const { committed, producerEpoch, nextProducerId, clientTransactionVersion } = decision
  const { producerId } = transaction
  const partitions = isAtRest(transaction.state) ? noPartitions : transaction.partitions
  step.append(
    changed(context, step, transaction, {
      state: committed ? 'PrepareCommit' : 'PrepareAbort',
      producerEpoch,
      nextProducerId,
      partitions,
      startTimestampMs: isAtRest(transaction.state) ? step.now : transaction.startTimestampMs,
      clientTransactionVersion,
    }),
  )
  transaction.lastEpoch = producerEpoch === transaction.producerEpoch ? none : transaction.producerEpoch
  announce(context, step, {
    transactionalId: transaction.transactionalId,
    producerId,
    producerEpoch,
    committed,
    partitions,
    transactionVersion: clientTransactionVersion,
  })
  return nextProducerId === noProducerId
    ? { producerId, producerEpoch }
    : { producerId: nextProducerId, producerEpoch: 0 }
}

function currentOf({ producerId, producerEpoch }: Transaction): ProducerIdentity {
  return { producerId, producerEpoch }
}

/** The producer of the id; with epochs of its own, one that ends the transaction before again is taken for it too. */
function requireEnder(known: Transaction | undefined, identity: ProducerIdentity, bumps: boolean): Transaction {
  if (known === undefined) throw new ProtocolError(errorCodes.INVALID_PRODUCER_ID_MAPPING)
  if (bumps && isEarlier(known, identity)) return known
  if (known.producerId !== identity.producerId) throw new ProtocolError(errorCodes.INVALID_PRODUCER_ID_MAPPING)
  if (known.producerEpoch !== identity.producerEpoch) throw new ProtocolError(errorCodes.PRODUCER_FENCED)
  return known
}

/** Whether this is the identity of the transaction before: one epoch back, or the last one of the id before. */
function isEarlier(transaction: Transaction, { producerId, producerEpoch }: ProducerIdentity): boolean {
  if (producerId === transaction.producerId) return producerEpoch === transaction.producerEpoch - 1
  return producerId === transaction.previousProducerId && producerEpoch >= epochMax - 1
}

function requireOutcome(isPossible: boolean): void {
  if (!isPossible) throw new ProtocolError(errorCodes.INVALID_TXN_STATE)
}
