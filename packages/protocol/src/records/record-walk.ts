/**
 * The walk over the records of a batch: every record is parsed and held against the batch's header and the topic's rules, and none
 * is copied. A record of message format v2 is
 *
 * ```
 * size           varint    bytes after this field
 * attributes     int8      unused
 * timestampDelta varlong   to baseTimestamp
 * offsetDelta    varint    to baseOffset
 * keyLength      varint    -1: null
 * key
 * valueLength    varint    -1: null
 * value
 * headerCount    varint
 * headers        each: keyLength varint, key, valueLength varint (-1: null), value
 * ```
 *
 * with zigzag varints. This is the hottest loop of a broker (numbers in record-walk.bench.ts), hence the varints of one and two
 * bytes decoded in place, and the positions in local variables: a helper that answers a value and moves a position costs
 * a store and a load per field. A read past the end of the array yields undefined, which the arithmetic takes for 0; the
 * check against the record's end that follows then refuses the record.
 */
import { errorCodes } from '../errors/index.ts'
import { InvalidRecordsError } from './invalid-records-error.ts'
import { none } from './record-batch.ts'

/** Size, without the size field, of a record with neither key, value nor headers. */
const recordBytesMin = 6
const cutShort = 'is longer than its size'

/** What the walk holds each record against. */
export interface RecordWalkRules {
  /** Records that the header claims. */
  readonly recordCount: number
  readonly baseTimestamp: number
  /** When the batch carries an append time, all its records have it. */
  readonly appendTime: number | undefined
  /** Bounds of a record's timestamp, inclusive; a record's own `none` is always inside. */
  readonly timestampMin: number
  readonly timestampMax: number
  /** Refuse records without a key. */
  readonly keyRequired: boolean
  /** Largest record, without its size field. */
  readonly recordBytesMax: number
}

/** Why a record is refused while the batch can still be read. */
export type RecordFault = 'no-key' | 'timestamp'

/** Called for a record that breaks a rule. */
export type RecordFaultListener = (fault: RecordFault, index: number, timestamp: number) => void

/** A walk in progress. One batch, in one region (uncompressed) or in windows as a decompressor yields them. */
export class RecordWalk {
  /** Records passed. */
  count = 0
  maxTimestamp = none
  /** Index of the first record that has `maxTimestamp`. */
  maxTimestampIndex = none
  /** Bytes that the record takes at whose start the last `walk` stopped, if its size was there to be read; else 0. */
  pendingBytes = 0
  /** Whether each record's offset delta was its index. */
  offsetsAreConsecutive = true
  readonly #rules: RecordWalkRules
  readonly #onFault: RecordFaultListener
  /** Position handed between the loop and its slow paths. */
  #position = 0

  constructor(rules: RecordWalkRules, onFault: RecordFaultListener) {
    this.#rules = rules
    this.#onFault = onFault
  }

  /**
   * Walks the records that lie whole in `bytes[start, end)` and answers where the first byte behind them is: `end`, or the
   * start of a record that goes on in a next window. Throws an `InvalidRecordsError` at the first record that cannot be read, and at
   * bytes behind the last.
   */
  walk(bytes: Uint8Array, start: number, end: number): number {
    const { recordCount, baseTimestamp, appendTime, timestampMin, timestampMax, keyRequired, recordBytesMax } =
      this.#rules
    let position = start
    let index = this.count
    let maxTimestamp = this.maxTimestamp
    this.pendingBytes = 0

    while (index < recordCount && position < end) {
      const recordStart = position
      let size = bytes[position++]!
      if (size >= 0x80) {
        const next = position < end ? bytes[position++]! : 0x80
        if (next < 0x80) size = (size & 0x7f) | (next << 7)
        else {
          const read = this.#uvarint(bytes, recordStart, end, index)
          if (read === undefined) {
            position = recordStart
            break
          }
          size = read
          position = this.#position
        }
      }
      size = (size >>> 1) ^ -(size & 1)
      if (size < recordBytesMin) this.#fail(index, `claims ${size} bytes, too few for a record`)
      if (size > recordBytesMax) this.#fail(index, `claims ${size} bytes, ${recordBytesMax} are allowed`)
      const recordEnd = position + size
      if (recordEnd > end) {
        this.pendingBytes = recordEnd - recordStart
        position = recordStart
        break
      }

      position++ // attributes: no bit of them means anything
      let delta = bytes[position++]!
      let timestamp: number
      if (delta < 0x80) timestamp = baseTimestamp + ((delta >>> 1) ^ -(delta & 1))
      else {
        const next = bytes[position++]!
        if (next < 0x80) {
          delta = (delta & 0x7f) | (next << 7)
          timestamp = baseTimestamp + ((delta >>> 1) ^ -(delta & 1))
        } else {
          timestamp = baseTimestamp + this.#varlong(bytes, position - 2, recordEnd, index)
          position = this.#position
        }
      }

      let offsetDelta = bytes[position++]!
      if (offsetDelta >= 0x80) {
        const next = bytes[position++]!
        if (next < 0x80) offsetDelta = (offsetDelta & 0x7f) | (next << 7)
        else {
          offsetDelta = this.#uvarint(bytes, position - 2, recordEnd, index) ?? this.#fail(index, cutShort)
          position = this.#position
        }
      }
      // The zigzag form of a non-negative index is its double.
      if (offsetDelta !== index * 2) this.offsetsAreConsecutive = false

      let keyLength = bytes[position++]!
      if (keyLength >= 0x80) {
        const next = bytes[position++]!
        if (next < 0x80) keyLength = (keyLength & 0x7f) | (next << 7)
        else {
          keyLength = this.#uvarint(bytes, position - 2, recordEnd, index) ?? this.#fail(index, cutShort)
          position = this.#position
        }
      }
      // Odd is negative in zigzag; any negative length is null.
      const hasKey = (keyLength & 1) === 0
      if (hasKey) position += keyLength >>> 1
      if (position >= recordEnd) this.#fail(index, 'has a key that is longer than the record')

      let valueLength = bytes[position++]!
      if (valueLength >= 0x80) {
        const next = bytes[position++]!
        if (next < 0x80) valueLength = (valueLength & 0x7f) | (next << 7)
        else {
          valueLength = this.#uvarint(bytes, position - 2, recordEnd, index) ?? this.#fail(index, cutShort)
          position = this.#position
        }
      }
      if ((valueLength & 1) === 0) position += valueLength >>> 1

      if (position >= recordEnd) this.#fail(index, 'has a value that is longer than the record')
      if (bytes[position] === 0) position++
      else position = this.#skipHeaders(bytes, position, recordEnd, index)
      if (position !== recordEnd)
        this.#fail(index, `does not end where its size says, ${recordEnd - position} bytes off`)

      if (appendTime !== undefined) timestamp = appendTime
      if (keyRequired && !hasKey) this.#onFault('no-key', index, timestamp)
      else if (!(timestamp <= timestampMax && timestamp >= timestampMin)) {
        // Written so that NaN, the sum of two opposite infinities, is outside.
        if (timestamp !== none || appendTime !== undefined) this.#onFault('timestamp', index, timestamp)
      }
      if (timestamp > maxTimestamp) {
        maxTimestamp = timestamp
        this.maxTimestampIndex = index
      }
      index++
      // The same value by another way: it lets the processor begin the next record before the check of this one's end is through.
      position = recordEnd
    }
    this.count = index
    this.maxTimestamp = maxTimestamp
    if (index >= recordCount && position < end) this.#fail(index, 'is not claimed, yet there are bytes for it')
    return position
  }

