import type { FetchedMemory } from './fetched-memory.ts'
import type { ConsumerRecord, RecordChunk } from './record-chunk.ts'
import type { RecordDecoder } from './record-decoder.ts'

/** What was fetched of one partition. */
export interface ChunkSource {
  readonly topic: string
  readonly partition: number
  readonly highWatermark: number
  readonly fetchOffset: number
  readonly nextOffset: number
  readonly lastEpoch: number
  cursor(): RecordSource
}

/** Records, one after the other. */
export interface RecordSource {
  next(): ConsumerRecord | undefined
  /** Of which memory the last record has views, until `next` is called again; undefined: the collector's. */
  readonly memory?: FetchedMemory | undefined
}

/** How what was fetched is read for the application. */
export interface Reading<K, V> {
  /** The most that is handed out at once (`max.poll.records`). */
  readonly recordsMax: number
  /** Undefined: keys and values are bytes. */
  readonly decoder: RecordDecoder<K, V> | undefined
  /** Sees the records before the application does. */
  readonly intercept: ((records: readonly ConsumerRecord<K, V>[]) => readonly ConsumerRecord<K, V>[]) | undefined
}

/** A part of what one fetch brought of one partition, as the application gets it. */
export class Portion<K, V> implements RecordChunk<K, V> {
  readonly topic: string
  readonly partition: number
  readonly highWatermark: number
  readonly records: readonly ConsumerRecord<K, V>[]
  readonly sizeInBytes: number
  readonly nextOffset: number
  readonly lastEpoch: number
  #memory: readonly FetchedMemory[]

  /** `memory`: what the records have views of, held for this portion. */
  constructor(
    chunk: ChunkSource,
    rest: Pick<RecordChunk<K, V>, 'records' | 'sizeInBytes' | 'nextOffset' | 'lastEpoch'>,
    memory: readonly FetchedMemory[] = [],
  ) {
    this.topic = chunk.topic
    this.partition = chunk.partition
    this.highWatermark = chunk.highWatermark
    this.records = rest.records
    this.sizeInBytes = rest.sizeInBytes
    this.nextOffset = rest.nextOffset
    this.lastEpoch = rest.lastEpoch
    this.#memory = memory
  }

  release(): void {
    for (const each of this.#memory) each.release()
    this.#memory = []
  }

  [Symbol.dispose](): void {
    this.release()
  }

  [Symbol.iterator](): Iterator<ConsumerRecord<K, V>> {
    return this.records[Symbol.iterator]()
  }
}

/**
 * Reads what was fetched, portion by portion. A record that cannot be read ends the portion before it, and is thrown when it is the first of the next: what comes before it is handed out,
 * and the position stays at it, as in Kafka.
 */
export class PortionReader<K, V> {
  readonly #chunk: ChunkSource
  readonly #reading: Reading<K, V>
  readonly #source: RecordSource
  /** Read from the source, and not handed out. */
  #ahead: ConsumerRecord | undefined
  #failure: unknown
  #hasFailed = false
  #nextOffset: number
  #lastEpoch = -1
  /** Of the portion that is being read. */
  #sizeInBytes = 0
  /** What the records of the portion that is being read have views of. */
  #memory: FetchedMemory[] = []
  /** A portion is being read that waits for somebody. */
  isBusy = false

  constructor(chunk: ChunkSource, reading: Reading<K, V>) {
    this.#chunk = chunk
    this.#reading = reading
    this.#source = chunk.cursor()
    this.#nextOffset = chunk.fetchOffset
    this.#advance()
  }

  /** Whether all has been handed out. */
  get isDone(): boolean {
    return this.#ahead === undefined && !this.#hasFailed
  }

