import type { Logger } from '@dorsale/base'
import { errorCodes, type InitProducerIdRequest, ProtocolError } from '@dorsale/protocol'
import type { ShardTimers } from '../shard/coordinator-shard.ts'
import type { Step } from '../shard/step.ts'
import { none, noPartitions, noProducerId, type Transaction } from './transaction.ts'
import { type TransactionRecord, transactionRecord } from './transaction-record.ts'
import { type TransactionStateName, transactionStates } from './transaction-state.ts'

export interface TransactionConfig {
  /** `transaction.max.timeout.ms`. */
  readonly timeoutMsMax: number
  /** `transactional.id.expiration.ms`. */
  readonly idExpirationMs: number
  /** `transaction.abort.timed.out.transaction.cleanup.interval.ms`. */
  readonly timeoutCheckIntervalMs: number
  /** `transaction.remove.expired.transaction.cleanup.interval.ms`. */
  readonly expiryCheckIntervalMs: number
}

/** A transaction whose outcome is decided and in the log: every partition of it is to be told. */
export interface DecidedTransaction {
  readonly transactionalId: string
  readonly producerId: bigint
  /** Of the markers. */
  readonly producerEpoch: number
  readonly committed: boolean
  readonly partitions: ReadonlyMap<string, ReadonlySet<number>>
  /** Protocol of the producer: from 2 on the markers' epoch is one above that of the records. */
  readonly transactionVersion: number
}

export interface TransactionContext {
  readonly config: TransactionConfig
  readonly timers: ShardTimers<TransactionRecord>
  readonly logger: Logger
  /** Version of the values to write: 1, which knows of `transaction.version` 2, once the cluster is at level 1. */
  valueVersion(): number
  /** Writes the markers, for as long as it takes, and then has `TransactionShard.complete` called. */
  writeMarkers(decided: DecidedTransaction): void
}

export type TransactionStep = Step<TransactionRecord>

/** The request needs a producer id that nobody has had, and comes again with one. Nothing has been done. */
export const needsProducerId = Symbol('needs a producer id')

export interface ProducerIdentity {
  readonly producerId: bigint
  readonly producerEpoch: number
}

/** Answers what the id's record becomes: what `change` leaves out stays as it is. */
export function changed(
  context: TransactionContext,
  step: TransactionStep,
  transaction: Transaction,
  change: {
    readonly state: TransactionStateName
    readonly producerId?: bigint
    readonly producerEpoch?: number
    readonly nextProducerId?: bigint
    readonly timeoutMs?: number
    readonly partitions?: ReadonlyMap<string, ReadonlySet<number>>
    readonly startTimestampMs?: number
    readonly clientTransactionVersion?: number
  },
): TransactionRecord {
  const version = context.valueVersion()
  const partitions = change.partitions ?? transaction.partitions
  const producerId = change.producerId ?? transaction.producerId
  return transactionRecord(transaction.transactionalId, version, {
    producerId,
    producerEpoch: change.producerEpoch ?? transaction.producerEpoch,
    transactionTimeoutMs: change.timeoutMs ?? transaction.timeoutMs,
    transactionStatus: transactionStates[change.state],
    transactionPartitions:
      change.state === 'Empty'
        ? null
        : [...partitions].map(([topic, indexes]) => ({ topic, partitionIds: [...indexes] })),
    transactionLastUpdateTimestampMs: step.now,
    transactionStartTimestampMs: change.startTimestampMs ?? transaction.startTimestampMs,
    ...(version >= 1 && {
      // As Kafka: the id that it had before this change, whether or not that was another.
      previousProducerId: transaction.producerId === noProducerId ? producerId : transaction.producerId,
      nextProducerId: change.nextProducerId ?? transaction.nextProducerId,
      clientTransactionVersion: change.clientTransactionVersion ?? transaction.clientTransactionVersion,
    }),
  })
}

/** A new producer's first record: no transaction yet. */
export function emptied(
  context: TransactionContext,
  step: TransactionStep,
  transaction: Transaction,
  identity: ProducerIdentity,
  { transactionTimeoutMs }: InitProducerIdRequest,
): TransactionRecord {
  return changed(context, step, transaction, {
    state: 'Empty',
    ...identity,
    nextProducerId: noProducerId,
    timeoutMs: transactionTimeoutMs,
    partitions: noPartitions,
    startTimestampMs: none,
  })
}

/** Throws unless the sender is the producer that the id belongs to now. */
export function requireProducer(
  transaction: Transaction | undefined,
  { producerId, producerEpoch }: ProducerIdentity,
): Transaction {
  if (transaction === undefined || transaction.producerId !== producerId) {
    throw new ProtocolError(errorCodes.INVALID_PRODUCER_ID_MAPPING)
  }
  if (transaction.producerEpoch !== producerEpoch) throw new ProtocolError(errorCodes.PRODUCER_FENCED)
  return transaction
}

/** The decision of a step, once its record is committed: then, and not before, the partitions are told. */
export function announce(context: TransactionContext, step: TransactionStep, decided: DecidedTransaction): void {
  step.replies.push({
    send: () => context.writeMarkers(decided),
    // The shard is loaded anew, and finds the decision in its log if it got there.
    fail() {},
  })
}
