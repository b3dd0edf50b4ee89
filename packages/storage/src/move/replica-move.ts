/**
 * One move of a log into another directory of its broker. A copy is made beside the log that serves, which goes on as before:
 *
 * ```
 * copying      what is written is read in pieces and appended to the copy, at the pace that the throttle allows
 * assigned     the copy has caught up: the cluster's metadata says that the replica lies in the new directory
 * taking over  in one turn: what came meanwhile is copied, the log is set out of its name and the copy takes it
 * ```
 *
 * The metadata is told before, so that a start which finds a copy and no log, because the process died in the last step, knows that the copy is whole. The log
 * loses its name before the copy takes it, durably, so that no start finds both: Kafka refuses to start on two logs of one partition.
 */
import type { Clock, Logger, Timer } from '@dorsale/base'
import { BatchCursor, errorCodes, ProtocolError } from '@dorsale/protocol'
import type { Log } from '../log/log.ts'
import type { LogRead, MoveOptions, ReadOptions } from '../types.ts'

/** Bytes that are copied at once: Kafka's `replica.fetch.max.bytes` by default. */
const pieceBytesMax = 1024 * 1024
/** Bytes that are copied on the event loop while the copy takes over; more is copied beside the loop first. */
const tailBytesMax = 1024 * 1024
/** How long to wait before the throttle is asked again, and before what failed is tried again. */
const throttledMs = 100
const retryMs = 1000

export interface ReplicaMoveOptions {
  readonly current: Log
  readonly future: Log
  readonly clock: Clock
  readonly logger: Logger
  readonly moves: Pick<MoveOptions, 'throttle' | 'assign'>
  /** Keeps the log start offset of the copy, which its segments may not tell. */
  readonly checkpointStart: (future: Log) => Promise<void>
  /** Gives the copy the place of the log, in this turn. Throws when a directory fails. */
  readonly replace: (current: Log, future: Log) => void
}

export class ReplicaMove {
  readonly current: Log
  readonly future: Log
  readonly #options: ReplicaMoveOptions
  readonly #cancelled: Promise<void>
  #isCancelled = false
  #onCancelled: () => void = () => {}

