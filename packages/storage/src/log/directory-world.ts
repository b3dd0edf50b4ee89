import type { Clock, Disk, Logger, Prng, Timer } from '@dorsale/base'
import type { FilePool } from '../files/file-pool.ts'
import type { IndexCache } from '../files/index-cache.ts'
import type { ReadBuffers } from '../files/read-buffers.ts'
import type { ProducerSettings } from '../producer/producer-state.ts'
import type { LogDirectory } from '../types.ts'
import type { LogWorld } from './log-world.ts'
import type { TurnEnd } from './turn-end.ts'
import { WritePolicy } from './write-policy.ts'

/** Logs whose epochs are written in one turn. */
const epochsPerTurn = 32

export interface WorldOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly prng: Prng
  readonly logger: Logger
  readonly directory: LogDirectory
  readonly pool: FilePool
  readonly indexes: IndexCache
  readonly readBuffers: ReadBuffers
  readonly turnEnd: TurnEnd
  readonly producers: ProducerSettings
  /** As `LogWorld.fail`. */
  readonly fail: (error: Error) => void
}

/** Files to be removed when the timer has run out. */
interface Removal {
  paths: readonly string[]
  timer: Timer | undefined
}

/** A `LogWorld` whose delayed work can be called off. */
export class DirectoryWorld implements LogWorld {
  readonly disk: Disk
  readonly clock: Clock
  readonly prng: Prng
  readonly logger: Logger
  readonly directory: LogDirectory
  readonly pool: FilePool
  readonly indexes: IndexCache
  readonly readBuffers: ReadBuffers
  readonly turnEnd: TurnEnd
  readonly policy: WritePolicy
  readonly producers: ProducerSettings
  readonly fail: (error: Error) => void
  readonly #removals = new Set<Removal>()
  readonly #epochs = new Set<{ writeEpochs(): void }>()
  #epochsAwaited = false
  #namesChanged = false
  /** A log's name was taken away, and a power loss may bring it back. */
  #nameRemoved = false
  #stopped = false

  constructor(options: WorldOptions) {
    this.disk = options.disk
    this.clock = options.clock
    this.prng = options.prng
    this.logger = options.logger
    this.directory = options.directory
    this.pool = options.pool
    this.indexes = options.indexes
    this.readBuffers = options.readBuffers
    this.turnEnd = options.turnEnd
    this.policy = new WritePolicy(options.clock)
    this.producers = options.producers
    this.fail = options.fail
  }

  removeLater(paths: readonly string[], delayMs: number, before?: () => void): void {
    if (this.#stopped || paths.length === 0) return
    const removal: Removal = { paths, timer: undefined }
    removal.timer = this.clock.setTimer(delayMs, () => {
      this.#removals.delete(removal)
      before?.()
      for (const path of removal.paths) {
        this.disk.remove(path).catch(cause => this.logger.warn('a file could not be removed', { path, cause }))
      }
    })
    this.#removals.add(removal)
  }

  /** A log's directory has another name: so have those of its files that are to be removed. */
  logRenamed(from: string, to: string): void {
    for (const removal of this.#removals) {
      removal.paths = removal.paths.map(path => (path.startsWith(`${from}/`) ? to + path.slice(from.length) : path))
    }
  }

  /** Names in the log directory have changed, and nobody needs them on the platter yet. */
  namesChanged({ removed = false }: { removed?: boolean } = {}): void {
    this.#namesChanged = true
    if (removed) this.#nameRemoved = true
  }

  /** Logs that were taken away stay away: one of the same name may now be created in another directory. */
  syncRemovals(): void {
    if (this.#nameRemoved) this.syncNames()
  }

  syncNames(): void {
    if (!this.#namesChanged) return
    this.disk.syncDirectorySync(this.directory.path)
    this.#namesChanged = false
    this.#nameRemoved = false
  }

  epochsChanged(log: { writeEpochs(): void }): void {
    this.#epochs.add(log)
    this.#awaitEpochs()
  }

  /** Calls off what was to be done later; the next start finds and does it. */
  stop(): void {
    this.#stopped = true
    for (const { timer } of this.#removals) timer?.cancel()
    this.#removals.clear()
    this.#epochs.clear()
  }

  #awaitEpochs(): void {
    if (this.#epochsAwaited || this.#stopped || this.#epochs.size === 0) return
    this.#epochsAwaited = true
    this.clock.defer(() => {
      this.#epochsAwaited = false
      this.#writeEpochs()
      this.#awaitEpochs()
    })
  }

  #writeEpochs(): void {
    let count = 0
    for (const log of this.#epochs) {
      this.#epochs.delete(log)
      try {
        log.writeEpochs()
      } catch (cause) {
        // The directory is on its way offline. Recovery finds the epochs in the batches.
        this.logger.warn('leader epochs could not be written', { directory: this.directory.path, cause })
      }
      if (++count === epochsPerTurn) return
    }
  }
}
