import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededPrng } from '@dorsale/base'
import { StickyPartitioner } from './sticky-partitioner.ts'

function counts(
  loads: readonly number[],
  { adaptive, records = 30_000 }: { adaptive: boolean; records?: number },
): number[] {
  const partitioner = new StickyPartitioner({ prng: seededPrng(3), batchBytes: 1000, adaptive })
  const count = loads.map(() => 0)
  for (let record = 0; record < records; record++) {
    const partition = partitioner.place(() => loads)
    count[partition]!++
    partitioner.placed(100)
  }
  return count
}

test('a batch worth of bytes stays together, then another partition has its turn', () => {
  const partitioner = new StickyPartitioner({ prng: seededPrng(3), batchBytes: 1000, adaptive: true })
  const places = Array.from({ length: 10 }, () => {
    const partition = partitioner.place(() => [0, 0, 0])
    partitioner.placed(100)
    return partition
  })
  assert.equal(new Set(places).size, 1)
})

test('partitions share evenly when none is behind', () => {
  for (const count of counts([0, 0, 0], { adaptive: true })) assert.ok(count > 9000 && count < 11_000, String(count))
})

test('a partition that is behind gets less, unless that is switched off', () => {
  const [behind, free] = counts([9, 0], { adaptive: true })
  assert.ok(behind! * 7 < free!)
  const [same, other] = counts([9, 0], { adaptive: false })
  assert.ok(Math.abs(same! - other!) < 2000)
})

test('a partition without a leader gets nothing while another has one', () => {
  assert.deepEqual(counts([-1, 0], { adaptive: true }), [0, 30_000])
  assert.ok(counts([-1, -1], { adaptive: true }).every(count => count > 0))
})
