/**
 * A partition's log. Everything that is known about it changes in the turn of an append: offsets, indexes, epochs, producers. The bytes follow
 * through the writer, and with them what readers may see (`logEndOffset`). When they cannot be written, the log's directory goes offline, and what
 * a start finds in it is the log again.
 */
import { assert, DiskError } from '@dorsale/base'
import { BatchCursor, errorCodes, type ProducerId, ProtocolError, stampBatch } from '@dorsale/protocol'
import { fileSuffix, segmentSuffixes } from '../files/names.ts'
import { writePartitionMetadata } from '../files/partition-metadata.ts'
import { noTimestamp } from '../index/time-index.ts'
import type { AbortedTransactionEntry } from '../index/transaction-index.ts'
import type { LogConfig } from '../log-config.ts'
import type { CompletedTransaction, ProducerState } from '../producer/producer-state.ts'
import { replaySegments } from '../producer/replay.ts'
import type { ProducerSnapshots } from '../producer/snapshots.ts'
import { runSync } from '../segment/file-walk.ts'
import type { Segment } from '../segment/segment.ts'
import type { SegmentList } from '../segment/segment-list.ts'
import type {
  AbortedTransaction,
  ActiveProducer,
  Appended,
  AppendOptions,
  EpochEndOffset,
  LogRead,
  OnAppended,
  PartitionLog,
  ReadOptions,
  TimestampOffset,
} from '../types.ts'
import { Compaction } from './compaction.ts'
import type { LeaderEpochs } from './leader-epochs.ts'
import { createLog, createSegment, type LoadedLog, loadLog } from './load-log.ts'
import { LogReader } from './log-reader.ts'
import { LogSync } from './log-sync.ts'
import type { LogWorld } from './log-world.ts'
import { LogWriter, type WriteGroup, type WriterHost } from './log-writer.ts'
import { planRelease } from './retention.ts'
import { swapSegments } from './swap-segments.ts'

export interface LogOptions {
  readonly world: LogWorld
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  /** The log's own directory. */
  readonly path: string
  readonly config: LogConfig
  readonly closedCleanly: boolean
  /** From the checkpoints; 0 without one. */
  readonly logStartOffset: number
  readonly recoveryPoint: number
  /** What it acknowledges must survive the death of the machine. Default: whether `flush.messages` is set. */
  readonly survivesMachine?: boolean
  /** No offset from here on may be missing. Default: any may, as compaction leaves it. */
  readonly gaplessFrom?: number
  readonly highWatermark: number
  /** The directory's name and the topic id are on the platter. */
  readonly placeIsDurable: boolean
  /** A copy that is being made of the partition's log. Default: it is that log. */
  readonly isFuture?: boolean
}

/** What a producer wrote last: `dataOffset` is undefined when all that is known of it is a marker. */
export interface LastRecord {
  readonly producerEpoch: number
  readonly dataOffset: number | undefined
}

const newLog = {
  closedCleanly: true,
  logStartOffset: 0,
  recoveryPoint: 0,
  highWatermark: 0,
  placeIsDurable: false,
} as const

export class Log implements PartitionLog, WriterHost {
  readonly topic: string
  readonly partition: number
  readonly segments: SegmentList
  readonly #world: LogWorld
  readonly #producers: ProducerState
  readonly #snapshots: ProducerSnapshots
  readonly #epochs: LeaderEpochs
  readonly #writer: LogWriter
  readonly #reader: LogReader
  readonly #sync: LogSync
  #topicId: string
  #path: string
  #config: { current: LogConfig }
  #logStartOffset: number
  #logEndOffset: number
  #nextOffset: number
  #highWatermark: number
  #offline = false
  /** Another log has taken its place: it is only read any more. */
  #retired = false
  /** Its records are being copied into another directory, and stay as they are meanwhile. */
  #holdsCompaction = false
  /** A copy that is being made of the partition's log, or that log. */
  isFuture: boolean
  /** Truncations that wait or are under way. */
  #cuts = 0
  /** The pass of compaction under way. */
  #compaction: Compaction | undefined
  /** Up to where compaction has looked at every key; undefined when it never ran. Kept in `cleaner-offset-checkpoint`. */
  compactedTo: number | undefined

