/** AddPartitionsToTxn and AddOffsetsToTxn, and what Produce and TxnOffsetCommit ask on behalf of a producer (KIP-890): partitions join the transaction. */
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { Replier } from '../shard/step.ts'
import type { Transaction } from './transaction.ts'
import {
  changed,
  type ProducerIdentity,
  requireProducer,
  type TransactionContext,
  type TransactionStep,
} from './transaction-context.ts'
import { isAtRest, isPrepared } from './transaction-state.ts'

export interface TransactionPartition {
  readonly topic: string
  readonly partition: number
}

/** Answers when the partitions are part of the transaction, which this begins if none is open. */
export function addPartitions(
  context: TransactionContext,
  step: TransactionStep,
  known: Transaction | undefined,
  {
    identity,
    partitions,
    clientTransactionVersion,
  }: {
    readonly identity: ProducerIdentity
    readonly partitions: readonly TransactionPartition[]
    readonly clientTransactionVersion: number
  },
  replier: Replier<void>,
): void {
  const transaction = requireProducer(known, identity)
  if (isPrepared(transaction.state)) throw new ProtocolError(errorCodes.CONCURRENT_TRANSACTIONS)
  const isNew = isAtRest(transaction.state)
  const missing = partitions.filter(each => isNew || !transaction.has(each.topic, each.partition))
  if (missing.length > 0) {
    const all = new Map(isNew ? [] : [...transaction.partitions].map(([topic, indexes]) => [topic, new Set(indexes)]))
    for (const { topic, partition } of missing) {
      const indexes = all.get(topic)
      if (indexes === undefined) all.set(topic, new Set([partition]))
      else indexes.add(partition)
    }
    step.append(
      changed(context, step, transaction, {
        state: 'Ongoing',
        partitions: all,
        startTimestampMs: isNew ? step.now : transaction.startTimestampMs,
        clientTransactionVersion,
      }),
    )
    transaction.lastEpoch = -1
  }
  step.answer(replier, undefined)
}

/** Throws unless all of the partitions are part of the open transaction: TRANSACTION_ABORTABLE then. */
export function verifyPartitions(
  known: Transaction | undefined,
  identity: ProducerIdentity,
  partitions: readonly TransactionPartition[],
): void {
  const transaction = requireProducer(known, identity)
  if (isPrepared(transaction.state)) throw new ProtocolError(errorCodes.CONCURRENT_TRANSACTIONS)
  const isOpen = transaction.state === 'Ongoing'
  const stranger = partitions.find(({ topic, partition }) => !isOpen || !transaction.has(topic, partition))
  if (stranger === undefined) return
  const text = `${stranger.topic}-${stranger.partition} is not part of the transaction of '${transaction.transactionalId}'`
  throw new ProtocolError(errorCodes.TRANSACTION_ABORTABLE, text)
}
