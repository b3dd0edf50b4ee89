import { type ChunkSource, Portion, PortionReader, type Reading } from '../consumer/portion.ts'
import type { FetchTally } from '../metrics/share-metrics.ts'
import { AcknowledgementGroup, type AcknowledgeType } from './acknowledgement.ts'
import type { AcquiredChunk, ShareRecord } from './acquired-chunk.ts'

/** Some records of one partition of a share group, in order. */
export interface ShareChunk<K = Uint8Array, V = Uint8Array> extends Iterable<ShareRecord<K, V>> {
  readonly topic: string
  readonly partition: number
  readonly records: readonly ShareRecord<K, V>[]
}

/** What one answer brought of one partition, until all of it has been handed out. */
export class Acquired<K, V> {
  readonly chunk: AcquiredChunk
  /** The broker that handed it out. */
  readonly nodeId: number
  /** Until then it is this member's, on the monotonic clock. */
  readonly deadlineMs: number
  readonly #reading: Reading<K, V>
  readonly #tally: FetchTally
  #isClosed = false
  #reader: PortionReader<K, V>
  readonly #offsets: Iterator<number>
  #nextOffset: number | undefined

  constructor(
    chunk: AcquiredChunk,
    options: {
      readonly nodeId: number
      readonly tally: FetchTally
      readonly deadlineMs: number
      readonly reading: Reading<K, V>
    },
  ) {
    this.chunk = chunk
    this.nodeId = options.nodeId
    this.deadlineMs = options.deadlineMs
    this.#reading = options.reading
    this.#tally = options.tally
    this.#reader = new PortionReader(chunk, options.reading)
    this.#offsets = chunk.offsets()
    this.#nextOffset = this.#offsets.next().value
  }

  get isDone(): boolean {
    return this.#reader.isDone
  }

  get isBusy(): boolean {
    return this.#reader.isBusy
  }

  /** See `PortionReader.take`. */
  async take(): Promise<Portion<K, V>> {
    const portion = await this.#reader.take()
    this.#tally.add(portion.records.length, portion.sizeInBytes)
    return portion
  }

  /** Nothing more is handed out of it. Idempotent. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#tally.partitionDone()
  }

  /** The offsets below `endOffset` that have not been taken yet. */
  takeOffsets(endOffset = Number.POSITIVE_INFINITY): number[] {
    const taken: number[] = []
    while (this.#nextOffset !== undefined && this.#nextOffset < endOffset) {
      taken.push(this.#nextOffset)
      this.#nextOffset = this.#offsets.next().value
    }
    return taken
  }

  /** Goes on behind a record that cannot be read. */
  passBy(offset: number): void {
    const { chunk } = this
    const { topic, partition, highWatermark, nextOffset, lastEpoch } = chunk
    const rest: ChunkSource = {
      topic,
      partition,
      highWatermark,
      fetchOffset: offset + 1,
      nextOffset,
      lastEpoch,
      cursor: () => chunk.cursor(offset + 1),
    }
    this.#reader = new PortionReader(rest, this.#reading)
  }
}

/** Records that the application has, and what it has said of them. */
export class HeldRecords<K, V> {
  readonly acquired: Acquired<K, V>
  readonly #records = new Map<number, ShareRecord<K, V> | undefined>()
  readonly #types = new Map<number, AcknowledgeType>()

  constructor(acquired: Acquired<K, V>, records: readonly ShareRecord<K, V>[]) {
    this.acquired = acquired
    for (const record of records) this.#records.set(record.offset, record)
  }

  /** A record that could not be read, and what becomes of it unless the application says something else. */
  static unreadable<K, V>(acquired: Acquired<K, V>, offset: number, type: AcknowledgeType): HeldRecords<K, V> {
    const held = new HeldRecords<K, V>(acquired, [])
    held.#records.set(offset, undefined)
    held.#types.set(offset, type)
    return held
  }

  get isEmpty(): boolean {
    return this.#records.size === 0
  }

  get chunk(): ShareChunk<K, V> {
    const records = [...this.#records.values()].filter(record => record !== undefined)
    const { nextOffset, lastEpoch } = this.acquired.chunk
    const portion = new Portion<K, V>(this.acquired.chunk, { records, sizeInBytes: 0, nextOffset, lastEpoch })
    return portion as unknown as ShareChunk<K, V>
  }

  holds(topic: string, partition: number, offset: number): boolean {
    const { chunk } = this.acquired
    return chunk.topic === topic && chunk.partition === partition && this.#records.has(offset)
  }

  hasSaid(offset: number): boolean {
    return this.#types.has(offset)
  }

  /** Offsets of which nothing has been said. */
  get unsaid(): number[] {
    return [...this.#records.keys()].filter(offset => !this.#types.has(offset))
  }

  say(offset: number, type: AcknowledgeType): void {
    this.#types.set(offset, type)
  }

  /** Says the same of all of which nothing has been said. */
  sayOfOthers(type: AcknowledgeType): void {
    for (const offset of this.unsaid) this.#types.set(offset, type)
  }

  /** What has been said, to be sent; undefined: nothing. These records are not held any more. */
  take(): { group: AcknowledgementGroup; renewed: ShareRecord<K, V>[] } | undefined {
    if (this.#types.size === 0) return undefined
    const types = new Map(this.#types)
    const renewed: ShareRecord<K, V>[] = []
    for (const [offset, type] of types) {
      const record = this.#records.get(offset)
      if (type === 'renew' && record !== undefined) renewed.push(record)
      this.#records.delete(offset)
    }
    this.#types.clear()
    return { group: new AcknowledgementGroup(this.acquired.chunk.of, types), renewed }
  }
}
