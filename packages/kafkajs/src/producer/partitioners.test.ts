import assert from 'node:assert/strict'
import { test } from 'node:test'
import { murmur2 } from '@dorsale/client'
import { legacyMurmur2 } from './legacy-murmur2.ts'
import { Partitioners } from './partitioners.ts'

/** Key, hash before kafkajs 2.0, hash since: as kafkajs 2.2.4 computes them. */
const hashes: readonly (readonly [key: string, legacy: number, current: number])[] = [
  ['', 275646684, 275646681],
  ['a', -809885833, -1563381124],
  ['ab', -1686076413, 316155434],
  ['abc', 1545667907, 479470107],
  ['abcd', -2139815384, -1323649548],
  ['abcde', 1468550417, 461995741],
  ['0', 272173970, 971027396],
  ['42', -147002502, 417700972],
  ['128', 2053105854, -326012175],
  ['2187', -2081355488, -1508407203],
  ['16384', 204404061, -325739742],
  ['Grüße', 462443264, 1190824359],
  ['b-ecc-1-9f3c', -1587343164, -380405995],
  ['a'.repeat(33), 1399341137, 1152913612],
]

test('keys hash as in kafkajs, before 2.0 and since', () => {
  for (const [key, legacy, current] of hashes) {
    assert.equal(legacyMurmur2(Buffer.from(key)), legacy, `legacy of '${key}'`)
    assert.equal(murmur2(Buffer.from(key)), current, `'${key}'`)
  }
})

const partition = (partitionId: number, leader = 1) => ({
  partitionErrorCode: 0,
  partitionId,
  leader,
  replicas: [1],
  isr: [1],
})

test('a message goes to the partition that it names, else by its key, else by turns to those that are led', () => {
  for (const [create, hash] of [
    [Partitioners.DefaultPartitioner, 417700972],
    [Partitioners.LegacyPartitioner, -147002502],
  ] as const) {
    const partitioner = create()
    const partitionMetadata = [partition(0), partition(1, -1), partition(2)]
    const place = (message: { key?: string; partition?: number }) =>
      partitioner({ topic: 'orders', partitionMetadata, message: { value: 'x', ...message } })
    assert.equal(place({ key: '42', partition: 1 }), 1)
    assert.equal(place({ key: '42' }), (hash & 0x7fffffff) % 3)
    const turns = [place({}), place({}), place({}), place({})]
    assert.deepEqual(new Set(turns), new Set([0, 2]))
    assert.notEqual(turns[0], turns[1])
  }
})

test('without any leader the turns go over all partitions', () => {
  const partitioner = Partitioners.DefaultPartitioner()
  const partitionMetadata = [partition(0, -1), partition(1, -1)]
  const places = [0, 1].map(() => partitioner({ topic: 'orders', partitionMetadata, message: { value: 'x' } }))
  assert.deepEqual(places.sort(), [0, 1])
})
