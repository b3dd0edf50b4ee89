import type { Clock, Timer } from '@dorsale/base'
import type { Life } from './life.ts'

/** A clock whose callbacks die with the process. */
export function mortalClock(clock: Clock, life: Life): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    setTimer(delayMs, callback): Timer {
      if (!life.isAlive) return { cancel() {} }
      const timer = clock.setTimer(delayMs, () => {
        forget()
        callback()
      })
      const forget = life.hold(() => timer.cancel())
      return {
        cancel() {
          forget()
          timer.cancel()
        },
      }
    },
    defer(callback) {
      clock.defer(() => {
        if (life.isAlive) callback()
      })
    },
  }
}
