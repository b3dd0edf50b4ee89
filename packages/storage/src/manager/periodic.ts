import type { Clock, Timer } from '@dorsale/base'

/** Calls `task` after `initialMs` and then every `intervalMs`, counted from its end; never, if that is Infinity. */
export class Periodic {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #task: () => Promise<void>
  #timer: Timer | undefined
  #stopped = false

  constructor(options: { clock: Clock; initialMs: number; intervalMs: number; task: () => Promise<void> }) {
    this.#clock = options.clock
    this.#intervalMs = options.intervalMs
    this.#task = options.task
    this.#arm(options.initialMs)
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  #arm(delayMs: number): void {
    if (this.#stopped || !Number.isFinite(this.#intervalMs)) return
    this.#timer = this.#clock.setTimer(delayMs, () => {
      void this.#task().then(() => this.#arm(this.#intervalMs))
    })
  }
}
