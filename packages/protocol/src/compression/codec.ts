import { DorsaleError } from '@dorsale/base'
import type { BlockFraming } from './block-framing.ts'

/**
 * A compression codec of record batches. The whole record section of a batch is one compressed block.
 *
 * What comes out of a decompressor is bounded before it is allocated (D2): `sizeMax` holds for everything that a block yields. Both
 * ways to decompress throw a `CompressionError` for a block that exceeds it, and for bytes that are not what the codec writes.
 */
export interface Codec {
  /** Bits 0 to 2 of a batch's attributes. */
  readonly id: number
  /** Kafka's name, as in `compression.type`. */
  readonly name: CodecName
  /** Levels that `compress` takes; undefined when the codec has none. */
  readonly levels: CodecLevels | undefined
  /** Answers memory that is the caller's. Levels outside the range are a bug of the caller. Default: `levels.default`. */
  compress(bytes: Uint8Array, level?: number): Uint8Array
  /** How it compresses while plain bytes come; undefined: only when all of them are there. */
  readonly framing: BlockFraming | undefined
  /** The plain bytes, in an array of their own; of lz4 and snappy in one that `memory` lends, if there is one. */
  decompress(block: Uint8Array, sizeMax: number, memory?: PlainMemory): Uint8Array
  /** The plain bytes, piece by piece. A window is valid until the next step, or until anything else is compressed or decompressed: its memory may be used again. */
  windows(block: Uint8Array, sizeMax: number): Iterable<Uint8Array>
}

/** Lends memory for plain bytes. What is in it at first means nothing. */
export interface PlainMemory {
  lend(sizeInBytes: number): Uint8Array
}

export type CodecName = 'gzip' | 'snappy' | 'lz4' | 'zstd'

export interface CodecLevels {
  readonly min: number
  readonly max: number
  readonly default: number
}

/** Compressed bytes that cannot be decompressed. `code` is `DORSALE_COMPRESSION`. */
export class CompressionError extends DorsaleError {
  override readonly name = 'CompressionError'
  readonly codec: CodecName
  /** The plain bytes are more than the caller allowed; otherwise the compressed bytes are damaged. */
  readonly tooLarge: boolean

  constructor(codec: CodecName, reason: string, options: { tooLarge?: boolean; cause?: unknown } = {}) {
    super('DORSALE_COMPRESSION', `${codec}: ${reason}`, { cause: options.cause })
    this.codec = codec
    this.tooLarge = options.tooLarge ?? false
  }
}

/** The error for a block that yields more than `sizeMax` bytes. */
export function exceeds(codec: CodecName, sizeMax: number, cause?: unknown): CompressionError {
  return new CompressionError(codec, `more than the allowed ${sizeMax} bytes come out`, { tooLarge: true, cause })
}

/**
 * An array to decompress into. What is in it at first is not cleared: 64 KiB take longer to clear than a small block to decode. It
 * is no Buffer, whose `slice` would not copy.
 */
export function uncleared(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer as ArrayBuffer)
}

/** As `uncleared`, but lent if there is somebody who lends it. */
export function roomFor(size: number, memory: PlainMemory | undefined): Uint8Array {
  return memory === undefined ? uncleared(size) : memory.lend(size)
}
