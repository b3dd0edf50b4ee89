/**
 * Whether a write blocks the event loop or goes to the pool (D6). A small write into the page cache takes tens of microseconds, less
 * than the way to the pool and back; but a device that cannot keep up makes it wait for the platter. Such a wait moves the whole
 * directory to the pool until its writes are fast again.
 */
import type { Clock } from '@dorsale/base'

/** Writes up to this size are synchronous. */
const syncBytesMax = 128 * 1024
/** A synchronous write that took longer than this makes the directory slow. */
const slowMs = 20
/** So many writes in a row that took less than `fastMs` make it fast again. */
const fastWrites = 16
const fastMs = 5

export class WritePolicy {
  readonly #clock: Clock
  #slow = false
  #fastInARow = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isSlow(): boolean {
    return this.#slow
  }

  isSync(bytes: number): boolean {
    return !this.#slow && bytes <= syncBytesMax
  }

  start(): number {
    return this.#clock.monotonic()
  }

  /** A write that began at `start` is done. */
  done(start: number): void {
    const elapsedMs = this.#clock.monotonic() - start
    if (!this.#slow) {
      this.#slow = elapsedMs > slowMs
      this.#fastInARow = 0
    } else if (elapsedMs > fastMs) this.#fastInARow = 0
    else if (++this.#fastInARow >= fastWrites) this.#slow = false
  }
}
