/**
 * Writes Kafka's primitive types into one growing buffer. Large record sets are not copied: they become chunks of their own
 * between two stretches of the buffer. What became a chunk is never written again, so chunks handed out stay true.
 */
import { assert, type BufferPool } from '@dorsale/base'
import { stringBytesMax } from './byte-reader.ts'
import { writeInt64 } from './int64.ts'
import type { RawBuffer } from './raw-buffer.ts'

/** A message outgrows the first buffer rarely, but then by much: below this size a buffer grows fourfold, above it doubles. */
const fastGrowthBytesMax = 64 * 1024

/** Below this size a copy is cheaper than one more element in a vectored write. */
const passThroughBytesMin = 1024

/** A growing buffer and a position in it. */
export class ByteWriter {
  #buffer: RawBuffer
  #view: DataView
  /** Where the next byte goes in `#buffer`. */
  #position = 0
  /** Where the stretch that is not yet a chunk begins in `#buffer`. */
  #chunkStart = 0
  readonly #chunks: Uint8Array[] = []
  /** Bytes in `#chunks`. */
  #chunkBytes = 0
  readonly #pool: BufferPool | undefined

  /** `pool`: where its memory comes from, for who gives it back (`release`). Default: from Node. */
  constructor(sizeHint = 512, pool?: BufferPool) {
    this.#pool = pool
    this.#buffer = this.#allocate(sizeHint)
    this.#view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset, this.#buffer.length)
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#chunkBytes + this.#position - this.#chunkStart
  }

  /** Everything written, in order. The writer is finished; the chunks must not be changed. */
  finish(): Uint8Array[] {
    this.#closeChunk()
    return this.#chunks
  }

  /** Everything written, as one array. The writer is finished. */
  finishBytes(): Uint8Array {
    const chunks = this.finish()
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
  }

