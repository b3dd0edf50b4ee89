/**
 * gzip and zstd, from Node's own zlib. Both decompress in one piece: the size that the compressed bytes announce, within bounds, is
 * the first buffer's, so that as a rule the output is written where it stays.
 */
import {
  constants,
  gunzipSync,
  gzipSync,
  type ZlibOptions,
  type ZstdOptions,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'
import { type Codec, type CodecName, CompressionError, exceeds } from './codec.ts'

/** Node's smallest and its default chunk of output. */
const chunkBytesMin = 64
const chunkBytesDefault = 16 * 1024

/** A gzip member ends with the plain size modulo 2^32; a stream of several members only announces the last one's. */
const gzipTrailerBytes = 4

export const gzip: Codec = {
  id: 1,
  name: 'gzip',
  levels: { min: 1, max: 9, default: -1 },
  compress: (bytes, level = -1) => gzipSync(bytes, { level }),
  decompress(block, sizeMax) {
    const hint =
      block.length < gzipTrailerBytes ? 0 : littleEndian(block, block.length - gzipTrailerBytes, gzipTrailerBytes)
    return guarded('gzip', sizeMax, () => gunzipSync(block, outputOptions(hint, sizeMax)))
  },
  *windows(block, sizeMax) {
    yield gzip.decompress(block, sizeMax)
  },
}

export const zstd: Codec = {
  id: 4,
  name: 'zstd',
  levels: { min: -131072, max: 22, default: 3 },
  compress: (bytes, level = 3) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } }),
  decompress: decompressZstd,
  *windows(block, sizeMax) {
    yield decompressZstd(block, sizeMax)
  },
}

/** Frames that one zstd block may consist of: each costs a decompressor, and no producer is known to write more than one. */
const zstdFramesMax = 64

/** Node stops behind the first frame; Kafka reads them all. */
function decompressZstd(block: Uint8Array, sizeMax: number): Uint8Array {
  const frames: Uint8Array[] = []
  let position = 0
  let size = 0
  while (position < block.length) {
    if (frames.length === zstdFramesMax) throw new CompressionError('zstd', `more than ${zstdFramesMax} frames`)
    const rest = block.subarray(position)
    const left = sizeMax - size
    const options = { ...outputOptions(zstdContentSize(rest), left), info: true }
    const { buffer, engine } = guarded(
      'zstd',
      sizeMax,
      () => zstdDecompressSync(rest, options) as unknown as WithEngine,
    )
    frames.push(buffer)
    position += engine.bytesWritten
    size += buffer.length
    if (size > sizeMax) throw exceeds('zstd', sizeMax)
  }
  return frames.length === 1 ? frames[0]! : Buffer.concat(frames)
}

/** What Node answers with the option `info`, which its types leave out. */
interface WithEngine {
  buffer: Uint8Array
  /** `bytesWritten`: bytes of input taken. */
  engine: { bytesWritten: number }
}

/** The plain size that a zstd frame's header announces, 0 when it does not. */
function zstdContentSize(block: Uint8Array): number {
  if (block.length < 6) return 0
  const descriptor = block[4]!
  const singleSegment = (descriptor & 0x20) !== 0
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6]!
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!
  const position = 5 + (singleSegment ? 0 : 1) + dictionaryBytes
  if (sizeBytes === 0 || position + sizeBytes > block.length) return 0
  return littleEndian(block, position, sizeBytes) + (sizeBytes === 2 ? 256 : 0)
}

function littleEndian(bytes: Uint8Array, position: number, length: number): number {
  let value = 0
  for (let index = 0; index < length; index++) value += bytes[position + index]! * 2 ** (8 * index)
  return value
}

/** `hint` is what the compressed bytes say of themselves: believed only as far as it is harmless. */
function outputOptions(hint: number, sizeMax: number): ZlibOptions & ZstdOptions {
  const chunkSize =
    hint > chunkBytesMin && hint <= sizeMax ? hint : Math.min(chunkBytesDefault, Math.max(sizeMax, chunkBytesMin))
  return { chunkSize, maxOutputLength: Math.max(sizeMax, 1) }
}

function guarded<Output>(codec: CodecName, sizeMax: number, decompress: () => Output): Output {
  try {
    return decompress()
  } catch (cause) {
    if (cause instanceof RangeError && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') {
      throw exceeds(codec, sizeMax, cause)
    }
    throw new CompressionError(codec, cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
