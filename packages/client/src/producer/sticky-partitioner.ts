import { type Prng, randomBelow } from '@dorsale/base'

/**
 * Places the records of one topic that have no key. It stays with a partition until about a batch has gone there, so that batches fill (KIP-480), and counts
 * bytes, so that each partition gets the same share however fast its broker is (KIP-794). With `adaptive` the next partition is drawn with less weight
 * the more batches wait for it: a broker that is behind gets less.
 */
export class StickyPartitioner {
  readonly #prng: Prng
  readonly #batchBytes: number
  readonly #adaptive: boolean
  #partition = -1
  #bytes = 0

  constructor(options: { prng: Prng; batchBytes: number; adaptive: boolean }) {
    this.#prng = options.prng
    this.#batchBytes = options.batchBytes
    this.#adaptive = options.adaptive
  }

  /** The partition for the next record. `loads` has the batches that wait for each partition; a partition without a leader has -1. */
  place(loads: () => readonly number[]): number {
    if (this.#partition < 0) this.#partition = this.#draw(loads())
    return this.#partition
  }

  /** A record of this size went to the partition that `place` answered. */
  placed(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes < this.#batchBytes) return
    this.#bytes = 0
    this.#partition = -1
  }

  #draw(loads: readonly number[]): number {
    const isReachable = loads.some(load => load >= 0)
    const max = Math.max(0, ...loads)
    const weights = loads.map(load => {
      if (load < 0) return isReachable ? 0 : 1
      return this.#adaptive ? max + 1 - load : 1
    })
    let left = randomBelow(
      this.#prng,
      weights.reduce((sum, weight) => sum + weight, 0),
    )
    return weights.findIndex(weight => {
      left -= weight
      return left < 0
    })
  }
}
