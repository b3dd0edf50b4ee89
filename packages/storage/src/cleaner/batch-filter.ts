/** What compaction keeps of a batch: all of it, some of its records, its header alone, or nothing. The rules are Kafka's (KIP-534 for tombstones and markers). */
import {
  type BatchHeader,
  emptiedBatch,
  errorCodes,
  InvalidRecordsError,
  type ProducerId,
  RecordReader,
  rebuilderOf,
} from '@dorsale/protocol'
import type { LastRecord } from '../log/log.ts'
import type { OffsetMap } from './offset-map.ts'
import type { Pacer } from './pacer.ts'

/** Plain bytes that a compressed batch may hold: more than any producer is allowed here, since other brokers allow more. */
export const cleanedBatchBytesMax = 128 * 1024 * 1024

/** What a new base timestamp may add to a record, and to the length before it. */
const growthOfRecord = 12

export interface BatchFilterOptions {
  readonly keys: OffsetMap
  readonly pacer: Pacer
  readonly now: number
  readonly deleteRetentionMs: number
  readonly lastRecords: ReadonlyMap<ProducerId, LastRecord>
  readonly highWatermark: number
}

export class BatchFilter {
  readonly #options: BatchFilterOptions

  constructor(options: BatchFilterOptions) {
    this.#options = options
  }

  /**
   * The bytes that stay of the batch, a view of it when it stays as it is; undefined when nothing does. `isDispensable`: its transaction does
   * not need it.
   */
  async filter(header: BatchHeader, isDispensable: boolean): Promise<Uint8Array | undefined> {
    const isPastHorizon = header.hasDeleteHorizon && header.baseTimestamp <= this.#options.now
    const dropsRecords = isDispensable && (!header.isControl || isPastHorizon)
    const kept = dropsRecords ? undefined : await this.#keptRecords(header, isDispensable)
    if (kept !== undefined) return kept
    return this.#mustStay(header) ? emptiedBatch(header) : undefined
  }

  /** Undefined when no record stays. `isSpent`: of a marker, that its transaction has left nothing behind. */
  async #keptRecords(header: BatchHeader, isSpent: boolean): Promise<Uint8Array | undefined> {
    const { pacer, now, deleteRetentionMs } = this.#options
    const horizonMs = header.hasDeleteHorizon ? header.baseTimestamp : undefined
    const reader = new RecordReader(header, { plainBytesMax: cleanedBatchBytesMax })
    const isKept: boolean[] = []
    let keptCount = 0
    let keptBytes = 0
    let hasTombstone = false
    while (reader.next()) {
      const keeps = header.isControl || this.#keeps(reader, horizonMs)
      isKept.push(keeps)
      if (keeps) {
        keptCount++
        keptBytes += reader.sizeInBytes
        hasTombstone ||= !reader.hasValue
      }
      if (pacer.countRecord()) await pacer.turn()
    }
    if (keptCount === 0) return undefined

    const begins = (hasTombstone || isSpent) && horizonMs === undefined
    if (keptCount === isKept.length && !begins) return header.batchBytes
    const deleteHorizonMs = begins ? now + deleteRetentionMs : horizonMs
    const builder = rebuilderOf(header, { deleteHorizonMs, sizeHint: keptBytes + keptCount * growthOfRecord })
    reader.rewind()
    for (const keeps of isKept) {
      reader.next()
      if (!keeps) continue
      if (!Number.isFinite(reader.timestamp)) throw unwritable(reader.offset)
      builder.appendEncoded(reader)
      if (pacer.countRecord()) await pacer.turn()
    }
    return builder.build(header.lastOffset)
  }

  #keeps(reader: RecordReader, horizonMs: number | undefined): boolean {
    const { keys, now } = this.#options
    // The map was full before: whether a later record has its key is not known.
    if (reader.offset > keys.latestOffset) return true
    const { key } = reader
    if (key === null || reader.offset < keys.get(key)) return false
    return reader.hasValue || horizonMs === undefined || now < horizonMs
  }

  /** Whether the batch stays though all its records go: for what it says about its producer, or about the end of what is committed. */
  #mustStay(header: BatchHeader): boolean {
    const last = header.hasProducerId ? this.#options.lastRecords.get(header.producerId) : undefined
    if (last !== undefined) {
      const isLast =
        last.dataOffset === undefined
          ? header.isControl && header.producerEpoch === last.producerEpoch
          : header.lastOffset === last.dataOffset
      if (isLast) return true
    }
    return header.nextOffset === this.#options.highWatermark
  }
}

/** An extreme that no number holds would be written as another one. */
function unwritable(offset: number): InvalidRecordsError {
  return new InvalidRecordsError(
    errorCodes.INVALID_TIMESTAMP,
    `the record at offset ${offset} has a timestamp beyond 2^53, with which it cannot be written again`,
  )
}
