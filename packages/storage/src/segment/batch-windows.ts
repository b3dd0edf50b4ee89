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

/**
 * Reads off the event loop, into memory of its own that is used again and again. A batch that is larger than the window makes it grow, for the rest of
 * its file: memory that comes and goes with each batch would make V8 collect all its garbage every few megabytes.
 */
export class BatchWindows {
  readonly #bytesWanted: number
  #buffer: Uint8Array

  constructor(bytesWanted: number) {
    this.#bytesWanted = Math.max(bytesWanted, batchHeaderSize)
    this.#buffer = Buffer.allocUnsafeSlow(this.#bytesWanted)
  }

  /** The batches between two positions of the file, of which `end` is a batch's. Throws a `CorruptFileError` where the bytes are not a batch. */
  async *read(file: PooledFile, start: number, end: number): AsyncGenerator<BatchWindow> {
    if (this.#buffer.length > this.#bytesWanted) this.#buffer = Buffer.allocUnsafeSlow(this.#bytesWanted)
    for (let position = start; position < end; ) {
      const target = this.#buffer.subarray(0, Math.min(this.#buffer.length, end - position))
      const length = await file.useAsync(opened => opened.read(target, position))
      const window = measureBatches(target.subarray(0, length))
      if (window.end > 0) {
        yield { bytes: target.subarray(0, window.end), position }
        position += window.end
      } else if (window.needed === undefined || window.needed > end - position || length < target.length) {
        throw new CorruptFileError(file.path, `holds at byte ${position} what is not a record batch`)
      } else this.#buffer = Buffer.allocUnsafeSlow(window.needed)
    }
  }
}
