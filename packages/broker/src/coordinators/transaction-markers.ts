import type { Clock, Logger, TimerWheel } from '@dorsale/base'
import type { DecidedTransaction, MetadataImage } from '@dorsale/coordinate'
import { errorCodes, ProtocolError, type TransactionMarker, transactionMarker } from '@dorsale/protocol'
import type { Replicas } from '../replicas.ts'
import { type GroupCoordinator, offsetsTopic } from './group-coordinator.ts'

export interface TransactionMarkersOptions {
  readonly clock: Clock
  readonly wheel: TimerWheel
  readonly logger: Logger
  readonly image: MetadataImage
  readonly replicas: Replicas
  readonly groups: GroupCoordinator
}

type Done = (error: ProtocolError | undefined) => void

/** How often a partition that takes no marker at the moment is tried again. */
const retryMs = 100

/**
 * Writes the ends of transactions into their partitions. A decided transaction is told to every partition of it, for as long as it takes: until then nobody may read past
 * it, and its producer may not begin another.
 */
export class TransactionMarkers {
  readonly #options: TransactionMarkersOptions

  constructor(options: TransactionMarkersOptions) {
    this.#options = options
  }

  /**
   * Writes all markers of a decision, then calls `done`. `coordinatorEpoch` answers -1 when the coordinator has moved: whoever coordinates now goes on, and `done` is not
   * called.
   */
  writeAll(decided: DecidedTransaction, coordinatorEpoch: () => number, done: () => void): void {
    const { producerId, producerEpoch, committed, partitions, transactionVersion } = decided
    let openCount = 1
    const closeOne = () => {
      if (--openCount === 0) done()
    }
    const write = (topic: string, index: number) => {
      const epoch = coordinatorEpoch()
      if (epoch < 0) return
      const marker = { producerId, producerEpoch, committed, coordinatorEpoch: epoch }
      this.write(topic, index, marker, transactionVersion, error => {
        if (error === undefined || this.#isPointless(topic, index, error, decided)) closeOne()
        else this.#options.wheel.set(retryMs, () => write(topic, index))
      })
    }
    for (const [topic, indexes] of partitions) {
      for (const index of indexes) {
        openCount++
        write(topic, index)
      }
    }
    closeOne()
  }

  /** Writes one marker; `done` is called once. */
  write(
    topic: string,
    index: number,
    marker: Omit<TransactionMarker, 'timestamp'>,
    transactionVersion: number,
    done: Done,
  ): void {
    const { replicas, groups, clock } = this.#options
    const stamped = { ...marker, timestamp: clock.now() }
    const partition = replicas.get(topic, index)
    if (partition === undefined) {
      done(new ProtocolError(errorCodes.UNKNOWN_TOPIC_OR_PARTITION))
      return
    }
    // Of nobody: it would end nothing, and be written.
    if (marker.producerId < 0n) {
      done(new ProtocolError(errorCodes.INVALID_REQUEST))
      return
    }
    // Its coordinator must hear of it, and nobody else writes to its log.
    if (topic === offsetsTopic) {
      groups.writeMarker(index, stamped, transactionVersion, done)
      return
    }
    try {
      const bytes = transactionMarker(stamped).build()
      partition.appendAsCoordinator(bytes, error => done(error && asProtocolError(error)), { transactionVersion })
    } catch (error) {
      if (!(error instanceof ProtocolError)) partition.stop()
      done(asProtocolError(error))
    }
  }

  /** Whether no later try can do better: the partition is gone, or knows of a newer coordinator or producer. */
  #isPointless(topic: string, index: number, error: ProtocolError, { transactionalId }: DecidedTransaction): boolean {
    if (this.#options.image.topicsByName.get(topic)?.partitions[index] === undefined) return true
    const isOverruled =
      error.errorCode === errorCodes.TRANSACTION_COORDINATOR_FENCED ||
      error.errorCode === errorCodes.INVALID_PRODUCER_EPOCH
    if (isOverruled)
      this.#options.logger.warn('a marker was refused', { topic, partition: index, transactionalId, error })
    return isOverruled
  }
}

function asProtocolError(error: unknown): ProtocolError {
  if (error instanceof ProtocolError) return error
  return new ProtocolError(errorCodes.UNKNOWN_SERVER_ERROR, undefined, { cause: error })
}
