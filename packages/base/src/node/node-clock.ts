import type { Clock, Timer } from '../clock.ts'

/** The machine's clock. */
export const nodeClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer: (delayMs, callback) => new NodeTimer(delayMs, callback),
  defer: callback => {
    setImmediate(callback)
  },
}

/** `setTimeout` fires at once when asked to wait longer than this (24.8 days). */
const delayMsMax = 2 ** 31 - 1

/**
 * A timeout, or a chain of them: for what lies beyond `delayMsMax`, and because `setTimeout` counts in whole milliseconds of a time that it
 * has rounded down, and so fires up to one of them early. Ours never does.
 */
class NodeTimer implements Timer {
  readonly #deadlineMs: number
  readonly #callback: () => void
  #timeout: NodeJS.Timeout

  constructor(delayMs: number, callback: () => void) {
    this.#deadlineMs = performance.now() + delayMs
    this.#callback = callback
    this.#timeout = this.#wait(delayMs)
  }

  cancel(): void {
    clearTimeout(this.#timeout)
  }

  #wait(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#fire(), Math.min(Math.ceil(delayMs), delayMsMax))
  }

  #fire(): void {
    const remainingMs = this.#deadlineMs - performance.now()
    if (remainingMs > 0) this.#timeout = this.#wait(remainingMs)
    else this.#callback()
  }
}
