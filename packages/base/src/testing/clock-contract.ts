import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Clock, sleep } from '../clock.ts'

/** `within` runs the body in a world of its own that has this clock. */
export function clockContract(within: (body: (clock: Clock) => Promise<void>) => Promise<void>): void {
  describe('clock', () => {
    test('a timer fires once, not early and not before setTimer returned', () =>
      within(async clock => {
        const startMs = clock.monotonic()
        let fired = 0
        clock.setTimer(5, () => fired++)
        clock.setTimer(0, () => fired++)
        assert.equal(fired, 0)
        await sleep(clock, 5)
        assert.ok(clock.monotonic() - startMs >= 5)
        await sleep(clock, 5)
        assert.equal(fired, 2)
      }))

    test('a cancelled timer never fires, and cancelling again or too late does nothing', () =>
      within(async clock => {
        let fired = 0
        const cancelled = clock.setTimer(1, () => fired++)
        const late = clock.setTimer(1, () => {})
        cancelled.cancel()
        cancelled.cancel()
        await sleep(clock, 10)
        late.cancel()
        assert.equal(fired, 0)
      }))

    test('delays have no upper bound', () =>
      within(async clock => {
        let fired = 0
        // One past what setTimeout can count, a hundred years, and for ever.
        const timers = [2 ** 31, 3.2e12, Number.POSITIVE_INFINITY].map(delayMs =>
          clock.setTimer(delayMs, () => fired++),
        )
        await sleep(clock, 10)
        for (const timer of timers) timer.cancel()
        assert.equal(fired, 0)
      }))

    test('a timer of one tick cancels a longer one in time', () =>
      within(async clock => {
        const order: string[] = []
        const long = clock.setTimer(50, () => order.push('long'))
        clock.setTimer(1, () => {
          order.push('short')
          long.cancel()
        })
        await sleep(clock, 60)
        assert.deepEqual(order, ['short'])
      }))

    test('deferred calls keep their order, after the microtasks, and one deferred by another takes a later turn', () =>
      within(async clock => {
        const order: string[] = []
        await new Promise<void>(resolve => {
          clock.defer(() => {
            order.push('a')
            clock.defer(() => {
              order.push('a2')
              resolve()
            })
            void Promise.resolve().then(() => order.push('microtask of a'))
          })
          clock.defer(() => order.push('b'))
          void Promise.resolve().then(() => order.push('microtask'))
        })
        assert.deepEqual(order, ['microtask', 'a', 'microtask of a', 'b', 'a2'])
      }))

    test('the wall clock counts whole milliseconds of this age, the monotonic clock never falls', () =>
      within(async clock => {
        assert.ok(Number.isInteger(clock.now()))
        assert.ok(clock.now() > Date.UTC(2020, 0))
        let lastMs = clock.monotonic()
        for (let turn = 0; turn < 100; turn++) {
          const nowMs = clock.monotonic()
          assert.ok(nowMs >= lastMs)
          lastMs = nowMs
        }
      }))
  })
}
