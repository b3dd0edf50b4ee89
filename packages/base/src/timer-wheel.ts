import { assert } from './assert.ts'
import type { Clock, Timer } from './clock.ts'

/**
 * Timeouts by the thousand on one timer of the clock. Time is cut into ticks; a wheel of buckets holds what falls due in each tick, and
 * what lies further than one turn of the wheel waits in its bucket for the turns that remain. Setting and cancelling
 * cost nanoseconds; firing is late by up to one tick and never early.
 *
 * The wheel's timer runs only while something is set, so an idle wheel costs nothing and lets the process end.
 */
export class TimerWheel {
  readonly #clock: Clock
  readonly #tickMs: number
  readonly #buckets: Set<Timeout>[]
  readonly #originMs: number
  /** The last tick that was fired. */
  #tick = 0
  #count = 0
  #timer: Timer | undefined

  /** `tickMs` is the precision; `bucketCount` ticks make a turn. */
  constructor(clock: Clock, { tickMs = 20, bucketCount = 512 }: { tickMs?: number; bucketCount?: number } = {}) {
    assert(tickMs > 0, 'a tick takes time')
    this.#clock = clock
    this.#tickMs = tickMs
    this.#buckets = Array.from({ length: bucketCount }, () => new Set())
    this.#originMs = clock.monotonic()
  }

  /** How many timeouts are set. */
  get size(): number {
    return this.#count
  }

  /** As `Clock.setTimer`, up to one tick late. */
  set(delayMs: number, callback: () => void): Timer {
    const elapsedMs = this.#clock.monotonic() - this.#originMs
    // An idle wheel has not turned: begin where time is now, lest the first turn walk through all the idle ticks.
    if (this.#count === 0) this.#tick = Math.floor(elapsedMs / this.#tickMs)
    const dueTick = Math.max(Math.ceil((elapsedMs + Math.max(delayMs, 0)) / this.#tickMs), this.#tick + 1)
    const timeout = new Timeout(this, dueTick, callback)
    this.#bucketOf(dueTick).add(timeout)
    this.#count++
    this.#arm()
    return timeout
  }

  /** Takes a timeout out; called by its `cancel`. */
  remove(timeout: Timeout): void {
    if (!this.#bucketOf(timeout.dueTick).delete(timeout)) return
    this.#count--
    if (this.#count > 0) return
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #bucketOf(tick: number): Set<Timeout> {
    // A delay of Infinity has no tick: it rests in the first bucket and is never due.
    return this.#buckets[Number.isFinite(tick) ? tick % this.#buckets.length : 0] as Set<Timeout>
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#count === 0) return
    const nextMs = this.#originMs + (this.#tick + 1) * this.#tickMs
    this.#timer = this.#clock.setTimer(Math.max(nextMs - this.#clock.monotonic(), 0), () => {
      this.#timer = undefined
      this.#advance()
      this.#arm()
    })
  }

  #advance(): void {
    const now = Math.floor((this.#clock.monotonic() - this.#originMs) / this.#tickMs)
    // After a long stall one turn visits every bucket; more turns would visit them again for nothing.
    const first = Math.max(this.#tick + 1, now - this.#buckets.length + 1)
    this.#tick = now
    for (let tick = first; tick <= now; tick++) {
      for (const timeout of this.#bucketOf(tick)) {
        if (timeout.dueTick > now) continue
        this.remove(timeout)
        timeout.callback()
      }
    }
  }
}

class Timeout implements Timer {
  readonly #wheel: TimerWheel
  readonly dueTick: number
  readonly callback: () => void

  constructor(wheel: TimerWheel, dueTick: number, callback: () => void) {
    this.#wheel = wheel
    this.dueTick = dueTick
    this.callback = callback
  }

  cancel(): void {
    this.#wheel.remove(this)
  }
}
