import type { LendingPool } from './lending-pool.ts'

/**
 * Memory of what was fetched, and how many look at it. It goes back to its pool when the last has said that he does not any more; one who never says so leaves it to the
 * collector.
 */
export class FetchedMemory {
  readonly #bytes: Uint8Array
  readonly pool: LendingPool
  #viewers = 1

  /** Whoever makes it looks at it. */
  constructor(bytes: Uint8Array, pool: LendingPool) {
    this.#bytes = bytes
    this.pool = pool
  }

  /** One more looks at it. */
  hold(): this {
    this.#viewers++
    return this
  }

  release(): void {
    this.#viewers--
    if (this.#viewers === 0) this.pool.takeBack(this.#bytes)
  }
}
