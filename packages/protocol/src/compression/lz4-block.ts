/**
 * An lz4 block: sequences of a token (literal length in the upper four bits, match length - 4 in the lower; 15 goes on in bytes of
 * 255 until a smaller one), the literals, and a distance of two bytes, little-endian. The last sequence ends after its
 * literals.
 *
 * This is the decoder for blocks of any size, and the one that says what is wrong; small ones are decoded by lz4-small-block.ts, four times as fast.
 */
import { CompressionError } from './codec.ts'
import { copyLiteral, copyMatch, viewed } from './copy.ts'

const matchLengthMin = 4

/**
 * Decodes `source[start, end)` to `target[to, ...)` and answers the bytes written. A block that needs more room than the target has is
 * refused. Matches reach back to `to` and no further: Kafka takes independent blocks only.
 */
export function decodeLz4Block(source: Uint8Array, start: number, end: number, target: Uint8Array, to: number): number {
  const targetEnd = target.length
  let position = start
  const from = viewed(source)
  const into = viewed(target)
  let written = to
  while (position < end) {
    const token = source[position++]!
    let length = token >>> 4
    if (length === 15) {
      let more = 255
      while (more === 255) {
        if (position >= end) throw damaged('ends inside a length')
        more = source[position++]!
        length += more
      }
    }
    if (length > end - position || length > targetEnd - written) throw damaged('has literals that are too long')
    copyLiteral(from, position, into, written, length)
    position += length
    written += length
    if (position === end) return written - to

    if (position + 2 > end) throw damaged('ends inside a distance')
    const distance = source[position]! | (source[position + 1]! << 8)
    position += 2
    if (distance === 0 || distance > written - to) throw damaged('copies from before its start')
    length = token & 15
    if (length === 15) {
      let more = 255
      while (more === 255) {
        if (position >= end) throw damaged('ends inside a length')
        more = source[position++]!
        length += more
      }
    }
    length += matchLengthMin
    if (length > targetEnd - written) throw damaged('has a match that is too long')
    copyMatch(into, written, distance, length)
    written += length
  }
  throw damaged('ends with a match')
}

function damaged(reason: string): CompressionError {
  return new CompressionError('lz4', `the block ${reason}`)
}
