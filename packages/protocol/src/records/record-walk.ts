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
 * with zigzag varints. This is the hottest loop of a broker, and it is written for the machine; 14 ns a record became 8 by
 *
 * - decoding varints of one and two bytes in place: a helper would answer a value and move a position, a store and a load per field;
 * - keeping to 32-bit integers, which `| 0` promises to V8: no overflow checks, no doubles. A timestamp is compared as its delta, with
 *   bounds that are deltas, too; the rare delta beyond 30 bits goes another way;
 * - beginning a record where the last one's size said it would, not where its fields ended, once these were found to be the same: the
 *   processor can then read ahead while the fields of the last record are still being added up.
 *
 * A read past the end of the array yields undefined, which the arithmetic takes for 0; the check against the record's end that
 * follows then refuses the record. `record-walk.bench.ts` has the numbers.
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

/** Timestamp deltas strictly between this and its negative are compared as integers. */
const deltaLimit = 0x40000000

/** A walk in progress. One batch, in one region (uncompressed) or in windows as a decompressor yields them. */
export class RecordWalk {
  /** Records passed. */
  count = 0
  /** Bytes that the record takes at whose start the last `walk` stopped, if its size was there to be read; else 0. */
  pendingBytes = 0
  readonly #rules: RecordWalkRules
  readonly #onFault: RecordFaultListener
  /** Bounds of a record's timestamp, as deltas. */
  readonly #deltaMin: number
  readonly #deltaMax: number
  /** The greatest delta so far, or what it must exceed, and the first record that has it. */
  #greatestDelta: number
  #greatestIndex = none
  /** The greatest timestamp among those whose delta is no small integer, and the first record that has it. */
  #farTimestamp = none
  #farIndex = none
  /** Not 0: an offset delta was not its record's index. */
  #misnumbered = 0
  /** The timestamp of the last record whose delta was no small integer. */
  #lastFarTimestamp = none
  /** Position handed between the loop and its slow paths. */
  #position = 0

  constructor(rules: RecordWalkRules, onFault: RecordFaultListener) {
    this.#rules = rules
    this.#onFault = onFault
    const { baseTimestamp, appendTime, timestampMin, timestampMax } = rules
    if (appendTime === undefined) {
      this.#deltaMin = asDelta(timestampMin, baseTimestamp)
      this.#deltaMax = asDelta(timestampMax, baseTimestamp)
      this.#greatestDelta = asDelta(none, baseTimestamp)
    } else {
      // One timestamp for all: either no delta is at fault or each is.
      const isInside = appendTime >= timestampMin && appendTime <= timestampMax
      this.#deltaMin = isInside ? -deltaLimit : deltaLimit
      this.#deltaMax = isInside ? deltaLimit : -deltaLimit
      this.#greatestDelta = deltaLimit
      this.#farTimestamp = appendTime
      this.#farIndex = 0
    }
  }

  /** The greatest timestamp so far; `none` if there is none above it. */
  get maxTimestamp(): number {
    return this.#greatestIsNear() ? this.#rules.baseTimestamp + this.#greatestDelta : this.#farTimestamp
  }

  /** Index of a record that has `maxTimestamp`; `none` if there is none. */
  get maxTimestampIndex(): number {
    return this.#greatestIsNear() ? this.#greatestIndex : this.#farIndex
  }

