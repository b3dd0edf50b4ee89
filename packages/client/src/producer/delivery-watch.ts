import type { BatchDelivery } from './delivery.ts'

/** The outcome of many deliveries together, at the cost of one promise per batch: a million records are some thousands of batches. */
export class DeliveryWatch {
  readonly #open = new Set<object>()
  /** The first that was lost. */
  failure: unknown
  #waiting: (() => void) | undefined

  add(delivery: BatchDelivery): void {
    const { carrier } = delivery
    if (this.#open.has(carrier)) return
    this.#open.add(carrier)
    const settle = () => {
      this.#open.delete(carrier)
      if (this.#open.size === 0) this.#waiting?.()
    }
    delivery.settled().then(settle, error => {
      this.failure ??= error
      settle()
    })
  }

  /** Settles when all are known; rejects with the first that was lost. */
  async done(): Promise<void> {
    if (this.#open.size > 0) {
      await new Promise<void>(resolve => {
        this.#waiting = resolve
      })
    }
    if (this.failure !== undefined) throw this.failure
  }
}
