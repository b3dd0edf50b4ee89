import {
  type DescribeTransactionsResponseTransactionState,
  errorCodes,
  type InitProducerIdRequest,
  type ListTransactionsResponseTransactionState,
  ProtocolError,
} from '@dorsale/protocol'
import type { CoordinatorShard } from '../shard/coordinator-shard.ts'
import type { Replier } from '../shard/step.ts'
import { addPartitions, type TransactionPartition, verifyPartitions } from './add-partitions.ts'
import { completeTransaction, decideAbort, type EndRequest, endTransaction } from './end-transaction.ts'
import { initProducerId } from './init-producer-id.ts'
import { describeTransaction, listTransactions, type TransactionFilter } from './list-transactions.ts'
import { Transaction } from './transaction.ts'
import type { needsProducerId, ProducerIdentity, TransactionContext, TransactionStep } from './transaction-context.ts'
import type { TransactionRecord } from './transaction-record.ts'
import { isAtRest, isPrepared } from './transaction-state.ts'

/**
 * The transactional ids of one partition of `__transaction_state` (KIP-98, KIP-890). Methods throw a `ProtocolError` when the request fails; answers leave when what
 * they tell of is in the log.
 */
export class TransactionShard implements CoordinatorShard<TransactionRecord> {
  readonly #context: TransactionContext
  readonly #transactions = new Map<string, Transaction>()

  constructor(context: TransactionContext) {
    this.#context = context
  }

  /** See `initProducerId`. */
  initProducerId(
    step: TransactionStep,
    request: InitProducerIdRequest,
    freshId: bigint | undefined,
    replier: Replier<ProducerIdentity>,
  ): typeof needsProducerId | undefined {
    return initProducerId(this.#context, step, this.#find(request.transactionalId!), request, freshId, replier)
  }

  /** See `addPartitions`. */
  addPartitions(
    step: TransactionStep,
    transactionalId: string,
    request: Parameters<typeof addPartitions>[3],
    replier: Replier<void>,
  ): void {
    addPartitions(this.#context, step, this.#find(transactionalId), request, replier)
  }

  /** See `verifyPartitions`. */
  verifyPartitions(
    transactionalId: string,
    identity: ProducerIdentity,
    partitions: readonly TransactionPartition[],
  ): void {
    verifyPartitions(this.#find(transactionalId), identity, partitions)
  }

  /** See `endTransaction`. */
  end(
    step: TransactionStep,
    transactionalId: string,
    request: EndRequest,
    freshId: bigint | undefined,
    replier: Replier<ProducerIdentity>,
  ): typeof needsProducerId | undefined {
    return endTransaction(this.#context, step, this.#find(transactionalId), request, freshId, replier)
  }

  /** Every partition of a decided transaction has its marker. */
  complete(step: TransactionStep, transactionalId: string, identity: ProducerIdentity): void {
    completeTransaction(this.#context, step, this.#find(transactionalId), identity)
  }

  /** Throws TRANSACTIONAL_ID_NOT_FOUND. */
  describe(transactionalId: string): DescribeTransactionsResponseTransactionState {
    const transaction = this.#find(transactionalId)
    if (transaction === undefined) throw new ProtocolError(errorCodes.TRANSACTIONAL_ID_NOT_FOUND)
    return describeTransaction(transaction)
  }

  list(step: TransactionStep, filter: TransactionFilter): ListTransactionsResponseTransactionState[] {
    return listTransactions(this.#transactions.values(), filter, step.now)
  }

  replay({ transactionalId, value }: TransactionRecord): void {
    if (value === null) {
      this.#transactions.delete(transactionalId)
      return
    }
    let transaction = this.#transactions.get(transactionalId)
    if (transaction === undefined) {
      transaction = new Transaction(transactionalId)
      this.#transactions.set(transactionalId, transaction)
    }
    transaction.replay(value)
  }

  endTransaction(): void {
    // Nobody writes to this topic inside a transaction.
  }

  topicsDeleted(): void {
    // A partition that is gone needs no marker: whoever writes them passes over it.
  }

  onLoaded(): void {
    for (const transaction of this.#transactions.values()) {
      // It was decided, and the coordinator died before everybody was told.
      if (isPrepared(transaction.state)) this.#announceAgain(transaction)
    }
    this.#every(this.#context.config.timeoutCheckIntervalMs, step => this.#abortTimedOut(step))
    this.#every(this.#context.config.expiryCheckIntervalMs, step => this.#expireIds(step))
  }

  unload(): void {
    // Nothing is parked here.
  }

  #find(transactionalId: string): Transaction | undefined {
    return this.#transactions.get(transactionalId)
  }

  #announceAgain(transaction: Transaction): void {
    const { transactionalId, producerId, producerEpoch, state, partitions, clientTransactionVersion } = transaction
    this.#context.writeMarkers({
      transactionalId,
      producerId,
      producerEpoch,
      committed: state === 'PrepareCommit',
      partitions,
      transactionVersion: clientTransactionVersion,
    })
  }

  #every(intervalMs: number, work: (step: TransactionStep) => void): void {
    this.#context.timers.set(intervalMs, step => {
      this.#every(intervalMs, work)
      work(step)
    })
  }

  #abortTimedOut(step: TransactionStep): void {
    step.isDivisible = true
    for (const transaction of this.#transactions.values()) {
      const { state, startTimestampMs, timeoutMs, transactionalId } = transaction
      if (state !== 'Ongoing' || startTimestampMs + timeoutMs >= step.now) continue
      this.#context.logger.info('a transaction has timed out and is aborted', { transactionalId, timeoutMs })
      decideAbort(this.#context, step, transaction)
    }
  }

  #expireIds(step: TransactionStep): void {
    step.isDivisible = true
    const dueMs = step.now - this.#context.config.idExpirationMs
    for (const { transactionalId, state, lastUpdateTimestampMs } of this.#transactions.values()) {
      if (isAtRest(state) && lastUpdateTimestampMs <= dueMs) step.append({ transactionalId, version: 0, value: null })
    }
  }
}
