/**
 * Snappy in its two dresses. Kafka's Java clients write the framing of xerial's snappy-java; librdkafka and others write one raw
 * block. Both are read; the framing is written, as Kafka does.
 *
 * ```
 * magic       82 53 4e 41 50 50 59 00   "\x82SNAPPY\0"
 * version     int32   1
 * compatible  int32   1
 * blocks      each: size int32, raw block
 * ```
 */
import { snappyCompress } from '@platformatic/wasm-utils'
import { type Codec, CompressionError, exceeds } from './codec.ts'
import { decodeSnappyBlock, snappyPlainSize } from './snappy-block.ts'

const magic = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0)
const frameHeader = Uint8Array.of(...magic, 0, 0, 0, 1, 0, 0, 0, 1)
const compatibleVersion = 1
/** Plain bytes per block, as snappy-java cuts them. */
const blockPlainBytes = 32 * 1024

export const snappy: Codec = {
  id: 2,
  name: 'snappy',
  levels: undefined,
  compress: compressFramed,
  decompress(block, sizeMax) {
    const blocks = locateBlocks(block)
    const target = new Uint8Array(totalPlainSize(block, blocks, sizeMax))
    let to = 0
    for (let index = 0; index < blocks.length; index += 2) {
      to += decodeSnappyBlock(block, blocks[index]!, blocks[index + 1]!, target, to)
    }
    return target
  },
  *windows(block, sizeMax) {
    const blocks = locateBlocks(block)
    totalPlainSize(block, blocks, sizeMax)
    let target = new Uint8Array(0)
    for (let index = 0; index < blocks.length; index += 2) {
      const start = blocks[index]!
      const end = blocks[index + 1]!
      const size = snappyPlainSize(block, start, end)
      if (size > target.length) target = new Uint8Array(size)
      decodeSnappyBlock(block, start, end, target, 0)
      yield target.subarray(0, size)
    }
  },
}

/** Start and end of each raw block, in pairs. */
function locateBlocks(bytes: Uint8Array): number[] {
  if (!isFramed(bytes)) return [0, bytes.length]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = view.getInt32(magic.length)
  if (version < compatibleVersion) throw damaged(`has framing version ${version}`)
  const blocks: number[] = []
  let position = frameHeader.length
  while (position < bytes.length) {
    if (position + 4 > bytes.length) throw damaged('ends inside a block size')
    const size = view.getInt32(position)
    position += 4
    if (size < 0 || size > bytes.length - position)
      throw damaged(`has a block of ${size} bytes, ${bytes.length - position} are there`)
    blocks.push(position, position + size)
    position += size
  }
  return blocks
}

function isFramed(bytes: Uint8Array): boolean {
  if (bytes.length < frameHeader.length) return false
  return magic.every((byte, index) => bytes[index] === byte)
}

function totalPlainSize(bytes: Uint8Array, blocks: readonly number[], sizeMax: number): number {
  let total = 0
  for (let index = 0; index < blocks.length; index += 2)
    total += snappyPlainSize(bytes, blocks[index]!, blocks[index + 1]!)
  if (total > sizeMax) throw exceeds('snappy', sizeMax)
  return total
}

function compressFramed(bytes: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [frameHeader]
  for (let start = 0; start < bytes.length; start += blockPlainBytes) {
    const plain = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(blockPlainBytes, bytes.length - start))
    const block = snappyCompress(plain)
    const size = Buffer.alloc(4)
    size.writeInt32BE(block.length)
    pieces.push(size, block)
  }
  return Buffer.concat(pieces)
}

function damaged(reason: string): CompressionError {
  return new CompressionError('snappy', `the framing ${reason}`)
}
