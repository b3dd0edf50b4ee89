import { ByteWriter } from '../bytes/index.ts'

/** How a codec writes blocks that do not depend on each other: what is compressed so can be compressed while it comes, block by block. */
export interface BlockFraming {
  /** Plain bytes of a block. The last one may have fewer; none is empty. */
  readonly plainBytes: number
  /** Before the first block, */
  readonly header: Uint8Array
  /** and behind the last. */
  readonly trailer: Uint8Array
  /** Writes the block of `plain[start, end)`, with whatever stands before it. */
  write(target: ByteWriter, plain: Uint8Array, start: number, end: number): void
}

/** What of the plain bytes is expected to be left, for the first guess at the room that it needs. */
const ratioExpected = 1 / 2

/** All of these bytes, in an array of their own. */
export function compressBlocks(framing: BlockFraming, plain: Uint8Array): Uint8Array {
  const { header, trailer, plainBytes } = framing
  const target = new ByteWriter(header.length + trailer.length + Math.ceil(plain.length * ratioExpected))
  target.raw(header)
  for (let start = 0; start < plain.length; start += plainBytes) {
    framing.write(target, plain, start, Math.min(start + plainBytes, plain.length))
  }
  target.raw(trailer)
  return target.finishBytes()
}
