/**
 * Compacts the logs of a broker, one at a time, the dirtiest first; when no log needs it, it looks again after a while. A log whose batches cannot
 * be read is left alone until the next start, and said so once.
 */
import { type Clock, DiskError, type Logger, type Prng } from '@dorsale/base'
import { isFullVolume } from '../files/full-volume.ts'
import { type Compaction, CompactionAborted } from '../log/compaction.ts'
import type { Log } from '../log/log.ts'
import type { CleanerConfig } from '../log-config.ts'
import { cleanLog } from './clean-log.ts'
import { type CleaningPlan, isWorthwhile, planCleaning } from './cleaning-plan.ts'

/** Logs that are looked at before the world is let in. */
const logsPerTurn = 64

export interface LogCleanerOptions {
  readonly clock: Clock
  readonly prng: Prng
  readonly logger: Logger
  readonly config: CleanerConfig
  readonly logs: () => Iterable<Log>
  /** The log's `compactedTo` moved; it is to be kept. Must not reject. */
  readonly onCompacted: (log: Log) => Promise<void>
}

export class LogCleaner {
  readonly #options: LogCleanerOptions
  readonly #uncleanable = new WeakSet<Log>()
  #compaction: Compaction | undefined
  #running: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(options: LogCleanerOptions) {
    this.#options = options
  }

  /** Compacts until no log needs it. Calls follow one another. */
  run(): Promise<void> {
    this.#running = this.#running.then(() => this.#run())
    return this.#running
  }

  /** Gives up the pass under way: what it had left to do is found by a later run. */
  abortPass(): void {
    this.#compaction?.abort()
  }

  /** Gives up the pass under way and begins no other. Resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.abortPass()
    await this.#running
  }

  async #run(): Promise<void> {
    // A pass that failed for a reason that may go away is tried again next time.
    const passedOver = new Set<Log>()
    while (!this.#stopped) {
      const log = await this.#dirtiest(passedOver)
      if (log === undefined || this.#stopped) return
      if (!(await this.#clean(log))) passedOver.add(log)
    }
  }

  async #dirtiest(passedOver: ReadonlySet<Log>): Promise<Log | undefined> {
    const { clock, logs } = this.#options
    let found: Log | undefined
    let dirtyRatio = -1
    let count = 0
    for (const log of [...logs()]) {
      if (++count % logsPerTurn === 0) await new Promise<void>(resolve => clock.defer(resolve))
      if (!log.isCompactable || this.#uncleanable.has(log) || passedOver.has(log)) continue
      const plan = this.#plan(log)
      if (plan === undefined || !isWorthwhile(plan, log.config)) continue
      if (plan.dirtyRatio <= dirtyRatio) continue
      found = log
      dirtyRatio = plan.dirtyRatio
    }
    return found
  }

  #plan(log: Log): CleaningPlan | undefined {
    const { clock, logger } = this.#options
    try {
      const plan = planCleaning(log, clock.now())
      if (!plan.isReset) return plan
      // Where records are also deleted by age, the start of the log overtakes compaction as a matter of course.
      if (!log.config.cleanupDelete) {
        logger.warn('compacting a log from its start: where the last pass came to lies outside of it', {
          log: log.path,
          compactedTo: log.compactedTo,
          logStartOffset: log.logStartOffset,
        })
      }
      log.compactedTo = plan.firstDirtyOffset
      return plan
    } catch (error) {
      this.#onFailed(log, error)
      return undefined
    }
  }

  /** False when no pass came to its end. */
  async #clean(log: Log): Promise<boolean> {
    const { clock, prng, config, logger } = this.#options
    // What was planned is looked at again: the log may have changed while others were looked at.
    const plan = log.isCompactable ? this.#plan(log) : undefined
    if (plan === undefined || !isWorthwhile(plan, log.config)) return false
    const compaction = log.beginCompaction()
    this.#compaction = compaction
    const startMs = clock.monotonic()
    try {
      const { endOffset, ...result } = await cleanLog({ log, plan, compaction, config, clock, prng })
      log.compactedTo = endOffset
      logger.info('compacted a log', {
        log: log.path,
        endOffset,
        ms: Math.round(clock.monotonic() - startMs),
        ...result,
      })
      await this.#options.onCompacted(log)
      return true
    } catch (error) {
      this.#onFailed(log, error)
      return false
    } finally {
      this.#compaction = undefined
      log.endCompaction()
    }
  }

  #onFailed(log: Log, error: unknown): void {
    const { logger } = this.#options
    if (error instanceof CompactionAborted || log.offline) return
    if (error instanceof DiskError) {
      if (isFullVolume(error)) logger.warn('a log could not be compacted: the volume is full', { log: log.path })
      else log.failDirectory(error)
      return
    }
    this.#uncleanable.add(log)
    logger.error('a log cannot be compacted and is left as it is until the next start', { log: log.path, cause: error })
  }
}
