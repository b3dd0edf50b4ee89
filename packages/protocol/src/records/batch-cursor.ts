/**
 * Walks the batches of a region of bytes (the records of a Produce or Fetch, a piece of a segment), checking of each that its
 * header and its bytes are there. It does not look at checksums or records.
 */
import { BatchHeader, batchHeaderSize, currentMagic, logOverhead, magicEnd } from './record-batch.ts'

/** Where a walk over batches stands. `batch` is the only state with a batch under the cursor. */
export type BatchCursorState =
  | 'batch'
  /** Every byte of the region belonged to a batch. */
  | 'end'
  /** The region ends inside a batch: normal at the end of a Fetch response or of a torn segment. */
  | 'partial'
  /** The size field is smaller than the smallest batch of that format: what follows cannot be found. */
  | 'bad-size'
  /** Message format 0 or 1, from before Kafka 0.11: it is not read, its size is known. */
  | 'old-format'
  /** No such message format. */
  | 'bad-magic'

/** The smallest message of message format 0, and so of any. */
const legacyMessageSizeMin = 14

/**
 * A walk over batches. `header` is moved, not replaced: read what you need before the next step.
 *
 * ```ts
 * const cursor = new BatchCursor(bytes)
 * while (cursor.next()) use(cursor.header.baseOffset)
 * if (cursor.state !== 'end') ... // the bytes from cursor.position on are not a whole batch
 * ```
 */
export class BatchCursor {
  readonly header: BatchHeader
  readonly #end: number
  /** First byte that is not part of a batch passed so far. With a batch under the cursor: the byte after it. */
  position: number
  state: BatchCursorState = 'end'

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.header = new BatchHeader(bytes, start)
    this.position = start
    this.#end = end
  }

  /** Steps onto the next whole v2 batch; false when there is none, and `state` says why. */
  next(): boolean {
    this.state = this.#step()
    if (this.state !== 'batch') return false
    this.position += this.header.sizeInBytes
    return true
  }

  #step(): BatchCursorState {
    const remaining = this.#end - this.position
    if (remaining === 0) return 'end'
    if (remaining < logOverhead) return 'partial'
    const header = this.header
    header.position = this.position
    const { sizeInBytes } = header
    if (sizeInBytes < logOverhead + legacyMessageSizeMin) return 'bad-size'
    if (remaining < magicEnd) return 'partial'
    const { magic } = header
    if (magic < 0 || magic > currentMagic) return 'bad-magic'
    if (sizeInBytes > remaining) return 'partial'
    if (magic !== currentMagic) return 'old-format'
    return sizeInBytes < batchHeaderSize ? 'bad-size' : 'batch'
  }
}
