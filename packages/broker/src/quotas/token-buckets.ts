import type { SampleWindows } from '@dorsale/base'

/**
 * A bucket of tokens for each of those who share a quota (KIP-599): it fills at the quota's rate up to what all windows allow together, and may go below 0, which is paid back
 * before anything else is taken.
 */
export class TokenBuckets {
  readonly #windows: SampleWindows
  readonly #buckets = new Map<string, { tokens: number; lastMs: number }>()
  #sweepAt = sweepSizeMin

  constructor(windows: SampleWindows) {
    this.#windows = windows
  }

  /** Milliseconds until the bucket is back at 0; 0 when it is not below. */
  debtMs(of: { sharedBy: string; limit: number }, nowMs: number): number {
    const { tokens } = this.#fill(of, nowMs)
    return tokens < 0 ? Math.round((-tokens / of.limit) * 1000) : 0
  }

  take(of: { sharedBy: string; limit: number }, count: number, nowMs: number): void {
    this.#fill(of, nowMs).tokens -= count
  }

  #fill({ sharedBy, limit }: { sharedBy: string; limit: number }, nowMs: number): { tokens: number } {
    const { count, windowMs } = this.#windows
    const burst = (limit * count * windowMs) / 1000
    let bucket = this.#buckets.get(sharedBy)
    if (bucket === undefined) {
      if (this.#buckets.size >= this.#sweepAt) this.#sweep(nowMs)
      bucket = { tokens: burst, lastMs: nowMs }
      this.#buckets.set(sharedBy, bucket)
    }
    bucket.tokens = Math.min(burst, bucket.tokens + (limit * (nowMs - bucket.lastMs)) / 1000)
    bucket.lastMs = nowMs
    return bucket
  }

  /** A bucket that has been left alone for all windows and was not in debt is full, as a new one is. */
  #sweep(nowMs: number): void {
    const { count, windowMs } = this.#windows
    for (const [sharedBy, { tokens, lastMs }] of this.#buckets) {
      if (tokens >= 0 && nowMs - lastMs >= count * windowMs) this.#buckets.delete(sharedBy)
    }
    this.#sweepAt = Math.max(sweepSizeMin, this.#buckets.size * 2)
  }
}

const sweepSizeMin = 1000
