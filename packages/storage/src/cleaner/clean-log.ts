/**
 * One pass of compaction over one log:
 *
 * 1. the dirty segments are read and the latest offset of each key is noted, until the map is full or the dirty part ends;
 * 2. all segments up to there, the clean ones too, are read again in groups that fit into one segment; of each group what is kept is written
 *    into a new segment, which then takes their place.
 *
 * Offsets never change. Nothing is written again that does not match its checksum: a pass that meets damage throws, and the log stays as it is.
 */
import type { Clock, Prng } from '@dorsale/base'
import { BatchHeader, isBatchIntact, RecordReader } from '@dorsale/protocol'
import { CorruptFileError } from '../files/checkpoint.ts'
import type { Compaction } from '../log/compaction.ts'
import type { Log } from '../log/log.ts'
import type { CleanerConfig } from '../log-config.ts'
import { BatchWindows } from '../segment/batch-windows.ts'
import type { Segment } from '../segment/segment.ts'
import { BatchFilter, cleanedBatchBytesMax } from './batch-filter.ts'
import { CleanedWriter } from './cleaned-writer.ts'
import { type CleaningPlan, groupSegments } from './cleaning-plan.ts'
import { OffsetMap } from './offset-map.ts'
import { Pacer } from './pacer.ts'
import { TransactionFilter } from './transaction-filter.ts'

export interface PassOptions {
  readonly log: Log
  readonly plan: CleaningPlan
  readonly compaction: Compaction
  readonly config: CleanerConfig
  readonly clock: Clock
  readonly prng: Prng
}

export interface PassResult {
  /** The log is compacted up to here. */
  readonly endOffset: number
  readonly keyCount: number
  readonly segmentsBefore: number
  readonly segmentsAfter: number
  readonly bytesBefore: number
  readonly bytesAfter: number
}

/**
 * Runs the pass. Throws a `CompactionAborted` when it was told to give up, a `CorruptFileError` or an `InvalidRecordsError` at batches that cannot
 * be read, and what the disk throws.
 */
export async function cleanLog(options: PassOptions): Promise<PassResult> {
  return await new Pass(options).run()
}

class Pass {
  readonly #log: Log
  readonly #plan: CleaningPlan
  readonly #compaction: Compaction
  readonly #keys: OffsetMap
  readonly #pacer: Pacer
  readonly #windows: BatchWindows
  readonly #bufferBytes: number
  readonly #now: number

