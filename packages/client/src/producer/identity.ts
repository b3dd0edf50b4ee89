import {
  type ErrorCode,
  errorCodes,
  initProducerIdRequest,
  initProducerIdResponse,
  ProtocolError,
} from '@dorsale/protocol'
import { type Backoff, backoffMs } from '../network/backoff.ts'
import { type Cluster, isRetriable } from '../network/cluster.ts'
import type { ClientWorld } from '../world.ts'
import type { PartitionQueue, ProducerIdentity } from './partition-queue.ts'
import type { ProducerBatch } from './producer-batch.ts'

/**
 * Who the producer is to the brokers, and which of its batches may leave. Three kinds: `unnumbered` (no idempotence), `IdempotentIdentity`, and the
 * transactions of a producer with a transactional id.
 */
export interface Identity {
  /** Batches carry a producer id and sequence numbers. */
  readonly isNumbered: boolean
  /** Null: batches belong to no transaction. In one, what fails is not numbered anew, the transaction is aborted. */
  readonly transactionalId: string | null
  /** The newest version of Produce to use; undefined: any. */
  readonly produceVersionMax: number | undefined
  /** Whether anything may leave at all; if not, asks for what is missing, and has the sender look again when it is there. */
  isReady(): boolean
  /** Whether the queue's first batch may leave now, and numbers it. */
  admits(queue: PartitionQueue): boolean
  /** A batch failed for good. */
  onFailed(error: Error, batch: ProducerBatch): void
}

/** Batches without numbers, which leave as they are. */
export const unnumbered: Identity = {
  isNumbered: false,
  transactionalId: null,
  produceVersionMax: undefined,
  isReady: () => true,
  admits: () => true,
  onFailed() {},
}

export interface IdempotentOptions {
  readonly world: ClientWorld
  readonly cluster: Cluster
  readonly retryBackoff: Backoff
  /** There is an identity by now. */
  onReady(): void
  /** There will never be one. */
  onFatal(error: Error): void
}

const epochMax = 0x7fff

/** A producer id that any broker gives out, and epochs that the producer counts up by itself when a partition's numbers are lost (KIP-360). */
export class IdempotentIdentity implements Identity {
  readonly isNumbered = true
  readonly transactionalId = null
  readonly produceVersionMax = undefined
  readonly #options: IdempotentOptions
  #current: ProducerIdentity | undefined
  #isAsking = false
  #isFatal = false

  constructor(options: IdempotentOptions) {
    this.#options = options
  }

  isReady(): boolean {
    if (this.#current === undefined && !this.#isFatal) void this.#ask()
    return this.#current !== undefined
  }

  admits(queue: PartitionQueue): boolean {
    if (this.#current === undefined) return false
    if (queue.inFlight.length === 0 && queue.needsOther(this.#current)) this.#takeNextEpoch(this.#current)
    return this.#current !== undefined && queue.number(this.#current)
  }

  onFailed(): void {
    // The queue has noted that its numbers are lost; the next batch takes a new epoch.
  }

  /** Partitions whose count is lost begin anew at 0 under the next epoch; the others keep theirs until they are idle. */
  #takeNextEpoch({ producerId, producerEpoch }: ProducerIdentity): void {
    this.#current = producerEpoch < epochMax ? { producerId, producerEpoch: producerEpoch + 1 } : undefined
    this.#options.world.logger.info('the producer takes a new epoch', { producerId, producerEpoch })
    if (this.#current === undefined) void this.#ask()
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    const { cluster, world, retryBackoff, onReady, onFatal } = this.#options
    try {
      const response = await cluster.callAny(initProducerIdRequest, initProducerIdResponse, {
        transactionalId: null,
        transactionTimeoutMs: 0x7fffffff,
      })
      if (response.errorCode !== errorCodes.NONE) throw new ProtocolError(response.errorCode as ErrorCode)
      this.#current = { producerId: response.producerId, producerEpoch: response.producerEpoch }
      this.#isAsking = false
    } catch (error) {
      if (!isRetriable(error) && !cluster.isClosed) {
        this.#isFatal = true
        world.logger.error('no producer id', { error })
        onFatal(error as Error)
        return
      }
      world.clock.setTimer(backoffMs(retryBackoff, 1, world.prng), () => {
        this.#isAsking = false
        onReady()
      })
    }
    onReady()
  }
}
