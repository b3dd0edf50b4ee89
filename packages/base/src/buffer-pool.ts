import { releaseMemory } from './release-memory.ts'

/**
 * Memory that is used again. A megabyte that is fresh from the system costs four times as much to fill as one that was filled before (0.20 against 0.05 CPU-seconds per
 * GiB, Node 24): its pages have to be mapped and cleared first, and unmapped afterwards.
 */
export class BufferPool {
  readonly #idleBytesMax: number
  /** By the size of the buffers. */
  readonly #shelves = new Map<number, Shelf>()
  #idleBytes = 0
  #takes = 0

  /** `idleBytesMax`: memory that lies idle at most. */
  constructor({ idleBytesMax }: { idleBytesMax: number }) {
    this.#idleBytesMax = idleBytesMax
  }

  get idleBytes(): number {
    return this.#idleBytes
  }

  /** A buffer of at least this size; what is in it at first means nothing. Sizes are rounded up to powers of two, so that they meet again. */
  take(bytesMin: number): Buffer {
    const capacity = 2 ** (32 - Math.clz32(Math.max(bytesMin, 1) - 1))
    const shelf = this.#shelf(capacity)
    shelf.lastTake = ++this.#takes
    const idle = shelf.buffers.pop()
    if (idle === undefined) return Buffer.allocUnsafeSlow(capacity)
    this.#idleBytes -= capacity
    return idle
  }

  /** Takes back a buffer that `take` has answered and nobody looks at any more. One that is never given back is garbage like any other. */
  give(buffer: Buffer): void {
    if (buffer.length > this.#idleBytesMax) {
      releaseMemory(buffer.buffer)
      return
    }
    const shelf = this.#shelf(buffer.length)
    shelf.buffers.push(buffer)
    this.#idleBytes += buffer.length
    while (this.#idleBytes > this.#idleBytesMax) this.#drop()
  }

  /** Lets go of what lies idle. */
  clear(): void {
    this.#shelves.clear()
    this.#idleBytes = 0
  }

  /**
   * Lets go of a buffer of the size that nobody has asked for the longest: batches change their size when a producer learns how well its records compress, and what is left of the old size would
   * keep the new one out for good.
   */
  #drop(): void {
    let stalest: Shelf | undefined
    for (const shelf of this.#shelves.values()) {
      if (shelf.buffers.length > 0 && (stalest === undefined || shelf.lastTake < stalest.lastTake)) stalest = shelf
    }
    const buffer = stalest!.buffers.pop()!
    this.#idleBytes -= buffer.length
    releaseMemory(buffer.buffer)
  }

  #shelf(capacity: number): Shelf {
    let shelf = this.#shelves.get(capacity)
    if (shelf === undefined) {
      shelf = { buffers: [], lastTake: 0 }
      this.#shelves.set(capacity, shelf)
    }
    return shelf
  }
}

/** Idle buffers of one size. */
interface Shelf {
  readonly buffers: Buffer[]
  /** The number of the take that asked for this size last. */
  lastTake: number
}
