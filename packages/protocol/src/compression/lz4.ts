/**
 * The lz4 frame, as far as Kafka knows it: independent blocks, one frame.
 *
 * ```
 * magic       04 22 4d 18
 * FLG         version 01 in bits 6-7, 5 independent blocks, 4 block checksums, 3 content size, 2 content checksum
 * BD          block maximum in bits 4-6: 4 is 64 KiB, 5 256 KiB, 6 1 MiB, 7 4 MiB
 * content size, 8 bytes, if FLG says so
 * HC          second byte of the XXH32 of FLG to here
 * blocks      each: size uint32, little-endian, highest bit for "stored"; bytes; XXH32 if FLG says so
 * end         00 00 00 00; XXH32 of the content if FLG says so (Kafka does not look at it, nor do we)
 * ```
 */
import { type BlockFraming, compressBlocks } from './block-framing.ts'
import { type Codec, CompressionError, exceeds, type PlainMemory, roomFor, uncleared } from './codec.ts'
import { decodeLz4Block } from './lz4-block.ts'
import { compressLz4Block, decodeSmallLz4Block, lz4SmallBlockBytesMax } from './lz4-small-block.ts'
import { xxhash32 } from './xxhash32.ts'

const frameMagic = 0x184d2204
const flagVersion = 0b01
/** FLG's bits 0 and 1, BD's bits 0 to 3 and 7: Kafka refuses a frame that sets one. */
const flagReserved = 0x03
const descriptorReserved = 0x8f
const storedBit = 0x80000000

/** Worst case of an lz4 block: one more byte of a length yields 255 bytes. */
const expansionMax = 255

/**
 * Independent blocks of at most 64 KiB, as Kafka's own compressor writes them. They stay in the processor's cache: 400 KB of JSON cost a seventh to a quarter less than as one block,
 * and come out 4 % larger.
 */
const framing: BlockFraming = {
  plainBytes: lz4SmallBlockBytesMax,
  header: Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82),
  trailer: new Uint8Array(4),
  write(target, plain, start, end) {
    const block = compressLz4Block(plain, start, end)
    const isSmaller = block.length < end - start
    target.raw(littleEndian(isSmaller ? block.length : (end - start) | storedBit))
    target.raw(isSmaller ? block : plain.subarray(start, end))
  },
}

export const lz4: Codec = {
  id: 3,
  name: 'lz4',
  // Kafka's default is its fast one, too; only other levels ask for the slow search, which is not here.
  levels: { min: 1, max: 17, default: 9 },
  compress: bytes => compressBlocks(framing, bytes),
  framing,
  decompress: decompressFrame,
  windows: windowsOfFrame,
}

function* windowsOfFrame(frame: Uint8Array, sizeMax: number): Generator<Uint8Array> {
  const blocks = new FrameReader(frame)
  let total = 0
  while (blocks.next()) {
    const window = blocks.plain()
    total += window.length
    if (total > sizeMax) throw exceeds('lz4', sizeMax)
    yield window
  }
}

function decompressFrame(frame: Uint8Array, sizeMax: number, memory?: PlainMemory): Uint8Array {
  const blocks = new FrameReader(frame)
  let target: Uint8Array | undefined
  let total = 0
  while (blocks.next()) {
    const plain = blocks.plain()
    if (total + plain.length > sizeMax) throw exceeds('lz4', sizeMax)
    // Small batches are one block, whose size is known by now.
    if (target === undefined && blocks.isLast) {
      if (memory === undefined) return new Uint8Array(plain)
      target = memory.lend(plain.length)
    }
    target ??= roomFor(plainBytesMaxOf(frame, sizeMax), memory)
    target.set(plain, total)
    total += plain.length
  }
  target ??= uncleared(0)
  // What is lent is used again: it need not fit.
  return memory === undefined && target.length - total > total * wasteMax
    ? target.slice(0, total)
    : target.subarray(0, total)
}

/** Memory behind the plain bytes that they may pin, as a part of them: the last block of a frame says nothing of its plain size. */
const wasteMax = 1 / 8

