import {
  type DescribeTransactionsResponseTransactionState,
  errorCodes,
  type ListTransactionsResponseTransactionState,
} from '@dorsale/protocol'
import type { Transaction } from './transaction.ts'

/** What ListTransactions asks for; each part that is left empty lets everything through. */
export interface TransactionFilter {
  /** By Kafka's names; unknown ones let nothing through. */
  readonly states: ReadonlySet<string>
  readonly producerIds: ReadonlySet<bigint>
  /** Open for longer than this; -1: any. */
  readonly durationMs: number
  /** The whole id; undefined: any. */
  readonly matchesId: ((transactionalId: string) => boolean) | undefined
}

export function describeTransaction(transaction: Transaction): DescribeTransactionsResponseTransactionState {
  return {
    errorCode: errorCodes.NONE,
    transactionalId: transaction.transactionalId,
    transactionState: transaction.state,
    transactionTimeoutMs: transaction.timeoutMs,
    transactionStartTimeMs: transaction.startTimestampMs,
    producerId: transaction.producerId,
    producerEpoch: transaction.producerEpoch,
    topics: [...transaction.partitions].map(([topic, partitions]) => ({ topic, partitions: [...partitions] })),
  }
}

export function listTransactions(
  transactions: Iterable<Transaction>,
  { states, producerIds, durationMs, matchesId }: TransactionFilter,
  now: number,
): ListTransactionsResponseTransactionState[] {
  const found: ListTransactionsResponseTransactionState[] = []
  for (const { transactionalId, producerId, state, startTimestampMs } of transactions) {
    if (states.size > 0 && !states.has(state)) continue
    if (producerIds.size > 0 && !producerIds.has(producerId)) continue
    // As in Kafka, what has not begun has been open since 1970.
    if (durationMs >= 0 && now - startTimestampMs <= durationMs) continue
    if (matchesId !== undefined && !matchesId(transactionalId)) continue
    found.push({ transactionalId, producerId, transactionState: state })
  }
  return found
}
