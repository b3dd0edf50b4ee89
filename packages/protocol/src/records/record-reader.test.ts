import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { BatchCursor } from './batch-cursor.ts'
import { isBatchIntact } from './batch-stamp.ts'
import { InvalidRecordsError } from './invalid-records-error.ts'
import { type BatchHeader, batchField } from './record-batch.ts'
import { readRecords } from './record-reader.ts'

/** A batch as Kafka's classes or librdkafka wrote it, and what Kafka's classes read in it. */
interface Golden {
  name: string
  hex: string
  batch?: { records: unknown[] }
}

function goldenBatches(file: string): Golden[] {
  return JSON.parse(readFileSync(new URL(`../../vectors/records/${file}`, import.meta.url), 'utf8')).batches
}

const golden = [...goldenBatches('batches.json'), ...goldenBatches('librdkafka.json')]

function bytesOf({ hex }: Golden): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

/** A long key or value is written as its digest. */
function printed(bytes: Uint8Array | null): string | null {
  if (bytes === null) return null
  return bytes.length > 1000
    ? `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    : Buffer.from(bytes).toString('hex')
}

/** A batch in the form in which the vectors tell it. */
function described(header: BatchHeader) {
  const { baseOffset, lastOffset, nextOffset, sizeInBytes, partitionLeaderEpoch, magic, crc, codecId } = header
  const { timestampType, isTransactional, isControl, hasDeleteHorizon, maxTimestamp } = header
  const { producerId, producerEpoch, baseSequence, lastSequence, recordCount } = header
  return {
    ...{ baseOffset, lastOffset, nextOffset, sizeInBytes, partitionLeaderEpoch, magic, crc, codecId },
    ...{ timestampType, isTransactional, isControl, hasDeleteHorizon, maxTimestamp },
    ...{ producerId: String(producerId), producerEpoch, baseSequence, lastSequence, recordCount },
    records: [...readRecords(header)].map(({ offset, timestamp, key, value, headers }) => ({
      offset,
      timestamp,
      key: printed(key),
      value: printed(value),
      headers: headers.map(header => [header.key, printed(header.value)]),
    })),
  }
}

for (const vector of golden.filter(({ batch }) => batch !== undefined)) {
  test(`reads ${vector.name}`, () => {
    const cursor = new BatchCursor(bytesOf(vector))
    assert.ok(cursor.next())
    assert.ok(isBatchIntact(cursor.header.bytes, cursor.header.position))
    assert.deepEqual(described(cursor.header), vector.batch)
    assert.equal(cursor.next(), false)
    assert.equal(cursor.state, 'end')
  })
}

test('message formats 0 and 1 are recognised, not read', () => {
  for (const vector of golden.filter(({ batch }) => batch === undefined)) {
    const cursor = new BatchCursor(bytesOf(vector))
    assert.equal(cursor.next(), false)
    assert.equal(cursor.state, 'old-format')
  }
})

test('a batch cut anywhere is a partial one', () => {
  const bytes = bytesOf(golden.find(({ name }) => name === 'none')!)
  for (let size = 1; size < bytes.length; size++) {
    const cursor = new BatchCursor(bytes.subarray(0, size))
    assert.equal(cursor.next(), false)
    assert.equal(cursor.state, 'partial')
    assert.equal(cursor.position, 0)
  }
})

test('a batch is read where it stands, between others', () => {
  const [first, second] = golden.filter(({ name }) => name === 'none' || name === 'zstd').map(bytesOf)
  const region = Buffer.concat([Buffer.alloc(7), first!, second!, first!.subarray(0, 50)])
  const cursor = new BatchCursor(region, 7)
  const seen: [number, number][] = []
  while (cursor.next()) seen.push([cursor.header.position, [...readRecords(cursor.header)].length])
  assert.deepEqual(seen, [
    [7, 6],
    [7 + first!.length, 6],
  ])
  assert.equal(cursor.state, 'partial')
  assert.equal(cursor.position, 7 + first!.length + second!.length)
})

test('values are views of an uncompressed batch', () => {
  const bytes = bytesOf(golden.find(({ name }) => name === 'none')!)
  const cursor = new BatchCursor(bytes)
  cursor.next()
  const [record] = readRecords(cursor.header)
  assert.equal(record!.value!.buffer, bytes.buffer)
})

test('a header that lies about its records gives a typed error', () => {
  for (const count of [-1, 0, 5, 7, 0x7fffffff]) {
    const bytes = bytesOf(golden.find(({ name }) => name === 'none')!)
    const cursor = new BatchCursor(bytes)
    cursor.next()
    cursor.header.view.setInt32(batchField.recordCount, count)
    assert.throws(() => [...readRecords(cursor.header)], InvalidRecordsError, `${count} records`)
  }
})
