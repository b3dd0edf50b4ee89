import type { OffsetRange } from '@dorsale/coordinate'
import { BatchCursor } from '@dorsale/protocol'
import type { AbortedTransaction } from '@dorsale/storage'

/** The log's batches in fetched bytes, whole ones, by their first and last offsets. */
export function batchRanges(records: Uint8Array): OffsetRange[] {
  const ranges: OffsetRange[] = []
  const cursor = new BatchCursor(records)
  while (cursor.next()) {
    const { baseOffset, lastOffset } = cursor.header
    ranges.push({ firstOffset: baseOffset, lastOffset })
  }
  return ranges
}

/**
 * Of fetched batches those of aborted transactions: from the first offset of a transaction on, all that its producer has written in transactions until its marker.
 */
export function abortedBatches(records: Uint8Array, transactions: readonly AbortedTransaction[]): OffsetRange[] {
  const waiting = [...transactions].sort((a, b) => a.firstOffset - b.firstOffset)
  const open = new Set<bigint>()
  const ranges: OffsetRange[] = []
  const cursor = new BatchCursor(records)
  let next = 0
  while (cursor.next()) {
    const { baseOffset, lastOffset, isTransactional, isControl } = cursor.header
    while (next < waiting.length && waiting[next]!.firstOffset <= lastOffset)
      open.add(BigInt(waiting[next++]!.producerId))
    if (!isTransactional) continue
    const producerId = BigInt(cursor.header.producerId)
    if (isControl) open.delete(producerId)
    else if (open.has(producerId)) ranges.push({ firstOffset: baseOffset, lastOffset })
  }
  return ranges
}

/** The batches of fetched bytes that hold the offsets of a range. */
export function sliceBatches(records: Uint8Array, { firstOffset, lastOffset }: OffsetRange): Uint8Array {
  const cursor = new BatchCursor(records)
  let from: number | undefined
  let to = 0
  while (cursor.next()) {
    const { header } = cursor
    if (header.lastOffset < firstOffset) continue
    if (header.baseOffset > lastOffset) break
    from ??= cursor.position - header.sizeInBytes
    to = cursor.position
  }
  return from === undefined ? records.subarray(0, 0) : records.subarray(from, to)
}
