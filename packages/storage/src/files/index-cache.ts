/**
 * A bounded amount of memory under the indexes of closed segments, which are read from their files when somebody looks into the
 * past. The one admitted longest ago goes first.
 */
export interface CachedIndexes {
  /** Lets go of the indexes; a later use reads them again. */
  dropIndexes(): void
}

export class IndexCache {
  readonly #bytesMax: number
  readonly #admitted = new Map<CachedIndexes, number>()
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  admit(owner: CachedIndexes, bytes: number): void {
    this.forget(owner)
    this.#admitted.set(owner, bytes)
    this.#bytes += bytes
    for (const oldest of this.#admitted.keys()) {
      if (this.#bytes <= this.#bytesMax || oldest === owner) return
      this.forget(oldest)
      oldest.dropIndexes()
    }
  }

  forget(owner: CachedIndexes): void {
    this.#bytes -= this.#admitted.get(owner) ?? 0
    this.#admitted.delete(owner)
  }
}