/** What may come out of the frame, but no more than `enough`. */
function plainBytesMaxOf(frame: Uint8Array, enough: number): number {
  const blocks = new FrameReader(frame)
  let size = 0
  while (size < enough && blocks.next()) {
    const blockBytes = blocks.end - blocks.start
    size += blocks.isStored ? blockBytes : Math.min(blockBytes * expansionMax, blocks.blockBytesMax)
  }
  return Math.min(size, enough)
}

/** Steps over the blocks of a frame. Throws where the frame does not hold what it says. */
class FrameReader {
  /** The block that it stands on: where its bytes are, */
  start = 0
  end = 0
  /** and whether they are the plain ones. */
  isStored = false
  /** Plain bytes of a block at most; its bytes are no more either. */
  readonly blockBytesMax: number
  readonly #frame: Uint8Array
  readonly #view: DataView
  readonly #hasChecksums: boolean
  #next: number
  /** For blocks that are not small. */
  #target: Uint8Array | undefined

  constructor(frame: Uint8Array) {
    this.#frame = frame
    this.#view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
    if (frame.length < 7) throw damaged('is too short for its header')
    if (this.#view.getUint32(0, true) !== frameMagic) throw damaged('does not begin with the magic bytes')
    const flags = frame[4]!
    const descriptor = frame[5]!
    if (flags >>> 6 !== flagVersion || (flags & flagReserved) !== 0) throw damaged(`has the unknown flags ${flags}`)
    if ((flags & 0x20) === 0) throw damaged('has blocks that depend on each other')
    const blockSizeId = descriptor >>> 4
    if ((descriptor & descriptorReserved) !== 0 || blockSizeId < 4)
      throw damaged(`has the block descriptor ${descriptor}`)
    const checksum = 6 + ((flags & 0x08) === 0 ? 0 : 8)
    if (checksum >= frame.length) throw damaged('is too short for its header')
    if (frame[checksum] !== ((xxhash32(frame, 4, checksum) >>> 8) & 0xff))
      throw damaged('has a header that fails its checksum')
    this.#hasChecksums = (flags & 0x10) !== 0
    this.blockBytesMax = 2 ** (2 * blockSizeId + 8)
    this.#next = checksum + 1
  }

  /** Steps onto the next block. Whatever follows the end mark, a content checksum or anything else, is passed over. */
  next(): boolean {
    if (this.#next + 4 > this.#frame.length) throw damaged('ends inside a block size')
    const field = this.#view.getUint32(this.#next, true)
    const size = field & ~storedBit
    if (size === 0) return false
    if (size > this.blockBytesMax) {
      throw damaged(`has a block of ${size} bytes, its maximum is ${this.blockBytesMax}`)
    }
    this.start = this.#next + 4
    this.end = this.start + size
    this.#next = this.end + (this.#hasChecksums ? 4 : 0)
    if (this.#next > this.#frame.length) throw damaged('ends inside a block')
    this.isStored = (field & storedBit) !== 0
    return true
  }

  /** Whether the end mark follows. */
  get isLast(): boolean {
    return this.#next + 4 <= this.#frame.length && (this.#view.getUint32(this.#next, true) & ~storedBit) === 0
  }

  /** The plain bytes of the block, valid until another one is compressed or decompressed. */
  plain(): Uint8Array {
    this.#verify()
    const frame = this.#frame
    if (this.isStored) return frame.subarray(this.start, this.end)
    if (this.blockBytesMax <= lz4SmallBlockBytesMax) {
      const plain = decodeSmallLz4Block(frame, this.start, this.end, this.blockBytesMax)
      if (plain !== undefined) return plain
      // Once more, by the decoder that says what is wrong.
    }
    this.#target ??= uncleared(Math.min(this.blockBytesMax, (frame.length - this.start) * expansionMax))
    return this.#target.subarray(0, decodeLz4Block(frame, this.start, this.end, this.#target, 0))
  }

  #verify(): void {
    if (this.#hasChecksums && this.#view.getUint32(this.end, true) !== xxhash32(this.#frame, this.start, this.end)) {
      throw damaged('has a block that fails its checksum')
    }
  }
}

function littleEndian(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24)
}

function damaged(reason: string): CompressionError {
  return new CompressionError('lz4', `the frame ${reason}`)
}
