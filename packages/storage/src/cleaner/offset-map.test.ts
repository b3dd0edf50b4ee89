import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededPrng } from '@dorsale/base'
import { OffsetMap } from './offset-map.ts'

const key = (text: string) => Buffer.from(text)

function mapOf({ bytesMax = 24 * 1000, loadFactor = 0.9, keyCountMax = 1e6, seed = 1 } = {}): OffsetMap {
  return new OffsetMap({ bytesMax, loadFactor, keyCountMax, prng: seededPrng(seed) })
}

test('the last offset of a key counts, whatever its length', () => {
  const keys = ['', 'a', 'x'.repeat(15), 'x'.repeat(16), 'x'.repeat(17), 'long '.repeat(100), '\0', '\0\0'].map(key)
  for (let seed = 1; seed <= 20; seed++) {
    const map = mapOf({ seed })
    for (const [index, each] of keys.entries()) map.put(each, index)
    for (const [index, each] of keys.entries()) if (index % 2 === 0) map.put(each, 100 + index)
    assert.deepEqual(
      keys.map(each => map.get(each)),
      [100, 1, 102, 3, 104, 5, 106, 7],
    )
    assert.equal(map.size, keys.length)
    assert.equal(map.latestOffset, 106)
    assert.equal(map.get(key('unknown')), -1)
    assert.equal(map.get(key('unknown and longer than a slot')), -1)
  }
})

test('a map is full at its load factor, and has room for no more than is asked for', () => {
  const cases: [options: Parameters<typeof mapOf>[0], taken: number][] = [
    [{ bytesMax: 24 * 60, loadFactor: 0.75 }, 45],
    [{ bytesMax: 24 * 100, loadFactor: 0.9 }, 90],
    // One slot stays free, so that a search ends.
    [{ bytesMax: 24 * 100, loadFactor: 1 }, 99],
    [{ bytesMax: 0, loadFactor: 0.9 }, 14],
    [{ bytesMax: 1e9, keyCountMax: 50 }, 51],
  ]
  for (const [options, taken] of cases) {
    const map = mapOf(options)
    let count = 0
    while (!map.isFull) map.put(key(`key ${count}`), count++)
    assert.equal(count, taken)
    for (let index = 0; index < count; index++) assert.equal(map.get(key(`key ${index}`)), index)
    assert.equal(map.get(key('another')), -1)
  }
})
