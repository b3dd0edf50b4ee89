import { assert, type Clock, type Logger, type Timer, type TimerWheel } from '@dorsale/base'
import {
  type CoordinatorSerde,
  type CoordinatorShard,
  type MetadataDelta,
  type PendingReply,
  type ShardTimers,
  Step,
} from '@dorsale/coordinate'
import { errorCodes, ProtocolError, type TransactionMarker, transactionMarker } from '@dorsale/protocol'
import type { Partition } from '../partition.ts'
import { logUnexpected } from '../unexpected.ts'
import { loadShard } from './load-shard.ts'
import {
  type BatchOptions,
  encodeStep,
  hasRoom,
  newBatch,
  type OpenBatch,
  type StepProducer,
  sizeOf,
} from './record-batches.ts'

export interface ShardHostOptions<Record, Shard extends CoordinatorShard<Record>> {
  readonly clock: Clock
  readonly wheel: TimerWheel
  readonly logger: Logger
  readonly serde: CoordinatorSerde<Record>
  readonly partition: Partition
  /** Bytes of the log to read at a time. */
  readonly readBytes: number
  batchOptions(): BatchOptions
  createShard(timers: ShardTimers<Record>): Shard
}

/**
 * One partition of a coordinator's topic while this broker leads it: its shard, and the way of its records into the log (D4).
 *
 * ```
 *   loading ---> active ---> closed
 *      ^  |        |
 *      |  v        |  an append failed, or a bug threw: state and log may differ
 *     failed <-----+  nothing is kept; the shard is loaded anew
 * ```
 *
 * The steps of one turn of the event loop are one batch. Their records are replayed at once, in the order in which they will stand in the log; the
 * batch is handed to the log at the end of the turn, and the replies leave when it is committed.
 */
export class ShardHost<Record, Shard extends CoordinatorShard<Record>> {
  readonly #options: ShardHostOptions<Record, Shard>
  #state: 'loading' | 'active' | 'closed' = 'loading'
  #shard: Shard
  /** Timers of the shard that have not fired. */
  readonly #timers = new Set<Timer>()
  /** Where the first record of the open batch will stand. */
  #nextOffset = 0
  #open: OpenBatch | undefined
  /** Handed to the log, not written yet; oldest first. */
  readonly #inFlight: OpenBatch[] = []
  /** Grows with each shard: what belongs to a former one is of no effect. */
  #generation = 0
  #reloadsInARow = 0
  /** Steps that must not be lost while the shard loads: deleted topics. */
  readonly #afterLoad: ((shard: Shard, step: Step<Record>) => void)[] = []

  constructor(options: ShardHostOptions<Record, Shard>) {
    this.#options = options
    this.#shard = this.#newShard()
  }

  get isActive(): boolean {
    return this.#state === 'active'
  }

  get isLoading(): boolean {
    return this.#state === 'loading'
  }

