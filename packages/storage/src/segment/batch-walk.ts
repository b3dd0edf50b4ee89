/** Walks over the batches of a segment's file by their headers, skipping what lies between. */
import { BatchHeader, batchHeaderSize, currentMagic } from '@dorsale/protocol'
import type { FileWalk } from './file-walk.ts'

/** Read at once: an index interval of small batches, or the header of a large one and what follows. */
const windowBytes = 8192

/** Answers whether this is the batch that was looked for. `position` is its place in the file. */
export type BatchVisitor = (header: BatchHeader, position: number) => boolean

/**
 * Steps from the batch at `start` to the first for which `visit` answers true, and answers its position; undefined at `end`, or where the bytes are
 * not a batch. The header is moved from batch to batch; only header fields may be read from it.
 */
export function* findBatch(start: number, end: number, visit: BatchVisitor): FileWalk<number | undefined> {
  const window = new Uint8Array(Math.min(windowBytes, Math.max(end - start, 0)))
  const header = new BatchHeader(window)
  let windowStart = start
  let windowLength = 0
  let position = start
  while (position + batchHeaderSize <= end) {
    if (position + batchHeaderSize > windowStart + windowLength) {
      windowStart = position
      windowLength = yield { target: window, position }
      if (windowLength < batchHeaderSize) return undefined
    }
    header.position = position - windowStart
    const size = header.sizeInBytes
    if (header.magic !== currentMagic || size < batchHeaderSize || position + size > end) return undefined
    if (visit(header, position)) return position
    position += size
  }
  return undefined
}

/** Reads `bytes` bytes at `position`, fewer if the file ends. */
export function* readPiece(position: number, bytes: number): FileWalk<Uint8Array> {
  // Not cleared: what is not overwritten is cut off. Clearing a megabyte costs a tenth of reading it.
  const target = new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer)
  const length = yield { target, position }
  return length === bytes ? target : target.subarray(0, length)
}
