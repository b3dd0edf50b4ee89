import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { groupRecordSerde } from './group-records.ts'

// What a real Kafka wrote.
const { records }: { records: { key: string; value: string | null }[] } = JSON.parse(
  readFileSync(new URL('../../vectors/offsets-topic.json', import.meta.url), 'utf8'),
)

const bytes = (hex: string | null) => (hex === null ? null : Uint8Array.from(Buffer.from(hex, 'hex')))

test("Kafka's records of the offsets topic are read, and written again to the byte", () => {
  for (const { key, value } of records) {
    const record = groupRecordSerde.decode(bytes(key)!, bytes(value))
    assert.ok(record)
    const encoded = groupRecordSerde.encode(record)
    assert.equal(Buffer.from(encoded.key).toString('hex'), key)
    assert.equal(encoded.value && Buffer.from(encoded.value).toString('hex'), value)
  }
  assert.ok(records.length >= 10)
})

test('the key of an offset in its first form is read; a kind that is not known is none', () => {
  const first = groupRecordSerde.decode(bytes('0000000267320002743100000000')!, null)
  assert.deepEqual(first, {
    type: 'OffsetCommit',
    key: { group: 'g2', topic: 't1', partition: 0 },
    version: 0,
    value: null,
  })
  assert.equal(groupRecordSerde.decode(bytes('7fff')!, null), undefined)
})

test('damage is an error, not a record', () => {
  assert.throws(() => groupRecordSerde.decode(bytes('0001')!, null))
  assert.throws(() => groupRecordSerde.decode(bytes('000200026732')!, bytes('0009')))
})
