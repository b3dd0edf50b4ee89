import { DorsaleError } from '@dorsale/base'
import {
  BatchCursor,
  BatchHeader,
  type FetchResponseAbortedTransaction,
  isBatchIntact,
  RecordReader,
  timestampTypes,
} from '@dorsale/protocol'
import { FetchedMemory } from './fetched-memory.ts'
import type { ConsumerRecord } from './record-chunk.ts'

export interface ChunkOptions {
  readonly topic: string
  readonly partition: number
  readonly bytes: Uint8Array
  /** The offset that was asked for: a batch may begin before it. */
  readonly fetchOffset: number
  /** Set when only what is committed is to be read. */
  readonly abortedTransactions: readonly FetchResponseAbortedTransaction[] | undefined
  readonly checkCrcs: boolean
  readonly highWatermark: number
  /** Of the answer, to which the bytes belong; held by the chunk until `release`. Default: the collector's. */
  readonly memory?: FetchedMemory | undefined
}

const abortMarker = 0

/**
 * What one fetch brought of one partition: some batches, whose records a cursor reads. It holds the memory of its fetch until it is let go.
 */
export class FetchedChunk {
  readonly topic: string
  readonly partition: number
  readonly highWatermark: number
  /** The offset after the last batch: where reading goes on. */
  readonly nextOffset: number
  /** Leader epoch of the last batch; -1: not known. */
  readonly lastEpoch: number
  readonly sizeInBytes: number
  /** Records for the application, as the batches say; in a compacted log some of the first batch may stand before the place that was asked for. */
  readonly recordCount: number
  /** The offset that was asked for: a batch may begin before it. */
  readonly fetchOffset: number
  readonly #bytes: Uint8Array
  readonly #checkCrcs: boolean
  #memory: FetchedMemory | undefined
  /** Where the batches stand whose records are for the application. */
  readonly #positions: number[] = []

  constructor(options: ChunkOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.highWatermark = options.highWatermark
    this.sizeInBytes = options.bytes.length
    this.#bytes = options.bytes
    this.fetchOffset = options.fetchOffset
    this.#checkCrcs = options.checkCrcs
    const cursor = new BatchCursor(options.bytes)
    const { header } = cursor
    const aborted = options.abortedTransactions && new AbortedProducers(options.abortedTransactions)
    let nextOffset = options.fetchOffset
    let lastEpoch = -1
    let recordCount = 0
    while (cursor.next()) {
      if (header.nextOffset <= options.fetchOffset) continue
      nextOffset = header.nextOffset
      lastEpoch = header.partitionLeaderEpoch
      if (aborted?.hides(header) || header.isControl) continue
      this.#positions.push(header.position)
      const passedOver = Math.max(0, options.fetchOffset - header.baseOffset)
      const isDense = header.nextOffset - header.baseOffset === header.recordCount
      recordCount += header.recordCount - (isDense ? passedOver : 0)
    }
    if (cursor.state === 'old-format') {
      const text = `${this.topic}-${this.partition} holds messages of a format from before Kafka 0.11 at offset ${nextOffset}`
      throw new DorsaleError('DORSALE_OLD_FORMAT', text)
    }
    if (cursor.state !== 'end' && cursor.state !== 'partial') throw this.damaged(nextOffset, 'what follows is no batch')
    if (nextOffset === options.fetchOffset && options.bytes.length > 0) {
      throw this.damaged(nextOffset, 'the answer holds no whole batch')
    }
    this.nextOffset = nextOffset
    this.lastEpoch = lastEpoch
    this.recordCount = recordCount
    this.#memory = options.memory?.hold()
  }

  /** Whether there is nothing for the application, only markers of transactions or what they hide. */
  get isEmpty(): boolean {
    return this.#positions.length === 0
  }

  /** Reads the records from the first on. */
  cursor(): RecordCursor {
    return new RecordCursor(this, {
      bytes: this.#bytes,
      positions: this.#positions,
      checkCrcs: this.#checkCrcs,
      memory: this.#memory,
    })
  }

  /** Nobody reads it any more, but for whoever holds what its cursor has named. Idempotent. */
  release(): void {
    this.#memory?.release()
    this.#memory = undefined
  }

  /** What to say of a batch that cannot be read. */
  damaged(offset: number, reason: string, cause?: unknown): DorsaleError {
    const where = `${this.topic}-${this.partition} at offset ${offset}`
    return new DorsaleError('DORSALE_DAMAGED', `${where}: ${reason}; seek past it to go on`, { cause })
  }
}

