import { randomFillSync } from 'node:crypto'
import type { Prng } from '../prng.ts'

/** The machine's cryptographic randomness. */
export function nodePrng(): Prng {
  return new NodePrng()
}

/** Words are drawn from a block: one call into the kernel's generator costs more than the 256 words it fills. */
class NodePrng implements Prng {
  readonly #block = new Uint32Array(256)
  #readIndex = 256

  uint32(): number {
    if (this.#readIndex === this.#block.length) {
      randomFillSync(this.#block)
      this.#readIndex = 0
    }
    const word = this.#block[this.#readIndex] as number
    // A word that was given out is gone from memory.
    this.#block[this.#readIndex] = 0
    this.#readIndex++
    return word
  }

  bytes(count: number): Uint8Array {
    return randomFillSync(new Uint8Array(count))
  }
}
