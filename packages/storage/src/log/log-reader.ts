/** Reads of a log: by offset, by timestamp, aborted transactions. Only what is wholly written is seen. */
import { BatchCursor, BatchHeader, batchHeaderSize, logOverhead, RecordReader } from '@dorsale/protocol'
import type { BufferLease, ReadBuffers } from '../files/read-buffers.ts'
import { noTimestamp } from '../index/time-index.ts'
import type { AbortedTransactionEntry } from '../index/transaction-index.ts'
import { findBatch, readPiece } from '../segment/batch-walk.ts'
import { type FileWalk, run, runSync } from '../segment/file-walk.ts'
import type { Segment } from '../segment/segment.ts'
import type { SegmentList } from '../segment/segment-list.ts'
import type { LogRead, ReadOptions, TimestampOffset } from '../types.ts'
import { ReadHints } from './read-hints.ts'
import type { WritePolicy } from './write-policy.ts'

/** So far behind a segment's end its bytes count as hot, if this process wrote them. */
const hotBytes = 64 * 1024 * 1024
/** Hot reads up to this size block the loop for less than the way to the pool and back takes. */
const syncBytesMax = 256 * 1024

/** The log as its readers see it. */
export interface ReadableLog {
  readonly segments: SegmentList
  readonly logStartOffset: number
  readonly logEndOffset: number
}

export class LogReader {
  readonly #log: ReadableLog
  readonly #policy: WritePolicy
  readonly #buffers: ReadBuffers
  readonly #hints = new ReadHints()

  constructor(log: ReadableLog, options: { policy: WritePolicy; readBuffers: ReadBuffers }) {
    this.#log = log
    this.#policy = options.policy
    this.#buffers = options.readBuffers
  }

  /** The log was cut. */
  forgetPositions(): void {
    this.#hints.clear()
  }

  /** `options.offset` lies inside the log. */
  read(options: ReadOptions): LogRead | Promise<LogRead> {
    const { segments, logEndOffset } = this.#log
    const bound = Math.min(options.upperBound, logEndOffset)
    if (options.offset >= bound) return emptyRead(options.offset)
    const segment = segments.floor(options.offset) ?? segments.first
    if (!this.#isHot(segment, options))
      return this.#steadily(() => this.#readCold(segments.floor(options.offset) ?? segments.first, bound, options))
    const read = runSync(segment.file, this.#walk(segment, bound, options))
    if (read !== undefined) return read
    // Nothing there at or behind the offset: compaction left the rest of the segment empty.
    const next = segments.after(segment)
    return next === undefined ? emptyRead(options.offset) : this.#steadily(() => this.#readCold(next, bound, options))
  }

  /** As `read`, in this call wherever the bytes are: for what was written just now. */
  readNow(options: ReadOptions): LogRead {
    const { segments, logEndOffset } = this.#log
    const bound = Math.min(options.upperBound, logEndOffset)
    for (
      let segment = segments.floor(options.offset) ?? segments.first;
      segment.baseOffset < bound && options.offset < bound;
    ) {
      const read = runSync(segment.file, this.#walk(segment, bound, options))
      if (read !== undefined) return read
      const next = segments.after(segment)
      if (next === undefined) break
      segment = next
    }
    return emptyRead(options.offset)
  }

  /** Looks again when it failed and compaction has replaced segments meanwhile: the files of those may be gone. */
  async #steadily<T>(look: () => Promise<T>): Promise<T> {
    const { segments } = this.#log
    for (;;) {
      const { replacements } = segments
      try {
        return await look()
      } catch (error) {
        if (segments.replacements === replacements) throw error
      }
    }
  }

  /** Goes from segment to segment by their offsets: their places in the list may change meanwhile. */
  async #readCold(first: Segment, bound: number, options: ReadOptions): Promise<LogRead> {
    let segment: Segment | undefined = first
    while (segment !== undefined && segment.baseOffset < bound) {
      await segment.prepare()
      const read = await run(segment.file, this.#walk(segment, bound, options))
      if (read !== undefined) return read
      const { segments } = this.#log
      // Compaction may have joined it with those that follow: what they hold is in the segment that stands there now.
      segment = segment.isReplaced ? segments.floor(options.offset) : segments.after(segment)
    }
    return emptyRead(options.offset)
  }

  #isHot(segment: Segment, { offset, maxBytes }: ReadOptions): boolean {
    if (segment !== this.#log.segments.active || this.#policy.isSlow) return false
    const position = this.#hints.positionOf(offset, segment) ?? segment.offsets.positionFor(offset)
    const behind = segment.writtenSize - position
    // A consumer at the tail asks for a megabyte and gets what is there.
    if (Math.min(behind, maxBytes) > syncBytesMax) return false
    return position >= segment.loadedSize && behind <= hotBytes
  }

  *#walk(segment: Segment, bound: number, options: ReadOptions): FileWalk<LogRead | undefined> {
    const { segments, logEndOffset } = this.#log
    const { offset, maxBytes, minOneBatch } = options
    const writtenEnd = segment.writtenSize
    const isWhole = bound >= (segments.after(segment)?.baseOffset ?? logEndOffset)
    const end = isWhole ? writtenEnd : ((yield* segment.find(bound, writtenEnd)) ?? writtenEnd)
    const start = this.#hints.positionOf(offset, segment) ?? (yield* segment.find(offset, end))
    if (start === undefined || start >= end) return undefined

    const wanted = Math.min(end - start, maxBytes)
    let lease = this.#buffers.take(wanted)
    let records = yield* readInto(lease, start, Math.min(Math.max(wanted, batchHeaderSize), end - start))
    const firstSize = new DataView(records.buffer, records.byteOffset).getInt32(8) + logOverhead
    if (firstSize > records.length && minOneBatch) {
      lease?.giveBack()
      lease = undefined
      records = yield* readPiece(start, Math.min(firstSize, end - start))
    } else if (records.length > wanted && !(minOneBatch && firstSize >= records.length))
      records = records.subarray(0, wanted)

    const cursor = new BatchCursor(records)
    let endOffset = offset
    while (cursor.next()) endOffset = cursor.header.nextOffset
    if (cursor.position > 0) this.#hints.note(endOffset, segment, start + cursor.position)
    return { records, lease, endOffset, firstBatchIncomplete: cursor.position === 0 }
  }

  /** The first record at or behind `timestamp` in [logStartOffset, upperBound). */
  offsetForTimestamp(timestamp: number, upperBound: number): Promise<TimestampOffset | undefined> {
    return this.#steadily(() => this.#offsetForTimestamp(timestamp, upperBound))
  }

  async #offsetForTimestamp(timestamp: number, upperBound: number): Promise<TimestampOffset | undefined> {
    for (const segment of [...this.#log.segments]) {
      if (segment.maxTimestamp < timestamp) continue
      await segment.prepare()
      const found = await this.#findRecord(
        segment,
        segment.offsets.positionFor(segment.times.offsetFor(timestamp)),
        header => header.maxTimestamp >= timestamp && header.lastOffset >= this.#log.logStartOffset,
        reader => reader.timestamp >= timestamp && reader.offset >= this.#log.logStartOffset,
      )
      if (found !== undefined) return found.offset < upperBound ? found : undefined
    }
    return undefined
  }