/** The records of a chunk, one after the other. No generator: half of what a consumer costs per record was its answers (measured, 100-byte records). */
class RecordCursor {
  readonly #chunk: FetchedChunk
  readonly #bytes: Uint8Array
  readonly #positions: readonly number[]
  readonly #checkCrcs: boolean
  readonly #memory: FetchedMemory | undefined
  /** See `RecordSource`: the answer's, or that of the batch that was opened last, which the cursor holds itself. */
  memory: FetchedMemory | undefined
  #index = 0
  /** Of the batch that is being read. */
  #header: BatchHeader | undefined
  #reader: RecordReader | undefined
  #leaderEpoch = -1
  #timestampType: ConsumerRecord['timestampType'] = 'CreateTime'

  constructor(
    chunk: FetchedChunk,
    options: {
      readonly bytes: Uint8Array
      readonly positions: readonly number[]
      readonly checkCrcs: boolean
      readonly memory: FetchedMemory | undefined
    },
  ) {
    this.#chunk = chunk
    this.#bytes = options.bytes
    this.#positions = options.positions
    this.#checkCrcs = options.checkCrcs
    this.#memory = options.memory
  }

  /** The next record; undefined: there are no more. Throws `DORSALE_DAMAGED` with the place when a batch cannot be read. */
  next(): ConsumerRecord | undefined {
    const { topic, partition, fetchOffset } = this.#chunk
    for (;;) {
      if (this.#reader === undefined && !this.#open()) return undefined
      const reader = this.#reader as RecordReader
      if (!this.#step(reader)) {
        this.#reader = undefined
        continue
      }
      const { offset } = reader
      if (offset < fetchOffset) continue
      return {
        topic,
        partition,
        offset,
        timestamp: reader.timestamp,
        timestampType: this.#timestampType,
        key: reader.key,
        value: reader.value,
        headers: reader.headers,
        leaderEpoch: this.#leaderEpoch,
      }
    }
  }

  /** False: there are no more batches. */
  #open(): boolean {
    if (this.memory !== this.#memory) this.memory?.release()
    this.memory = undefined
    const position = this.#positions[this.#index++]
    if (position === undefined) return false
    const header = new BatchHeader(this.#bytes, position)
    if (this.#checkCrcs && !isBatchIntact(this.#bytes, position)) {
      throw this.#chunk.damaged(header.baseOffset, 'the checksum of the batch is wrong')
    }
    this.#header = header
    this.#leaderEpoch = header.partitionLeaderEpoch
    this.#timestampType = header.timestampType === timestampTypes.createTime ? 'CreateTime' : 'LogAppendTime'
    try {
      const pool = this.#memory?.pool
      this.#reader = new RecordReader(header, { memory: pool })
      const isOpened = pool !== undefined && header.codecId !== 0
      this.memory = isOpened ? new FetchedMemory(this.#reader.plain, pool) : this.#memory
    } catch (error) {
      throw this.#chunk.damaged(header.baseOffset, (error as Error).message, error)
    }
    return true
  }

  #step(reader: RecordReader): boolean {
    try {
      return reader.next()
    } catch (error) {
      throw this.#chunk.damaged((this.#header as BatchHeader).baseOffset, (error as Error).message, error)
    }
  }
}

/** Which producers' records are hidden, batch after batch, by the list of aborted transactions that comes with a fetch. */
class AbortedProducers {
  readonly #begins: readonly FetchResponseAbortedTransaction[]
  #index = 0
  readonly #hidden = new Set<bigint>()

  constructor(transactions: readonly FetchResponseAbortedTransaction[]) {
    this.#begins = transactions.toSorted((a, b) => a.firstOffset - b.firstOffset)
  }

  hides(header: BatchHeader): boolean {
    for (; this.#index < this.#begins.length; this.#index++) {
      const { producerId, firstOffset } = this.#begins[this.#index]!
      if (firstOffset > header.lastOffset) break
      this.#hidden.add(producerId)
    }
    if (!header.isTransactional) return false
    const producerId = BigInt(header.producerId)
    if (header.isControl && isAbort(header)) this.#hidden.delete(producerId)
    return this.#hidden.has(producerId)
  }
}

/** A control record's key is its version and its type, two bytes each. */
function isAbort(header: BatchHeader): boolean {
  const reader = new RecordReader(header)
  if (!reader.next()) return false
  const { key } = reader
  return key !== null && key.length >= 4 && new DataView(key.buffer, key.byteOffset).getInt16(2) === abortMarker
}