  #greatestIsNear(): boolean {
    return this.#greatestIndex !== none && this.#rules.baseTimestamp + this.#greatestDelta >= this.#farTimestamp
  }

  /** Whether each record's offset delta was its index. */
  get offsetsAreConsecutive(): boolean {
    return this.#misnumbered === 0
  }

  /**
   * Walks the records that lie whole in `bytes[start, end)` and answers where the first byte behind them is: `end`, or the
   * start of a record that goes on in a next window. Throws an `InvalidRecordsError` at the first record that cannot be read, and at
   * bytes behind the last.
   */
  walk(bytes: Uint8Array, start: number, end: number): number {
    const { recordCount, keyRequired, recordBytesMax } = this.#rules
    const deltaMin = this.#deltaMin
    const deltaMax = this.#deltaMax
    let greatestDelta = this.#greatestDelta
    let greatestIndex = this.#greatestIndex
    let misnumbered = this.#misnumbered
    let index = this.count
    let position = start
    this.pendingBytes = 0

    while (index < recordCount && position < end) {
      const recordStart = position
      let size = bytes[position]!
      position = (position + 1) | 0
      if (size >= 0x80) {
        const next = position < end ? bytes[position]! : 0x80
        position = (position + 1) | 0
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
      if (size > end - position) {
        this.pendingBytes = position + size - recordStart
        position = recordStart
        break
      }
      const recordEnd = (position + size) | 0

      // Behind the attributes, no bit of which means anything.
      let delta = bytes[position + 1]!
      position = (position + 2) | 0
      let isFar = false
      if (delta < 0x80) delta = (delta >>> 1) ^ -(delta & 1)
      else {
        const next = bytes[position]!
        position = (position + 1) | 0
        if (next < 0x80) {
          delta = (delta & 0x7f) | (next << 7)
          delta = (delta >>> 1) ^ -(delta & 1)
        } else {
          const long = this.#varlong(bytes, position - 2, recordEnd, index)
          position = this.#position
          isFar = long >= deltaLimit || long <= -deltaLimit
          delta = isFar ? this.#farDelta(long, index) : long | 0
        }
      }

      let offsetDelta = bytes[position]!
      position = (position + 1) | 0
      if (offsetDelta >= 0x80) {
        const next = bytes[position]!
        position = (position + 1) | 0
        if (next < 0x80) offsetDelta = (offsetDelta & 0x7f) | (next << 7)
        else {
          offsetDelta = this.#uvarint(bytes, position - 2, recordEnd, index) ?? this.#fail(index, cutShort)
          position = this.#position
        }
      }
      // The zigzag form of a non-negative index is its double.
      misnumbered |= offsetDelta ^ (index << 1)

      let keyLength = bytes[position]!
      position = (position + 1) | 0
      if (keyLength >= 0x80) {
        const next = bytes[position]!
        position = (position + 1) | 0
        if (next < 0x80) keyLength = (keyLength & 0x7f) | (next << 7)
        else {
          keyLength = this.#innerLength(bytes, position - 2, recordEnd, index)
          position = this.#position
        }
      }
      // Odd is negative in zigzag; any negative length is null.
      const hasKey = (keyLength & 1) === 0
      if (hasKey) position = (position + (keyLength >>> 1)) | 0
      if (position >= recordEnd) this.#fail(index, 'has a key that is longer than the record')

      let valueLength = bytes[position]!
      position = (position + 1) | 0
      if (valueLength >= 0x80) {
        const next = bytes[position]!
        position = (position + 1) | 0
        if (next < 0x80) valueLength = (valueLength & 0x7f) | (next << 7)
        else {
          valueLength = this.#innerLength(bytes, position - 2, recordEnd, index)
          position = this.#position
        }
      }
      if ((valueLength & 1) === 0) position = (position + (valueLength >>> 1)) | 0
      if (position >= recordEnd) this.#fail(index, 'has a value that is longer than the record')

      if (bytes[position] === 0) position = (position + 1) | 0
      else position = this.#skipHeaders(bytes, position, recordEnd, index)
      if (position !== recordEnd)
        this.#fail(index, `does not end where its size says, ${recordEnd - position} bytes off`)

      if (keyRequired && !hasKey) this.#fault('no-key', index, delta, isFar)
      else if (delta > deltaMax || delta < deltaMin) this.#fault('timestamp', index, delta, isFar)
      if (delta > greatestDelta && !isFar) {
        greatestDelta = delta
        greatestIndex = index
      }
      index = (index + 1) | 0
      position = recordEnd
    }
    this.count = index
    this.#greatestDelta = greatestDelta
    this.#greatestIndex = greatestIndex
    this.#misnumbered = misnumbered
    if (index >= recordCount && position < end) this.#fail(index, 'is not claimed, yet there are bytes for it')
    return position
  }

  /** To be called behind the last byte: throws if records are missing. */
  finish(): void {
    if (this.count < this.#rules.recordCount)
      this.#fail(this.count, `ends too early, ${this.#rules.recordCount} are claimed`)
  }

  /**
   * Looks at a timestamp whose delta is no small integer. Answers a delta that stands for it in the loop's check: one that is
   * inside of the bounds if the timestamp is, and else one that never is.
   */
  #farDelta(long: number, index: number): number {
    const { baseTimestamp, appendTime, timestampMin, timestampMax } = this.#rules
    if (appendTime !== undefined) return this.#deltaMin
    const timestamp = baseTimestamp + long
    this.#lastFarTimestamp = timestamp
    if (timestamp > this.#farTimestamp) {
      this.#farTimestamp = timestamp
      this.#farIndex = index
    }
    // The sum of two opposite infinities, NaN, is inside of nothing.
    const isInside = (timestamp >= timestampMin && timestamp <= timestampMax) || timestamp === none
    return isInside ? this.#deltaMin : deltaLimit + 1
  }

  #fault(fault: RecordFault, index: number, delta: number, isFar: boolean): void {
    const { baseTimestamp, appendTime } = this.#rules
    const timestamp = appendTime ?? (isFar ? this.#lastFarTimestamp : baseTimestamp + delta)
    if (fault === 'timestamp' && timestamp === none && appendTime === undefined) return
    this.#onFault(fault, index, timestamp)
  }

  /** A length as it stands, in zigzag; refused if what it counts cannot be in the record. */
  #innerLength(bytes: Uint8Array, start: number, end: number, index: number): number {
    const length = this.#uvarint(bytes, start, end, index) ?? this.#fail(index, cutShort)
    if ((length & 1) === 0 && length >>> 1 > end - this.#position) this.#fail(index, cutShort)
    return length
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

/** A bound of timestamps as one of small integer deltas. */
function asDelta(bound: number, baseTimestamp: number): number {
  if (!Number.isFinite(bound)) return bound > 0 ? deltaLimit : -deltaLimit
  return Math.max(-deltaLimit, Math.min(deltaLimit, bound - baseTimestamp))
}
