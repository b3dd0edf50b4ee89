/**
 * How much memory fetches may fill together: what they read and have not handed over, and what the transport holds of replies that their clients
 * have not taken. A fetch that finds no room still gets its first batch, so that everybody gets on, slowly.
 */
export class ReplyBudget {
  readonly #bytesMax: number
  readonly #heldByTransport: () => number
  #reserved = 0

  constructor(options: { bytesMax: number; heldByTransport: () => number }) {
    this.#bytesMax = options.bytesMax
    this.#heldByTransport = options.heldByTransport
  }

  /** Bytes that fetches under way have set aside. Without room each still reads its first batch, which may take it above the budget. */
  get reserved(): number {
    return this.#reserved
  }

  /** Bytes that may be read now. */
  get room(): number {
    return Math.max(this.#bytesMax - this.#heldByTransport() - this.#reserved, 0)
  }

  /** Before a read: it may come to so many bytes. */
  reserve(byteCount: number): void {
    this.#reserved += byteCount
  }

  /** The read came to less, or its bytes are the transport's now. */
  release(byteCount: number): void {
    this.#reserved -= byteCount
  }
}