  constructor(options: ReplicaMoveOptions) {
    this.current = options.current
    this.future = options.future
    this.#options = options
    this.#cancelled = new Promise(resolve => {
      this.#onCancelled = resolve
    })
  }

  /** The log stays where it is; whoever cancels sees to the copy. Waits end at once. */
  cancel(): void {
    this.#isCancelled = true
    this.#onCancelled()
  }

  /** Resolves when the copy has taken over, or the move has ended in another way. */
  async run(): Promise<void> {
    const { logger } = this.#options
    while (!this.#isOver) {
      try {
        if (await this.#attempt()) return
      } catch (cause) {
        if (this.#isOver) return
        // What the disk refuses ends the move with its directory. The rest may pass: the controller is not there, the log was cut while it was read.
        logger.warn('a move between directories goes on after a failure', { log: this.current.path, cause })
        await this.#pause(retryMs)
      }
    }
  }

  get #isOver(): boolean {
    return this.#isCancelled || this.current.offline || this.future.offline
  }

  /** True when there is nothing left to do. */
  async #attempt(): Promise<boolean> {
    const { current, future } = this
    await current.holdCompaction()
    if (!(await this.#catchUp())) return true
    await Promise.race([this.#options.moves.assign(future), this.#cancelled])
    while (await this.#catchUp()) {
      await future.flush()
      const startOffset = future.logStartOffset
      await this.#options.checkpointStart(future)
      if (this.#isOver) return true
      // What was deleted meanwhile must not be back. Retention may have taken more from the copy, whose segments end elsewhere.
      if (startOffset >= current.logStartOffset && this.#copyTail()) {
        this.#options.replace(current, future)
        return true
      }
      // The log is being cut, or grew by more than a turn takes.
      await this.#pause(0)
    }
    return true
  }

  /** Copies until the copy ends where the log ended when the last piece was begun. False when the move is over. */
  async #catchUp(): Promise<boolean> {
    while (!this.#isOver) {
      await this.#align()
      await this.#awaitThrottle()
      if (this.#isOver) break
      const { logEndOffset } = this.current
      if (this.future.nextOffset < logEndOffset) await this.#copyPiece(logEndOffset)
      if (this.future.nextOffset >= logEndOffset) return true
    }
    return false
  }

  async #awaitThrottle(): Promise<void> {
    while (this.#options.moves.throttle.isExceeded && !this.#isOver) await this.#pause(throttledMs)
  }

  async #pause(ms: number): Promise<void> {
    let timer: Timer | undefined
    const passed = new Promise<void>(resolve => {
      timer = this.#options.clock.setTimer(ms, resolve)
    })
    await Promise.race([passed, this.#cancelled])
    timer?.cancel()
  }

  /** Brings start and end of the copy to where they can go on together with the log's. */
  async #align(): Promise<void> {
    const { current, future } = this
    if (future.nextOffset < current.logStartOffset) await future.truncateFullyAndStartAt(current.logStartOffset)
    // The log was cut, or, before a restart, had not kept all that was copied.
    const shared = Math.max(this.#sharedEnd(), future.logStartOffset)
    if (shared < future.nextOffset) await future.truncateTo(shared)
    this.#follow()
  }

  /** Up to where the copy holds what the log holds. */
  #sharedEnd(): number {
    const { current, future } = this
    const epoch = future.latestEpoch
    const known = current.endOffsetForEpoch(epoch)
    const end = Math.min(future.nextOffset, current.logEndOffset)
    // Without epochs, or where compaction has left none of this one, ends are all there is to compare.
    if (known.endOffset < 0) return end
    if (known.leaderEpoch === epoch) return Math.min(end, known.endOffset)
    return Math.min(end, known.endOffset, future.endOffsetForEpoch(known.leaderEpoch).endOffset)
  }

  /** The copy's marks follow the log's; what the log has released goes. */
  #follow(): void {
    const { current, future } = this
    future.advanceHighWatermark(current.highWatermark)
    const startOffset = Math.min(current.logStartOffset, future.highWatermark)
    if (startOffset > future.logStartOffset) future.advanceLogStart(startOffset)
  }

  async #copyPiece(upperBound: number): Promise<void> {
    const { current, future } = this
    let read: LogRead
    try {
      read = await current.read(this.#piece(upperBound))
    } catch (error) {
      // Retention was quicker: the copy starts where the log starts now.
      if (error instanceof ProtocolError && error.errorCode === errorCodes.OFFSET_OUT_OF_RANGE) return
      throw error
    }
    if (this.#isOver) return
    const records = wholeBatches(read.records)
    if (records.length === 0) {
      // A death took the end of a segment whose successor was begun: the log goes on behind it, and so does the copy.
      await future.skipTo(upperBound)
      return
    }
    await this.#beginWith(records)
    await new Promise<void>((resolve, reject) => {
      const onAppended = (error: Error | undefined) => (error === undefined ? resolve() : reject(error))
      future.append({ records, origin: 'replication', leaderEpoch: -1 }, onAppended)
    })
    read.lease?.giveBack()
    this.#options.moves.throttle.spent(records.length)
    this.#follow()
  }

  /** A piece is no larger than a segment, unless it is one batch. */
  #piece(upperBound: number): ReadOptions {
    const { config, nextOffset } = this.future
    const maxBytes = Math.min(pieceBytesMax, config.segmentBytes)
    return { offset: nextOffset, maxBytes, minOneBatch: true, upperBound }
  }

  /** A log may start inside a batch: the copy begins with the batch, and its start follows. */
  async #beginWith(records: Uint8Array): Promise<void> {
    const { future } = this
    const cursor = new BatchCursor(records)
    cursor.next()
    const { baseOffset } = cursor.header
    if (baseOffset < future.nextOffset && future.sizeInBytes === 0) await future.truncateFullyAndStartAt(baseOffset)
  }

  /** Copies in this turn what came since the copy was flushed, onto the platter. False when it is too much for a turn. */
  #copyTail(): boolean {
    const { current, future } = this
    if (!current.isSteady) return false
    const { active } = future.segments
    let bytes = 0
    while (future.nextOffset < current.logEndOffset) {
      if (bytes > tailBytesMax) return false
      const records = wholeBatches(current.readNow(this.#piece(current.logEndOffset)).records)
      if (records.length === 0) return false
      future.append({ records, origin: 'replication', leaderEpoch: -1 }, () => {})
      bytes += records.length
    }
    this.#options.moves.throttle.spent(bytes)
    // A segment that was closed meanwhile is not on the platter.
    if (future.segments.active !== active || !future.writeNow()) return false
    this.#follow()
    return true
  }
}

/** Without a batch that is cut. */
function wholeBatches(records: Uint8Array): Uint8Array {
  const cursor = new BatchCursor(records)
  while (cursor.next()) {}
  return records.subarray(0, cursor.position)
}
