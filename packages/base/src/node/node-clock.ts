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

/** A timeout, or a chain of them for what lies beyond `delayMsMax`. */
class NodeTimer implements Timer {
  #remainingMs: number
  readonly #callback: () => void
  #timeout: NodeJS.Timeout

  constructor(delayMs: number, callback: () => void) {
    this.#remainingMs = delayMs
    this.#callback = callback
    this.#timeout = this.#startNext()
  }

  cancel(): void {
    clearTimeout(this.#timeout)
  }

  #startNext(): NodeJS.Timeout {
    if (this.#remainingMs <= delayMsMax) {
      // Rounded up: a timer never fires early.
      return setTimeout(this.#callback, Math.ceil(this.#remainingMs))
    }
    this.#remainingMs -= delayMsMax
    return setTimeout(() => {
      this.#timeout = this.#startNext()
    }, delayMsMax)
  }
}
