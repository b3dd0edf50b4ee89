import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TimerWheel } from '@dorsale/base'
import { ManualClock } from '@dorsale/base/testing'
import { Purgatory, Watchers } from './purgatory.ts'

function world() {
  const clock = new ManualClock()
  const purgatory = new Purgatory(clock, new TimerWheel(clock))
  const [a, b] = [new Watchers(), new Watchers()]
  let completed = 0
  const park = (bytesWanted: number, waitMs = 1000) =>
    purgatory.park({ watched: [a, b], bytesWanted, waitMs, complete: () => completed++ })
  return { clock, purgatory, a, b, park, completed: () => completed }
}

describe('purgatory', () => {
  test('completes once, at the end of the turn in which the bytes came, from all partitions together', () => {
    const { clock, a, b, park, completed, purgatory } = world()
    park(100)
    a.notify(60)
    clock.turn()
    assert.equal(completed(), 0)
    b.notify(40)
    a.notify(1000)
    assert.equal(completed(), 0)
    clock.turn()
    assert.equal(completed(), 1)
    assert.deepEqual([purgatory.size, a.size, b.size], [0, 0, 0])
  })

  test('completes when the time is over', () => {
    const { clock, park, completed } = world()
    park(100, 500)
    clock.advance(499)
    assert.equal(completed(), 0)
    clock.advance(50)
    assert.equal(completed(), 1)
  })

  test('a change after which everybody must look again completes at once', () => {
    const { clock, a, park, completed } = world()
    park(1_000_000)
    a.notify(Number.POSITIVE_INFINITY)
    clock.turn()
    assert.equal(completed(), 1)
  })

  test('a cancelled request is forgotten, even when it was ready', () => {
    const { clock, a, park, completed, purgatory } = world()
    const first = park(1)
    const second = park(1)
    first.cancel()
    a.notify(1)
    second.cancel()
    clock.advance(5000)
    assert.equal(completed(), 0)
    assert.deepEqual([purgatory.size, a.size], [0, 0])
  })

  test('closing wakes everybody', () => {
    const { clock, purgatory, park, completed } = world()
    park(1)
    park(2)
    purgatory.close()
    clock.turn()
    assert.equal(completed(), 2)
    assert.equal(purgatory.isClosed, true)
  })
})
