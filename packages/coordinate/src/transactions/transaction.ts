import { DecodeError, type TransactionLogValue } from '@dorsale/protocol'
import { type TransactionStateName, transactionStateNames } from './transaction-state.ts'

/** Epochs go from 0 to here; the last is left for fencing. */
export const epochMax = 0x7fff

/** No producer id, no epoch, no time. */
export const none = -1
export const noProducerId = -1n

/**
 * What is known of one transactional id. Everything but `lastEpoch` is hard state: it is what the id's last record says, and changes by `replay` alone.
 */
export class Transaction {
  readonly transactionalId: string
  producerId = noProducerId
  producerEpoch = none
  /** The id before the epochs of this one began, for a producer whose answer was lost. */
  previousProducerId = noProducerId
  /** The id that the next transaction has, when this one has used up its epochs. */
  nextProducerId = noProducerId
  timeoutMs = 0
  state: TransactionStateName = 'Empty'
  /** `topic` to its partitions: what the transaction has written to, or will have. */
  partitions: ReadonlyMap<string, ReadonlySet<number>> = noPartitions
  /** When its first partition was added; -1 when none is. */
  startTimestampMs = none
  lastUpdateTimestampMs = none
  /** Protocol of the producer: from 2 on every transaction has an epoch of its own (KIP-890). */
  clientTransactionVersion = 0
  /**
   * Soft: the epoch before the current one, when the same producer asked for the current one itself. Its answer may have been lost, so it may ask again; after a restart
   * of the coordinator it is fenced instead, as in Kafka.
   */
  lastEpoch = none

  constructor(transactionalId: string) {
    this.transactionalId = transactionalId
  }

  /** Whether the next epoch would be the one that is left for fencing. */
  get isEpochExhausted(): boolean {
    return this.producerEpoch >= epochMax - 1
  }

  has(topic: string, partition: number): boolean {
    return this.partitions.get(topic)?.has(partition) ?? false
  }

  replay(value: TransactionLogValue): void {
    const state = transactionStateNames.get(value.transactionStatus)
    if (state === undefined) throw new DecodeError(`a transaction in an unknown state, ${value.transactionStatus}`)
    if (value.producerId !== this.producerId) this.lastEpoch = none
    this.producerId = value.producerId
    this.producerEpoch = value.producerEpoch
    this.previousProducerId = value.previousProducerId
    this.nextProducerId = value.nextProducerId
    this.timeoutMs = value.transactionTimeoutMs
    this.state = state
    this.partitions = new Map(
      (value.transactionPartitions ?? []).map(({ topic, partitionIds }) => [topic, new Set(partitionIds)]),
    )
    this.startTimestampMs = value.transactionStartTimestampMs
    this.lastUpdateTimestampMs = value.transactionLastUpdateTimestampMs
    this.clientTransactionVersion = value.clientTransactionVersion
  }
}

export const noPartitions: ReadonlyMap<string, ReadonlySet<number>> = new Map()