  /** Opens the log that lies at `options.path`. */
  static async open(options: LogOptions): Promise<Log> {
    const { world, path, closedCleanly, logStartOffset, recoveryPoint } = options
    const config = { current: options.config }
    const loaded = await loadLog({
      world,
      directory: path,
      config: () => config.current,
      closedCleanly,
      logStartOffset,
      recoveryPoint,
      survivesMachine: options.survivesMachine ?? Number.isFinite(options.config.flushMessages),
      gaplessFrom: options.gaplessFrom ?? Number.POSITIVE_INFINITY,
    })
    return new Log(options, config, loaded)
  }

  /** Begins a log in the directory `options.path`, which is empty but for its `partition.metadata`. */
  static create(options: Omit<LogOptions, keyof typeof newLog>): Log {
    const config = { current: options.config }
    const loaded = createLog({ world: options.world, directory: options.path, config: () => config.current })
    return new Log({ ...options, ...newLog }, config, loaded)
  }

  private constructor(options: LogOptions, config: { current: LogConfig }, loaded: LoadedLog) {
    this.topic = options.topic
    this.partition = options.partition
    this.#topicId = options.topicId
    this.segments = loaded.segments
    this.#world = options.world
    this.#producers = loaded.producers
    this.#snapshots = loaded.snapshots
    this.#epochs = loaded.epochs
    this.#path = options.path
    this.isFuture = options.isFuture ?? false
    this.#config = config
    this.#logStartOffset = loaded.logStartOffset
    this.#logEndOffset = loaded.nextOffset
    this.#nextOffset = loaded.nextOffset
    this.#sync = new LogSync({ ...options, recoveryPoint: loaded.recoveryPoint, recovered: loaded.unsynced })
    this.#highWatermark = clamp(options.highWatermark, loaded.logStartOffset, loaded.nextOffset)
    this.#producers.onHighWatermark(this.#highWatermark)
    const { turnEnd, policy } = options.world
    this.#writer = new LogWriter({ host: this, turnEnd, policy })
    this.#reader = new LogReader(this, options.world)
    this.#noteEpochs()
  }