  /** Looks at the state as appended so far, in which nothing may be changed. */
  look<Seen>(see: (shard: Shard) => Seen): Seen {
    return see(this.#shard)
  }

  /** Reads the log; resolves when the shard serves, has failed for good, or is closed. */
  async load(): Promise<void> {
    const generation = ++this.#generation
    const { clock, logger, partition } = this.#options
    const startMs = clock.monotonic()
    const isCancelled = () => this.#generation !== generation
    try {
      const { log } = partition
      const { recordCount, byteCount } = await loadShard({ ...this.#options, log, shard: this.#shard, isCancelled })
      if (isCancelled()) return
      this.#nextOffset = log.nextOffset
      this.#state = 'active'
      this.#run(step => this.#shard.onLoaded(step))
      if (recordCount > 0) {
        const ms = Math.round(clock.monotonic() - startMs)
        logger.info('coordinator partition loaded', { ...this.#place, recordCount, byteCount, ms })
      }
      for (const operation of this.#afterLoad.splice(0)) this.#run(step => operation(this.#shard, step))
    } catch (error) {
      if (isCancelled()) return
      logger.error('a coordinator partition cannot be loaded; it is tried again', { ...this.#place, error })
      this.#reloadLater()
    }
  }

  /**
   * Runs one request on the shard. `fail` is called at once when it cannot run (COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR) or throws; else the
   * step's own replies say how it went, when its records are committed.
   */
  run(
    operation: (shard: Shard, step: Step<Record>) => void,
    fail: (error: ProtocolError) => void,
    producer?: StepProducer,
  ): void {
    const refusal = this.#refusal()
    if (refusal === undefined) this.#run(step => operation(this.#shard, step), fail, producer)
    else fail(refusal)
  }

  /** Ends a producer's transaction in this partition: what it wrote counts from now on, or never. `done` is called once, when the marker is written. */
  writeMarker(
    marker: TransactionMarker,
    transactionVersion: number,
    done: (error: ProtocolError | undefined) => void,
  ): void {
    const refusal = this.#refusal()
    if (refusal !== undefined) {
      done(refusal)
      return
    }
    this.#flush()
    // The flush may have failed, and the shard be gone.
    const gone = this.#refusal()
    if (gone !== undefined) {
      done(gone)
      return
    }
    const reply: PendingReply = { send: () => done(undefined), fail: done }
    this.#open = { builder: transactionMarker(marker), replies: [reply], transactionVersion }
    this.#nextOffset++
    this.#shard.endTransaction(marker.producerId, marker.committed)
    this.#flush()
  }

  /** As `run`, for what nobody waits for and what must happen after a load as well. */
  runOrAfterLoad(operation: (shard: Shard, step: Step<Record>) => void): void {
    if (this.#state === 'loading') this.#afterLoad.push(operation)
    else if (this.#state === 'active') this.#run(step => operation(this.#shard, step))
  }

  /** Follows the cluster's metadata; a shard that is being loaded is told nothing, since it knows nothing older. */
  metadataChanged(delta: MetadataDelta): void {
    if (this.#state === 'active') this.#shard.metadataChanged?.(delta)
  }

  /** The partition is led by somebody else, or the broker stops. Idempotent. */
  close(): void {
    if (this.#state === 'closed') return
    this.#flush()
    this.#state = 'closed'
    this.#discard(new ProtocolError(errorCodes.NOT_COORDINATOR))
  }

  #refusal(): ProtocolError | undefined {
    if (this.#state === 'active') return undefined
    const isLoading = this.#state === 'loading'
    return new ProtocolError(isLoading ? errorCodes.COORDINATOR_LOAD_IN_PROGRESS : errorCodes.NOT_COORDINATOR)
  }

  #run(
    handler: (step: Step<Record>) => void,
    fail: (error: ProtocolError) => void = this.#noOneWaits,
    producer?: StepProducer,
  ): void {
    const step = new Step<Record>(this.#options.clock.now())
    try {
      handler(step)
      if (producer === undefined || step.records.length === 0) this.#write(step)
      else this.#writeInTransaction(step, producer)
    } catch (error) {
      if (error instanceof ProtocolError) {
        fail(error)
        return
      }
      // A bug has shown itself in the middle of a change: what the shard is now, nobody knows.
      logUnexpected(this.#options.logger, error, this.#place)
      fail(new ProtocolError(errorCodes.UNKNOWN_SERVER_ERROR))
      this.#startAnew(new ProtocolError(errorCodes.NOT_COORDINATOR))
    }
  }

  readonly #noOneWaits = (error: ProtocolError): void => {
    this.#options.logger.warn('a step of a coordinator was refused', { ...this.#place, error })
  }

  #write(step: Step<Record>): void {
    if (step.records.length === 0) {
      // What it looked at may not be committed yet; and if it gets lost the answer would be wrong.
      const last = this.#open ?? this.#inFlight.at(-1)
      if (last !== undefined) last.replies.push(...step.replies)
      else this.#sendAll(step.replies)
      return
    }
    const options = this.#options.batchOptions()
    const encoded = encodeStep(step, this.#options.serde, options)
    const timestamp = step.now
    if (!step.isDivisible && this.#open !== undefined) {
      const size = encoded.reduce((sum, record) => sum + sizeOf(record), 0)
      if (!hasRoom(this.#open, size, options)) this.#flushOrThrow()
    }
    for (const [index, record] of encoded.entries()) {
      if (this.#open !== undefined && !hasRoom(this.#open, sizeOf(record), options)) this.#flushOrThrow()
      const { builder } = this.#openBatch(options)
      builder.append({ timestamp, ...record })
      const origin = { ...nobody, offset: this.#nextOffset++, timestampMs: timestamp }
      this.#shard.replay(step.records[index] as Record, origin)
    }
    this.#openBatch(options).replies.push(...step.replies)
  }

  /** The records of a transaction are a batch of their own: its header names the producer. */
  #writeInTransaction(step: Step<Record>, producer: StepProducer): void {
    const options = this.#options.batchOptions()
    const encoded = encodeStep(step, this.#options.serde, options)
    this.#flushOrThrow()
    const batch = newBatch(options, producer)
    for (const [index, record] of encoded.entries()) {
      batch.builder.append({ timestamp: step.now, ...record })
      const origin = { ...producer, offset: this.#nextOffset++, timestampMs: step.now }
      this.#shard.replay(step.records[index] as Record, origin)
    }
    batch.replies.push(...step.replies)
    this.#open = batch
    this.#flushOrThrow()
  }

  #openBatch(options: BatchOptions): OpenBatch {
    if (this.#open === undefined) {
      const batch = newBatch(options)
      this.#open = batch
      this.#options.clock.defer(() => {
        if (this.#open === batch) this.#flush()
      })
    }
    return this.#open
  }

  /** In the middle of a step: if it fails, the shard on which the step stands is gone. */
  #flushOrThrow(): void {
    const generation = this.#generation
    this.#flush()
    if (this.#generation !== generation) throw new ProtocolError(errorCodes.NOT_COORDINATOR)
  }

  /** Hands the open batch to the log. */
  #flush(): void {
    const batch = this.#open
    if (batch === undefined) return
    this.#open = undefined
    const generation = this.#generation
    const { partition } = this.#options
    try {
      const firstOffset = this.#nextOffset - batch.builder.recordCount
      this.#inFlight.push(batch)
      const { builder, transactionVersion } = batch
      const appended = partition.appendAsCoordinator(builder.build(), error => this.#settle(batch, generation, error), {
        transactionVersion,
      })
      assert(appended.firstOffset === firstOffset, 'nobody else writes to the partition of a coordinator')
    } catch (error) {
      if (!(error instanceof ProtocolError)) logUnexpected(this.#options.logger, error, this.#place)
      this.#settle(batch, generation, error as Error)
    }
  }

  #settle(batch: OpenBatch, generation: number, error: Error | undefined): void {
    const index = this.#inFlight.indexOf(batch)
    if (index >= 0) this.#inFlight.splice(index, 1)
    if (error === undefined) {
      this.#reloadsInARow = 0
      this.#sendAll(batch.replies)
      return
    }
    failAll(batch.replies, refusalOf(error))
    if (generation !== this.#generation || this.#state === 'closed') return
    this.#options.logger.warn('a coordinator could not write; it is loaded anew', { ...this.#place, error })
    this.#startAnew(new ProtocolError(errorCodes.NOT_COORDINATOR, undefined, { cause: error }))
  }

  /** What one answer cannot do is a matter of its request alone: the others are sent, and the state, which is written, holds (D8). */
  #sendAll(replies: readonly PendingReply[]): void {
    for (const reply of replies) {
      try {
        reply.send()
      } catch (error) {
        logUnexpected(this.#options.logger, error, this.#place)
        reply.fail(new ProtocolError(errorCodes.UNKNOWN_SERVER_ERROR))
      }
    }
  }

  /** State and log may differ: what is in memory is thrown away, and the log read again when nothing is on its way to it. */
  #startAnew(reason: ProtocolError): void {
    if (this.#state === 'closed') return
    this.#state = 'loading'
    this.#discard(reason)
    this.#shard = this.#newShard()
    this.#reloadLater()
  }

  #discard(reason: ProtocolError): void {
    this.#generation++
    const batch = this.#open
    this.#open = undefined
    if (batch !== undefined) failAll(batch.replies, reason)
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
    this.#shard.unload(reason)
  }

  #reloadLater(): void {
    const generation = ++this.#generation
    const delayMs = Math.min(reloadMs * 2 ** this.#reloadsInARow++, reloadMsMax)
    this.#options.wheel.set(delayMs, () => {
      if (this.#generation !== generation || this.#state === 'closed') return
      if (this.#inFlight.length > 0) this.#reloadLater()
      else {
        this.#shard = this.#newShard()
        void this.load()
      }
    })
  }

  #newShard(): Shard {
    const { wheel } = this.#options
    return this.#options.createShard({
      set: (delayMs, operation) => {
        const timer = wheel.set(delayMs, () => {
          this.#timers.delete(handle)
          this.#run(operation)
        })
        const handle: Timer = {
          cancel: () => {
            timer.cancel()
            this.#timers.delete(handle)
          },
        }
        this.#timers.add(handle)
        return handle
      },
    })
  }

  get #place() {
    const { topic, index } = this.#options.partition
    return { topic, partition: index }
  }
}

const nobody = { producerId: -1n, producerEpoch: -1 }

/** A log that has just failed has seldom recovered at once. */
const reloadMs = 20
const reloadMsMax = 10_000

function failAll(replies: readonly PendingReply[], error: ProtocolError): void {
  for (const reply of replies) reply.fail(error)
}

/**
 * What those are told whose records could not be written. Who wrote with an epoch that the log has seen the end of hears that, and not to come again: with the same
 * epoch it would have the shard loaded anew each time.
 */
function refusalOf(error: Error): ProtocolError {
  if (error instanceof ProtocolError && error.errorCode === errorCodes.INVALID_PRODUCER_EPOCH) return error
  return new ProtocolError(errorCodes.NOT_COORDINATOR, undefined, { cause: error })
}
