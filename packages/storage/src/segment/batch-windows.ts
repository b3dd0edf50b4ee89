/** Reading a segment's file in windows that hold whole batches. */
import { BatchHeader, batchHeaderSize, currentMagic } from '@dorsale/protocol'
import { CorruptFileError } from '../files/checkpoint.ts'
import type { PooledFile } from '../files/file-pool.ts'

/**
 * Where the whole batches of a window end, by their headers alone, and how many bytes the batch needs that starts there: undefined when
 * there is none, or what stands there is not a batch.
 */
export function measureBatches(window: Uint8Array): { end: number; needed: number | undefined } {
  const header = new BatchHeader(window)
  while (header.position < window.length) {
    const end = header.position
    const remaining = window.length - end
    if (remaining < batchHeaderSize) return { end, needed: batchHeaderSize }
    const size = header.sizeInBytes
    if (header.magic !== currentMagic || size < batchHeaderSize) return { end, needed: undefined }
    if (size > remaining) return { end, needed: size }
    header.position += size
  }
  // The window ends where a batch ends: the next one begins with a header, if the file goes on.
  return { end: window.length, needed: batchHeaderSize }
}

export interface BatchWindow {
  /** Whole batches: the reader's own memory, to be used before the next step. */
  readonly bytes: Uint8Array
  /** Of the first of them in the file. */
  readonly position: number
}

/** Reads off the event loop, into memory of its own that is used again and again. */
export class BatchWindows {
  readonly #bytesWanted: number
  #buffer: Uint8Array

  constructor(bytesWanted: number) {
    this.#bytesWanted = Math.max(bytesWanted, batchHeaderSize)
    this.#buffer = Buffer.allocUnsafeSlow(this.#bytesWanted)
  }

  /**
   * The batches between two positions of the file, of which `end` is a batch's. A batch that is larger than the window gets one of its
   * size. Throws a `CorruptFileError` where the bytes are not a batch.
   */
  async *read(file: PooledFile, start: number, end: number): AsyncGenerator<BatchWindow> {
    let size = this.#bytesWanted
    for (let position = start; position < end; ) {
      const target = this.#room(Math.min(size, end - position))
      const length = await file.useAsync(opened => opened.read(target, position))
      const window = measureBatches(target.subarray(0, length))
      if (window.end > 0) {
        yield { bytes: target.subarray(0, window.end), position }
        position += window.end
        size = this.#bytesWanted
      } else if (window.needed === undefined || window.needed > end - position || length < target.length) {
        throw new CorruptFileError(file.path, `holds at byte ${position} what is not a record batch`)
      } else size = window.needed
    }
  }

  /** Memory of this size; what a large batch needed is given back when it is done with. */
  #room(size: number): Uint8Array {
    const isUsual = size <= this.#bytesWanted
    if (this.#buffer.length < size || (isUsual && this.#buffer.length > this.#bytesWanted)) {
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(size, this.#bytesWanted))
    }
    return this.#buffer.subarray(0, size)
  }
}
