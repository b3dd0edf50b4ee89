import { checkedFrameSize } from './frame-error.ts'

const sizeBytes = 4

/**
 * Cuts a stream into Kafka's frames, as `FrameReader`, for whoever reads into one buffer again and again: what arrives is copied at once to where it stays, the memory
 * of its frame, and no chunk is kept.
 *
 * A frame's memory is asked for when its size is known, and not touched before its bytes are there: a claim costs address space up to `frameBytesMax`. That is for the answers of a
 * broker, one at a time; what strangers send goes through `FrameReader`, which believes no claim.
 */
export class FrameAssembler {
  readonly #frameBytesMax: number
  readonly #onFrame: (frame: Uint8Array) => void
  #size = 0
  /** Bytes of the size that are there. */
  #sizeUsed = 0
  #frame: Uint8Array | undefined
  #filled = 0
  #isCleared = false

  /** Each frame is handed over as soon as it is whole, without its size. */
  constructor(options: { frameBytesMax: number; onFrame: (frame: Uint8Array) => void }) {
    this.#frameBytesMax = options.frameBytesMax
    this.#onFrame = options.onFrame
  }

  /** Copies what it needs of the chunk. Throws a `FrameError` when a size is negative or above the bound: the stream is lost then. */
  push(chunk: Uint8Array): void {
    let position = 0
    while (position < chunk.length && !this.#isCleared) {
      const frame = this.#frame
      if (frame === undefined) {
        this.#size = (this.#size << 8) | chunk[position++]!
        if (++this.#sizeUsed === sizeBytes) this.#begin(checkedFrameSize(this.#size, this.#frameBytesMax))
        continue
      }
      const count = Math.min(frame.length - this.#filled, chunk.length - position)
      frame.set(chunk.subarray(position, position + count), this.#filled)
      this.#filled += count
      position += count
      if (this.#filled === frame.length) this.#end(frame)
    }
  }

  /** Forgets everything; what is pushed from now on is ignored. */
  clear(): void {
    this.#isCleared = true
    this.#frame = undefined
  }

  #begin(size: number): void {
    this.#size = 0
    this.#sizeUsed = 0
    this.#filled = 0
    this.#frame = memoryOf(size)
    if (size === 0) this.#end(this.#frame)
  }

  #end(frame: Uint8Array): void {
    this.#frame = undefined
    this.#onFrame(frame)
  }
}

/** Every byte is about to be written, so none is cleared first. Small frames share a block. */
function memoryOf(size: number): Uint8Array {
  const { buffer, byteOffset } = size <= smallBytes ? Buffer.allocUnsafe(size) : Buffer.allocUnsafeSlow(size)
  return new Uint8Array(buffer, byteOffset, size)
}

const smallBytes = 1024
