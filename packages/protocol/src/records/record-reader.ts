import { ByteReader, DecodeError } from '../bytes/index.ts'
import type { PlainMemory } from '../compression/index.ts'
import { errorCodes } from '../errors/index.ts'
import { batchRecords } from './batch-records.ts'
import { InvalidRecordsError } from './invalid-records-error.ts'
import type { KafkaRecord, RecordHeader } from './kafka-record.ts'
import type { BatchHeader } from './record-batch.ts'

const absent = -1

/**
 * Reads the records of one batch, front to back. The current record's fields are read when asked for; key, value and header values are
 * views, which pin the batch (or, when it was compressed, its decompressed records).
 *
 * ```ts
 * const reader = new RecordReader(header)
 * while (reader.next()) use(reader.offset, reader.value)
 * ```
 *
 * `next` throws an `InvalidRecordsError` at a record that cannot be read; so does the constructor for records that cannot be
 * decompressed, or not within `plainBytesMax`.
 */
export class RecordReader {
  offset = absent
  /** Milliseconds since 1970; -1: none. The append time of the batch, if it has one. */
  timestamp = absent
  /** The records of the batch as they are encoded, decompressed: what keys and values are views of. */
  readonly plain: Uint8Array
  readonly #reader: ByteReader
  readonly #count: number
  readonly #baseOffset: number
  readonly #baseTimestamp: number
  readonly #appendTime: number | undefined
  #index = absent
  #bodyStart = 0
  #keyStart = 0
  #keyLength = absent
  #valueStart = 0
  #valueLength = absent
  #headersStart = 0
  #recordStart = 0
  #recordEnd = 0

  /** `memory` lends what is decompressed its memory. Default: it has memory of its own. */
  constructor(
    header: BatchHeader,
    options: { plainBytesMax?: number | undefined; memory?: PlainMemory | undefined } = {},
  ) {
    this.plain = batchRecords(header, options.plainBytesMax, options.memory)
    this.#reader = new ByteReader(this.plain)
    this.#count = header.recordCount
    this.#baseOffset = header.baseOffset
    this.#baseTimestamp = header.baseTimestamp
    this.#appendTime = header.timestampType === 0 ? undefined : header.maxTimestamp
  }

  /** Goes back before the first record. */
  rewind(): void {
    this.#reader.restart(0)
    this.#index = absent
  }

  /** Steps onto the next record; false behind the last. */
  next(): boolean {
    if (++this.#index >= this.#count) {
      if (this.#reader.offset !== this.#reader.end) this.#fail('is followed by bytes that belong to no record')
      return false
    }
    try {
      this.#readRecord()
    } catch (error) {
      if (error instanceof DecodeError) this.#fail(error.reason, error)
      throw error
    }
    return true
  }

  #readRecord(): void {
    const reader = this.#reader
    const size = reader.varint()
    const start = reader.offset
    reader.skip(size)
    this.#recordStart = start
    this.#recordEnd = reader.offset
    reader.offset = start

    reader.skip(1)
    const timestamp = this.#baseTimestamp + reader.varlong()
    this.timestamp = this.#appendTime ?? timestamp
    this.offset = this.#baseOffset + reader.varint()
    this.#bodyStart = reader.offset
    this.#keyLength = reader.varint()
    this.#keyStart = reader.offset
    if (this.#keyLength > 0) reader.skip(this.#keyLength)
    this.#valueLength = reader.varint()
    this.#valueStart = reader.offset
    if (this.#valueLength > 0) reader.skip(this.#valueLength)
    this.#headersStart = reader.offset
    const headerCount = reader.varint()
    if (headerCount < 0 || headerCount > reader.remaining) this.#fail(`claims ${headerCount} headers`)
    for (let index = 0; index < headerCount; index++) {
      reader.skip(reader.varint())
      const valueLength = reader.varint()
      if (valueLength > 0) reader.skip(valueLength)
    }
    if (reader.offset !== this.#recordEnd) this.#fail('does not end where its size says')
  }

  get key(): Uint8Array | null {
    return this.#view(this.#keyStart, this.#keyLength)
  }

  get hasValue(): boolean {
    return this.#valueLength >= 0
  }

  /** Bytes of the record behind the field that says so. */
  get sizeInBytes(): number {
    return this.#recordEnd - this.#recordStart
  }

  /** Everything behind the offset as it is encoded, from the key's length on: a view, for whoever writes the record again. */
  get body(): Uint8Array {
    return this.#view(this.#bodyStart, this.#recordEnd - this.#bodyStart) as Uint8Array
  }

  get value(): Uint8Array | null {
    return this.#view(this.#valueStart, this.#valueLength)
  }

  get headers(): RecordHeader[] {
    const reader = this.#reader
    reader.offset = this.#headersStart
    const headers: RecordHeader[] = []
    for (let left = reader.varint(); left > 0; left--) {
      const key = reader.view(reader.varint())
      const valueLength = reader.varint()
      headers.push({ key: utf8(key), value: valueLength < 0 ? null : reader.view(valueLength) })
    }
    return headers
  }

  /** The current record as a value. */
  get record(): KafkaRecord {
    return { offset: this.offset, timestamp: this.timestamp, key: this.key, value: this.value, headers: this.headers }
  }

  #view(start: number, length: number): Uint8Array | null {
    if (length < 0) return null
    const reader = this.#reader
    reader.offset = start
    const view = reader.view(length)
    reader.offset = this.#recordEnd
    return view
  }

  #fail(reason: string, cause?: unknown): never {
    throw new InvalidRecordsError(errorCodes.INVALID_RECORD, `record ${this.#index} of the batch: ${reason}`, cause)
  }
}

/** The records of one batch, as values. */
export function* readRecords(header: BatchHeader, options: { plainBytesMax?: number } = {}): Generator<KafkaRecord> {
  const reader = new RecordReader(header, options)
  while (reader.next()) yield reader.record
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
