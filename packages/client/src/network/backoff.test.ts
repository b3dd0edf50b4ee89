import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededPrng } from '@dorsale/base'
import { backoffMs } from './backoff.ts'

test('a pause doubles with each failure in a row, up to its bound, and varies by a fifth', () => {
  const prng = seededPrng(7)
  const backoff = { initialMs: 50, maxMs: 1000 }
  for (const [failures, middleMs] of [
    [1, 50],
    [2, 100],
    [4, 400],
    [6, 1600],
    [60, 1600],
  ] as const) {
    const pauses = Array.from({ length: 200 }, () => backoffMs(backoff, failures, prng))
    const low = Math.min(1000, middleMs * 0.8)
    const high = Math.min(1000, middleMs * 1.2)
    assert.ok(
      pauses.every(pause => pause >= low && pause <= high),
      `${failures} failures`,
    )
    if (low < high)
      assert.ok(Math.max(...pauses) - Math.min(...pauses) > (high - low) / 2, 'clients do not come back together')
  }
})

test('an initial pause above the bound is kept', () => {
  const pause = backoffMs({ initialMs: 2000, maxMs: 1000 }, 1, seededPrng(1))
  assert.ok(pause >= 1600 && pause <= 2000)
})
