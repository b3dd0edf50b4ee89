import { DorsaleError } from '@dorsale/base'
import {
  BatchCursor,
  BatchHeader,
  type FetchResponseAbortedTransaction,
  isBatchIntact,
  type RecordHeader,
  RecordReader,
  timestampTypes,
} from '@dorsale/protocol'

/** A record as it was read. Key, value and header values are views of what was fetched, which they keep in memory: copy what outlives the batch. */
export interface ConsumerRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Milliseconds since 1970; -1: none. */
  readonly timestamp: number
  /** Whose clock that was: the producer's, or the broker's when it appended the batch. In Kafka's own words. */
  readonly timestampType: 'CreateTime' | 'LogAppendTime'
  readonly key: Uint8Array | null
  /** Null is a tombstone. */
  readonly value: Uint8Array | null
  readonly headers: readonly RecordHeader[]
  /** -1: not known. */
  readonly leaderEpoch: number
}

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
}

const abortMarker = 0

/**
 * What one fetch brought of one partition: some batches, whose records are read as you iterate. It can be iterated once or more, and holds the memory of
 * its fetch until it is let go.
 */
export class RecordChunk implements Iterable<ConsumerRecord> {
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
  readonly #bytes: Uint8Array
  readonly #fetchOffset: number
  readonly #checkCrcs: boolean
  /** Where the batches stand whose records are for the application. */
  readonly #positions: number[] = []

  constructor(options: ChunkOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.highWatermark = options.highWatermark
    this.sizeInBytes = options.bytes.length
    this.#bytes = options.bytes
    this.#fetchOffset = options.fetchOffset
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
    if (cursor.state !== 'end' && cursor.state !== 'partial')
      throw this.#damaged(nextOffset, 'what follows is no batch')
    if (nextOffset === options.fetchOffset && options.bytes.length > 0) {
      throw this.#damaged(nextOffset, 'the answer holds no whole batch')
    }
    this.nextOffset = nextOffset
    this.lastEpoch = lastEpoch
    this.recordCount = recordCount
  }

  /** Whether there is nothing for the application, only markers of transactions or what they hide. */
  get isEmpty(): boolean {
    return this.#positions.length === 0
  }

  /** The records, in order. Throws `DORSALE_DAMAGED` with the place when a batch cannot be read. */
  *[Symbol.iterator](): Generator<ConsumerRecord> {
    const { topic, partition } = this
    for (const position of this.#positions) {
      const header = new BatchHeader(this.#bytes, position)
      if (this.#checkCrcs && !isBatchIntact(this.#bytes, position)) {
        throw this.#damaged(header.baseOffset, 'the checksum of the batch is wrong')
      }
      const leaderEpoch = header.partitionLeaderEpoch
      const timestampType = header.timestampType === timestampTypes.createTime ? 'CreateTime' : 'LogAppendTime'
      const reader = this.#read(header)
      while (this.#step(reader, header)) {
        const { offset, timestamp } = reader
        if (offset < this.#fetchOffset) continue
        yield {
          topic,
          partition,
          offset,
          timestamp,
          timestampType,
          key: reader.key,
          value: reader.value,
          headers: reader.headers,
          leaderEpoch,
        }
      }
    }
  }

  #read(header: BatchHeader): RecordReader {
    try {
      return new RecordReader(header)
    } catch (error) {
      throw this.#damaged(header.baseOffset, (error as Error).message, error)
    }
  }

  #step(reader: RecordReader, header: BatchHeader): boolean {
    try {
      return reader.next()
    } catch (error) {
      throw this.#damaged(header.baseOffset, (error as Error).message, error)
    }
  }

  #damaged(offset: number, reason: string, cause?: unknown): DorsaleError {
    const where = `${this.topic}-${this.partition} at offset ${offset}`
    return new DorsaleError('DORSALE_DAMAGED', `${where}: ${reason}; seek past it to go on`, { cause })
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
