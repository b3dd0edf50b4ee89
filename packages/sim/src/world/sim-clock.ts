import type { Clock, Timer } from '@dorsale/base'
import type { Process } from './process.ts'

/** Time as one process sees it. */
export function simClock(process: Process): Clock {
  const { world } = process.machine
  return {
    now: () => process.operation(() => process.wallMs),
    monotonic: () => process.operation(() => process.monotonicMs),
    setTimer: (delayMs, callback): Timer =>
      process.operation(() => {
        let fired = false
        // Real timers are a little late, each by its own little: what relies on their order shows.
        const event = world.schedule(
          process.aheadMs + Math.max(delayMs, 0) + world.jitterMs(1),
          process,
          'timer',
          () => {
            process.timerCount--
            fired = true
            callback()
          },
        )
        process.timerCount++
        return {
          cancel() {
            if (!fired && !event.cancelled) process.timerCount--
            event.cancel()
          },
        }
      }),
    defer: callback =>
      process.operation(() => {
        world.schedule(0, process, 'deferred', callback)
      }),
  }
}