  get directory() {
    return this.#world.directory
  }
  get path(): string {
    return this.#path
  }
  get topicId(): string {
    return this.#topicId
  }
  get config(): LogConfig {
    return this.#config.current
  }
  get logStartOffset(): number {
    return this.#logStartOffset
  }
  get logEndOffset(): number {
    return this.#logEndOffset
  }
  get nextOffset(): number {
    return this.#nextOffset
  }
  get highWatermark(): number {
    return this.#highWatermark
  }
  get lastStableOffset(): number {
    const unstable = this.#producers.firstUnstableOffset
    if (unstable === undefined || unstable >= this.#highWatermark) return this.#highWatermark
    return Math.max(unstable, this.#logStartOffset)
  }
  /**
   * Where the next start begins to look. The index files of the active segment are written when it is closed: should the next one begin right here, a start that went by
   * the end of the log would believe them, whether they were on the platter or not. So the last record is left to be looked at.
   */
  get recoveryPoint(): number {
    const { recoveryPoint } = this.#sync
    const { active } = this.segments
    const isInActive = active.isActive && recoveryPoint > active.baseOffset
    return isInActive && recoveryPoint === this.#nextOffset ? recoveryPoint - 1 : recoveryPoint
  }
  get latestEpoch(): number {
    return this.#epochs.latestEpoch
  }
  get sizeInBytes(): number {
    return this.segments.sizeInBytes
  }
  get offline(): boolean {
    return this.#offline
  }
  /** Milliseconds since the written records were last flushed; 0 when all are. */
  get unflushedMs(): number {
    return this.#sync.unflushedMs
  }

  updateConfig(config: LogConfig): void {
    this.#config.current = config
  }

  append(options: AppendOptions, onAppended: OnAppended): Appended {
    this.#checkOnline()
    if (this.#retired) throw this.#storageError('the log was moved to another directory')
    const { records, origin } = options
    const cursor = new BatchCursor(records)
    const batches = this.#stamp(cursor, options)
    // What the partition's log holds its copy takes, whatever the limit is by now.
    if (records.length > this.config.segmentBytes && !this.isFuture) {
      const message = `${records.length} bytes of batches do not fit into a segment of ${this.config.segmentBytes}`
      throw new ProtocolError(errorCodes.RECORD_LIST_TOO_LARGE, message)
    }
    const duplicate = origin === 'client' ? this.#findDuplicate(cursor) : undefined
    if (duplicate !== undefined) {
      this.#writer.after(this.segments.active, this.#nextOffset, onAppended)
      return duplicate
    }
    this.#rollFor(records.length, batches)
    this.#onDisk(() => this.#note(cursor, options))
    this.#writer.append(
      {
        segment: this.segments.active,
        position: this.segments.active.size - records.length,
        bytes: records,
        endOffset: batches.lastOffset + 1,
      },
      onAppended,
    )
    this.#nextOffset = batches.lastOffset + 1
    this.#producers.endOffset = this.#nextOffset
    return { ...batches, duplicate: false }
  }

  /** Writes offsets and epoch into the batches of a leader; holds those of a follower against the end of the log. */
  #stamp(
    cursor: BatchCursor,
    { origin, leaderEpoch }: AppendOptions,
  ): { firstOffset: number; lastOffset: number; maxTimestamp: number } {
    const { header } = cursor
    let firstOffset = -1
    let nextOffset = this.#nextOffset
    let maxTimestamp = noTimestamp
    while (cursor.next()) {
      if (origin !== 'replication') {
        stampBatch(header, { baseOffset: nextOffset, partitionLeaderEpoch: leaderEpoch })
      } else if (header.baseOffset < nextOffset) {
        throw new ProtocolError(
          errorCodes.UNKNOWN_SERVER_ERROR,
          `a replicated batch starts at offset ${header.baseOffset}; ${this.topic}-${this.partition} ends at ${nextOffset}`,
        )
      }
      if (firstOffset < 0) firstOffset = header.baseOffset
      nextOffset = header.nextOffset
      maxTimestamp = Math.max(maxTimestamp, header.maxTimestamp)
    }
    assert(cursor.state === 'end' && firstOffset >= 0, 'an append is made of whole batches')
    return { firstOffset, lastOffset: nextOffset - 1, maxTimestamp }
  }

  #findDuplicate(cursor: BatchCursor): Appended | undefined {
    cursor.position = 0
    while (cursor.next()) {
      if (!cursor.header.hasProducerId) continue
      const known = this.#producers.findDuplicate(cursor.header)
      if (known === undefined) continue
      const { lastOffset, offsetDelta, timestamp } = known
      return { firstOffset: lastOffset - offsetDelta, lastOffset, maxTimestamp: timestamp, duplicate: true }
    }
    return undefined
  }

  /** Lets the batches into producers, segment and epochs, or, when one of them is refused, none. */
  #note(cursor: BatchCursor, { origin, transactionVersion = 0 }: AppendOptions): void {
    const { header } = cursor
    const ended: { completed: CompletedTransaction; lastStableOffset: number }[] = []
    cursor.position = 0
    while (cursor.next()) {
      if (!header.hasProducerId) continue
      let completed: CompletedTransaction | undefined
      try {
        completed = this.#producers.apply(header, { origin, transactionVersion })
      } catch (error) {
        this.#producers.revert(this.#nextOffset)
        throw error
      }
      if (completed?.aborted) {
        ended.push({ completed, lastStableOffset: this.#producers.lastStableOffsetAfter(completed) })
      }
    }
    this.#producers.settle()

    const segment = this.segments.active
    cursor.position = 0
    while (cursor.next()) {
      segment.note(header)
      if (header.partitionLeaderEpoch >= 0) this.#epochs.assign(header.partitionLeaderEpoch, header.baseOffset)
    }
    for (const { completed, lastStableOffset } of ended) {
      const { producerId, firstOffset, lastOffset } = completed
      segment.noteAborted({ producerId, firstOffset, lastOffset, lastStableOffset })
    }
    this.#noteEpochs()
  }

  #rollFor(bytes: number, { lastOffset, maxTimestamp }: { lastOffset: number; maxTimestamp: number }): void {
    const now = this.#world.clock.now()
    // When the segment's first record was written stands in its file, for one that an earlier life has begun.
    const isDue = this.#onDisk(() => this.segments.active.mustRoll({ now, bytes, maxTimestamp, lastOffset }))
    if (isDue) this.#roll()
  }

