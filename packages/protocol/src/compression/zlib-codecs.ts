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
import { zstdFrameAt } from './zstd-frame.ts'

/** Node's smallest and its default chunk of output. */
const chunkBytesMin = 64
const chunkBytesDefault = 16 * 1024

/** A gzip member ends with the plain size modulo 2^32; a stream of several members only announces the last one's. */
const gzipTrailerBytes = 4

export const gzip: Codec = {
  id: 1,
  name: 'gzip',
  levels: { min: 1, max: 9, default: -1 },
  compress: (bytes, level = -1) => gzipSync(bytes, { level, chunkSize: chunkBytesFor(bytes) }),
  framing: undefined,
  decompress(block, sizeMax) {
    const hint = block.length < gzipTrailerBytes ? 0 : lastUint32(block)
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
  compress: (bytes, level = 3) =>
    zstdCompressSync(bytes, {
      chunkSize: chunkBytesFor(bytes),
      params: { [constants.ZSTD_c_compressionLevel]: level },
    }),
  framing: undefined,
  decompress: decompressZstd,
  *windows(block, sizeMax) {
    yield decompressZstd(block, sizeMax)
  },
}

/** As a rule all that comes out fits: what takes several chunks is joined, and the chunks are garbage. A tenth of what zstd costs. */
function chunkBytesFor(plain: Uint8Array): number {
  return Math.max(chunkBytesDefault, Math.ceil(plain.length / 2))
}

/** Frames that one zstd block may consist of: each costs a decompressor, and no producer is known to write more than one. */
const zstdFramesMax = 64

/** Node stops behind the first frame and, before Node 24, passes over a missing end in silence; Kafka reads all frames, whole ones only. */
function decompressZstd(block: Uint8Array, sizeMax: number): Uint8Array {
  const pieces: Uint8Array[] = []
  let size = 0
  let frames = 0
  for (let position = 0; position < block.length; ) {
    if (++frames > zstdFramesMax) throw new CompressionError('zstd', `more than ${zstdFramesMax} frames`)
    const { end, contentSize, isSkippable } = zstdFrameAt(block, position)
    const frame = block.subarray(position, end)
    position = end
    if (isSkippable) continue
    const options = outputOptions(contentSize, sizeMax - size)
    const piece = guarded('zstd', sizeMax, () => zstdDecompressSync(frame, options))
    pieces.push(piece)
    size += piece.length
    if (size > sizeMax) throw exceeds('zstd', sizeMax)
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
}

function lastUint32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(bytes.length - gzipTrailerBytes, true)
}

/** `hint` is what the compressed bytes say of themselves: believed only as far as it is harmless. */
function outputOptions(hint: number, sizeMax: number): ZlibOptions & ZstdOptions {
  const chunkSize =
    hint > chunkBytesMin && hint <= sizeMax ? hint : Math.min(chunkBytesDefault, Math.max(sizeMax, chunkBytesMin))
  return { chunkSize, maxOutputLength: Math.max(sizeMax, 1) }
}

function guarded(codec: CodecName, sizeMax: number, decompress: () => Uint8Array): Uint8Array {
  try {
    return decompress()
  } catch (cause) {
    if (cause instanceof RangeError && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') {
      throw exceeds(codec, sizeMax, cause)
    }
    throw new CompressionError(codec, cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
