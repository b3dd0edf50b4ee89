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
import { type BlockFraming, compressBlocks } from './block-framing.ts'
import { type Codec, CompressionError, exceeds, roomFor, uncleared } from './codec.ts'
import { decodeSnappyBlock, snappyPlainSize } from './snappy-block.ts'
import { wasmCompressors } from './wasm-compressors.ts'

const magic = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0)
const frameHeader = Uint8Array.of(...magic, 0, 0, 0, 1, 0, 0, 0, 1)
const compatibleVersion = 1

/** As snappy-java cuts its blocks. */
const framing: BlockFraming = {
  plainBytes: 32 * 1024,
  header: frameHeader,
  trailer: new Uint8Array(0),
  write(target, plain, start, end) {
    const block = wasmCompressors().snappyCompress(Buffer.from(plain.buffer, plain.byteOffset + start, end - start))
    target.int32(block.length)
    target.raw(block)
  },
}

export const snappy: Codec = {
  id: 2,
  name: 'snappy',
  levels: undefined,
  compress: bytes => compressBlocks(framing, bytes),
  framing,
  decompress(block, sizeMax, memory) {
    const blocks = locateBlocks(block)
    const target = roomFor(totalPlainSize(block, blocks, sizeMax), memory)
    let to = 0
    for (let index = 0; index < blocks.length; index += 2) {
      to += decodeSnappyBlock(block, blocks[index]!, blocks[index + 1]!, target, to)
    }
    return target
  },
  *windows(block, sizeMax) {
    const blocks = locateBlocks(block)
    totalPlainSize(block, blocks, sizeMax)
    let target = uncleared(0)
    for (let index = 0; index < blocks.length; index += 2) {
      const start = blocks[index]!
      const end = blocks[index + 1]!
      const size = snappyPlainSize(block, start, end)
      if (size > target.length) target = uncleared(size)
      decodeSnappyBlock(block, start, end, target, 0)
      yield target.subarray(0, size)
    }
  },
}

/** Start and end of each raw block, in pairs. Framed streams may follow each other, and up to three stray bytes end one, as in snappy-java. */
function locateBlocks(bytes: Uint8Array): number[] {
  if (!isHeader(bytes, 0)) return [0, bytes.length]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const blocks: number[] = []
  let position = 0
  while (position + 4 <= bytes.length) {
    const size = view.getInt32(position)
    if (size < 0 && isHeader(bytes, position)) {
      const version = view.getInt32(position + magic.length)
      if (version < compatibleVersion) throw damaged(`has version ${version}`)
      position += frameHeader.length
      continue
    }
    position += 4
    const left = bytes.length - position
    if (size < 0 || size > left) throw damaged(`has a block of ${size} bytes, ${left} are there`)
    blocks.push(position, position + size)
    position += size
  }
  return blocks
}

function isHeader(bytes: Uint8Array, position: number): boolean {
  if (bytes.length - position < frameHeader.length) return false
  return magic.every((byte, index) => bytes[position + index] === byte)
}

function totalPlainSize(bytes: Uint8Array, blocks: readonly number[], sizeMax: number): number {
  let total = 0
  for (let index = 0; index < blocks.length; index += 2)
    total += snappyPlainSize(bytes, blocks[index]!, blocks[index + 1]!)
  if (total > sizeMax) throw exceeds('snappy', sizeMax)
  return total
}

function damaged(reason: string): CompressionError {
  return new CompressionError('snappy', `the framing ${reason}`)
}
