import type { Clock, Timer, TimerWheel } from '@dorsale/base'

/**
 * Where requests wait for something to happen to partitions: a fetch for bytes, later a produce for followers.
 *
 * A parked request watches a list of partitions and has a deadline. What happens only marks it (`Watchers.notify`); marked requests are
 * completed together at the end of the turn, so that a fetch over six partitions that were all written in this turn answers once
 * with all of it, and no handler runs inside a storage callback.
 */
export class Purgatory {
  readonly #clock: Clock
  readonly #wheel: TimerWheel
  #ready: ParkedRequest[] = []
  #deferred = false
  #closed = false
  readonly #parked = new Set<ParkedRequest>()

  constructor(clock: Clock, wheel: TimerWheel) {
    this.#clock = clock
    this.#wheel = wheel
  }

  /** Requests that are parked. */
  get size(): number {
    return this.#parked.size
  }

  /** The broker is stopping: nothing is worth waiting for any more. */
  get isClosed(): boolean {
    return this.#closed
  }

  /** Wakes everything that is parked; what looks again finds `isClosed` and answers with what it has. */
  close(): void {
    this.#closed = true
    for (const parked of this.#parked) this.markReady(parked)
  }

  /**
   * Parks until `bytesWanted` more bytes became readable in the watched partitions, one of them changed otherwise, or the time is over; then calls
   * `complete` once.
   */
  park(options: {
    watched: readonly Watchers[]
    bytesWanted: number
    waitMs: number
    complete: () => void
  }): ParkedRequest {
    const parked = new ParkedRequest(this, options.watched, options.bytesWanted, options.complete)
    parked.timer = this.#wheel.set(options.waitMs, () => this.markReady(parked))
    for (const watchers of options.watched) watchers.add(parked)
    this.#parked.add(parked)
    return parked
  }

  /** Only for `ParkedRequest`: to be completed at the end of this turn. */
  markReady(parked: ParkedRequest): void {
    if (parked.state !== 'parked') return
    parked.state = 'ready'
    this.#ready.push(parked)
    if (this.#deferred) return
    this.#deferred = true
    this.#clock.defer(() => {
      this.#deferred = false
      const ready = this.#ready
      this.#ready = []
      for (const each of ready) each.finish()
    })
  }

  /** Only for `ParkedRequest`. */
  forget(parked: ParkedRequest): void {
    this.#parked.delete(parked)
  }
}

/** One request that waits. */
class ParkedRequest {
  state: 'parked' | 'ready' | 'done' = 'parked'
  timer: Timer | undefined
  readonly #purgatory: Purgatory
  readonly #watched: readonly Watchers[]
  readonly #complete: () => void
  #bytesWanted: number

  constructor(purgatory: Purgatory, watched: readonly Watchers[], bytesWanted: number, complete: () => void) {
    this.#purgatory = purgatory
    this.#watched = watched
    this.#bytesWanted = bytesWanted
    this.#complete = complete
  }

  /** Gives the request up: `complete` is not called any more. Idempotent. */
  cancel(): void {
    if (this.state === 'done') return
    this.state = 'done'
    this.timer?.cancel()
    for (const watchers of this.#watched) watchers.remove(this)
    this.#purgatory.forget(this)
  }

  /** Only for `Watchers`. */
  notify(byteCount: number): void {
    this.#bytesWanted -= byteCount
    if (this.#bytesWanted <= 0) this.#purgatory.markReady(this)
  }

  /** Only for `Purgatory`. */
  finish(): void {
    if (this.state === 'done') return
    this.cancel()
    this.#complete()
  }
}

/** The requests that watch one partition. */
export class Watchers {
  readonly #parked = new Set<ParkedRequest>()

  get size(): number {
    return this.#parked.size
  }

  /** More bytes can be read; `Infinity` for a change after which every watcher must look again (leader, epoch, deletion). */
  notify(byteCount: number): void {
    for (const parked of this.#parked) parked.notify(byteCount)
  }

  add(parked: ParkedRequest): void {
    this.#parked.add(parked)
  }

  remove(parked: ParkedRequest): void {
    this.#parked.delete(parked)
  }
}
