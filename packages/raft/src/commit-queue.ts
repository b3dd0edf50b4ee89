import type { CommittedBatch } from './types.ts'

/** A batch that is appended and waits to be committed and delivered. */
export interface PendingBatch<T> {
  readonly batch: CommittedBatch<T>
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Batches of this leader in the order of their offsets, until the high watermark passes them. */
export class CommitQueue<T> {
  #pending: PendingBatch<T>[] = []
  #next = 0

  push(pending: PendingBatch<T>): void {
    this.#pending.push(pending)
  }

  /** Takes the next batch that ends below the high watermark. */
  take(highWatermark: number): PendingBatch<T> | undefined {
    const pending = this.#pending[this.#next]
    if (pending === undefined || pending.batch.lastOffset >= highWatermark) return undefined
    this.#next++
    if (this.#next === this.#pending.length) {
      this.#pending = []
      this.#next = 0
    }
    return pending
  }

  /** Nothing that waits will be committed. */
  rejectAll(error: Error): void {
    const waiting = this.#pending.slice(this.#next)
    this.#pending = []
    this.#next = 0
    for (const pending of waiting) pending.reject(error)
  }
}
