/** The moves of logs between the directories of a broker: the copies that are there, and who is at work on them. */
import { assert, type Clock, type Logger } from '@dorsale/base'
import type { Log } from '../log/log.ts'
import { MoveQueue } from '../move/move-queue.ts'
import { ReplicaMove } from '../move/replica-move.ts'
import type { LogDirectory, MoveOptions } from '../types.ts'
import type { LogDir } from './log-dir.ts'

export interface LogMovesOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly moves: MoveOptions
  readonly dirOf: (directory: LogDirectory) => LogDir
  /** Takes a copy's name away, on the platter too, and removes it; what the disk refuses takes the directory offline. */
  readonly remove: (log: Log) => void
  /** `future` is the partition's log in the place of `current`. */
  readonly onReplaced: (current: Log, future: Log) => void
}

export class LogMoves {
  readonly #options: LogMovesOptions
  readonly #queue: MoveQueue
  /** Each copy with its move; without one, nobody has said yet what is to become of it. */
  readonly #futures = new Map<Log, ReplicaMove | undefined>()

  constructor(options: LogMovesOptions) {
    this.#options = options
    this.#queue = new MoveQueue(options.moves.concurrency)
  }

  get futures(): Iterable<Log> {
    return this.#futures.keys()
  }

  /** The start has found a copy. */
  found(future: Log): void {
    this.#futures.set(future, undefined)
  }

  /** Has `current` moved to `dir`. */
  begin(current: Log, dir: LogDir): void {
    const { topic, partition, topicId } = current
    if (this.#futureOf(current, dir) !== undefined) return
    this.end(current)
    if (dir.world.directory === current.directory) return
    const future = dir.create(topic, partition, { topicId, isFuture: true })
    this.#options.logger.info('moving a log to another directory', { log: current.path, to: future.path })
    this.#start(current, future)
  }

  /** Goes on with a copy that the start has found; others of the same log are removed. */
  resume(current: Log, future: Log): void {
    this.#options.logger.info('going on with moving a log to another directory', { log: current.path, to: future.path })
    for (const other of this.#futuresOf(current)) if (other !== future) this.#removeCopy(other)
    // What `current` writes from now on stands where the copy may hold what a power loss took away from `current`.
    future.truncateTo(current.logEndOffset).catch(() => {})
    this.#start(current, future)
  }

  /** A copy becomes the log of its partition, which has none. */
  promote(future: Log): void {
    assert(this.#futures.get(future) === undefined, 'nobody copies where there is nothing to copy')
    this.#futures.delete(future)
    this.#dirOf(future).promote(future)
    future.isFuture = false
    for (const other of this.#futuresOf(future)) this.#removeCopy(other)
    this.#options.logger.info('a copy of a log takes its place', { log: future.path })
  }

  /** A log stays where it is, or is deleted: the copies of it go. */
  end(current: Log): void {
    for (const future of this.#futuresOf(current)) this.#removeCopy(future)
  }

  /** A log or a copy is gone with its directory, or was set aside: whoever works on it stops. */
  forget(log: Log): void {
    for (const [future, move] of this.#futures) {
      if (move !== undefined && (move.current === log || future === log)) this.#cancel(move)
    }
    this.#futures.delete(log)
  }

  close(): Promise<void> {
    return this.#queue.close()
  }

  #start(current: Log, future: Log): void {
    const { clock, logger, moves } = this.#options
    void current.holdCompaction()
    const move = new ReplicaMove({
      current,
      future,
      clock,
      logger,
      moves,
      checkpointStart: log => this.#dirOf(log).checkpointLogStartOffsets(),
      replace: () => this.#replace(current, future),
    })
    this.#futures.set(future, move)
    this.#queue.add(move)
  }

  #replace(current: Log, future: Log): void {
    const source = this.#dirOf(current)
    const target = this.#dirOf(future)
    attempt(source, () => source.setOut(current))
    try {
      attempt(target, () => target.promote(future))
    } catch (error) {
      attempt(source, () => source.promote(current))
      throw error
    }
    this.#futures.delete(future)
    future.takeOver(current)
    source.retire(current)
    this.#options.logger.info('moved a log to another directory', { log: future.path })
    this.#options.onReplaced(current, future)
  }

  #removeCopy(future: Log): void {
    const move = this.#futures.get(future)
    if (move !== undefined) this.#cancel(move)
    this.#futures.delete(future)
    this.#options.remove(future)
  }

  #cancel(move: ReplicaMove): void {
    this.#queue.cancel(move)
    move.current.releaseCompaction()
    this.#futures.set(move.future, undefined)
  }

  #futureOf(current: Log, dir: LogDir): Log | undefined {
    return this.#futuresOf(current).find(({ directory }) => directory === dir.world.directory)
  }

  #futuresOf({ topic, partition }: Log): Log[] {
    return [...this.#futures.keys()].filter(future => future.topic === topic && future.partition === partition)
  }

  #dirOf({ directory }: Log): LogDir {
    return this.#options.dirOf(directory)
  }
}

/** What the disk refuses takes the directory offline. */
function attempt(dir: LogDir, operation: () => void): void {
  try {
    operation()
  } catch (error) {
    dir.world.fail(error as Error)
    throw error
  }
}
