import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BatchCursor, stampBatch, transactionMarker } from '@dorsale/protocol'
import { batchOf } from '../testing/batches.ts'
import { abortedBatches, batchRanges, sliceBatches } from './aborted-batches.ts'

/** A piece of a log, from offset 0 on. */
function logOf(batches: readonly Uint8Array[]): Uint8Array {
  const bytes = Uint8Array.from(Buffer.concat(batches))
  const cursor = new BatchCursor(bytes)
  let offset = 0
  while (cursor.next()) {
    stampBatch(cursor.header, { baseOffset: offset, partitionLeaderEpoch: 0 })
    offset = cursor.header.lastOffset + 1
  }
  return bytes
}

const of = (producerId: bigint, count: number) =>
  batchOf(Array<string>(count).fill('x'), { producerId, producerEpoch: 0, baseSequence: 0, transactional: true })

const marker = (producerId: bigint, committed: boolean) =>
  transactionMarker({ producerId, producerEpoch: 0, committed, coordinatorEpoch: 0, timestamp: 0 }).build()

const text = (ranges: readonly { firstOffset: number; lastOffset: number }[]) =>
  ranges.map(({ firstOffset, lastOffset }) => `${firstOffset}-${lastOffset}`)

test('what a producer has written from the first offset of an aborted transaction to its marker is of it', () => {
  const log = logOf([
    batchOf(['a', 'b']), // 0-1
    of(7n, 2), // 2-3, aborted
    of(8n, 1), // 4, committed
    batchOf(['c']), // 5
    of(7n, 3), // 6-8, aborted
    marker(7n, false), // 9
    of(7n, 1), // 10, of the next transaction, which is committed
    marker(8n, true), // 11
    of(8n, 2), // 12-13, aborted
  ])
  const aborted = [
    { producerId: 8, firstOffset: 12 },
    { producerId: 7, firstOffset: 2 },
  ]
  assert.deepEqual(text(abortedBatches(log, aborted)), ['2-3', '6-8', '12-13'])
  assert.deepEqual(abortedBatches(log, []), [])
  assert.deepEqual(text(batchRanges(log)).slice(0, 3), ['0-1', '2-3', '4-4'])
})

test('batches around a range, whole ones', () => {
  const log = logOf([batchOf(['a', 'b']), batchOf(['c', 'd']), batchOf(['e', 'f'])])
  const cut = (firstOffset: number, lastOffset: number) =>
    text(batchRanges(sliceBatches(log, { firstOffset, lastOffset })))
  assert.deepEqual(cut(0, 5), ['0-1', '2-3', '4-5'])
  assert.deepEqual(cut(3, 3), ['2-3'])
  assert.deepEqual(cut(1, 2), ['0-1', '2-3'])
  assert.deepEqual(cut(6, 9), [])
  // A fetch may end inside a batch.
  assert.deepEqual(text(batchRanges(log.subarray(0, log.length - 1))), ['0-1', '2-3'])
})
