import type { TimerWheel } from '@dorsale/base'
import type { ProducerIdentity, TransactionPartition } from '@dorsale/coordinate'
import { errorCodes, type ProtocolError } from '@dorsale/protocol'
import type { TransactionCoordinator } from './transaction-coordinator.ts'

/** How a request joins a transaction, by its version (KIP-890). */
export type Admission =
  /** The producer has told the coordinator itself; that it did is checked, and an old client is told INVALID_TXN_STATE. */
  | 'verified'
  /** As `verified`, for a client that understands TRANSACTION_ABORTABLE. */
  | 'verified, abortable'
  /** Writing is joining. */
  | 'added'

export interface TransactionGateOptions {
  readonly wheel: TimerWheel
  readonly transactions: TransactionCoordinator
  /** While the transaction before is being ended: how often to try again. */
  readonly retryMs: number
  /** And for how long, before the client is told to come again. */
  readonly retryMsMax: number
}

/**
 * Lets what a producer writes in a transaction into a partition, once the coordinator knows that it belongs there: a batch that comes late, after its transaction was
 * ended, would be left hanging in the log, and hold up its readers for ever.
 */
export class TransactionGate {
  readonly #options: TransactionGateOptions

  constructor(options: TransactionGateOptions) {
    this.#options = options
  }

  /** Calls `done` once. */
  admit(
    transactionalId: string,
    identity: ProducerIdentity,
    partitions: readonly TransactionPartition[],
    admission: Admission,
    done: (error: ProtocolError | undefined) => void,
  ): void {
    const { wheel, transactions, retryMs, retryMsMax } = this.#options
    const attempt = (waitedMs: number) => {
      const fail = (error: ProtocolError) => {
        if (error.errorCode !== errorCodes.CONCURRENT_TRANSACTIONS || waitedMs >= retryMsMax) done(error)
        else wheel.set(retryMs, () => attempt(waitedMs + retryMs))
      }
      const replier = { answer: () => done(undefined), fail }
      transactions.run(
        transactionalId,
        (shard, step) => {
          if (admission === 'added') {
            shard.addPartitions(
              step,
              transactionalId,
              { identity, partitions, clientTransactionVersion: implicitVersion },
              replier,
            )
          } else {
            shard.verifyPartitions(transactionalId, identity, partitions)
            step.answer(replier, undefined)
          }
        },
        fail,
      )
    }
    attempt(0)
  }
}

/** `transaction.version` of a producer whose writes join by themselves. */
const implicitVersion = 2
