/**
 * Snappy's raw block: the plain size as an unsigned varint, then elements. The low two bits of an element's tag byte say what it is:
 *
 * ```
 * 00  literal   length - 1 in the upper six bits; 60 to 63: in the 1 to 4 bytes that follow, little-endian
 * 01  copy      length - 4 in bits 2-4, distance of 11 bits: bits 5-7 and one byte
 * 10  copy      length - 1 in the upper six bits, distance of two bytes, little-endian
 * 11  copy      length - 1 in the upper six bits, distance of four bytes, little-endian
 * ```
 */
import { CompressionError } from './codec.ts'
import { copyLiteral, copyMatch, viewed } from './copy.ts'

/** An element of three bytes yields 64 at most: a block that claims more than this per byte is not a block. */
const expansionMax = 64 / 3

/** The plain size that a raw block claims, if its bytes can hold it. */
export function snappyPlainSize(source: Uint8Array, start: number, end: number): number {
  return preamble(source, start, end).size
}

/** Decodes `source[start, end)` to `target[to, ...)`, which has room for the block's plain size; answers that size. */
export function decodeSnappyBlock(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  to: number,
): number {
  const { size, next } = preamble(source, start, end)
  const targetEnd = to + size
  if (targetEnd > target.length) throw damaged('is larger than its room')
  let position = next
  const from = viewed(source)
  const into = viewed(target)
  let written = to
  while (position < end) {
    const tag = source[position++]!
    const kind = tag & 3
    if (kind === 0) {
      let length = (tag >>> 2) + 1
      if (length > 60) {
        const lengthBytes = length - 60
        if (position + lengthBytes > end) throw damaged('ends inside a literal')
        length = 0
        for (let index = 0; index < lengthBytes; index++) length += source[position + index]! * 2 ** (8 * index)
        length++
        position += lengthBytes
      }
      if (length > end - position || length > targetEnd - written) throw damaged('has a literal that is too long')
      copyLiteral(from, position, into, written, length)
      position += length
      written += length
      continue
    }
    let length: number
    let distance: number
    if (kind === 1) {
      if (position >= end) throw damaged('ends inside a copy')
      length = ((tag >>> 2) & 7) + 4
      distance = ((tag & 0xe0) << 3) | source[position++]!
    } else {
      length = (tag >>> 2) + 1
      const distanceBytes = kind === 2 ? 2 : 4
      if (position + distanceBytes > end) throw damaged('ends inside a copy')
      distance = source[position]! | (source[position + 1]! << 8)
      if (kind === 3) distance += source[position + 2]! * 0x10000 + source[position + 3]! * 0x1000000
      position += distanceBytes
    }
    if (distance === 0 || distance > written - to) throw damaged('copies from before its start')
    if (length > targetEnd - written) throw damaged('has a copy that is too long')
    copyMatch(into, written, distance, length)
    written += length
  }
  if (written !== targetEnd) throw damaged('is shorter than it claims')
  return size
}

function preamble(source: Uint8Array, start: number, end: number): { size: number; next: number } {
  let size = 0
  let position = start
  for (let scale = 1; ; scale *= 128) {
    if (position >= end || scale > 2 ** 28) throw damaged('has no size')
    const byte = source[position++]!
    size += (byte & 0x7f) * scale
    if (byte < 0x80) break
  }
  if (size > (end - position) * expansionMax)
    throw damaged(`claims ${size} bytes, which its ${end - start} cannot hold`)
  return { size, next: position }
}

function damaged(reason: string): CompressionError {
  return new CompressionError('snappy', `the block ${reason}`)
}
