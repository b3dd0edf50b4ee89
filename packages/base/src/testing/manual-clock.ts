import type { Clock, Timer } from '../clock.ts'

/** A clock that moves only when told: deferred calls run in `turn`, timers in `advance`. */
export class ManualClock implements Clock {
  #nowMs = 1_000_000
  /** How far the wall clock is from where it would be, had nobody set it. */
  #jumpedMs = 0
  #deferred: (() => void)[] = []
  #timers: { dueMs: number; callback: () => void }[] = []

  now(): number {
    return this.#nowMs + this.#jumpedMs
  }

  monotonic(): number {
    return this.#nowMs
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const timer = { dueMs: this.#nowMs + delayMs, callback }
    this.#timers.push(timer)
    return {
      cancel: () => {
        this.#timers = this.#timers.filter(each => each !== timer)
      },
    }
  }

  defer(callback: () => void): void {
    this.#deferred.push(callback)
  }

  /** Ends turns of the event loop until nothing is deferred. */
  turn(): void {
    while (this.#deferred.length > 0) {
      const calls = this.#deferred
      this.#deferred = []
      for (const call of calls) call()
    }
  }

  /** Sets the wall clock forward, or back. Timers do not notice. */
  jump(byMs: number): void {
    this.#jumpedMs += byMs
  }

  advance(ms: number): void {
    const endMs = this.#nowMs + ms
    for (;;) {
      const next = this.#timers.filter(each => each.dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0]
      if (next === undefined) break
      this.#timers = this.#timers.filter(each => each !== next)
      this.#nowMs = Math.max(this.#nowMs, next.dueMs)
      next.callback()
      this.turn()
    }
    this.#nowMs = endMs
  }
}
