import { type SampleWindows, WindowedSamples } from '@dorsale/base'

/**
 * How much each of those who share a quota has used lately. Who has been silent for all windows is as good as new and is forgotten, so that client ids that come and go
 * take no memory.
 */
export class RateUsage {
  readonly #windows: SampleWindows
  readonly #samples = new Map<string, { samples: WindowedSamples; lastMs: number }>()
  #sweepAt = sweepSizeMin

  constructor(windows: SampleWindows) {
    this.#windows = windows
  }

  /** Those who are remembered. */
  get size(): number {
    return this.#samples.size
  }

  /**
   * Adds `value` and answers for how many milliseconds its owner must pause, so that his rate falls to `limit` in a second: 0 while it is not above. Kafka's arithmetic.
   */
  charge(of: { sharedBy: string; limit: number }, value: number, nowMs: number): number {
    const samples = this.#of(of.sharedBy, nowMs)
    samples.record(value, nowMs)
    const rate = samples.rate(nowMs)
    return rate > of.limit ? Math.round(((rate - of.limit) / of.limit) * samples.elapsedMs(nowMs)) : 0
  }

  /** Takes back what was charged for something that did not happen. */
  refund(sharedBy: string, value: number, nowMs: number): void {
    this.#of(sharedBy, nowMs).record(-value, nowMs)
  }

  #of(sharedBy: string, nowMs: number): WindowedSamples {
    let entry = this.#samples.get(sharedBy)
    if (entry === undefined) {
      if (this.#samples.size >= this.#sweepAt) this.#sweep(nowMs)
      entry = { samples: new WindowedSamples(this.#windows, nowMs), lastMs: nowMs }
      this.#samples.set(sharedBy, entry)
    }
    entry.lastMs = nowMs
    return entry.samples
  }

  #sweep(nowMs: number): void {
    const { count, windowMs } = this.#windows
    for (const [sharedBy, { lastMs }] of this.#samples) {
      if (nowMs - lastMs >= (count + 1) * windowMs) this.#samples.delete(sharedBy)
    }
    this.#sweepAt = Math.max(sweepSizeMin, this.#samples.size * 2)
  }
}

const sweepSizeMin = 1000