  /** The next portion. A promise only when a deserializer answers with one, or a record cannot be read. Throws when there is nothing before that record. */
  take(): Portion<K, V> | Promise<Portion<K, V>> {
    const { recordsMax, decoder } = this.#reading
    if (decoder === undefined) return this.#finish(this.#readBytes(recordsMax))
    const records: ConsumerRecord<K, V>[] = []
    while (this.#ahead !== undefined && records.length < recordsMax) {
      const raw = this.#ahead
      const decoded = decoder.decode(raw)
      if (decoded instanceof Promise) return this.#takeSlowly(decoder, records, decoded)
      if (decoded !== undefined) records.push(decoded)
      this.#pass(raw, { isSeen: !decoder.leavesNoView(raw) })
    }
    return this.#finish(records)
  }

  /** Records as they are. A loop of its own: every call for each record is felt here. */
  #readBytes(recordsMax: number): ConsumerRecord<K, V>[] {
    const source = this.#source
    const records: ConsumerRecord[] = []
    let ahead = this.#ahead
    let last: ConsumerRecord | undefined
    let sizeInBytes = 0
    let memory: FetchedMemory | undefined
    try {
      while (ahead !== undefined && records.length < recordsMax) {
        const { key, value } = ahead
        if (key !== null) sizeInBytes += key.length
        if (value !== null) sizeInBytes += value.length
        records.push(ahead)
        if (source.memory !== memory) memory = this.#holdMemory()
        last = ahead
        ahead = source.next()
      }
      this.#ahead = ahead
    } catch (error) {
      this.#fail(error)
    }
    this.#sizeInBytes = sizeInBytes
    if (last !== undefined) {
      this.#nextOffset = last.offset + 1
      this.#lastEpoch = last.leaderEpoch
    }
    // Without a decoder, keys and values are bytes.
    return records as unknown as ConsumerRecord<K, V>[]
  }

  /** Goes on where somebody must be waited for. */
  async #takeSlowly(
    decoder: RecordDecoder<K, V>,
    records: ConsumerRecord<K, V>[],
    first: Promise<ConsumerRecord<K, V> | undefined>,
  ): Promise<Portion<K, V>> {
    this.isBusy = true
    try {
      let pending: ReturnType<RecordDecoder<K, V>['decode']> = first
      while (this.#ahead !== undefined) {
        const decoded = await pending
        if (decoded !== undefined) records.push(decoded)
        // What cannot be read has been shown as it is.
        this.#pass(this.#ahead, { isSeen: decoded === undefined || !decoder.leavesNoView(this.#ahead) })
        if (this.#ahead === undefined || records.length >= this.#reading.recordsMax) break
        pending = decoder.decode(this.#ahead)
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.isBusy = false
    }
    return this.#finish(records)
  }

  /** The portion looks at what the record ahead has views of. */
  #holdMemory(): FetchedMemory | undefined {
    const { memory } = this.#source
    if (memory !== undefined && memory !== this.#memory.at(-1)) this.#memory.push(memory.hold())
    return memory
  }

  #finish(records: readonly ConsumerRecord<K, V>[]): Portion<K, V> {
    if (records.length === 0 && this.#hasFailed) throw this.#failure
    const { intercept } = this.#reading
    const isWhole = this.isDone
    const sizeInBytes = this.#sizeInBytes
    const memory = this.#memory
    this.#sizeInBytes = 0
    this.#memory = []
    const rest = {
      records: intercept === undefined ? records : intercept(records),
      sizeInBytes,
      nextOffset: isWhole ? this.#chunk.nextOffset : this.#nextOffset,
      lastEpoch: isWhole ? this.#chunk.lastEpoch : this.#lastEpoch,
    }
    return new Portion(this.#chunk, rest, memory)
  }

  /** `isSeen`: somebody may have a view of its bytes. */
  #pass({ offset, leaderEpoch, key, value }: ConsumerRecord, { isSeen }: { isSeen: boolean }): void {
    this.#sizeInBytes += (key?.length ?? 0) + (value?.length ?? 0)
    this.#nextOffset = offset + 1
    this.#lastEpoch = leaderEpoch
    if (isSeen) this.#holdMemory()
    this.#advance()
  }

  #advance(): void {
    try {
      this.#ahead = this.#source.next()
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#ahead = undefined
    this.#failure = error
    this.#hasFailed = true
  }
}