  /** The first record with the greatest timestamp of the log. */
  offsetOfMaxTimestamp(): Promise<TimestampOffset | undefined> {
    return this.#steadily(() => this.#offsetOfMaxTimestamp())
  }

  async #offsetOfMaxTimestamp(): Promise<TimestampOffset | undefined> {
    let latest: Segment | undefined
    for (const segment of this.#log.segments)
      if (segment.maxTimestamp > (latest?.maxTimestamp ?? noTimestamp)) latest = segment
    if (latest === undefined) return undefined
    const timestamp = latest.maxTimestamp
    await latest.prepare()
    return this.#findRecord(
      latest,
      latest.offsets.positionFor(latest.maxTimestampOffset),
      header => header.maxTimestamp === timestamp,
      reader => reader.timestamp === timestamp,
    )
  }

  async #findRecord(
    segment: Segment,
    from: number,
    isBatch: (header: BatchHeader) => boolean,
    isRecord: (reader: RecordReader) => boolean,
  ): Promise<TimestampOffset | undefined> {
    const end = segment.writtenSize
    for (let position = from; position < end; ) {
      let size = 0
      const found = await run(
        segment.file,
        findBatch(position, end, header => {
          size = header.sizeInBytes
          return isBatch(header)
        }),
      )
      if (found === undefined) return undefined
      const header = new BatchHeader(await run(segment.file, readPiece(found, size)))
      const reader = new RecordReader(header)
      while (reader.next()) {
        if (isRecord(reader)) {
          return { timestamp: reader.timestamp, offset: reader.offset, leaderEpoch: header.partitionLeaderEpoch }
        }
      }
      position = found + size
    }
    return undefined
  }

  /** Aborted transactions that overlap [offset, upperBound), in the order of their markers. */
  abortedTransactions(offset: number, upperBound: number): AbortedTransactionEntry[] {
    const { segments } = this.#log
    const aborted: AbortedTransactionEntry[] = []
    for (let index = Math.max(segments.floorIndex(offset), 0); index < segments.length; index++) {
      for (const entry of segments.at(index).transactions.entries) {
        if (entry.lastOffset >= offset && entry.firstOffset < upperBound) aborted.push(entry)
        // Markers of transactions that began below the bound have all been met.
        if (entry.lastStableOffset >= upperBound) return aborted
      }
    }
    return aborted
  }
}

/** Reads into a borrowed buffer if there is one, which is then as long as the read, and else into a fresh one. */
function* readInto(lease: BufferLease | undefined, position: number, bytes: number): FileWalk<Uint8Array> {
  if (lease === undefined) return yield* readPiece(position, bytes)
  const length = yield { target: lease.bytes, position }
  return length === lease.bytes.length ? lease.bytes : lease.bytes.subarray(0, length)
}

function emptyRead(offset: number): LogRead {
  return { records: new Uint8Array(0), lease: undefined, endOffset: offset, firstBatchIncomplete: false }
}
