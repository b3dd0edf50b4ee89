import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Alarm } from './alarm.ts'
import type { Clock } from './clock.ts'
import { ManualClock } from './testing/manual-clock.ts'

/** An alarm, when it rang, and how many timers it has set. */
function world() {
  const clock = new ManualClock()
  const startMs = clock.monotonic()
  const rang: number[] = []
  let timerCount = 0
  const counting: Clock = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    defer: callback => clock.defer(callback),
    setTimer(delayMs, callback) {
      timerCount++
      return clock.setTimer(delayMs, callback)
    },
  }
  const alarm = new Alarm(counting, () => rang.push(clock.monotonic() - startMs))
  return {
    clock,
    alarm,
    rang,
    ringIn: (delayMs: number) => alarm.ringBy(clock.monotonic() + delayMs),
    timerCount: () => timerCount,
  }
}

test('rings once, by the earliest time that was asked for', () => {
  const { clock, rang, ringIn, timerCount } = world()
  ringIn(100)
  ringIn(200)
  ringIn(50)
  clock.advance(1000)
  assert.deepEqual(rang, [50])
  assert.equal(timerCount(), 2)
})

test('a deadline that moves away costs no timer, and is asked for again by who hears the first', () => {
  const { clock, rang, ringIn, timerCount } = world()
  for (let step = 0; step < 100; step++) {
    ringIn(1000)
    clock.advance(5)
  }
  assert.equal(timerCount(), 1)
  clock.advance(500)
  assert.deepEqual(rang, [1000])
  ringIn(200)
  clock.advance(1000)
  assert.deepEqual(rang, [1000, 1200])
})

test('a time that has passed rings in a later turn; infinity never; nothing after it is cancelled', () => {
  const { clock, alarm, rang, ringIn, timerCount } = world()
  ringIn(Number.POSITIVE_INFINITY)
  assert.equal(timerCount(), 0)
  ringIn(-5)
  assert.deepEqual(rang, [])
  clock.advance(0)
  assert.deepEqual(rang, [0])
  ringIn(10)
  alarm.cancel()
  clock.advance(20)
  assert.deepEqual(rang, [0])
  ringIn(10)
  clock.advance(20)
  assert.deepEqual(rang, [0, 30])
})
