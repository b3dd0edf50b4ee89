/** What of a log is on the platter: which of its segments are not, whether its own name is, and from where on a start has to look. */
import { syncPartitionMetadata } from '../files/partition-metadata.ts'
import type { Segment } from '../segment/segment.ts'
import type { LogWorld } from './log-world.ts'

export interface LogSyncOptions {
  readonly world: LogWorld
  /** The log's own directory. */
  readonly path: string
  /** The directory's name and the topic id are on the platter. */
  readonly placeIsDurable: boolean
  readonly recoveryPoint: number
  /** Segments that were recovered: neither their bytes nor their indexes may be on the platter. */
  readonly recovered: Iterable<Segment>
}

export class LogSync {
  readonly #world: LogWorld
  #path: string
  /** Segments with bytes that may not be on the platter. */
  readonly #unsynced = new Set<Segment>()
  /** Segments closed in this life that may be in doubt. */
  readonly #closed = new Set<Segment>()
  /** The sync under way. */
  #syncing: Promise<void> = Promise.resolve()
  #recoveryPoint: number
  #lastFlushMs: number
  #placeIsDurable: boolean

  constructor(options: LogSyncOptions) {
    this.#world = options.world
    this.#path = options.path
    this.#placeIsDurable = options.placeIsDurable
    this.#recoveryPoint = options.recoveryPoint
    this.#lastFlushMs = options.world.clock.monotonic()
    for (const segment of options.recovered) this.noteClosed(segment)
  }

  /** Everything below it is on the platter, and good: the next start believes it. */
  get recoveryPoint(): number {
    // A segment behind it is believed with its indexes: none that are in doubt.
    let point = this.#recoveryPoint
    for (const segment of this.#closed) if (segment.isClosedInDoubt) point = Math.min(point, segment.baseOffset)
    return point
  }

  /** The log's directory was renamed. */
  movedTo(path: string): void {
    this.#path = path
  }

  /** Milliseconds since the written records were last flushed; 0 when all are. */
  get unflushedMs(): number {
    return this.#unsynced.size === 0 ? 0 : this.#world.clock.monotonic() - this.#lastFlushMs
  }

  /** Whether what is written up to `endOffset` is too much to wait for a later sync, when `recordsMax` may wait. */
  isDue(endOffset: number, recordsMax: number): boolean {
    return endOffset - this.#recoveryPoint >= recordsMax
  }

  /** Bytes were written to the segment. */
  noteWritten(segment: Segment): void {
    if (this.#unsynced.size === 0) this.#lastFlushMs = this.#world.clock.monotonic()
    this.#unsynced.add(segment)
  }

  /** The segment was closed, and its indexes written. */
  noteClosed(segment: Segment): void {
    this.#closed.add(segment)
    this.#unsynced.add(segment)
  }

  /** The segment is no part of the log any more. */
  forget(segment: Segment): void {
    this.#unsynced.delete(segment)
    this.#closed.delete(segment)
  }

  /** What lies below `endOffset` was synced. */
  reached(endOffset: number): void {
    this.#recoveryPoint = Math.max(this.#recoveryPoint, endOffset)
  }

  /** The log was cut at `endOffset`. */
  cut(endOffset: number): void {
    this.#recoveryPoint = Math.min(this.#recoveryPoint, endOffset)
  }

  /** Moves all that is written to the platter, and these segments in any case. One after the other: a later caller's segments may be in the hands of an earlier one. */
  sync(segments: Iterable<Segment>): Promise<void> {
    for (const segment of segments) this.#unsynced.add(segment)
    const synced = this.#syncing.then(() => this.#syncNow())
    this.#syncing = synced.catch(() => {})
    return synced
  }

  async #syncNow(): Promise<void> {
    const { disk } = this.#world
    // The log's own name, and the topic id, reach the platter with its first sync.
    const isFirst = !this.#placeIsDurable
    if (isFirst) syncPartitionMetadata(disk, this.#path)
    let directoryIsSynced = false
    for (const segment of [...this.#unsynced]) {
      // What is written while this goes on makes the segment unsynced again; what was taken out meanwhile has no files any more.
      if (!this.#unsynced.delete(segment)) continue
      directoryIsSynced ||= !segment.nameIsDurable
      await segment.sync()
      if (!segment.isClosedInDoubt) this.#closed.delete(segment)
    }
    if (isFirst) {
      if (!directoryIsSynced) disk.syncDirectorySync(this.#path)
      this.#world.syncNames()
      this.#placeIsDurable = true
    }
    this.#lastFlushMs = this.#world.clock.monotonic()
  }
}
