import { checkedFrameSize } from './frame-error.ts'

const sizeBytes = 4

/** Lends memory for frames. What is in it at first means nothing. */
export interface FrameMemory {
  lend(sizeInBytes: number): Uint8Array
}

/**
 * Cuts a stream into Kafka's frames, as `FrameReader`, for whoever says where what arrives is to be put: most of a large frame is read straight to where it stays, the memory of the frame; the rest
 * is copied there from a buffer that is used again and again, and no chunk is kept.
 *
 * A frame's memory is asked for when its size is known, and not touched before its bytes are there: a claim costs address space up to `frameBytesMax`. That is for the answers of a
 * broker, one at a time; what strangers send goes through `FrameReader`, which believes no claim.
 */
export class FrameAssembler {
  readonly #frameBytesMax: number
  readonly #onFrame: (frame: Uint8Array) => void
  readonly #memory: FrameMemory | undefined
  readonly #readBuffer: Uint8Array
  #size = 0
  /** Bytes of the size that are there. */
  #sizeUsed = 0
  #frame: Uint8Array | undefined
  #filled = 0
  #isCleared = false

  /**
   * Each frame is handed over as soon as it is whole, without its size. `memory`: whose memory frames have that are larger than 64 KB. Default: each has memory of its own. `readBufferBytes`: what a read
   * of small frames takes at most.
   */
  constructor(options: {
    frameBytesMax: number
    onFrame: (frame: Uint8Array) => void
    memory?: FrameMemory | undefined
    readBufferBytes: number
  }) {
    this.#frameBytesMax = options.frameBytesMax
    this.#onFrame = options.onFrame
    this.#memory = options.memory
    this.#readBuffer = new Uint8Array(options.readBufferBytes)
  }

  /** Where what arrives next is best put. */
  get room(): Uint8Array {
    const frame = this.#frame
    if (frame === undefined || frame.length - this.#filled < directBytesMin) return this.#readBuffer
    return frame.subarray(this.#filled)
  }

  /** Takes what was read into `room`, or anywhere else, and keeps nothing of the chunk but what is in its place already. Throws a `FrameError` when a size is negative or above the bound: the stream is lost then. */
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
      const isInPlace = chunk.buffer === frame.buffer && chunk.byteOffset + position === frame.byteOffset + this.#filled
      if (!isInPlace) frame.set(chunk.subarray(position, position + count), this.#filled)
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
    this.#frame = size > lentBytesMin && this.#memory !== undefined ? this.#memory.lend(size) : ownMemory(size)
    if (size === 0) this.#end(this.#frame)
  }

  #end(frame: Uint8Array): void {
    this.#frame = undefined
    this.#onFrame(frame)
  }
}

/** Every byte is about to be written, so none is cleared first. Small frames share a block. */
function ownMemory(size: number): Uint8Array {
  const { buffer, byteOffset } = size <= smallBytes ? Buffer.allocUnsafe(size) : Buffer.allocUnsafeSlow(size)
  return new Uint8Array(buffer, byteOffset, size)
}

const smallBytes = 1024

/** Below, to look for memory costs as much as to have it made. */
const lentBytesMin = 64 * 1024

/** Of a frame that has less to come, the rest is read together with what follows. */
const directBytesMin = 64 * 1024
