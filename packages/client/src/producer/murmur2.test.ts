import assert from 'node:assert/strict'
import { test } from 'node:test'
import { murmur2, partitionOfKey } from './murmur2.ts'

test("keys hash as in Kafka's own tests (R-02-066)", () => {
  for (const [key, hash] of [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ] as const) {
    assert.equal(murmur2(Buffer.from(key)), hash, key)
  }
})

test('a key has its partition, whatever the sign of its hash', () => {
  assert.equal(partitionOfKey(Buffer.from('21'), 6), (-973932308 & 0x7fffffff) % 6)
  assert.equal(partitionOfKey(Buffer.from('abc'), 6), 479470107 % 6)
})
