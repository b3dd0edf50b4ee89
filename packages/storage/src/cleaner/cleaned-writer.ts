import { assert, DiskError } from '@dorsale/base'
import { BatchHeader } from '@dorsale/protocol'
import { CorruptFileError } from '../files/checkpoint.ts'
import type { Segment } from '../segment/segment.ts'
import type { Pacer } from './pacer.ts'

/** Positions in a segment are 32 bit, with a sign where Kafka reads them. */
const segmentBytesMax = 0x7fffffff

/** Writes the batches that compaction keeps into their segment, a buffer at a time and off the event loop. */
export class CleanedWriter {
  readonly #segment: Segment
  readonly #pacer: Pacer
  readonly #buffer: Uint8Array
  #buffered = 0

  constructor(segment: Segment, bufferBytes: number, pacer: Pacer) {
    this.#segment = segment
    this.#pacer = pacer
    this.#buffer = Buffer.allocUnsafeSlow(bufferBytes)
  }

  /** Copies the batch. */
  async append(batch: Uint8Array): Promise<void> {
    const segment = this.#segment
    // A new base timestamp may make the records longer than they were.
    if (segment.size + batch.length > segmentBytesMax) {
      throw new CorruptFileError(segment.file.path, 'would become larger than a segment can be')
    }
    if (this.#buffered + batch.length > this.#buffer.length) await this.finish()
    segment.note(new BatchHeader(batch))
    if (batch.length > this.#buffer.length) await this.#write(batch)
    else {
      this.#buffer.set(batch, this.#buffered)
      this.#buffered += batch.length
    }
  }

  /** Writes what is buffered. */
  async finish(): Promise<void> {
    const bytes = this.#buffer.subarray(0, this.#buffered)
    this.#buffered = 0
    await this.#write(bytes)
    assert(this.#segment.writtenSize === this.#segment.size, 'everything that was noted is written')
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return
    const segment = this.#segment
    const position = segment.writtenSize
    const written = await segment.file.useAsync(file => file.write([bytes], position))
    if (written < bytes.length) {
      throw new DiskError('ENOSPC', `write more than ${written} of ${bytes.length} bytes to`, segment.file.path)
    }
    segment.writtenSize = position + bytes.length
    await this.#pacer.spend(bytes.length)
  }
}
