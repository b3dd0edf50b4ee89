import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock, Timer } from './clock.ts'
import { randomBelow } from './prng.ts'
import { seededPrng } from './seeded-prng.ts'
import { TimerWheel } from './timer-wheel.ts'

/** A clock moved by hand: `advance` fires what falls due on the way, in order; `stall` moves time and fires nothing. */
function manualClock(): Clock & { advance(ms: number): void; stall(ms: number): void; pending(): number } {
  let nowMs = 1000.5
  let timers: { dueMs: number; callback: () => void }[] = []
  return {
    now: () => Math.floor(nowMs),
    monotonic: () => nowMs,
    defer: () => {},
    setTimer(delayMs, callback): Timer {
      const timer = { dueMs: nowMs + delayMs, callback }
      timers.push(timer)
      return {
        cancel() {
          timers = timers.filter(other => other !== timer)
        },
      }
    },
    advance(ms) {
      const endMs = nowMs + ms
      for (;;) {
        const due = timers.filter(timer => timer.dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0]
        if (due === undefined) break
        timers = timers.filter(timer => timer !== due)
        nowMs = Math.max(nowMs, due.dueMs)
        due.callback()
      }
      nowMs = endMs
    },
    stall(ms) {
      nowMs += ms
    },
    pending: () => timers.length,
  }
}

test('fires once, never early and at most a tick late, for delays of every length', () => {
  const clock = manualClock()
  const wheel = new TimerWheel(clock, { tickMs: 10, bucketCount: 16 })
  for (const delayMs of [0, 0.1, 1, 9.9, 10, 10.1, 159, 160, 161, 1000, 100_000]) {
    const setMs = clock.monotonic()
    const fired: number[] = []
    wheel.set(delayMs, () => fired.push(clock.monotonic() - setMs))
    clock.advance(delayMs + 20)
    assert.equal(fired.length, 1, `delay ${delayMs}`)
    const [afterMs] = fired as [number]
    assert.ok(afterMs >= delayMs && afterMs <= delayMs + 10 + 1e-6, `delay ${delayMs} fired after ${afterMs}`)
  }
})

test('an idle wheel holds no timer of the clock', () => {
  const clock = manualClock()
  const wheel = new TimerWheel(clock)
  assert.equal(clock.pending(), 0)
  const timer = wheel.set(100, () => {})
  assert.equal(clock.pending(), 1)
  timer.cancel()
  timer.cancel()
  assert.equal(clock.pending(), 0)
  assert.equal(wheel.size, 0)
  wheel.set(100, () => {})
  clock.advance(200)
  assert.equal(clock.pending(), 0)
})

test('a callback may set and cancel others, of the same tick too', () => {
  const clock = manualClock()
  const wheel = new TimerWheel(clock, { tickMs: 10, bucketCount: 4 })
  const order: string[] = []
  wheel.set(5, () => {
    order.push('first')
    second.cancel()
    wheel.set(0, () => order.push('third'))
  })
  const second = wheel.set(5, () => order.push('second'))
  clock.advance(10)
  assert.deepEqual(order, ['first'])
  clock.advance(20)
  assert.deepEqual(order, ['first', 'third'])
})

test('a stall longer than a turn fires everything that fell due, once', () => {
  const clock = manualClock()
  const wheel = new TimerWheel(clock, { tickMs: 10, bucketCount: 4 })
  const fired: number[] = []
  for (const delayMs of [5, 35, 75, 155]) wheel.set(delayMs, () => fired.push(delayMs))
  wheel.set(Number.POSITIVE_INFINITY, () => fired.push(-1))
  clock.stall(1000)
  clock.advance(0)
  assert.deepEqual(
    fired.toSorted((a, b) => a - b),
    [5, 35, 75, 155],
  )
  assert.equal(wheel.size, 1)
})

test('random sets and cancels agree with a list', () => {
  const prng = seededPrng(11)
  const clock = manualClock()
  const wheel = new TimerWheel(clock, { tickMs: 7, bucketCount: 8 })
  const live = new Map<number, { dueMs: number; timer: Timer }>()
  for (let step = 0; step < 5000; step++) {
    const action = randomBelow(prng, 4)
    if (action < 2) {
      const delayMs = randomBelow(prng, 200)
      const dueMs = clock.monotonic() + delayMs
      const timer = wheel.set(delayMs, () => {
        assert.ok(clock.monotonic() >= dueMs && clock.monotonic() <= dueMs + 7 + 1e-6)
        assert.ok(live.delete(step))
      })
      live.set(step, { dueMs, timer })
    } else if (action === 2) {
      const [key, entry] = [...live][0] ?? []
      entry?.timer.cancel()
      if (key !== undefined) live.delete(key)
    } else {
      clock.advance(randomBelow(prng, 30))
    }
    assert.equal(wheel.size, live.size)
  }
})
