import { type Clock, sleep } from '@dorsale/base'

/** Below this it is not worth to stop: what was early is made up for later. */
const pauseMsMin = 2

/** Holds a loop to so many rounds a second, on the average since it began. -1: it does not hold it at all. */
export class Throttle {
  readonly #clock: Clock
  readonly #rate: number
  readonly #startMs: number
  #count = 0

  constructor(clock: Clock, rate: number) {
    this.#clock = clock
    this.#rate = rate
    this.#startMs = clock.monotonic()
  }

  /** Counts a round; answers a promise when it is time to wait. */
  count(): Promise<void> | undefined {
    this.#count++
    if (this.#rate <= 0) return undefined
    const dueMs = this.#startMs + (this.#count * 1000) / this.#rate
    const pauseMs = dueMs - this.#clock.monotonic()
    return pauseMs < pauseMsMin ? undefined : sleep(this.#clock, pauseMs)
  }
}