  /** Closes the active segment and opens one at the end of the log. */
  #roll(): void {
    const closed = this.segments.active
    // An index that has no room for a single entry would open one segment after the other.
    if (closed.size === 0) return
    this.#onDisk(() => {
      closed.seal()
      this.#sync.noteClosed(closed)
      try {
        this.#producers.endOffset = this.#nextOffset
        this.#snapshots.take(this.#producers)
        this.segments.push(this.#createSegment(this.#nextOffset))
      } catch (error) {
        closed.activate()
        throw error
      }
    })
    // As soon as the closed segment is on the platter a recovery need not read it.
    this.#writer
      .idle()
      .then(() => this.flush())
      .catch(() => {})
  }

  #createSegment(baseOffset: number): Segment {
    return createSegment({ world: this.#world, directory: this.#path, config: () => this.config }, baseOffset)
  }

  mustSync(endOffset: number): boolean {
    return this.#sync.isDue(endOffset, this.config.flushMessages)
  }

  sync(segments: Iterable<Segment>): Promise<void> {
    return this.#sync.sync(segments)
  }

  onWritten({ segment, position, bytes, endOffset }: WriteGroup, synced: boolean): void {
    segment.writtenSize = position + bytes
    this.#logEndOffset = endOffset
    if (synced) this.#sync.reached(endOffset)
    else if (bytes > 0) this.#sync.noteWritten(segment)
  }

  onFailed(error: unknown): Error {
    // A full volume too: the idempotent producer's batches behind those that failed must not be let in before these were sent again.
    this.#world.fail(error as Error)
    return this.#storageError('the records could not be written', error)
  }

  advanceHighWatermark(offset: number): boolean {
    const highWatermark = Math.min(offset, this.#logEndOffset)
    if (highWatermark <= this.#highWatermark) return false
    this.#highWatermark = highWatermark
    this.#producers.onHighWatermark(highWatermark)
    return true
  }

  read(options: ReadOptions): LogRead | Promise<LogRead> {
    this.#checkOnline()
    const { offset } = options
    if (offset < this.#logStartOffset || offset > this.#logEndOffset) throw this.#outOfRange(offset)
    const read = this.#onDisk(() => this.#reader.read(options))
    return read instanceof Promise ? this.#readLater(read, offset) : read
  }

  async #readLater(read: Promise<LogRead>, offset: number): Promise<LogRead> {
    try {
      return await read
    } catch (error) {
      // Retention may take the files away under a read that waits for its turn.
      if (!this.#offline && offset < this.#logStartOffset) throw this.#outOfRange(offset)
      throw this.#onDiskError(error)
    }
  }

  /** As `read`, in this call, wherever the bytes are. */
  readNow(options: ReadOptions): LogRead {
    return this.#onDisk(() => this.#reader.readNow(options))
  }

  abortedTransactions({ offset, upperBound }: { offset: number; upperBound: number }): AbortedTransaction[] {
    return this.abortedEntries({ offset, upperBound }).map(({ producerId, firstOffset }) => ({
      producerId,
      firstOffset,
    }))
  }

  /** As `abortedTransactions`, with all that the index says about them. */
  abortedEntries({ offset, upperBound }: { offset: number; upperBound: number }): AbortedTransactionEntry[] {
    return this.#onDisk(() => this.#reader.abortedTransactions(offset, upperBound))
  }

  offsetForTimestamp(timestamp: number, upperBound: number): Promise<TimestampOffset | undefined> {
    return this.#onDiskLater(() => this.#reader.offsetForTimestamp(timestamp, upperBound))
  }

  offsetOfMaxTimestamp(): Promise<TimestampOffset | undefined> {
    return this.#onDiskLater(() => this.#reader.offsetOfMaxTimestamp())
  }

  endOffsetForEpoch(leaderEpoch: number): EpochEndOffset {
    return this.#epochs.endOffsetFor(leaderEpoch, this.#logEndOffset)
  }

  epochAt(offset: number): number {
    return this.#epochs.epochAt(offset)
  }

  assignEpoch(leaderEpoch: number): void {
    this.#epochs.assign(leaderEpoch, this.#nextOffset)
    this.#noteEpochs()
  }

  truncateTo(offset: number): Promise<void> {
    return this.#cut(async () => {
      if (offset >= this.#nextOffset) return
      if (offset < this.segments.first.baseOffset) {
        await this.#startAnewAt(offset)
        return
      }
      while (this.segments.active.baseOffset > offset) this.#discard(this.segments.pop())
      const { active } = this.segments
      active.activate()
      const position = runSync(active.file, active.find(offset, active.size)) ?? active.size
      active.truncate(offset, position)
      await this.#restart(active.readEnd().nextOffset)
    })
  }

  truncateFullyAndStartAt(offset: number): Promise<void> {
    return this.#cut(() => this.#startAnewAt(offset))
  }

  /** Goes on at `offset` without the records in front of it: the log that this one is a copy of has none of them. */
  skipTo(offset: number): Promise<void> {
    return this.#cut(async () => {
      this.#nextOffset = offset
      if (this.segments.active.size > 0) this.#roll()
      else {
        this.#discard(this.segments.pop())
        this.segments.push(this.#createSegment(offset))
      }
      this.#logEndOffset = offset
      this.#producers.endOffset = offset
    })
  }

  async #startAnewAt(offset: number): Promise<void> {
    while (this.segments.length > 0) this.#discard(this.segments.pop())
    this.segments.push(this.#createSegment(offset))
    this.#epochs.clear()
    this.#snapshots.removeAll()
    this.#logStartOffset = offset
    this.#highWatermark = offset
    await this.#restart(offset)
  }

  /** Cuts the log, when nothing is written and no pass of compaction is under way; none begins until it is done. */
  async #cut(operation: () => Promise<void>): Promise<void> {
    this.#cuts++
    try {
      this.#compaction?.abort()
      await this.#compaction?.ended
      await this.#writer.idle()
      await this.#onDiskLater(operation)
    } finally {
      this.#cuts--
    }
  }

  /** The log was cut: it ends at `endOffset`. */
  async #restart(endOffset: number): Promise<void> {
    this.#nextOffset = endOffset
    this.#logEndOffset = endOffset
    this.#sync.cut(endOffset)
    if (this.compactedTo !== undefined) this.compactedTo = Math.min(this.compactedTo, endOffset)
    this.#logStartOffset = Math.min(this.#logStartOffset, endOffset)
    this.#highWatermark = Math.min(this.#highWatermark, endOffset)
    this.#reader.forgetPositions()
    this.#epochs.truncateFromEnd(endOffset)
    this.#noteEpochs()
    const bounds = {
      logBegin: this.segments.first.baseOffset,
      offsetMin: this.#logStartOffset,
      offsetMax: endOffset,
      now: this.#world.clock.now(),
    }
    this.#snapshots.restore(this.#producers, bounds)
    await replaySegments(this.#producers, this.segments, endOffset, (path, reason) => {
      this.#world.logger.error('a segment is damaged', { path, reason })
    })
    this.#producers.onHighWatermark(this.#highWatermark)
  }

  advanceLogStart(offset: number): void {
    this.#checkOnline()
    if (offset > this.#highWatermark) {
      throw new ProtocolError(
        errorCodes.OFFSET_OUT_OF_RANGE,
        `cannot move the log start offset to ${offset}, beyond the high watermark ${this.#highWatermark}`,
      )
    }
    if (offset <= this.#logStartOffset) return
    this.#logStartOffset = offset
    this.#epochs.truncateFromStart(offset)
    this.#noteEpochs()
  }

  applyRetention(): number {
    // A pass of compaction reads the oldest segments: they go with a later check.
    if (this.#offline || this.#compaction !== undefined) return 0
    return this.#onDisk(() => {
      const state = {
        config: this.config,
        now: this.#world.clock.now(),
        logStartOffset: this.#logStartOffset,
        highWatermark: this.#highWatermark,
        nextOffset: this.#nextOffset,
      }
      let removed = 0
      for (const { count, reason } of planRelease([...this.segments], state)) removed += this.#release(count, reason)
      return removed
    })
  }

  /** Removes the oldest segments; the last one is replaced by an empty one. */
  #release(count: number, reason: string): number {
    if (count === this.segments.length) this.#roll()
    // A power loss that kept the removals and not the name of what follows them would leave a log that begins at 0 again.
    const heir = this.segments.at(count)
    if (!heir.nameIsDurable) {
      this.#world.disk.syncDirectorySync(this.#path)
      heir.nameIsDurable = true
    }
    const released = this.segments.takeFirst(count)
    const paths: string[] = []
    let bytes = 0
    for (const segment of released) {
      bytes += segment.size
      this.#sync.forget(segment)
      paths.push(...segment.markDeleted())
      segment.close()
      this.#snapshots.remove(segment.baseOffset)
    }
    this.#world.removeLater(paths, this.config.fileDeleteDelayMs)
    const startOffset = this.segments.first.baseOffset
    if (startOffset > this.#logStartOffset) this.advanceLogStart(startOffset)
    this.#world.logger.info('removed segments', {
      log: this.#path,
      count,
      reason,
      logStartOffset: this.#logStartOffset,
    })
    return bytes
  }

  /** Whether a pass of compaction may begin. */
  get isCompactable(): boolean {
    const isFree = this.#cuts === 0 && this.#compaction === undefined && !this.#holdsCompaction
    return isFree && !this.#offline && this.config.cleanupCompact
  }

  /** Ends the pass of compaction that is under way and lets none begin, as Kafka does while a replica moves. Resolves when none is under way. */
  async holdCompaction(): Promise<void> {
    this.#holdsCompaction = true
    this.#compaction?.abort()
    await this.#compaction?.ended
  }

  releaseCompaction(): void {
    this.#holdsCompaction = false
  }

  /** Begins a pass of compaction: the caller ends it by `endCompaction`, and calls `check` after each wait. */
  beginCompaction(): Compaction {
    assert(this.isCompactable, 'one pass of compaction is under way at a time, and nothing that excludes it')
    this.#compaction = new Compaction()
    return this.#compaction
  }

  endCompaction(): void {
    this.#compaction?.end()
    this.#compaction = undefined
  }

  /** An empty segment that is no part of the log yet, for what compaction keeps. */
  createCleanedSegment(baseOffset: number): Segment {
    const place = { world: this.#world, directory: this.#path, config: () => this.config }
    return this.#onDisk(() => createSegment(place, baseOffset, fileSuffix.cleaned))
  }

  /** Removes a segment that did not come to be part of the log: a start would take its name for that of a swap that was not decided. */
  discardCleanedSegment(cleaned: Segment): void {
    cleaned.close()
    if (this.#offline || !cleaned.file.path.endsWith(fileSuffix.cleaned)) return
    try {
      for (const suffix of segmentSuffixes) this.#world.disk.removeSync(cleaned.path(suffix))
    } catch (error) {
      this.#world.fail(error as Error)
    }
  }

  /** The disk failed for whoever works on the log from outside. */
  failDirectory(error: Error): void {
    if (!this.#offline) this.#world.fail(error)
  }

  /** Puts a segment that holds what compaction has kept in the place of those that it was made from. */
  async replaceSegments(cleaned: Segment, replaced: readonly Segment[], compaction: Compaction): Promise<void> {
    this.#checkOnline()
    const onDecided = () => {
      this.segments.replace(replaced, cleaned)
      for (const segment of replaced) {
        this.#sync.forget(segment)
        // The producers as they stood before a segment that is no more.
        if (segment.baseOffset !== cleaned.baseOffset) this.#snapshots.remove(segment.baseOffset)
      }
    }
    const { disk } = this.#world
    const isOffline = () => this.#offline
    try {
      const paths = await swapSegments({
        disk,
        directory: this.#path,
        cleaned,
        replaced,
        compaction,
        isOffline,
        onDecided,
      })
      this.#world.removeLater(paths, this.config.fileDeleteDelayMs)
    } catch (error) {
      // Names are half changed; a start puts them in order.
      if (error instanceof DiskError) this.failDirectory(error)
      throw error
    }
  }

  /** The last thing that each producer known here wrote: compaction keeps its batch, emptied if need be. */
  lastRecordsOfProducers(): Map<ProducerId, LastRecord> {
    const lastRecords = new Map<ProducerId, LastRecord>()
    for (const { producerId, producerEpoch, lastBatch } of this.#producers.entries) {
      lastRecords.set(producerId, { producerEpoch, dataOffset: lastBatch?.lastOffset })
    }
    return lastRecords
  }

  /** Removes a segment at the end of the log, at once. */
  #discard(segment: Segment): void {
    this.#sync.forget(segment)
    for (const path of segment.markDeleted()) this.#world.disk.removeSync(path)
    segment.close()
    this.#snapshots.remove(segment.baseOffset)
  }

  flush(): Promise<void> {
    return this.#flush([])
  }

  /** With these segments in any case. */
  async #flush(segments: Iterable<Segment>): Promise<void> {
    this.#checkOnline()
    const endOffset = this.#logEndOffset
    try {
      await this.#sync.sync(segments)
    } catch (error) {
      // A second fsync may succeed and lie (D9).
      if (!this.#offline) this.#world.fail(error as Error)
      throw this.#storageError('the log could not be flushed', error)
    }
    this.#sync.reached(endOffset)
  }

  isInTransaction(producerId: ProducerId, producerEpoch: number): boolean {
    const entry = this.#producers.entry(producerId)
    return entry?.inTransaction === true && entry.producerEpoch === producerEpoch
  }

  activeProducers(): ActiveProducer[] {
    return [...this.#producers.entries].map(entry => ({
      producerId: entry.producerId,
      producerEpoch: entry.producerEpoch,
      lastSequence: entry.lastSequence,
      lastTimestamp: entry.lastTimestamp,
      coordinatorEpoch: entry.coordinatorEpoch,
      currentTransactionStartOffset: entry.transactionStartOffset,
    }))
  }

  /** Forgets producers that have been silent for too long. */
  expireProducers(): void {
    this.#producers.expire(this.#world.clock.now())
  }

  /** Brings `leader-epoch-checkpoint` up to date. */
  writeEpochs(): void {
    if (!this.#offline) this.#onDisk(() => this.#epochs.write(this.#world.disk, this.#path))
  }

  /** Writes everything that a start after a clean stop relies on. */
  async close(): Promise<void> {
    await this.#writer.idle()
    if (this.#offline) return
    this.#onDisk(() => {
      this.segments.active.seal()
      this.#snapshots.take(this.#producers)
      this.#epochs.write(this.#world.disk, this.#path)
    })
    // Those whose indexes were made anew since the start are among them.
    const inDoubt = [...this.segments].filter(segment => segment.isClosedInDoubt)
    await this.#flush(inDoubt)
    this.#goOffline()
  }

  /** The topic of a log that was written before topics had ids is known now. */
  adoptTopicId(topicId: string): void {
    this.#onDisk(() => writePartitionMetadata(this.#world.disk, this.#path, topicId))
    this.#topicId = topicId
  }

  /** Nothing is under way that another log could not take over in this turn. */
  get isSteady(): boolean {
    return !this.#offline && this.#cuts === 0 && this.#compaction === undefined
  }

  /** Writes what is not written yet and moves the active segment to the platter, in this call. False, and nothing is done, while a write is under way. */
  writeNow(): boolean {
    const { active } = this.segments
    if (!this.#writer.writeNow() || this.#logEndOffset !== this.#nextOffset) return false
    this.#onDisk(() => active.file.use(file => file.syncSync()))
    return true
  }

  /** The log's directory has another name. */
  movedTo(path: string): void {
    this.#path = path
    for (const segment of this.segments) segment.movedTo(path)
    this.#snapshots.movedTo(path)
    this.#sync.movedTo(path)
  }

  /**
   * Becomes the partition's log in the place of `other`, whose written records it holds. What `other` has not written this log writes, and tells those
   * who wait for it.
   */
  takeOver(other: Log): void {
    assert(this.#nextOffset === other.#logEndOffset, 'a log takes over from one whose records it holds')
    other.#retired = true
    let failure: Error | undefined
    for (const { chunks, callbacks } of other.#writer.surrender()) {
      const tell: OnAppended = error => {
        for (const callback of callbacks) callback(error)
      }
      try {
        if (failure === undefined) this.#appendUnwritten(chunks, tell)
        else tell(failure)
      } catch (error) {
        // A segment could not be begun: the directory is on its way offline.
        failure = error as Error
        tell(failure)
      }
    }
    assert(
      failure !== undefined || this.#nextOffset === other.#nextOffset,
      'a log that takes over ends where the other did',
    )
    this.isFuture = false
    this.compactedTo = other.compactedTo
  }

  #appendUnwritten(chunks: readonly Uint8Array[], onWritten: OnAppended): void {
    if (chunks.length === 0) this.#writer.after(this.segments.active, this.#nextOffset, onWritten)
    for (const [index, records] of chunks.entries()) {
      const isLast = index === chunks.length - 1
      this.append({ records, origin: 'replication', leaderEpoch: -1 }, isLast ? onWritten : () => {})
    }
  }

  /** Ends the log without writing: its directory failed, or it is being taken away. What is pending is told so. */
  abandon(reason: string): void {
    if (this.#offline) return
    this.#goOffline()
    this.#writer.abort(this.#storageError(reason))
  }

  #goOffline(): void {
    this.#offline = true
    this.#compaction?.abort()
    for (const segment of this.segments) segment.close()
  }

  #noteEpochs(): void {
    if (this.#epochs.changed) this.#world.epochsChanged(this)
  }

  #checkOnline(): void {
    if (this.#offline) throw this.#storageError('the log is not served here any more')
  }

  /** What a disk operation throws fails the caller, and the directory goes offline. */
  #onDisk<T>(operation: () => T): T {
    try {
      return operation()
    } catch (error) {
      throw this.#onDiskError(error)
    }
  }

  async #onDiskLater<T>(operation: () => Promise<T>): Promise<T> {
    this.#checkOnline()
    try {
      return await operation()
    } catch (error) {
      throw this.#onDiskError(error)
    }
  }

  #onDiskError(error: unknown): unknown {
    if (!(error instanceof DiskError)) return error
    if (!this.#offline) this.#world.fail(error)
    return this.#storageError(error.message, error)
  }

  #outOfRange(offset: number): ProtocolError {
    return new ProtocolError(
      errorCodes.OFFSET_OUT_OF_RANGE,
      `offset ${offset} of ${this.topic}-${this.partition}, which holds ${this.#logStartOffset} to ${this.#logEndOffset}`,
    )
  }

  #storageError(reason: string, cause?: unknown): ProtocolError {
    return new ProtocolError(errorCodes.KAFKA_STORAGE_ERROR, `${this.topic}-${this.partition}: ${reason}`, { cause })
  }
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max)
}
