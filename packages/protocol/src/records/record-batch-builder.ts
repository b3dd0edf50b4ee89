import { assert } from '@dorsale/base'
import { type ByteWriter, uvarintSize, writeInt64 } from '../bytes/index.ts'
import { type CodecName, codecs } from '../compression/index.ts'
import { sealBatch } from './batch-stamp.ts'
import type { RecordHeader } from './kafka-record.ts'
import { type ProducerId, writeProducerId } from './producer-id.ts'
import { batchAttribute, batchField, currentMagic, logOverhead, none } from './record-batch.ts'
import { openSection, type RecordSection, type SectionMemory } from './record-section.ts'

/** What a builder writes into the header; everything has a default. */
export interface RecordBatchOptions {
  /** Default 0, as a producer sends it. */
  baseOffset?: number
  /** Default -1. */
  partitionLeaderEpoch?: number
  /** Default: not compressed. */
  codec?: CodecName | undefined
  /** A level of the codec. */
  level?: number | undefined
  /** Makes the batch one of append time: each of its records has this timestamp. */
  appendTime?: number | undefined
  /** Default -1: none. */
  producerId?: ProducerId
  /** Default -1: none. */
  producerEpoch?: number
  /** Default -1: none. */
  baseSequence?: number
  transactional?: boolean
  control?: boolean
  /** When compaction may drop the batch's tombstones or its marker (KIP-534); it takes the place of the base timestamp. Default: not decided. */
  deleteHorizonMs?: number | undefined
}

/** A record to append. */
export interface RecordInput {
  /** Milliseconds since 1970; -1: none. Default -1. */
  timestamp?: number
  /** Must grow from record to record. Default: one more than the last, from the base offset on. */
  offset?: number
  key?: Uint8Array | null
  value?: Uint8Array | null
  headers?: readonly RecordHeader[]
}

const maxRecordBytes = 0x7fffffff

/**
 * Builds one batch: `append` records, then `build` once.
 *
 * ```ts
 * const builder = new RecordBatchBuilder({ codec: 'zstd' })
 * builder.append({ timestamp, key, value })
 * const batch = builder.build()
 * ```
 */
export class RecordBatchBuilder {
  recordCount = 0
  readonly #options: RecordBatchOptions
  #producer: Required<Pick<RecordBatchOptions, 'producerId' | 'producerEpoch' | 'baseSequence'>> | undefined
  readonly #baseOffset: number
  readonly #section: RecordSection
  readonly #writer: ByteWriter
  #baseTimestamp = none
  #maxTimestamp = none
  #lastOffset: number

  constructor(options: RecordBatchOptions = {}, memory: SectionMemory = {}) {
    this.#options = options
    this.#baseOffset = options.baseOffset ?? 0
    this.#lastOffset = this.#baseOffset - 1
    this.#section = openSection(options, memory)
    this.#writer = this.#section.writer
  }

  /** Size of the batch so far, before compression. */
  get plainBytes(): number {
    return this.#section.plainBytes
  }

  append(record: RecordInput): void {
    const { timestamp = none, key = null, value = null, headers = [] } = record
    const writer = this.#writer
    this.#begin(timestamp, record.offset ?? this.#lastOffset + 1, bodySize(key, value, headers))
    writeBytes(writer, key)
    writeBytes(writer, value)
    writer.varint(headers.length)
    for (const header of headers) {
      writeBytes(writer, Buffer.from(header.key))
      writeBytes(writer, header.value)
    }
    this.#section.endRecord()
  }

  /** Appends a record of another batch as it is encoded there: `RecordReader.body`. */
  appendEncoded({ timestamp, offset, body }: { timestamp: number; offset: number; body: Uint8Array }): void {
    this.#begin(timestamp, offset, body.length)
    this.#writer.raw(body)
    this.#section.endRecord()
  }

  /** Writes what stands before a record's body, and counts the record in. */
  #begin(timestamp: number, offset: number, bodyBytes: number): void {
    assert(offset > this.#lastOffset, 'offsets grow inside a batch')
    if (this.recordCount === 0) {
      this.#baseTimestamp = this.#options.deleteHorizonMs ?? this.#options.appendTime ?? timestamp
    }
    const timestampDelta = timestamp - this.#baseTimestamp
    const offsetDelta = offset - this.#baseOffset
    const size = 1 + varlongSize(timestampDelta) + varintSize(offsetDelta) + bodyBytes
    assert(size <= maxRecordBytes, 'a record is smaller than 2 GiB')
    const writer = this.#writer
    writer.varint(size)
    writer.int8(0)
    writer.varlong(timestampDelta)
    writer.varint(offsetDelta)
    this.recordCount++
    this.#lastOffset = offset
    this.#maxTimestamp = Math.max(this.#maxTimestamp, timestamp)
  }

