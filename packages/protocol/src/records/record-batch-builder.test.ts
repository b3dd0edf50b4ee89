import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { BufferPool } from '@dorsale/base'
import { type CodecName, codecs } from '../compression/index.ts'
import { BatchCursor } from './batch-cursor.ts'
import type { KafkaRecord } from './kafka-record.ts'
import { BatchHeader } from './record-batch.ts'
import { buildBatch, RecordBatchBuilder, type RecordBatchOptions } from './record-batch-builder.ts'
import { readRecords } from './record-reader.ts'

const { batches } = JSON.parse(
  readFileSync(new URL('../../vectors/records/batches.json', import.meta.url), 'utf8'),
) as { batches: { name: string; hex: string }[] }

function golden(name: string): BatchHeader {
  const { hex } = batches.find(batch => batch.name === name)!
  return new BatchHeader(Uint8Array.from(Buffer.from(hex, 'hex')))
}

/** What must be told to a builder so that it makes this batch again. */
function optionsOf(header: BatchHeader): RecordBatchOptions {
  return {
    baseOffset: header.baseOffset,
    partitionLeaderEpoch: header.partitionLeaderEpoch,
    producerId: header.producerId,
    producerEpoch: header.producerEpoch,
    baseSequence: header.baseSequence,
    transactional: header.isTransactional,
    control: header.isControl,
  }
}

for (const name of [
  'none',
  'none, idempotent',
  'none, transactional',
  'none, gaps between offsets',
  'the greatest producer id',
  'commit marker',
  'abort marker',
  'leader change',
  'snapshot header',
  'snapshot footer',
  'kraft version',
  'voters',
]) {
  test(`builds ${name} as Kafka does, byte for byte`, () => {
    const header = golden(name)
    const built = buildBatch(readRecords(header), optionsOf(header))
    assert.equal(Buffer.from(built).toString('hex'), Buffer.from(header.bytes).toString('hex'))
  })
}

test('a compacted batch keeps its last offset', () => {
  const header = golden('every other record kept by compaction')
  const builder = new RecordBatchBuilder(optionsOf(header))
  for (const record of readRecords(header)) builder.append(record)
  const rebuilt = new BatchHeader(builder.build(header.lastOffset))
  assert.deepEqual([...readRecords(rebuilt)], [...readRecords(header)])
  assert.equal(rebuilt.nextOffset, header.nextOffset)
})

const timestamp = 1_800_000_000_000
const records: readonly KafkaRecord[] = Array.from({ length: 300 }, (_, index) => ({
  offset: index,
  timestamp: timestamp + ((index * 37) % 91) - 40,
  key: index % 3 === 0 ? null : Uint8Array.of(index),
  value: index % 7 === 0 ? null : new Uint8Array(index * 3).fill(index),
  headers: index % 11 === 0 ? [{ key: `h${index}`, value: index % 2 === 0 ? null : Uint8Array.of(1) }] : [],
}))

for (const codec of [undefined, ...(Object.keys(codecs) as CodecName[])]) {
  test(`what is built with ${codec ?? 'no codec'} is what is read`, () => {
    const bytes = buildBatch(records, { codec })
    const cursor = new BatchCursor(bytes)
    assert.ok(cursor.next())
    assert.equal(cursor.header.codecId, codec === undefined ? 0 : codecs[codec].id)
    assert.equal(cursor.header.sizeInBytes, bytes.length)
    assert.equal(cursor.header.maxTimestamp, Math.max(...records.map(record => record.timestamp)))
    assert.deepEqual([...readRecords(cursor.header)], records)
  })
}

test('with an append time, every record has it', () => {
  const header = new BatchHeader(buildBatch(records, { appendTime: 5 }))
  assert.equal(header.timestampType, 1)
  assert.equal(header.maxTimestamp, 5)
  assert.ok([...readRecords(header)].every(record => record.timestamp === 5))
})

test('timestamps far from each other survive', () => {
  const far = [0, Number.MAX_SAFE_INTEGER, -1, 1, Number.MAX_SAFE_INTEGER - 1, 2 ** 35]
  const header = new BatchHeader(buildBatch(far.map(each => ({ timestamp: each }))))
  assert.deepEqual(
    [...readRecords(header)].map(record => record.timestamp),
    far,
  )
})

test('offsets that do not grow are a bug of the caller', () => {
  const builder = new RecordBatchBuilder({ baseOffset: 10 })
  builder.append({ offset: 12 })
  assert.throws(() => builder.append({ offset: 12 }), { name: 'AssertionError' })
})

for (const codec of [undefined, 'lz4', 'gzip'] as const) {
  test(`the memory of a batch comes from a pool and goes back to it: ${codec ?? 'none'}`, () => {
    const pool = new BufferPool({ idleBytesMax: 1_000_000 })
    const records = Array.from({ length: 100 }, (_, index) => ({
      timestamp: index,
      value: Buffer.from(`${index}`.repeat(20)),
    }))
    const expected = Buffer.from(buildBatch(records, { codec }))
    for (const sizeHint of [64, 5000]) {
      const builder = new RecordBatchBuilder({ codec }, { sizeHint, pool })
      for (const record of records) builder.append(record)
      const built = builder.build()
      assert.deepEqual(Buffer.from(built), expected)
      const copy = built.slice()
      const idleBytes = pool.idleBytes
      builder.release()
      assert.ok(pool.idleBytes >= idleBytes + built.length, 'the memory of the batch lies idle')
      built.fill(0)
      assert.deepEqual(Buffer.from(copy), expected, 'a slice is a copy')
    }
  })
}
