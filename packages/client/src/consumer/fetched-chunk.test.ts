import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildBatch } from '@dorsale/protocol'
import { FetchedChunk } from './fetched-chunk.ts'
import type { ConsumerRecord } from './record-chunk.ts'

/** A batch of one record of a transaction, or the marker that ends it. */
function batch(baseOffset: number, producerId: number, marker?: 'abort' | 'commit'): Uint8Array {
  const key = marker === undefined ? null : Uint8Array.of(0, 0, 0, marker === 'abort' ? 0 : 1)
  const options = { baseOffset, producerId, producerEpoch: 0, baseSequence: 0, transactional: true }
  return buildBatch([{ key, value: Buffer.from(`${producerId}@${baseOffset}`) }], {
    ...options,
    control: marker !== undefined,
  })
}

const log = [
  batch(0, 1),
  batch(1, 2),
  batch(2, 1, 'abort'),
  batch(3, 1),
  batch(4, 2, 'commit'),
  buildBatch([{ value: Buffer.from('plain') }], { baseOffset: 5 }),
  batch(6, 1, 'commit'),
]

function read(options: { aborted: boolean; fetchOffset?: number; bytes?: Uint8Array }): FetchedChunk {
  return new FetchedChunk({
    topic: 't',
    partition: 0,
    bytes: options.bytes ?? Buffer.concat(log),
    fetchOffset: options.fetchOffset ?? 0,
    abortedTransactions: options.aborted ? [{ producerId: 1n, firstOffset: 0 } as never] : undefined,
    checkCrcs: true,
    highWatermark: 7,
  })
}

function recordsOf(chunk: FetchedChunk): ConsumerRecord[] {
  const cursor = chunk.cursor()
  const records: ConsumerRecord[] = []
  for (let record = cursor.next(); record !== undefined; record = cursor.next()) records.push(record)
  return records
}

test('what a transaction wrote and aborted is hidden, what the same producer committed later is not', () => {
  assert.deepEqual(
    recordsOf(read({ aborted: true })).map(({ offset }) => offset),
    [1, 3, 5],
  )
  assert.deepEqual(
    recordsOf(read({ aborted: false })).map(({ offset }) => offset),
    [0, 1, 3, 5],
  )
})

test('markers are passed over and count for the next offset', () => {
  const chunk = read({ aborted: false, bytes: Buffer.concat([log[2]!]), fetchOffset: 2 })
  assert.ok(chunk.isEmpty)
  assert.equal(chunk.nextOffset, 3)
})

test('a batch that begins before the offset gives only what was asked for; one cut short waits for the next fetch', () => {
  const bytes = buildBatch(
    ['a', 'b', 'c'].map(value => ({ value: Buffer.from(value) })),
    { baseOffset: 10 },
  )
  const chunk = read({ aborted: false, fetchOffset: 11, bytes: Buffer.concat([bytes, bytes.subarray(0, 40)]) })
  assert.deepEqual(
    recordsOf(chunk).map(({ offset }) => offset),
    [11, 12],
  )
  assert.equal(chunk.nextOffset, 13)
  assert.throws(() => read({ aborted: false, bytes: bytes.subarray(0, 40) }), { code: 'DORSALE_DAMAGED' })
})
