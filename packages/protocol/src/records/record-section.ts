/**
 * Where the records of one batch are written, behind room for its header, compressed or not.
 *
 * A codec that writes independent blocks compresses while the batch fills: of what is plain no more than one block and one record are there at a time, in memory that is still in the
 * processor's cache, where a batch of lz4 may hold some hundred KB of it until it leaves. The other codecs want all of it at once.
 */
import { type BufferPool, releaseMemory } from '@dorsale/base'
import { ByteWriter } from '../bytes/index.ts'
import { type BlockFraming, type Codec, type CodecName, codecs } from '../compression/index.ts'
import { batchHeaderSize } from './record-batch.ts'

export interface RecordSection {
  /** Takes the records. */
  readonly writer: ByteWriter
  /** Size of the batch so far, before compression. */
  readonly plainBytes: number
  /** A record is whole. */
  endRecord(): void
  /** No more records come. A second time it changes nothing. */
  close(): void
  /** The batch, its header still to be filled in. Once, of a section that is closed. */
  bytes(): Uint8Array
  /** Gives the memory of the batch back to the pool. Once, after `bytes`. */
  release(): void
}

export interface SectionMemory {
  /** Size of the batch before compression, as far as it is known. Default 1024. */
  readonly sizeHint?: number
  /** What part of it will be left, as far as that is known. Default: half. */
  readonly ratioHint?: number
  /** Where memory comes from, for who gives it back. Default: from Node. */
  readonly pool?: BufferPool | undefined
}

const sizeHintDefault = 1024
const ratioHintDefault = 1 / 2

/** Room for the header. */
const emptyHeader = new Uint8Array(batchHeaderSize)

export function openSection(
  { codec: name, level }: { codec?: CodecName | undefined; level?: number | undefined },
  memory: SectionMemory,
): RecordSection {
  if (name === undefined) return new PlainSection(memory)
  const codec = codecs[name]
  return codec.framing === undefined ? new WholeSection(codec, level, memory) : new BlockSection(codec.framing, memory)
}

/** Behind room for the header, so that an uncompressed batch is never copied. */
class PlainSection implements RecordSection {
  readonly writer: ByteWriter

  constructor({ sizeHint = sizeHintDefault, pool }: SectionMemory) {
    this.writer = new ByteWriter(Math.max(sizeHint, batchHeaderSize), pool)
    this.writer.raw(emptyHeader)
  }

  get plainBytes(): number {
    return this.writer.size
  }

  endRecord(): void {}

  close(): void {}

  bytes(): Uint8Array {
    return this.writer.finishBytes()
  }

  release(): void {
    this.writer.release()
  }
}

/** All records at once, when the last is there. */
class WholeSection implements RecordSection {
  readonly writer: ByteWriter
  readonly #codec: Codec
  readonly #level: number | undefined
  readonly #pool: BufferPool | undefined
  #packed: ByteWriter | undefined

  constructor(codec: Codec, level: number | undefined, { sizeHint = sizeHintDefault, pool }: SectionMemory) {
    this.#codec = codec
    this.#level = level
    this.#pool = pool
    this.writer = new ByteWriter(sizeHint, pool)
  }

  get plainBytes(): number {
    return batchHeaderSize + this.writer.size
  }

  endRecord(): void {}

  close(): void {
    if (this.#packed !== undefined) return
    const block = this.#codec.compress(this.writer.finishBytes(), this.#level)
    this.writer.release()
    this.#packed = new ByteWriter(batchHeaderSize + block.length, this.#pool)
    this.#packed.raw(emptyHeader)
    this.#packed.raw(block)
    // Memory that is no larger may be that which Node shares among many.
    if (block.buffer.byteLength > Buffer.poolSize) releaseMemory(block.buffer)
  }

  bytes(): Uint8Array {
    return this.#packed!.finishBytes()
  }

  release(): void {
    this.#packed?.release()
  }
}

/** Block by block. */
class BlockSection implements RecordSection {
  readonly writer: ByteWriter
  readonly #framing: BlockFraming
  readonly #packed: ByteWriter
  /** Bytes of records that are compressed. */
  #packedPlainBytes = 0
  #isClosed = false

  constructor(
    framing: BlockFraming,
    { sizeHint = sizeHintDefault, ratioHint = ratioHintDefault, pool }: SectionMemory,
  ) {
    this.#framing = framing
    // The record that lies across the end of a block needs room behind it.
    this.writer = new ByteWriter(Math.min(sizeHint, 2 * framing.plainBytes), pool)
    this.#packed = new ByteWriter(batchHeaderSize + Math.ceil(sizeHint * ratioHint), pool)
    this.#packed.raw(emptyHeader)
    this.#packed.raw(framing.header)
  }

  get plainBytes(): number {
    return batchHeaderSize + this.#packedPlainBytes + this.writer.size
  }

  endRecord(): void {
    const { plainBytes } = this.#framing
    if (this.writer.size < plainBytes) return
    this.writer.drain((bytes, start, end) => {
      let position = start
      for (; end - position >= plainBytes; position += plainBytes) this.#pack(bytes, position, position + plainBytes)
      return position - start
    })
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.writer.drain((bytes, start, end) => {
      if (end > start) this.#pack(bytes, start, end)
      return end - start
    })
    this.writer.release()
    this.#packed.raw(this.#framing.trailer)
  }

  bytes(): Uint8Array {
    return this.#packed.finishBytes()
  }

  release(): void {
    this.#packed.release()
  }

  #pack(bytes: Uint8Array, start: number, end: number): void {
    this.#framing.write(this.#packed, bytes, start, end)
    this.#packedPlainBytes += end - start
  }
}