  /** Names the producer, for whoever learns it only when the records are there. Before `build`. */
  setProducer(producer: { producerId: ProducerId; producerEpoch: number; baseSequence: number }): void {
    this.#producer = producer
  }

  /** Nothing more is appended: what is left of the records is compressed, and what only appending needs is let go of. `build` does it otherwise. */
  close(): void {
    this.#section.close()
  }

  /** The batch, whole and sealed. `lastOffset` may lie behind the last record's, as compaction leaves it. */
  build(lastOffset = this.#lastOffset): Uint8Array {
    const options = this.#options
    const producer = this.#producer ?? options
    assert(lastOffset >= this.#lastOffset, 'a batch ends at or behind its last record')
    this.#section.close()
    const bytes = this.#section.bytes()
    let attributes = options.codec === undefined ? 0 : codecs[options.codec].id
    if (options.appendTime !== undefined) attributes |= batchAttribute.logAppendTime
    if (options.transactional) attributes |= batchAttribute.transactional
    if (options.control) attributes |= batchAttribute.control
    if (options.deleteHorizonMs !== undefined) attributes |= batchAttribute.deleteHorizon

    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    writeInt64(view, batchField.baseOffset, this.#baseOffset)
    view.setInt32(batchField.batchLength, bytes.length - logOverhead)
    view.setInt32(batchField.partitionLeaderEpoch, options.partitionLeaderEpoch ?? none)
    view.setInt8(batchField.magic, currentMagic)
    view.setInt16(batchField.attributes, attributes)
    view.setInt32(batchField.lastOffsetDelta, lastOffset - this.#baseOffset)
    writeInt64(view, batchField.baseTimestamp, this.#baseTimestamp)
    writeInt64(view, batchField.maxTimestamp, options.appendTime ?? this.#maxTimestamp)
    writeProducerId(view, batchField.producerId, producer.producerId ?? none)
    view.setInt16(batchField.producerEpoch, producer.producerEpoch ?? none)
    view.setInt32(batchField.baseSequence, producer.baseSequence ?? none)
    view.setInt32(batchField.recordCount, this.recordCount)
    sealBatch(bytes, 0)
    return bytes
  }

  /** Gives the memory back to the pool: nobody looks at the batch any more. Once, after `build`. */
  release(): void {
    this.#section.release()
  }
}

/** One batch of these records. */
export function buildBatch(records: Iterable<RecordInput>, options: RecordBatchOptions = {}): Uint8Array {
  const builder = new RecordBatchBuilder(options)
  for (const record of records) builder.append(record)
  return builder.build()
}

function bodySize(key: Uint8Array | null, value: Uint8Array | null, headers: readonly RecordHeader[]): number {
  let size = bytesSize(key) + bytesSize(value) + varintSize(headers.length)
  for (const header of headers) {
    const keyBytes = Buffer.byteLength(header.key)
    size += varintSize(keyBytes) + keyBytes + bytesSize(header.value)
  }
  return size
}

function writeBytes(writer: ByteWriter, bytes: Uint8Array | null): void {
  if (bytes === null) writer.varint(-1)
  else {
    writer.varint(bytes.length)
    writer.raw(bytes)
  }
}

function bytesSize(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length
}

function varintSize(value: number): number {
  return uvarintSize(((value << 1) ^ (value >> 31)) >>> 0)
}

/** Bytes of a zigzag varlong; an infinity is written as the end of the range. */
function varlongSize(value: number): number {
  // Zigzag doubles, so a value takes one byte per started seven bits of 2 |value| (or 2 |value| - 1 when negative).
  if (!Number.isFinite(value)) return 10
  let magnitude = value < 0 ? -value - 1 : value
  let size = 1
  for (magnitude = Math.floor(magnitude / 64); magnitude > 0; magnitude = Math.floor(magnitude / 128)) size++
  return size
}
