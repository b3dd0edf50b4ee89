import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomBelow } from './prng.ts'
import { Queue } from './queue.ts'
import { seededPrng } from './seeded-prng.ts'

test('behaves as an array that is pushed and shifted, through many compactions', () => {
  const prng = seededPrng(1)
  const queue = new Queue<number>()
  const model: number[] = []
  for (let step = 0; step < 30_000; step++) {
    // Grow for a while, then shrink, so that the read index passes every threshold.
    const growing = Math.floor(step / 5000) % 2 === 0
    if (randomBelow(prng, 10) < (growing ? 7 : 3)) {
      queue.push(step)
      model.push(step)
    } else if (randomBelow(prng, 20) === 0) {
      queue.unshift(step)
      model.unshift(step)
    } else {
      assert.equal(queue.peek(), model[0])
      assert.equal(queue.shift(), model.shift())
    }
    assert.equal(queue.length, model.length)
  }
  assert.deepEqual([...queue], model)
  queue.clear()
  assert.equal(queue.length, 0)
  assert.equal(queue.shift(), undefined)
  assert.equal(queue.peek(), undefined)
})
