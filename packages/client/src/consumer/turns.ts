import type { Clock } from '@dorsale/base'

/**
 * The application's part in what a group asks for. Partitions are given up and taken over while the application asks for more and holds nothing, never while it handles
 * records: what it is handed is its own until it comes back. How long it is away is what `max.poll.interval.ms` bounds.
 */
export class Turns {
  readonly #clock: Clock
  readonly #queue: (() => Promise<void>)[] = []
  #running: Promise<void> | undefined
  #askers = 0
  #held = 0
  #lastAskedMs: number
  /** There is a turn to be taken: whoever asks should look. */
  readonly #onQueued: () => void

  constructor(clock: Clock, onQueued: () => void) {
    this.#clock = clock
    this.#onQueued = onQueued
    this.#lastAskedMs = clock.monotonic()
  }

  /** Milliseconds since the application last asked; 0 while it asks. */
  get awayMs(): number {
    return this.#askers > 0 && this.#held === 0 ? 0 : this.#clock.monotonic() - this.#lastAskedMs
  }

  /** The application asks for more. `left` follows. */
  asked(): void {
    this.#askers++
    this.#lastAskedMs = this.#clock.monotonic()
  }

  /** It has been answered. */
  left(): void {
    this.#askers--
    this.#lastAskedMs = this.#clock.monotonic()
  }

  /** It has been handed something, until `release`. */
  hold(): void {
    this.#held++
  }

  release(): void {
    this.#held--
    if (this.#held === 0 && this.#queue.length > 0) this.#onQueued()
  }

  /** Runs when the application next asks and holds nothing. One at a time, in order. */
  take<T>(task: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#queue.push(() => task().then(resolve, reject))
      this.#onQueued()
    })
  }

  /** Whether there is a turn to be taken. */
  get isWaiting(): boolean {
    return this.#queue.length > 0
  }

  /** Whether `serve` has something to do for one who holds nothing. */
  get isReady(): boolean {
    return this.#running !== undefined || (this.#queue.length > 0 && this.#held === 0)
  }

  /** Called by those who ask, before they are given anything: takes the turns that wait. False: there was none to take, and none is under way. */
  async serve(): Promise<boolean> {
    if (this.#running !== undefined) {
      await this.#running
      return true
    }
    if (this.#queue.length === 0 || this.#held > 0) return false
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#running = promise
    for (let task = this.#queue.shift(); task !== undefined; task = this.#queue.shift()) await task()
    this.#running = undefined
    resolve()
    return true
  }
}
