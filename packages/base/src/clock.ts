/**
 * Time, handed in (D5). Two clocks in one: a wall clock that may jump either way, for timestamps that leave the process,
 * and a monotonic one that never falls, for every deadline, timeout and rate.
 */
export interface Clock {
  /** Wall clock in whole milliseconds since 1970-01-01 UTC. May jump. Never use it to measure a duration. */
  now(): number
  /** Monotonic milliseconds, fractional, from an arbitrary origin. Never falls. */
  monotonic(): number
  /** Calls back once, `delayMs` (0 or more, no upper bound) of monotonic time from now; never before this call returns. */
  setTimer(delayMs: number, callback: () => void): Timer
  /**
   * Calls back after the events already waiting in this turn of the event loop have been handled. It is what gathers the
   * writes and the replies of a turn into one (D6).
   */
  defer(callback: () => void): void
}

/** A pending call of `Clock.setTimer`. Keeps the process alive until it fires or is cancelled. */
export interface Timer {
  /** Idempotent; after it returns the callback will not be called. */
  cancel(): void
}
