import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { shareStateRecordSerde, tombstoneRecord } from './share-state-records.ts'

// What a real Kafka wrote.
const { records }: { records: { key: string; value: string }[] } = JSON.parse(
  readFileSync(new URL('../../vectors/share-state-records.json', import.meta.url), 'utf8'),
)

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))

test("Kafka's records of the share state topic are read, and written again to the byte", () => {
  for (const { key, value } of records) {
    const record = shareStateRecordSerde.decode(bytes(key), bytes(value))
    assert.ok(record)
    const encoded = shareStateRecordSerde.encode(record)
    assert.equal(Buffer.from(encoded.key).toString('hex'), key)
    assert.equal(Buffer.from(encoded.value!).toString('hex'), value)
  }
  assert.equal(records.length, 7)
})

test('a deletion is a snapshot without a value; a kind that is not known is none', () => {
  const { key, value } = shareStateRecordSerde.encode(
    tombstoneRecord({ groupId: 'g', topicId: 'XDFcej3hQRyC9IFBdxzPeg', partition: 0 }),
  )
  assert.equal(Buffer.from(key).toString('hex'), records[0]!.key)
  assert.equal(value, null)
  assert.equal(shareStateRecordSerde.decode(key, null)?.value, null)
  assert.equal(shareStateRecordSerde.decode(bytes('7fff'), null), undefined)
})

test('damage is an error, not a record', () => {
  const { key, value } = records[1]!
  assert.throws(() => shareStateRecordSerde.decode(bytes(key).subarray(0, 9), bytes(value)))
  assert.throws(() => shareStateRecordSerde.decode(bytes(key), bytes('0009')))
  assert.throws(() => shareStateRecordSerde.decode(bytes(key), bytes(value).subarray(0, 40)))
})