  /**
   * Hands over what was written since the last chunk, as `bytes[start, end)`, and forgets the first bytes of it: as many as `take` answers. It keeps nothing of them, their memory is written to
   * again.
   */
  drain(take: (bytes: Uint8Array, start: number, end: number) => number): void {
    const start = this.#chunkStart
    const taken = take(this.#buffer, start, this.#position)
    assert(taken >= 0 && taken <= this.#position - start, 'no more is taken than is there')
    this.#buffer.copyWithin(start, start + taken, this.#position)
    this.#position -= taken
  }

  /** Gives the memory back to the pool: nobody looks at the chunks any more. Once, and the last that is done with the writer. */
  release(): void {
    this.#pool?.give(this.#buffer)
  }

  #closeChunk(): void {
    if (this.#position === this.#chunkStart) return
    const length = this.#position - this.#chunkStart
    this.#chunks.push(new Uint8Array(this.#buffer.buffer, this.#buffer.byteOffset + this.#chunkStart, length))
    this.#chunkBytes += length
    this.#chunkStart = this.#position
  }

  /** Makes room for `count` bytes and answers where they begin. */
  #reserve(count: number): number {
    const start = this.#position
    if (count > this.#buffer.length - start) return this.#grow(count)
    this.#position = start + count
    return start
  }

  #grow(count: number): number {
    // Only the open stretch moves: closed chunks keep the old buffer alive.
    const kept = this.#position - this.#chunkStart
    const size = Math.max(this.#buffer.length * (this.#buffer.length < fastGrowthBytesMax ? 4 : 2), kept + count)
    const buffer = this.#allocate(size)
    this.#buffer.copy(buffer, 0, this.#chunkStart, this.#position)
    if (this.#chunks.length === 0) this.#pool?.give(this.#buffer)
    this.#buffer = buffer
    this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
    this.#chunkStart = 0
    this.#position = kept + count
    return kept
  }

  #allocate(size: number): RawBuffer {
    // Node has a pool of its own for small ones: a buffer from elsewhere costs five times as much as a small message takes to write.
    return (this.#pool?.take(size) ?? Buffer.allocUnsafe(size)) as RawBuffer
  }

  #byte(value: number): void {
    const at = this.#reserve(1)
    this.#view.setUint8(at, value)
  }

  bool(value: boolean): void {
    const at = this.#reserve(1)
    this.#view.setInt8(at, value ? 1 : 0)
  }

  int8(value: number): void {
    assert(value === (value << 24) >> 24, 'an int8 is an integer of 8 bits')
    const at = this.#reserve(1)
    this.#view.setInt8(at, value)
  }

  int16(value: number): void {
    assert(value === (value << 16) >> 16, 'an int16 is an integer of 16 bits')
    const at = this.#reserve(2)
    this.#view.setInt16(at, value)
  }

  uint16(value: number): void {
    assert(value === (value & 0xffff), 'a uint16 is an integer of 16 bits')
    const at = this.#reserve(2)
    this.#view.setUint16(at, value)
  }

  int32(value: number): void {
    assert(value === (value | 0), 'an int32 is an integer of 32 bits')
    const at = this.#reserve(4)
    this.#view.setInt32(at, value)
  }

  uint32(value: number): void {
    assert(value === value >>> 0, 'a uint32 is an integer of 32 bits')
    const at = this.#reserve(4)
    this.#view.setUint32(at, value)
  }

  /** A safe integer; ±Infinity become Long.MAX and Long.MIN. */
  int64(value: number): void {
    const at = this.#reserve(8)
    writeInt64(this.#view, at, value)
  }

  exactInt64(value: bigint): void {
    assert(BigInt.asIntN(64, value) === value, 'an int64 is an integer of 64 bits')
    const at = this.#reserve(8)
    this.#view.setBigInt64(at, value)
  }

  float64(value: number): void {
    assert(typeof value === 'number', 'a float64 is a number')
    const at = this.#reserve(8)
    this.#view.setFloat64(at, value)
  }

  /** An unsigned varint of at most 32 bits. */
  uvarint(value: number): void {
    assert(value === value >>> 0, 'an unsigned varint is an integer of 32 bits')
    let at = this.#reserve(uvarintSize(value))
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) this.#view.setUint8(at++, (rest & 0x7f) | 0x80)
    this.#view.setUint8(at, rest)
  }

  /** A zigzag varint of at most 32 bits. */
  varint(value: number): void {
    assert(value === (value | 0), 'a varint is an integer of 32 bits')
    this.uvarint(((value << 1) ^ (value >> 31)) >>> 0)
  }

  /** A zigzag varint of at most 64 bits: a safe integer; ±Infinity become Long.MAX and Long.MIN. */
  varlong(value: number): void {
    if (value === (value | 0)) this.varint(value)
    else if (Number.isSafeInteger(value)) this.exactVarlong(BigInt(value))
    else {
      assert(
        value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY,
        'a varlong is a safe integer or an infinity',
      )
      this.exactVarlong(value > 0 ? 0x7fffffffffffffffn : -0x8000000000000000n)
    }
  }

  exactVarlong(value: bigint): void {
    assert(BigInt.asIntN(64, value) === value, 'a varlong is an integer of 64 bits')
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    while (rest > 0x7fn) {
      this.#byte(Number(rest & 0x7fn) | 0x80)
      rest >>= 7n
    }
    this.#byte(Number(rest))
  }

  /** A UUID in Kafka's text form. */
  uuid(value: string): void {
    const at = this.#reserve(16)
    const written = value.length === 22 ? this.#buffer.base64urlWrite(value, at, 16) : 0
    assert(written === 16, 'a UUID is 22 characters of base64url')
  }

  /** Bytes without a length, copied. */
  raw(value: Uint8Array): void {
    const start = this.#reserve(value.length)
    this.#buffer.set(value, start)
  }

  /** Bytes after their length as an unsigned varint: an unknown tagged field. */
  compactRaw(value: Uint8Array): void {
    this.uvarint(value.length)
    this.raw(value)
  }

  /** Bytes without a length; large ones become a chunk of their own and must not be changed afterwards. */
  rawChunk(value: Uint8Array): void {
    if (value.length < passThroughBytesMin) {
      this.raw(value)
      return
    }
    this.#closeChunk()
    this.#chunks.push(value)
    this.#chunkBytes += value.length
  }

  string(value: string): void {
    this.#reserve(2)
    const size = this.#text(value)
    this.#view.setInt16(this.#position - size - 2, size)
  }

  nullableString(value: string | null): void {
    if (value === null) this.int16(-1)
    else this.string(value)
  }

  compactString(value: string): void {
    // One byte holds the length of any text below 127 bytes; a longer one is measured first.
    if (value.length * 3 < 0x7f) {
      this.#reserve(1)
      const size = this.#text(value)
      this.#view.setUint8(this.#position - size - 1, size + 1)
      return
    }
    this.uvarint(Buffer.byteLength(value) + 1)
    this.#text(value)
  }

  compactNullableString(value: string | null): void {
    if (value === null) this.uvarint(0)
    else this.compactString(value)
  }

  /** UTF-8 without a length; answers the bytes it took. */
  #text(value: string): number {
    const length = value.length
    // Below 12 characters a loop beats the call into C++ (14 ns against 25 for 6 characters; even at 14).
    if (length < 12) {
      const start = this.#reserve(length)
      let index = 0
      for (; index < length; index++) {
        const code = value.charCodeAt(index)
        if (code > 0x7f) break
        this.#buffer[start + index] = code
      }
      if (index === length) return length
      this.#position = start
    }
    // Room for the worst case is cheaper than measuring first.
    const start = this.#reserve(length * 3)
    const size = this.#buffer.utf8Write(value, start, length * 3)
    assert(size <= stringBytesMax, `a string takes at most ${stringBytesMax} bytes`)
    this.#position = start + size
    return size
  }

  bytes(value: Uint8Array): void {
    this.int32(value.length)
    this.raw(value)
  }

  nullableBytes(value: Uint8Array | null): void {
    if (value === null) this.int32(-1)
    else this.bytes(value)
  }

  compactBytes(value: Uint8Array): void {
    this.uvarint(value.length + 1)
    this.raw(value)
  }

  compactNullableBytes(value: Uint8Array | null): void {
    if (value === null) this.uvarint(0)
    else this.compactBytes(value)
  }

  nullableRecords(value: Uint8Array | null): void {
    this.int32(value === null ? -1 : value.length)
    if (value !== null) this.rawChunk(value)
  }

  compactNullableRecords(value: Uint8Array | null): void {
    this.uvarint(value === null ? 0 : value.length + 1)
    if (value !== null) this.rawChunk(value)
  }

  /** The count of an array; -1 for null. */
  count(count: number): void {
    this.int32(count)
  }

  /** The count of an array; -1 for null. */
  compactCount(count: number): void {
    this.uvarint(count + 1)
  }

  /**
   * Begins something whose size goes before it as an unsigned varint (a tagged field). Pass what it answers to `endSized`. No
   * `rawChunk` may come between the two.
   */
  beginSized(): number {
    this.#reserve(1)
    return this.size
  }

  /** Fills in the size of what was written since `beginSized`. One byte was kept for it; a longer size moves the content. */
  endSized(start: number): void {
    const size = this.size - start
    const extra = uvarintSize(size) - 1
    if (extra > 0) {
      this.#reserve(extra)
      this.#buffer.copyWithin(this.#position - size, this.#position - size - extra, this.#position - extra)
    }
    let position = this.#position - size - extra - 1
    let rest = size
    for (; rest > 0x7f; rest >>>= 7) this.#view.setUint8(position++, (rest & 0x7f) | 0x80)
    this.#view.setUint8(position, rest)
  }
}

/** Bytes that an unsigned varint of 32 bits takes. */
export function uvarintSize(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5
}
