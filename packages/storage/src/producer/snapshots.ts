import { type Disk, type Logger, writeAllSync } from '@dorsale/base'
import { fileSuffix, offsetOfFileName, segmentFileName } from '../files/names.ts'
import type { ProducerState } from './producer-state.ts'
import { decodeSnapshot, encodeSnapshot } from './snapshot.ts'

/** The snapshot files of one log. There is one per segment, at its base offset, and at most one behind them, where the log was closed. */
export class ProducerSnapshots {
  readonly #disk: Disk
  #directory: string
  readonly #logger: Logger
  /** Ascending. */
  #offsets: number[] = []
  /** Where the last one was taken, or where the log starts without any: an empty log has no snapshot. */
  #lastTaken = 0

  /** `names` are those found in the directory. */
  constructor(options: { disk: Disk; directory: string; logger: Logger; names: Iterable<string> }) {
    this.#disk = options.disk
    this.#directory = options.directory
    this.#logger = options.logger
    for (const name of options.names) {
      const offset = offsetOfFileName(name, fileSuffix.snapshot)
      if (offset !== undefined) this.#offsets.push(offset)
    }
    this.#offsets.sort((left, right) => left - right)
  }

  get offsets(): readonly number[] {
    return this.#offsets
  }

  /** Writes the state down, unless that was done at this offset before. The file reaches the platter with the segment that it precedes. */
  take(state: ProducerState): void {
    if (state.endOffset <= this.#lastTaken) return
    const entries = [...state.entries].sort((left, right) => (left.producerId < right.producerId ? -1 : 1))
    const file = this.#disk.openSync(this.path(state.endOffset), 'create')
    try {
      file.truncateSync(0)
      writeAllSync(file, [encodeSnapshot(entries)], 0)
    } finally {
      file.closeSync()
    }
    this.#offsets.push(state.endOffset)
    this.#lastTaken = state.endOffset
  }

  /**
   * Loads the last snapshot not above `offsetMax`; damaged ones are removed on the way, and those from before `logBegin`, where the first segment
   * begins: the batches that followed them are gone, and what they say of a producer is no longer its last word. Without any, the state is
   * empty at `offsetMin`, and each producer is let in with the number it comes with.
   */
  restore(state: ProducerState, bounds: { logBegin: number; offsetMin: number; offsetMax: number; now: number }): void {
    this.removeAfter(bounds.offsetMax)
    for (const offset of this.#offsets.filter(each => each < bounds.logBegin)) this.#remove(offset)
    for (let offset = this.#offsets.at(-1); offset !== undefined; offset = this.#offsets.at(-1)) {
      const entries = decodeSnapshot(this.#disk.readFileSync(this.path(offset)))
      if (entries !== undefined) {
        state.load(entries, offset, bounds.now)
        this.#lastTaken = offset
        return
      }
      this.#logger.warn('removed a damaged producer snapshot', { path: this.path(offset) })
      this.#remove(offset)
    }
    state.load([], bounds.offsetMin, bounds.now)
    this.#lastTaken = bounds.offsetMin
  }

  /** Removes the snapshots above `offset`: the log was cut there. */
  removeAfter(offset: number): void {
    for (const candidate of this.#offsets.filter(each => each > offset)) this.#remove(candidate)
  }

  removeAll(): void {
    for (const offset of [...this.#offsets]) this.#remove(offset)
  }

  /** Removes the snapshot of a removed segment. */
  remove(offset: number): void {
    if (this.#offsets.includes(offset)) this.#remove(offset)
  }

  /** Removes what belongs to no segment, but for the last, which may be where the log was closed. */
  removeStrays(baseOffsets: ReadonlySet<number>): void {
    const last = this.#offsets.at(-1)
    for (const offset of [...this.#offsets]) if (offset !== last && !baseOffsets.has(offset)) this.#remove(offset)
  }

  /** The log's directory was renamed. */
  movedTo(directory: string): void {
    this.#directory = directory
  }

  path(offset: number): string {
    return `${this.#directory}/${segmentFileName(offset, fileSuffix.snapshot)}`
  }

  #remove(offset: number): void {
    this.#disk.removeSync(this.path(offset))
    this.#offsets = this.#offsets.filter(each => each !== offset)
  }
}
