import type { Clock, Timer } from '@dorsale/base'

/** Calls `task` after `initialMs` and then every `intervalMs()`, counted from its end; never, if that is Infinity. */
export class Periodic {
  readonly #clock: Clock
  readonly #intervalMs: () => number
  readonly #task: () => Promise<void>
  #timer: Timer | undefined
  #isRunning = false
  /** Asked for while the task runs. */
  #again = false
  #stopped = false

  constructor(options: { clock: Clock; initialMs: number; intervalMs: () => number; task: () => Promise<void> }) {
    this.#clock = options.clock
    this.#intervalMs = options.intervalMs
    this.#task = options.task
    this.#arm(options.initialMs)
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  /** Calls the task as soon as may be, and from then on at the interval that holds now. */
  restart(): void {
    this.#timer?.cancel()
    if (this.#isRunning) this.#again = true
    else this.#arm(0)
  }

  #arm(delayMs: number): void {
    if (this.#stopped || !Number.isFinite(this.#intervalMs())) return
    this.#timer = this.#clock.setTimer(delayMs, () => {
      this.#isRunning = true
      void this.#task().then(() => {
        const next = this.#again ? 0 : this.#intervalMs()
        this.#isRunning = this.#again = false
        this.#arm(next)
      })
    })
  }
}