  /** To be called behind the last byte: throws if records are missing. */
  finish(): void {
    if (this.count < this.#rules.recordCount)
      this.#fail(this.count, `ends too early, ${this.#rules.recordCount} are claimed`)
  }

  /**
   * An unsigned varint of up to 32 bits as an int32; undefined when `end` cuts it. Leaves the position behind it in `#position`.
   * Bits beyond the 32nd are dropped, as Kafka does.
   */
  #uvarint(bytes: Uint8Array, start: number, end: number, index: number): number | undefined {
    let value = 0
    for (let position = start, shift = 0; position < end; shift += 7) {
      const byte = bytes[position++]!
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        this.#position = position
        return value
      }
      if (shift === 28) this.#fail(index, 'has a varint of more than five bytes')
    }
    return undefined
  }

  /** A zigzag varlong; beyond the safe range ±Infinity. */
  #varlong(bytes: Uint8Array, start: number, end: number, index: number): number {
    // The first 28 bits as an integer, the rest as a double: the sum is exact while it is safe.
    let low = 0
    let high = 0
    let scale = 1
    for (let position = start, shift = 0; position < end; shift += 7) {
      const byte = bytes[position++]!
      if (shift < 28) low |= (byte & 0x7f) << shift
      else {
        high += (byte & 0x7f) * scale
        scale *= 128
      }
      if (byte < 0x80) {
        this.#position = position
        const half = (low >>> 1) + high * 2 ** 27
        const value = (low & 1) === 0 ? half : -half - 1
        if (Number.isSafeInteger(value)) return value
        return value > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
      }
      if (shift === 63) this.#fail(index, 'has a varlong of more than ten bytes')
    }
    return this.#fail(index, cutShort)
  }

  /** Passes over the header count and the headers; answers the position behind them. */
  #skipHeaders(bytes: Uint8Array, start: number, end: number, index: number): number {
    const count = this.#length(bytes, start, end, index)
    let position = this.#position
    // A header takes two bytes at least, so this bounds the loop by the bytes that are there.
    if (count < 0 || count > (end - position) / 2) this.#fail(index, `claims ${count} headers`)
    for (let header = 0; header < count; header++) {
      const keyLength = this.#length(bytes, position, end, index)
      if (keyLength < 0) this.#fail(index, `has a header without a key`)
      position = this.#position + keyLength
      const valueLength = this.#length(bytes, position, end, index)
      position = this.#position + Math.max(valueLength, 0)
    }
    return position
  }

  #length(bytes: Uint8Array, start: number, end: number, index: number): number {
    const value = this.#uvarint(bytes, start, end, index) ?? this.#fail(index, cutShort)
    return (value >>> 1) ^ -(value & 1)
  }

  #fail(index: number, reason: string): never {
    throw new InvalidRecordsError(errorCodes.INVALID_RECORD, `record ${index} of the batch ${reason}`)
  }
}
