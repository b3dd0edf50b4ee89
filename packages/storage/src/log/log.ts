/**
 * A partition's log. Everything that is known about it changes in the turn of an append: offsets, indexes, epochs, producers. The bytes follow
 * through the writer, and with them what readers may see (`logEndOffset`). When they cannot be written, all of it is taken back
 * to the last completed write.
 */
import { assert, DiskError } from '@dorsale/base'
import { BatchCursor, errorCodes, ProtocolError, stampBatch } from '@dorsale/protocol'
import { isFullVolume } from '../files/full-volume.ts'
import { syncPartitionMetadata, writePartitionMetadata } from '../files/partition-metadata.ts'
import { noTimestamp } from '../index/time-index.ts'
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
import type { LeaderEpochs } from './leader-epochs.ts'
import { createLog, createSegment, type LoadedLog, loadLog } from './load-log.ts'
import { LogReader } from './log-reader.ts'
import type { LogWorld } from './log-world.ts'
import { LogWriter, type WriteGroup, type WriterHost } from './log-writer.ts'
import { planRelease } from './retention.ts'

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
  readonly highWatermark: number
  /** The directory's name and the topic id are on the platter. */
  readonly placeIsDurable: boolean
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
  /** Segments with bytes that may not be on the platter. */
  readonly #unsynced = new Set<Segment>()
  /** Segments closed in this life that may be in doubt. */
  readonly #closed = new Set<Segment>()
  /** The sync under way. */
  #syncing: Promise<void> = Promise.resolve()
  #topicId: string
  readonly #path: string
  #config: { current: LogConfig }
  #logStartOffset: number
  #logEndOffset: number
  #nextOffset: number
  #highWatermark: number
  #recoveryPoint: number
  #lastFlushMs: number
  #placeIsDurable: boolean
  #offline = false

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
    for (const segment of loaded.unsynced) {
      this.#unsynced.add(segment)
      this.#closed.add(segment)
    }
    this.#world = options.world
    this.#producers = loaded.producers
    this.#snapshots = loaded.snapshots
    this.#epochs = loaded.epochs
    this.#path = options.path
    this.#config = config
    this.#logStartOffset = loaded.logStartOffset
    this.#logEndOffset = loaded.nextOffset
    this.#nextOffset = loaded.nextOffset
    this.#recoveryPoint = loaded.recoveryPoint
    this.#lastFlushMs = options.world.clock.monotonic()
    this.#placeIsDurable = options.placeIsDurable
    this.#highWatermark = clamp(options.highWatermark, loaded.logStartOffset, loaded.nextOffset)
    this.#producers.onHighWatermark(this.#highWatermark)
    const { turnEnd, policy } = options.world
    this.#writer = new LogWriter({ host: this, turnEnd, policy })
    this.#reader = new LogReader(this, policy)
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
  get recoveryPoint(): number {
    // A segment behind it is believed with its indexes: none that are in doubt.
    let point = this.#recoveryPoint
    for (const segment of this.#closed) if (segment.isClosedInDoubt) point = Math.min(point, segment.baseOffset)
    return point
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
    return this.#unsynced.size === 0 ? 0 : this.#world.clock.monotonic() - this.#lastFlushMs
  }

  updateConfig(config: LogConfig): void {
    this.#config.current = config
  }

  append(options: AppendOptions, onAppended: OnAppended): Appended {
    this.#checkOnline()
    const { records, origin } = options
    const cursor = new BatchCursor(records)
    const batches = this.#stamp(cursor, options)
    if (records.length > this.config.segmentBytes) {
      const message = `${records.length} bytes of batches do not fit into a segment of ${this.config.segmentBytes}`
      throw new ProtocolError(errorCodes.RECORD_LIST_TOO_LARGE, message)
    }
    const duplicate = origin === 'client' ? this.#findDuplicate(cursor) : undefined
    if (duplicate !== undefined) {
      this.#writer.after(this.segments.active, this.#nextOffset, onAppended)
      return duplicate
    }
    this.#rollFor(records.length, batches)
    const changes = this.#note(cursor, options)
    this.#writer.append(
      {
        segment: this.segments.active,
        position: this.segments.active.size - records.length,
        bytes: records,
        endOffset: batches.lastOffset + 1,
        changes,
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

  /** Lets the batches into producers, segment and epochs. Answers how many changes of the producers can be taken back. */
  #note(cursor: BatchCursor, { origin, transactionVersion = 0 }: AppendOptions): number {
    const { header } = cursor
    const unsettled = this.#producers.unsettled
    const ended: { completed: CompletedTransaction; lastStableOffset: number }[] = []
    cursor.position = 0
    while (cursor.next()) {
      if (!header.hasProducerId) continue
      let completed: CompletedTransaction | undefined
      try {
        completed = this.#producers.apply(header, { origin, transactionVersion })
      } catch (error) {
        this.#producers.revert(this.#nextOffset, unsettled)
        throw error
      }
      if (completed?.aborted) {
        ended.push({ completed, lastStableOffset: this.#producers.lastStableOffsetAfter(completed) })
      }
    }

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
    return this.#producers.unsettled - unsettled
  }

  #rollFor(bytes: number, { lastOffset, maxTimestamp }: { lastOffset: number; maxTimestamp: number }): void {
    const now = this.#world.clock.now()
    if (this.segments.active.mustRoll({ now, bytes, maxTimestamp, lastOffset })) this.#roll()
  }

  /** Closes the active segment and opens one at the end of the log. */
  #roll(): void {
    const closed = this.segments.active
    // An index that has no room for a single entry would open one segment after the other.
    if (closed.size === 0) return
    this.#onDisk(() => {
      closed.seal()
      this.#closed.add(closed)
      this.#unsynced.add(closed)
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
    return endOffset - this.#recoveryPoint >= this.config.flushMessages
  }

  sync(segments: Iterable<Segment>): Promise<void> {
    for (const segment of segments) this.#unsynced.add(segment)
    // One after the other: a later caller's segments may be in the hands of an earlier one.
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
      // What is written while this goes on makes the segment unsynced again.
      this.#unsynced.delete(segment)
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

  onWritten({ segment, position, bytes, endOffset, changes }: WriteGroup, synced: boolean): void {
    segment.writtenSize = position + bytes
    this.#logEndOffset = endOffset
    this.#producers.settle(changes)
    if (synced) this.#recoveryPoint = Math.max(this.#recoveryPoint, endOffset)
    else if (bytes > 0) {
      if (this.#unsynced.size === 0) this.#lastFlushMs = this.#world.clock.monotonic()
      this.#unsynced.add(segment)
    }
  }

  onFailed(error: unknown, phase: 'write' | 'sync'): Error {
    const isFull = phase === 'write' && isFullVolume(error)
    try {
      if (!isFull) throw error
      this.#takeBack()
      this.#world.logger.warn('an append failed: the volume is full', { log: this.#path })
    } catch (cause) {
      this.#world.fail(cause as Error)
    }
    return this.#storageError('the records could not be written', error)
  }

  /** Back to the last completed write: nothing behind it was told to anybody. */
  #takeBack(): void {
    const end = this.#logEndOffset
    while (this.segments.active.baseOffset > end) this.#discard(this.segments.pop())
    const { active } = this.segments
    active.activate()
    active.truncate(end, active.writtenSize)
    this.#snapshots.removeAfter(end)
    this.#epochs.truncateFromEnd(end)
    this.#producers.revert(end)
    this.#nextOffset = end
    this.#noteEpochs()
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

  abortedTransactions({ offset, upperBound }: { offset: number; upperBound: number }): AbortedTransaction[] {
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

  async truncateTo(offset: number): Promise<void> {
    await this.#writer.idle()
    this.#checkOnline()
    if (offset >= this.#nextOffset) return
    if (offset < this.segments.first.baseOffset) {
      await this.truncateFullyAndStartAt(offset)
      return
    }
    await this.#onDiskLater(async () => {
      while (this.segments.active.baseOffset > offset) this.#discard(this.segments.pop())
      const { active } = this.segments
      active.activate()
      const position = runSync(active.file, active.find(offset, active.size)) ?? active.size
      active.truncate(offset, position)
      await this.#restart(active.readEnd().nextOffset)
    })
  }

  async truncateFullyAndStartAt(offset: number): Promise<void> {
    await this.#writer.idle()
    this.#checkOnline()
    await this.#onDiskLater(async () => {
      while (this.segments.length > 0) this.#discard(this.segments.pop())
      this.segments.push(this.#createSegment(offset))
      this.#epochs.clear()
      this.#snapshots.removeAll()
      this.#logStartOffset = offset
      this.#highWatermark = offset
      await this.#restart(offset)
    })
  }

  /** The log was cut: it ends at `endOffset`. */
  async #restart(endOffset: number): Promise<void> {
    this.#nextOffset = endOffset
    this.#logEndOffset = endOffset
    this.#recoveryPoint = Math.min(this.#recoveryPoint, endOffset)
    this.#logStartOffset = Math.min(this.#logStartOffset, endOffset)
    this.#highWatermark = Math.min(this.#highWatermark, endOffset)
    this.#reader.forgetPositions()
    this.#epochs.truncateFromEnd(endOffset)
    this.#noteEpochs()
    const bounds = { offsetMin: this.#logStartOffset, offsetMax: endOffset, now: this.#world.clock.now() }
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
    if (this.#offline) return 0
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
      this.#unsynced.delete(segment)
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

  /** Removes a segment at the end of the log, at once. */
  #discard(segment: Segment): void {
    this.#unsynced.delete(segment)
    this.#closed.delete(segment)
    for (const path of segment.markDeleted()) this.#world.disk.removeSync(path)
    segment.close()
    this.#snapshots.remove(segment.baseOffset)
  }

  async flush(): Promise<void> {
    this.#checkOnline()
    const endOffset = this.#logEndOffset
    try {
      await this.sync([])
    } catch (error) {
      // A second fsync may succeed and lie (D9).
      if (!this.#offline) this.#world.fail(error as Error)
      throw this.#storageError('the log could not be flushed', error)
    }
    this.#recoveryPoint = Math.max(this.#recoveryPoint, endOffset)
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
    for (const segment of this.segments) if (segment.isClosedInDoubt) this.#unsynced.add(segment)
    await this.flush()
    this.#goOffline()
  }

  /** The topic of a log that was written before topics had ids is known now. */
  adoptTopicId(topicId: string): void {
    this.#onDisk(() => writePartitionMetadata(this.#world.disk, this.#path, topicId))
    this.#topicId = topicId
  }

  /** Ends the log without writing: its directory failed, or it is being taken away. What is pending is told so. */
  abandon(reason: string): void {
    if (this.#offline) return
    this.#goOffline()
    this.#writer.abort(this.#storageError(reason))
  }

  #goOffline(): void {
    this.#offline = true
    for (const segment of this.segments) segment.close()
  }

  #noteEpochs(): void {
    if (this.#epochs.changed) this.#world.epochsChanged(this)
  }

  #checkOnline(): void {
    if (this.#offline) throw this.#storageError('the log is not served here any more')
  }

  /** What a disk operation throws fails the caller; unless the volume is merely full, the directory goes offline. */
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
    if (!isFullVolume(error) && !this.#offline) this.#world.fail(error)
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
