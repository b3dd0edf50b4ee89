import type { Clock, Timer } from './clock.ts'

/**
 * One timer of the clock for a deadline that moves all the time, mostly away. It is left set when what it was set for is done: to cancel a timer and set
 * another costs a microsecond, which a producer that awaits each record would pay twice for each. So it may ring early, and in vain: whoever hears it looks at what is
 * due, and asks again for what is not.
 */
export class Alarm {
  readonly #clock: Clock
  readonly #onRing: () => void
  #timer: Timer | undefined
  #dueMs = Number.POSITIVE_INFINITY

  constructor(clock: Clock, onRing: () => void) {
    this.#clock = clock
    this.#onRing = onRing
  }

  /** Rings once, at this time of the monotonic clock or before. Infinity asks for nothing. */
  ringBy(dueMs: number): void {
    if (dueMs >= this.#dueMs) return
    this.#timer?.cancel()
    this.#dueMs = dueMs
    this.#timer = this.#clock.setTimer(Math.max(0, dueMs - this.#clock.monotonic()), () => {
      this.#timer = undefined
      this.#dueMs = Number.POSITIVE_INFINITY
      this.#onRing()
    })
  }

  /** Rings no more, until it is asked to again. */
  cancel(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#dueMs = Number.POSITIVE_INFINITY
  }
}
