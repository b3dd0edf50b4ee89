import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomBelow, randomUnit } from './prng.ts'
import { seededPrng } from './seeded-prng.ts'

test('a seed gives the same numbers for ever', () => {
  const cases: [number, string, number[]][] = [
    [0, '', [3_936_945_864, 141_471_190, 3_976_004_835]],
    [1, '', [187_038_187, 4_217_615_486, 303_700_664]],
    [1, 'net', [2_949_340_005, 1_178_345_868, 333_686_047]],
    [-1, '', [2_183_543_005, 45_669_452, 4_002_628_384]],
    [2 ** 32 + 1, '', [3_841_627_572, 3_208_175_888, 2_221_449_399]],
  ]
  for (const [seed, stream, expected] of cases) {
    const prng = seededPrng(seed, stream)
    assert.deepEqual([prng.uint32(), prng.uint32(), prng.uint32()], expected, `seed ${seed} stream '${stream}'`)
  }
})

test('bytes are the words, little end first', () => {
  const words = seededPrng(7)
  const expected = new Uint8Array(new Uint32Array([words.uint32(), words.uint32()]).buffer)
  assert.deepEqual(seededPrng(7).bytes(8), expected)
  assert.deepEqual(seededPrng(7).bytes(5), expected.slice(0, 5))
  assert.equal(seededPrng(7).bytes(0).length, 0)
})

test('every number below a bound comes about equally often', () => {
  const prng = seededPrng(3)
  const counts = new Array<number>(10).fill(0)
  for (let draw = 0; draw < 100_000; draw++) (counts[randomBelow(prng, 10)] as number) += 1
  for (const count of counts) assert.ok(Math.abs(count - 10_000) < 500, String(counts))
})

test('bounds at their ends', () => {
  const prng = seededPrng(4)
  assert.equal(randomBelow(prng, 1), 0)
  assert.ok(randomBelow(prng, 2 ** 32) < 2 ** 32)
  for (const bound of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) assert.throws(() => randomBelow(prng, bound))
  for (let draw = 0; draw < 1000; draw++) {
    const unit = randomUnit(prng)
    assert.ok(unit >= 0 && unit < 1)
  }
})

test('a biased draw is thrown away', () => {
  // The largest word would fall into the incomplete last cycle of 3.
  const words = [2 ** 32 - 1, 4]
  const prng = { uint32: () => words.shift() as number, bytes: (count: number) => new Uint8Array(count) }
  assert.equal(randomBelow(prng, 3), 1)
})
