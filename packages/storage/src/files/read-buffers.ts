/** Memory for large reads that is used again: see `BufferPool`. */
import { BufferPool } from '@dorsale/base'

/** Below this size fresh memory comes from the heap, already mapped. */
const bytesMin = 128 * 1024
/** Largest buffer that is kept: what consumers ask a partition for by default. */
const bytesMax = 1024 * 1024
/** Memory that lies idle at most. */
const idleBytesMax = 24 * 1024 * 1024

/** A buffer on loan. Whoever has it gives it back once, when nobody looks at its bytes any more; forgotten, it is garbage like any other. */
export interface BufferLease {
  /** Of the size that was asked for; what is in them at first means nothing. */
  readonly bytes: Uint8Array
  giveBack(): void
}

export class ReadBuffers {
  readonly #pool = new BufferPool({ idleBytesMax })

  /** A buffer of this size; undefined for sizes that are not worth it. */
  take(size: number): BufferLease | undefined {
    if (size < bytesMin || size > bytesMax) return undefined
    const buffer = this.#pool.take(size)
    let isLent = true
    return {
      bytes: new Uint8Array(buffer.buffer, 0, size),
      giveBack: () => {
        if (!isLent) return
        isLent = false
        this.#pool.give(buffer)
      },
    }
  }
}
