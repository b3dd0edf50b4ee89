/**
 * Memory of batches, used again. Batches that fill up one after the other would each leave as much behind, outside of the collector's heap, and make it collect all the
 * time: producing a million records of 10 KB costs 14 CPU-seconds with it and 25 without; of 1 KB with lz4, 2.1 and 2.9 (`npm run bench:clients`, shared machine).
 *
 * Sizes are powers of two. What lies here unused is bounded; beyond the bound it is left to the collector.
 */
export class BatchMemory {
  readonly #bytesMax: number
  readonly #free = new Map<number, Buffer[]>()
  #freeBytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get freeBytes(): number {
    return this.#freeBytes
  }

  /** Memory of at least so many bytes, with whatever was in it. */
  take(bytes: number): Buffer {
    const size = 2 ** Math.ceil(Math.log2(Math.max(bytes, 1)))
    const found = this.#free.get(size)?.pop()
    if (found === undefined) return Buffer.allocUnsafeSlow(size)
    this.#freeBytes -= size
    return found
  }

  /** Takes back what nobody reads any more. */
  give(memory: Buffer): void {
    const size = memory.length
    if (this.#freeBytes + size > this.#bytesMax) return
    const free = this.#free.get(size)
    if (free === undefined) this.#free.set(size, [memory])
    else free.push(memory)
    this.#freeBytes += size
  }
}