  constructor({ log, plan, compaction, config, clock, prng }: PassOptions) {
    const { firstDirtyOffset, firstUncleanableOffset } = plan
    this.#log = log
    this.#plan = plan
    this.#compaction = compaction
    this.#keys = new OffsetMap({
      bytesMax: config.dedupeBufferBytes,
      loadFactor: config.dedupeBufferLoadFactor,
      keyCountMax: firstUncleanableOffset - firstDirtyOffset,
      prng,
    })
    this.#pacer = new Pacer({ clock, bytesPerSecond: config.ioBytesPerSecondMax, compaction })
    this.#bufferBytes = Math.floor(config.ioBufferBytes / 2)
    this.#windows = new BatchWindows(this.#bufferBytes)
    this.#now = clock.now()
  }

  async run(): Promise<PassResult> {
    await this.#noteKeys()
    const endOffset = this.#keys.latestOffset + 1
    const { segments, config } = this.#log
    const sources = segments.range(0, endOffset)
    const groups = groupSegments(sources, config, this.#plan.firstUncleanableOffset)
    const transactions = new TransactionFilter()
    let bytesAfter = 0
    for (const group of groups) bytesAfter += await this.#cleanGroup(group, transactions)
    return {
      endOffset,
      keyCount: this.#keys.size,
      segmentsBefore: sources.length,
      segmentsAfter: groups.length,
      bytesBefore: sources.reduce((bytes, segment) => bytes + segment.size, 0),
      bytesAfter,
    }
  }

  /** Fills the map from the dirty part of the log. */
  async #noteKeys(): Promise<void> {
    const { firstDirtyOffset, firstUncleanableOffset } = this.#plan
    const dirty = this.#log.segments.range(firstDirtyOffset, firstUncleanableOffset)
    const transactions = new TransactionFilter()
    transactions.add(this.#log.abortedEntries({ offset: firstDirtyOffset, upperBound: firstUncleanableOffset }))
    for (const [index, segment] of dirty.entries()) {
      if (!(await this.#noteKeysOf(segment, transactions))) return
      // Behind the last batch nothing is missing: the next segment begins there, or later.
      const nextOffset = dirty[index + 1]?.baseOffset ?? firstUncleanableOffset
      this.#keys.latestOffset = Math.max(this.#keys.latestOffset, nextOffset - 1)
    }
  }

  /** False when the map had no room for a key. */
  async #noteKeysOf(segment: Segment, transactions: TransactionFilter): Promise<boolean> {
    const { firstDirtyOffset } = this.#plan
    await segment.prepare()
    const start = segment.offsets.positionFor(firstDirtyOffset)
    for await (const header of this.#batches(segment, start)) {
      if (!transactions.isDispensable(header) && !header.isControl && !(await this.#noteKeysIn(header))) return false
      const { lastOffset } = header
      if (lastOffset >= firstDirtyOffset) this.#keys.latestOffset = Math.max(this.#keys.latestOffset, lastOffset)
    }
    return true
  }

  async #noteKeysIn(header: BatchHeader): Promise<boolean> {
    const { firstDirtyOffset } = this.#plan
    const reader = new RecordReader(header, { plainBytesMax: cleanedBatchBytesMax })
    while (reader.next()) {
      const { key } = reader
      if (key !== null && reader.offset >= firstDirtyOffset) {
        if (this.#keys.isFull) return false
        this.#keys.put(key, reader.offset)
      }
      if (this.#pacer.countRecord()) await this.#pacer.turn()
    }
    return true
  }

  /** Answers the bytes that were kept. */
  async #cleanGroup(group: readonly Segment[], transactions: TransactionFilter): Promise<number> {
    const [first] = group as [Segment]
    const last = group.at(-1) as Segment
    const cleaned = this.#log.createCleanedSegment(first.baseOffset)
    try {
      const writer = new CleanedWriter(cleaned, this.#bufferBytes, this.#pacer)
      transactions.onAbortKept = entry => cleaned.noteAborted(entry)
      for (const [index, segment] of group.entries()) {
        const upperBound = group[index + 1]?.baseOffset ?? segment.readEnd().nextOffset
        transactions.add(this.#log.abortedEntries({ offset: segment.baseOffset, upperBound }))
        await this.#cleanInto(writer, segment, transactions)
      }
      await writer.finish()
      cleaned.seal()
      cleaned.inheritedModifiedMs = last.modifiedMs
      await cleaned.sync()
      await this.#log.replaceSegments(cleaned, group, this.#compaction)
    } catch (error) {
      this.#log.discardCleanedSegment(cleaned)
      throw error
    }
    return cleaned.size
  }

  async #cleanInto(writer: CleanedWriter, segment: Segment, transactions: TransactionFilter): Promise<void> {
    const filter = new BatchFilter({
      keys: this.#keys,
      pacer: this.#pacer,
      now: this.#now,
      deleteRetentionMs: this.#log.config.deleteRetentionMs,
      lastRecords: this.#log.lastRecordsOfProducers(),
      highWatermark: this.#log.highWatermark,
    })
    for await (const header of this.#batches(segment, 0)) {
      const kept = await filter.filter(header, transactions.isDispensable(header))
      if (kept !== undefined) await writer.append(kept)
    }
  }

  /** The batches of a closed segment. The header, and what it shows, are the reader's until the next step. */
  async *#batches(segment: Segment, start: number): AsyncGenerator<BatchHeader> {
    for await (const { bytes, position } of this.#windows.read(segment.file, start, segment.writtenSize)) {
      await this.#pacer.spend(bytes.length)
      const header = new BatchHeader(bytes)
      for (; header.position < bytes.length; header.position += header.sizeInBytes) {
        if (!isBatchIntact(bytes, header.position)) {
          const at = position + header.position
          throw new CorruptFileError(segment.file.path, `holds at byte ${at} a batch that does not match its checksum`)
        }
        yield header
      }
    }
  }
}
