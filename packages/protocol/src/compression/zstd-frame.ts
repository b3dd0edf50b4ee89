/**
 * The outside of zstd frames, as far as their ends and sizes go: what Node's decompressor does not say.
 *
 * ```
 * magic        28 b5 2f fd                          a skippable frame: 5x 2a 4d 18, size uint32, bytes
 * descriptor   content size in bits 6-7, 5 single segment, 2 checksum, dictionary id in bits 0-1
 * window       one byte, unless single segment
 * dictionary   0, 1, 2 or 4 bytes
 * content size 0 (1 if single segment), 2, 4 or 8 bytes; the two bytes count from 256
 * blocks       each: three bytes with 0 last, 1-2 type, 3-23 size; a block of type 1 repeats its one byte
 * checksum     four bytes, if the descriptor says so
 * ```
 *
 * All numbers are little-endian.
 */
import { CompressionError } from './codec.ts'

const frameMagic = 0xfd2fb528
const skippableMagic = 0x184d2a50
const blockTypeRepeat = 1

/** Where a frame ends, and the plain size that it announces: 0 if it does not. */
export interface ZstdFrame {
  readonly end: number
  readonly contentSize: number
  /** It holds nothing for a decompressor. */
  readonly isSkippable: boolean
}

/** The frame at `start`, all of whose bytes are there. */
export function zstdFrameAt(bytes: Uint8Array, start: number): ZstdFrame {
  const magic = littleEndian(bytes, start, 4)
  // The lowest four bits of a skippable frame's magic are free.
  if (magic >= skippableMagic && magic < skippableMagic + 16) {
    return { end: ending(bytes, start + 8 + littleEndian(bytes, start + 4, 4)), contentSize: 0, isSkippable: true }
  }
  if (magic !== frameMagic) throw damaged('does not begin with the magic bytes')
  const descriptor = littleEndian(bytes, start + 4, 1)
  const isSingleSegment = (descriptor & 0x20) !== 0
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6]!
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!
  const sizeAt = start + 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes
  const contentSize = littleEndian(bytes, sizeAt, sizeBytes) + (sizeBytes === 2 ? 256 : 0)
  let position = sizeAt + sizeBytes
  for (let isLast = false; !isLast; ) {
    const header = littleEndian(bytes, position, 3)
    isLast = (header & 1) !== 0
    position += 3 + (((header >>> 1) & 3) === blockTypeRepeat ? 1 : header >>> 3)
  }
  return { end: ending(bytes, position + ((descriptor & 4) === 0 ? 0 : 4)), contentSize, isSkippable: false }
}

function ending(bytes: Uint8Array, end: number): number {
  if (end > bytes.length) throw damaged('ends too early')
  return end
}

function littleEndian(bytes: Uint8Array, position: number, length: number): number {
  if (position + length > bytes.length) throw damaged('ends too early')
  let value = 0
  for (let index = 0; index < length; index++) value += bytes[position + index]! * 2 ** (8 * index)
  return value
}

function damaged(reason: string): CompressionError {
  return new CompressionError('zstd', `the frame ${reason}`)
}
