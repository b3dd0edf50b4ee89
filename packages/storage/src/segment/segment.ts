/**
 * One segment of a log: a file of batches and its three indexes. Only the last segment of a log, the active one, is appended to; what an
 * append means for sizes and indexes is noted at once (`note`), the bytes follow (`written`).
 *
 * The indexes of the active segment live in memory and are written when it is closed or flushed; those of other segments are read when
 * they are needed, through the cache. An index that is missing or contradicts its log is rebuilt from it.
 */
import { assert, type Disk, type Logger, writeAllSync } from '@dorsale/base'
import type { BatchHeader } from '@dorsale/protocol'
import type { FilePool, PooledFile } from '../files/file-pool.ts'
import type { IndexCache } from '../files/index-cache.ts'
import { fileSuffix, segmentFileName, segmentSuffixes } from '../files/names.ts'
import { OffsetIndex, offsetEntrySize } from '../index/offset-index.ts'
import { noTimestamp, TimeIndex, timeEntrySize } from '../index/time-index.ts'
import { TransactionIndex } from '../index/transaction-index.ts'
import type { LogConfig } from '../log-config.ts'
import { findBatch } from './batch-walk.ts'
import { type FileWalk, runSync } from './file-walk.ts'

/** Relative offsets of the indexes are 32 bit. */
const relativeOffsetMax = 0x7fffffff

/** What all segments of a log directory share. */
export interface SegmentWorld {
  readonly disk: Disk
  readonly pool: FilePool
  readonly indexes: IndexCache
  readonly logger: Logger
}

export interface SegmentOptions {
  readonly world: SegmentWorld
  readonly directory: string
  readonly baseOffset: number
  readonly size: number
  /** Settings of the log now. */
  readonly config: () => LogConfig
  /** Wall clock, when the segment was created or loaded. */
  readonly createdMs: number
  /** A part of `segment.jitter.ms`. */
  readonly jitterMs: number
  readonly nameIsDurable: boolean
  /** What stands behind the names of its files while compaction makes it: `.cleaned`, `.swap`. Default: nothing. */
  readonly mark?: string
}

/** What is about to be appended, as far as rolling goes by it. */
export interface RollQuestion {
  readonly now: number
  readonly bytes: number
  readonly maxTimestamp: number
  readonly lastOffset: number
}

interface Indexes {
  readonly offsets: OffsetIndex
  readonly times: TimeIndex
}

export class Segment {
  readonly baseOffset: number
  readonly file: PooledFile
  /** Bytes appended, written or not. */
  size: number
  /** Bytes whose write has completed: what readers may see. */
  writtenSize: number
  /** Bytes that were there when the segment was opened: this process has not touched them, so they may be cold. */
  readonly loadedSize: number
  /** Its file has a name that survives the death of the machine. */
  nameIsDurable: boolean
  /** When its records were last written, for retention of records without a timestamp, if the file's own time does not say so. */
  inheritedModifiedMs: number | undefined
  #mark: string
  #isReplaced = false
  readonly #world: SegmentWorld
  readonly #config: () => LogConfig
  readonly #createdMs: number
  readonly #jitterMs: number
  #directory: string
  #indexes: Indexes | undefined
  #transactions: TransactionIndex | undefined
  /** The indexes in memory hold what the files do not. */
  #indexesChanged = false
  /** Index files were written and not synced. */
  #indexFilesUnsynced = false
  #transactionsChanged = false
  /** Appended to: the indexes stay in memory. */
  #active = false
  /** Its files are on their way out: nothing is written to them. */
  #removed = false
  #bytesSinceIndexEntry = 0
  #maxTimestamp: number | undefined
  #maxTimestampOffset: number
  #firstTimestamp: number | undefined

  constructor(options: SegmentOptions) {
    this.#world = options.world
    this.#directory = options.directory
    this.#config = options.config
    this.#createdMs = options.createdMs
    this.#jitterMs = options.jitterMs
    this.baseOffset = options.baseOffset
    this.size = options.size
    this.writtenSize = options.size
    this.loadedSize = options.size
    this.nameIsDurable = options.nameIsDurable
    this.#mark = options.mark ?? ''
    this.#maxTimestampOffset = options.baseOffset
    this.file = options.world.pool.file(this.path(fileSuffix.log))
  }

