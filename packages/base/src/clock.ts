/**
 * Time, handed in (D5). Two clocks in one: a wall clock that may jump either way, for timestamps that leave the process,
 * and a monotonic one that never falls, for every deadline, timeout and rate.
 */
export interface Clock {
  /** Wall clock in whole milliseconds since 1970-01-01 UTC. May jump. Never use it to measure a duration. */
  now(): number
  /** Monotonic milliseconds, fractional, from an arbitrary origin. Never falls. */
  monotonic(): number
  /**
   * Calls back once, `delayMs` (0 or more, no upper bound, Infinity for never) of monotonic time from now or somewhat later; never before
   * this call returns. Each callback's microtasks run before the next callback.
   */
  setTimer(delayMs: number, callback: () => void): Timer
  /**
   * Calls back after the events already waiting in this turn of the event loop have been handled, in the order of the calls. It is
   * what gathers the writes and the replies of a turn into one (D6). Called from a deferred callback it means the next turn,
   * so a loop of it lets the world in.
   */
  defer(callback: () => void): void
}

/** A pending call of `Clock.setTimer`. Keeps the process alive until it fires or is cancelled. */
export interface Timer {
  /** Idempotent; after it returns the callback will not be called. */
  cancel(): void
}

/** Settles after `delayMs` of monotonic time. Not for waits that something may end early: those keep their `Timer`. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise(resolve => {
    clock.setTimer(delayMs, resolve)
  })
}
