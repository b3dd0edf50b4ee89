import { releaseMemory } from '@dorsale/base'
import { checkedFrameSize } from './frame-error.ts'

/**
 * Cuts a stream of bytes into Kafka's frames: a signed 32-bit big-endian size, then as many bytes.
 *
 * Nothing is allocated for a frame before its bytes are there: a size is a claim, and a claim of 2 GB costs 4 bytes. Chunks are kept as they
 * came and joined once, when the frame is whole; tiny chunks are gathered in blocks, so that a peer that sends a large frame byte by byte
 * costs us bytes and not objects. A frame that lies within one chunk is a view of it and pins it; one that was joined has memory of its own, and the chunks that were
 * copied whole are let go of, if they are the reader's to let go.
 */
export class FrameReader {
  readonly #frameBytesMax: number
  readonly #ownsChunks: boolean
  readonly #chunks: Uint8Array[] = []
  /** Bytes of the first chunk that are consumed. */
  #consumed = 0
  /** A frame that was handed out is a view of the first chunk. */
  #isViewed = false
  #bufferedBytes = 0
  /** Where tiny chunks are gathered: the last chunk is a view of it, from 0 to `#blockUsed`. */
  #block: Uint8Array | undefined
  #blockUsed = 0

  /** `ownsChunks`: nobody but the reader looks at what is pushed (`Socket.givesMemoryAway`). Default: others may. */
  constructor(options: { frameBytesMax: number; ownsChunks?: boolean }) {
    this.#frameBytesMax = options.frameBytesMax
    this.#ownsChunks = options.ownsChunks === true
  }

  /** Bytes that have arrived and were not handed out. */
  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  /** Takes over the chunk: the caller never changes it afterwards. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#bufferedBytes += chunk.length
    if (chunk.length <= tinyBytes && this.#gather(chunk)) return
    this.#block = undefined
    this.#chunks.push(chunk)
  }

  /**
   * The next whole frame, without its size; undefined while bytes are missing. Throws a `FrameError` when the size is negative or above the
   * bound: the stream is lost then. `frameBytesMax`: the bound of this one, where it is another.
   */
  next(frameBytesMax = this.#frameBytesMax): Uint8Array | undefined {
    if (this.#bufferedBytes < sizeBytes) return undefined
    const size = checkedFrameSize(this.#peekSize(), frameBytesMax)
    if (this.#bufferedBytes < sizeBytes + size) return undefined
    this.#skip(sizeBytes)
    return this.#take(size)
  }

  /** Forgets everything. */
  clear(): void {
    this.#chunks.length = 0
    this.#consumed = 0
    this.#isViewed = false
    this.#bufferedBytes = 0
    this.#block = undefined
  }

  #gather(chunk: Uint8Array): boolean {
    const lastIndex = this.#chunks.length - 1
    const last = this.#chunks[lastIndex]
    if (last === undefined) return false
    if (this.#block === undefined || this.#blockUsed + chunk.length > this.#block.length) {
      if (last.length > tinyBytes) return false
      this.#block = new Uint8Array(blockBytes)
      this.#block.set(last)
      this.#blockUsed = last.length
    }
    this.#block.set(chunk, this.#blockUsed)
    this.#blockUsed += chunk.length
    this.#chunks[lastIndex] = this.#block.subarray(0, this.#blockUsed)
    return true
  }

  #release(chunk: Uint8Array): void {
    const { buffer } = chunk
    if (this.#ownsChunks && chunk.length === buffer.byteLength && buffer !== this.#block?.buffer) releaseMemory(buffer)
  }

  #peekSize(): number {
    let size = 0
    let chunkIndex = 0
    let position = this.#consumed
    for (let i = 0; i < sizeBytes; i++) {
      while (position === this.#chunks[chunkIndex]!.length) {
        chunkIndex++
        position = 0
      }
      size = (size << 8) | this.#chunks[chunkIndex]![position++]!
    }
    return size
  }

  #skip(count: number): void {
    let left = count
    while (left > 0) {
      const here = this.#chunks[0]!.length - this.#consumed
      if (left < here) {
        this.#consumed += left
        break
      }
      left -= here
      this.#chunks.shift()
      this.#consumed = 0
      this.#isViewed = false
    }
    this.#bufferedBytes -= count
    if (this.#chunks.length === 0) this.#block = undefined
  }

  #take(count: number): Uint8Array {
    if (count === 0) return new Uint8Array(0)
    const first = this.#chunks[0]!
    if (count <= first.length - this.#consumed) {
      const frame = new Uint8Array(first.buffer, first.byteOffset + this.#consumed, count)
      this.#isViewed = true
      this.#skip(count)
      return frame
    }
    // Every byte is about to be written, so none is cleared first: that was a fifth of the joining of frames of 1 MB.
    const frame = new Uint8Array(Buffer.allocUnsafeSlow(count).buffer)
    let filled = 0
    let chunkIndex = 0
    let start = this.#consumed
    let isWhole = false
    while (filled < count) {
      const chunk = this.#chunks[chunkIndex++]!
      const end = Math.min(chunk.length, start + count - filled)
      frame.set(chunk.subarray(start, end), filled)
      isWhole = end === chunk.length
      if (isWhole && !this.#isViewed) this.#release(chunk)
      this.#isViewed = false
      filled += end - start
      start = 0
      this.#consumed = end
    }
    // Whole chunks go at once: a frame of 100 MB has thousands, and `shift` in a loop would be quadratic.
    this.#chunks.splice(0, isWhole ? chunkIndex : chunkIndex - 1)
    if (isWhole) this.#consumed = 0
    this.#bufferedBytes -= count
    if (this.#chunks.length === 0) this.#block = undefined
    return frame
  }
}

const sizeBytes = 4
const tinyBytes = 4096
const blockBytes = 64 * 1024
