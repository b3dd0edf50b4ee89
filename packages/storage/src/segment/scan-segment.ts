/**
 * Reads a segment from front to back and verifies every batch: structure, order, checksum. The file is read in large windows, each
 * while the one before it is being checked.
 */
import { BatchHeader, isBatchIntact } from '@dorsale/protocol'
import type { PooledFile } from '../files/file-pool.ts'
import { readPiece } from './batch-walk.ts'
import { measureBatches } from './batch-windows.ts'
import { run, runSync } from './file-walk.ts'
import type { Segment } from './segment.ts'

/** Bytes read at once. A batch that is larger gets a window of its own size. */
const windowBytes = 4 * 1024 * 1024
/** Pieces up to this size are read in place: most logs of most brokers are smaller than the way to the pool and back is long. */
const syncBytesMax = 128 * 1024
const relativeOffsetMax = 0x7fffffff

/** The end of what can be read. */
export interface BadBatch {
  readonly position: number
  readonly reason: string
}

/**
 * Calls `onBatch` for every good batch of the first `size` bytes, in order, until the first bad one, which is answered. The header and its batch
 * are the callee's until it returns.
 */
export async function scanSegment(
  segment: Segment,
  size: number,
  onBatch: (header: BatchHeader) => void,
): Promise<BadBatch | undefined> {
  const order = { baseOffset: segment.baseOffset, nextOffset: segment.baseOffset }
  let position = 0
  let window: Uint8Array = await readWindow(segment.file, 0, Math.min(windowBytes, size))
  while (position < size) {
    const { end, needed } = measureBatches(window)
    const nextPosition = position + end
    const left = size - nextPosition
    const isCut = left > 0 && needed !== undefined && needed > left
    const goesOn = left > 0 && needed !== undefined && !isCut
    const following = goesOn
      ? readWindow(segment.file, nextPosition, Math.min(Math.max(windowBytes, needed), left))
      : undefined
    // Should the check below end the walk, nobody waits for this read.
    if (following instanceof Promise) following.catch(() => {})

    const header = new BatchHeader(window)
    while (header.position < end) {
      const reason = faultOf(header, order)
      if (reason !== undefined) return { position: position + header.position, reason }
      onBatch(header)
      order.nextOffset = header.nextOffset
      header.position += header.sizeInBytes
    }
    position = nextPosition
    if (isCut) return { position, reason: 'is cut short by the end of the file' }
    if (following !== undefined) window = await following
    else if (position < size) return { position, reason: 'is not a record batch' }
  }
  return undefined
}

function faultOf(header: BatchHeader, order: { baseOffset: number; nextOffset: number }): string | undefined {
  const { baseOffset, lastOffsetDelta } = header
  if (baseOffset < order.nextOffset) return `starts at offset ${baseOffset}, below ${order.nextOffset}`
  if (lastOffsetDelta < 0 || baseOffset + lastOffsetDelta - order.baseOffset > relativeOffsetMax) {
    return `ends at offset ${baseOffset + lastOffsetDelta}, which its segment cannot hold`
  }
  return isBatchIntact(header.bytes, header.position) ? undefined : 'does not match its checksum'
}

function readWindow(file: PooledFile, position: number, bytes: number): Uint8Array | Promise<Uint8Array> {
  return bytes <= syncBytesMax ? runSync(file, readPiece(position, bytes)) : run(file, readPiece(position, bytes))
}