  /** Creates the files of an empty segment. What a death left under their names is emptied. */
  static create(options: Omit<SegmentOptions, 'size' | 'nameIsDurable'>): Segment {
    const segment = new Segment({ ...options, size: 0, nameIsDurable: false })
    for (const suffix of [fileSuffix.log, fileSuffix.offsetIndex, fileSuffix.timeIndex]) segment.#replace(suffix, [])
    options.world.disk.removeSync(segment.path(fileSuffix.transactionIndex))
    segment.#useIndexes(emptyIndexes(options.baseOffset, options.config()))
    segment.#transactions = new TransactionIndex()
    segment.#maxTimestamp = noTimestamp
    segment.activate()
    return segment
  }

  path(suffix: string): string {
    return `${this.#directory}/${segmentFileName(this.baseOffset, suffix)}${this.#mark}`
  }

  get offsets(): OffsetIndex {
    return this.#loaded().offsets
  }
  get times(): TimeIndex {
    return this.#loaded().times
  }
  get transactions(): TransactionIndex {
    this.#transactions ??= this.#loadTransactions()
    return this.#transactions
  }

  /** Greatest timestamp of the batches; -1 without any. */
  get maxTimestamp(): number {
    this.#loadMaxTimestamp()
    return this.#maxTimestamp as number
  }
  /** Last offset of the first batch that has the greatest timestamp. */
  get maxTimestampOffset(): number {
    this.#loadMaxTimestamp()
    return this.#maxTimestampOffset
  }
  /** What retention by time goes by: the greatest timestamp, or the file's own when no record has one. */
  get retentionTimestamp(): number {
    if (this.maxTimestamp >= 0) return this.maxTimestamp
    return this.modifiedMs
  }
  get modifiedMs(): number {
    if (this.inheritedModifiedMs !== undefined) return this.inheritedModifiedMs
    return this.#world.disk.statSync(this.path(fileSuffix.log))?.modifiedMs ?? this.#createdMs
  }
  /** Greatest timestamp of the first batch; -1 when it has none, or there is no batch. */
  get firstTimestamp(): number {
    this.#firstTimestamp ??= this.#readFirstTimestamp()
    return this.#firstTimestamp
  }
  /** Bytes of the index files. */
  get indexSizes(): { readonly offsets: number; readonly times: number } {
    if (this.#indexes !== undefined) {
      return { offsets: this.#indexes.offsets.content.length, times: this.#indexes.times.content.length }
    }
    const sizeOf = (suffix: string) => this.#world.disk.statSync(this.path(suffix))?.size ?? 0
    return { offsets: sizeOf(fileSuffix.offsetIndex), times: sizeOf(fileSuffix.timeIndex) }
  }
  /** Another segment stands in its place and holds what compaction has kept of it. */
  get isReplaced(): boolean {
    return this.#isReplaced
  }

  /** The segment is the last of its log: its indexes stay in memory from now on. */
  activate(): void {
    this.#active = true
    this.#bytesSinceIndexEntry = 0
    this.#world.indexes.forget(this)
  }

  /** Whether a new segment has to be opened for what is about to be appended. */
  mustRoll({ now, bytes, maxTimestamp, lastOffset }: RollQuestion): boolean {
    const config = this.#config()
    if (this.size > config.segmentBytes - bytes) return true
    if (this.size > 0 && this.#ageAt(now, maxTimestamp) > segmentMsMax(config) - this.#jitterMs) return true
    return this.offsets.isFull || this.times.isFull || lastOffset - this.baseOffset > relativeOffsetMax
  }

  /** Notes a batch at the end of the segment. */
  note(header: BatchHeader): void {
    const { maxTimestamp, lastOffset, sizeInBytes } = header
    assert(lastOffset - this.baseOffset <= relativeOffsetMax, 'offsets of a segment lie close together')
    if (this.size === 0) this.#firstTimestamp = maxTimestamp
    if (maxTimestamp > this.maxTimestamp) {
      this.#maxTimestamp = maxTimestamp
      this.#maxTimestampOffset = lastOffset
    }
    if (this.#bytesSinceIndexEntry > this.#config().indexIntervalBytes) this.#addIndexEntry(lastOffset)
    this.size += sizeInBytes
    this.#bytesSinceIndexEntry += sizeInBytes
  }

  /** Notes a transaction whose abort marker lies in this segment. */
  noteAborted(entry: TransactionIndex['entries'][number]): void {
    this.transactions.entries.push(entry)
    this.#transactionsChanged = true
  }

  /** The position of the first batch that holds `offset` or lies behind it, below `end`; undefined if there is none. */
  *find(offset: number, end: number): FileWalk<number | undefined> {
    return yield* findBatch(this.offsets.positionFor(offset), end, header => header.lastOffset >= offset)
  }

  /** Offset behind the last batch, and the position there: less than `size` when the tail is not a batch. */
  readEnd(): { nextOffset: number; position: number } {
    let nextOffset = this.baseOffset
    let position = 0
    const start = this.offsets.lastPosition
    runSync(
      this.file,
      findBatch(start, this.size, (header, at) => {
        nextOffset = header.nextOffset
        position = at + header.sizeInBytes
        return false
      }),
    )
    return { nextOffset, position }
  }

  /** Cuts the segment before the batch at `position`, the first that holds `offset`. */
  truncate(offset: number, position: number): void {
    this.file.use(file => file.truncateSync(position))
    this.size = position
    this.writtenSize = position
    this.offsets.truncateTo(offset)
    this.times.truncateTo(offset)
    this.transactions.truncateTo(offset)
    this.#indexesChanged = true
    this.#transactionsChanged = true
    this.#bytesSinceIndexEntry = 0
    if (position === 0) this.#firstTimestamp = undefined
    this.#rereadMaxTimestamp()
  }

  /** Empties the indexes; whoever calls this notes every batch anew. */
  resetIndexes(): void {
    this.#useIndexes(emptyIndexes(this.baseOffset, this.#config()))
    this.#transactions = new TransactionIndex()
    this.#indexesChanged = true
    this.#transactionsChanged = true
    this.#bytesSinceIndexEntry = 0
    this.#firstTimestamp = undefined
    this.#maxTimestamp = noTimestamp
    this.#maxTimestampOffset = this.baseOffset
  }

  /** Nothing will be appended any more: the last entry of the time index is the greatest timestamp, and the indexes are written. */
  seal(): void {
    this.times.note(this.maxTimestamp, this.maxTimestampOffset)
    this.#indexesChanged = true
    this.writeIndexes()
    this.#active = false
    this.#world.indexes.admit(this, this.#indexBytes)
  }

  /** Brings the index files up to what is in memory. */
  writeIndexes(): void {
    if (this.#removed) return
    if (this.#indexesChanged) {
      this.#replace(fileSuffix.offsetIndex, [this.offsets.content])
      this.#replace(fileSuffix.timeIndex, [this.times.content])
      this.#indexesChanged = false
      this.#indexFilesUnsynced = true
    }
    if (this.#transactionsChanged) {
      if (this.transactions.entries.length > 0) this.#replace(fileSuffix.transactionIndex, [this.transactions.content])
      else this.#world.disk.removeSync(this.path(fileSuffix.transactionIndex))
      this.#transactionsChanged = false
      this.#indexFilesUnsynced = true
    }
  }

  /** Reads the indexes off the event loop, if they are not in memory. */
  async prepare(): Promise<void> {
    if (this.#indexes !== undefined) return
    const [offsets, times] = await Promise.all([
      this.#readLater(fileSuffix.offsetIndex),
      this.#readLater(fileSuffix.timeIndex),
    ])
    // Whoever was quicker has them already.
    if (this.#indexes === undefined) this.#adoptIndexes(offsets, times)
  }

  /** What is appended to the log comes here. */
  get isActive(): boolean {
    return this.#active
  }

  /** Closed, with index files that may not be on the platter: nothing may yet believe them after the death of the machine. */
  get isClosedInDoubt(): boolean {
    return !this.#active && this.#indexFilesUnsynced
  }

  /**
   * fdatasync, and the name too if nobody has seen to it yet. With a closed segment go its index files, which a start believes when the
   * recovery point lies behind them; those of the active one are made anew.
   */
  async sync(): Promise<void> {
    await this.file.useAsync(file => file.sync())
    const withIndexes = this.isClosedInDoubt && !this.#removed
    if (withIndexes) {
      // What changes meanwhile is not covered.
      this.#indexFilesUnsynced = false
      try {
        for (const suffix of segmentSuffixes) if (suffix !== fileSuffix.log) await this.#syncFile(this.path(suffix))
      } catch (error) {
        this.#indexFilesUnsynced = true
        throw error
      }
    }
    if (this.nameIsDurable && !withIndexes) return
    this.#world.disk.syncDirectorySync(this.#directory)
    this.nameIsDurable = true
  }

  async #syncFile(path: string): Promise<void> {
    if (this.#removed || this.#world.disk.statSync(path) === undefined) return
    const file = this.#world.disk.openSync(path, 'write')
    try {
      await file.sync()
    } finally {
      file.closeSync()
    }
  }

  /** For the cache. */
  dropIndexes(): void {
    assert(!this.#active && !this.#indexesChanged, 'an index that only memory holds stays there')
    this.#indexes = undefined
    if (!this.#transactionsChanged) this.#transactions = undefined
  }

  /** Lets go of file and memory. */
  close(): void {
    this.#world.indexes.forget(this)
    this.file.close()
  }

  /** The log's directory was renamed. */
  movedTo(directory: string): void {
    this.#directory = directory
    this.file.movedTo(this.path(fileSuffix.log))
  }

  /** Gives the files the mark instead of the one they have. */
  mark(mark: string): void {
    const { disk } = this.#world
    for (const suffix of segmentSuffixes) {
      const path = this.path(suffix)
      const marked = path.slice(0, path.length - this.#mark.length) + mark
      if (suffix === fileSuffix.log) this.file.rename(marked)
      else if (disk.statSync(path) !== undefined) disk.renameSync(path, marked)
    }
    this.#mark = mark
  }

  /** Renames the files to `.deleted`, under which a restart removes them, and answers their new names. */
  markDeleted(): string[] {
    this.#removed = true
    this.#world.indexes.forget(this)
    this.mark(fileSuffix.deleted)
    return segmentSuffixes.map(suffix => this.path(suffix))
  }

  /** As `markDeleted`, for a segment whose records another one holds now. */
  markReplaced(): string[] {
    this.#isReplaced = true
    return this.markDeleted()
  }

  get #indexBytes(): number {
    return this.offsets.content.length + this.times.content.length
  }

  #addIndexEntry(lastOffset: number): void {
    const { offsets, times } = this.#loaded()
    // Rolling looks at this before an append, which may hold more batches than there is room for.
    if (offsets.isFull || times.isFull) return
    offsets.append(lastOffset, this.size)
    times.note(this.#maxTimestamp as number, this.#maxTimestampOffset)
    this.#bytesSinceIndexEntry = 0
    this.#indexesChanged = true
  }

  /** Age for rolling: by record timestamps, or by the clock when the first batch has none. */
  #ageAt(now: number, maxTimestamp: number): number {
    return this.firstTimestamp >= 0 ? maxTimestamp - this.firstTimestamp : now - this.#createdMs
  }

  #readFirstTimestamp(): number {
    let timestamp = noTimestamp
    runSync(
      this.file,
      findBatch(0, this.writtenSize, header => {
        timestamp = header.maxTimestamp
        return true
      }),
    )
    return timestamp
  }

  #loadMaxTimestamp(): void {
    if (this.#maxTimestamp !== undefined) return
    const { times } = this.#loaded()
    this.#maxTimestamp = times.lastTimestamp
    this.#maxTimestampOffset = times.lastOffset
  }

  /** After a cut the time index may lag behind the batches since its last entry. */
  #rereadMaxTimestamp(): void {
    this.#maxTimestamp = this.times.lastTimestamp
    this.#maxTimestampOffset = this.times.lastOffset
    runSync(
      this.file,
      findBatch(this.offsets.positionFor(this.times.lastOffset), this.size, header => {
        if (header.maxTimestamp > (this.#maxTimestamp as number)) {
          this.#maxTimestamp = header.maxTimestamp
          this.#maxTimestampOffset = header.lastOffset
        }
        return false
      }),
    )
  }

  #loaded(): Indexes {
    return this.#indexes ?? this.#loadIndexes()
  }

  #useIndexes(indexes: Indexes): Indexes {
    this.#indexes = indexes
    return indexes
  }

  #loadIndexes(): Indexes {
    return this.#adoptIndexes(this.#readNow(fileSuffix.offsetIndex), this.#readNow(fileSuffix.timeIndex))
  }

  /** Takes the content of the index files, if it is that of these indexes. */
  #adoptIndexes(offsets: Uint8Array | undefined, times: Uint8Array | undefined): Indexes {
    if (isWholeEntries(offsets, offsetEntrySize) && isWholeEntries(times, timeEntrySize)) {
      const { segmentIndexBytes } = this.#config()
      const indexes = {
        offsets: new OffsetIndex(this.baseOffset, segmentIndexBytes, offsets),
        times: new TimeIndex(this.baseOffset, segmentIndexBytes, times),
      }
      if (indexes.offsets.fault(this.size) === undefined && indexes.times.fault() === undefined) {
        this.#useIndexes(indexes)
        if (!this.#active) this.#world.indexes.admit(this, this.#indexBytes)
        return indexes
      }
    }
    this.#world.logger.warn('rebuilding the indexes of a segment', { path: this.path(fileSuffix.log) })
    return this.#rebuildIndexes()
  }

  #rebuildIndexes(): Indexes {
    const end = this.size
    const transactions = this.#transactions
    const transactionsChanged = this.#transactionsChanged
    this.resetIndexes()
    this.#transactions = transactions
    this.#transactionsChanged = transactionsChanged
    this.size = 0
    runSync(
      this.file,
      findBatch(0, end, header => {
        this.note(header)
        return false
      }),
    )
    this.size = end
    this.times.note(this.maxTimestamp, this.maxTimestampOffset)
    this.writeIndexes()
    if (!this.#active) this.#world.indexes.admit(this, this.#indexBytes)
    return this.#loaded()
  }

  #loadTransactions(): TransactionIndex {
    const path = this.path(fileSuffix.transactionIndex)
    const { disk, logger } = this.#world
    if (disk.statSync(path) === undefined) return new TransactionIndex()
    const index = TransactionIndex.parse(disk.readFileSync(path), this.baseOffset)
    if (index === undefined)
      logger.error('a transaction index is damaged; its aborted transactions are not known', { path })
    return index ?? new TransactionIndex()
  }

  /** The whole file; undefined when it is missing. */
  #readNow(suffix: string): Uint8Array | undefined {
    const path = this.path(suffix)
    return this.#world.disk.statSync(path) === undefined ? undefined : this.#world.disk.readFileSync(path)
  }

  /** As `#readNow`, off the event loop. */
  async #readLater(suffix: string): Promise<Uint8Array | undefined> {
    const path = this.path(suffix)
    const size = this.#world.disk.statSync(path)?.size
    if (size === undefined) return undefined
    const target = new Uint8Array(size)
    const file = this.#world.pool.file(path)
    try {
      const length = await file.useAsync(opened => opened.read(target, 0))
      return target.subarray(0, length)
    } finally {
      file.close()
    }
  }

  #replace(suffix: string, chunks: readonly Uint8Array[]): void {
    const file = this.#world.disk.openSync(this.path(suffix), 'create')
    try {
      file.truncateSync(0)
      if (chunks.length > 0) writeAllSync(file, chunks, 0)
    } finally {
      file.closeSync()
    }
  }
}

/** A segment of a compacted log is closed in time for `max.compaction.lag.ms`: the one that is appended to is not compacted. */
function segmentMsMax({ segmentMs, cleanupCompact, maxCompactionLagMs }: LogConfig): number {
  return cleanupCompact ? Math.min(segmentMs, maxCompactionLagMs) : segmentMs
}

function isWholeEntries(content: Uint8Array | undefined, entrySize: number): content is Uint8Array {
  return content !== undefined && content.length % entrySize === 0
}

function emptyIndexes(baseOffset: number, { segmentIndexBytes }: LogConfig): Indexes {
  return {
    offsets: new OffsetIndex(baseOffset, segmentIndexBytes),
    times: new TimeIndex(baseOffset, segmentIndexBytes),
  }
}
