import type { BufferPool } from '@dorsale/base'
import {
  addSequence,
  BatchHeader,
  batchHeaderSize,
  type CodecName,
  type ProducerId,
  RecordBatchBuilder,
  readRecords,
  stampBatchProducer,
} from '@dorsale/protocol'
import { type PreparedRecord, prepareRecord } from './record.ts'

/** Where a batch was written. */
export interface BatchPlace {
  /** -1: not known. */
  readonly baseOffset: number
  /** -1: the records keep their timestamps. */
  readonly appendTime: number
  /** Where the log begins; -1: not known. */
  readonly logStartOffset: number
}

export interface BatchOptions {
  readonly topic: string
  readonly partition: number
  /** Grows from batch to batch of the partition; the parts of a batch stand between it and the next. */
  readonly number: number
  readonly nowMs: number
  readonly deadlineMs: number
  readonly codec: CodecName | undefined
  /** What its records ask for in place of the settings, all of them alike; undefined: nothing. */
  readonly wish: PreparedRecord['codec']
  readonly level: number | undefined
  readonly transactional: boolean
  /** Bytes that it will have before compression, as far as that is known. */
  readonly sizeHint: number
  /** Where the memory of its bytes comes from. */
  readonly pool: BufferPool
  /** By what plain bytes are multiplied to tell the size of the batch while it grows. 1 without compression. */
  readonly sizeEstimate: number
  /** The batch is a part of one that was too large. */
  readonly splitFrom?: ProducerBatch
  /** How far the numbers of its own parts may reach. Default 1. */
  readonly numberSpan?: number
  /** Somebody asks for the outcome for the first time. */
  onAwaited(): void
}

/** The records of one partition that travel together, from the first append until their fate is known. */
export class ProducerBatch {
  readonly topic: string
  readonly partition: number
  readonly number: number
  readonly createdMs: number
  readonly deadlineMs: number
  /** Bytes that its records take up in the producer's buffer. */
  accountedBytes = 0
  /** Bytes of its largest record. */
  recordBytesMax = 0
  /** Times it was sent. */
  attempts = 0
  /** After a failure: not before this time. */
  notBeforeMs = 0
  #isClosed = false
  isDone = false
  /** Somebody waits for the outcome. */
  isAwaited = false
  /** -1: not numbered. */
  baseSequence = -1
  readonly #options: BatchOptions
  #builder: RecordBatchBuilder | undefined
  #recordCount = 0
  #plainBytes = 0
  #bytes: Uint8Array | undefined
  #place: BatchPlace | undefined
  #error: Error | undefined
  /** Settles, never rejects, when the fate is known. */
  #waiting: PromiseWithResolvers<void> | undefined
  /** What became of it when it was too large, with the index of the first record of each. */
  #parts: { readonly batch: ProducerBatch; readonly firstIndex: number }[] | undefined

  constructor(options: BatchOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.number = options.number
    this.createdMs = options.nowMs
    this.deadlineMs = options.deadlineMs
    this.#options = options
    this.isAwaited = options.splitFrom?.isAwaited ?? false
    const { codec, level, transactional, sizeHint, sizeEstimate: ratioHint, pool } = options
    this.#builder = new RecordBatchBuilder({ codec, level, transactional }, { sizeHint, ratioHint, pool })
  }

  /** No more records fit, or none may be added. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** No more records are added. What compression leaves is all that it holds from then on: it may wait for long. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#builder!.close()
  }

  get recordCount(): number {
    return this.#recordCount
  }

  /** Bytes of the request; while the batch grows, what they are expected to be. */
  get sizeInBytes(): number {
    if (this.#bytes !== undefined) return this.#bytes.length
    const plainBytes = this.#builder?.plainBytes ?? 0
    return batchHeaderSize + Math.ceil((plainBytes - batchHeaderSize) * this.#options.sizeEstimate)
  }

  /** Whether a record may join without the batch growing beyond `batchBytesMax`. A first record always may. */
  fits(record: PreparedRecord, batchBytesMax: number): boolean {
    if (this.#isClosed || record.codec !== this.#options.wish) return false
    const bytes = record.bytes * this.#options.sizeEstimate
    return this.#recordCount === 0 || this.sizeInBytes + bytes <= Math.max(batchBytesMax, batchHeaderSize)
  }

  get isCompressed(): boolean {
    return this.#options.codec !== undefined
  }

  /** Adds a record and answers its index. */
  append(record: PreparedRecord): number {
    this.#builder!.append(record)
    this.accountedBytes += record.bytes
    if (record.bytes > this.recordBytesMax) this.recordBytesMax = record.bytes
    return this.#recordCount++
  }

  /** The batch's bytes, for the request that is about to be sent. They do not change until it is numbered again. */
  bytes(): Uint8Array {
    if (this.#bytes === undefined) {
      this.close()
      this.#plainBytes = this.#builder!.plainBytes
      this.#bytes = this.#builder!.build()
    }
    return this.#bytes
  }

  /** Bytes of the batch before compression. Of a batch that has its bytes. */
  get plainBytes(): number {
    return this.#plainBytes
  }

  /** What part of the records' bytes is left after compression. Of a batch that has its bytes. */
  get compressionRatio(): number {
    return (this.bytes().length - batchHeaderSize) / Math.max(1, this.#plainBytes - batchHeaderSize)
  }

  /**
   * Takes the batch apart, since its topic takes none so large: two or more batches of at most half its records' bytes, in its place, with its sequence numbers. Its fate
   * is theirs.
   */
  split(): ProducerBatch[] {
    const header = new BatchHeader(this.bytes(), 0)
    const { producerId, producerEpoch } = header
    const records = [...readRecords(header)]
    const bytesMax = this.accountedBytes / 2
    const groups: PreparedRecord[][] = []
    let bytes = Number.POSITIVE_INFINITY
    for (const { key, value, headers, timestamp } of records) {
      const record = prepareRecord({ topic: this.topic, partition: this.partition, key, value, headers, timestamp })
      if (bytes + record.bytes > bytesMax) {
        groups.push([])
        bytes = 0
      }
      groups.at(-1)!.push(record)
      bytes += record.bytes
    }
    let firstIndex = 0
    this.#parts = groups.map((group, index) => {
      const part = this.#part(index, groups.length)
      for (const record of group) part.append(record)
      if (this.baseSequence >= 0) {
        part.setSequence({ producerId, producerEpoch, baseSequence: addSequence(this.baseSequence, firstIndex) })
      }
      firstIndex += group.length
      return { batch: part, firstIndex: firstIndex - group.length }
    })
    return this.#parts.map(({ batch }) => batch)
  }

  /** Writes producer and sequence into the batch; again, after the broker has lost count. */
  setSequence(producer: { producerId: ProducerId; producerEpoch: number; baseSequence: number }): void {
    this.close()
    this.baseSequence = producer.baseSequence
    if (this.#bytes === undefined) this.#builder!.setProducer(producer)
    else {
      // The old bytes may still be on their way to the kernel.
      this.#bytes = this.#bytes.slice()
      stampBatchProducer(this.#bytes, 0, producer)
    }
  }

  /** Somebody waits for the outcome, and would rather not linger. */
  hurry(): void {
    if (this.isAwaited || this.isDone) return
    this.isAwaited = true
    this.#options.onAwaited()
  }

  /** Settles when the fate of every record is known. Never rejects: `placeOf` says. */
  settled(): Promise<void> {
    if (this.#waiting === undefined) {
      this.#waiting = Promise.withResolvers()
      if (this.isDone) this.#waiting.resolve()
    }
    return this.#waiting.promise
  }

  /** Where the record of this index was written; throws why it is lost. Of a batch that is done. */
  placeOf(index: number): { readonly offset: number; readonly appendTime: number; readonly logStartOffset: number } {
    const part = this.#parts?.findLast(({ firstIndex }) => firstIndex <= index)
    if (part !== undefined) return part.batch.placeOf(index - part.firstIndex)
    if (this.#error !== undefined) throw this.#error
    const { baseOffset, appendTime, logStartOffset } = this.#place!
    return { offset: baseOffset < 0 ? -1 : baseOffset + index, appendTime, logStartOffset }
  }

  /** Why records of the batch are lost; undefined when none is. */
  get failure(): Error | undefined {
    if (this.#parts === undefined) return this.#error
    return this.#parts.find(({ batch }) => batch.failure !== undefined)?.batch.failure
  }

  /** `isTaken`: the broker has answered, so nothing is left of the bytes on their way to it. */
  succeed(place: BatchPlace, { isTaken }: { isTaken: boolean }): void {
    this.#place = place
    // Of a batch that was sent more than once another copy may still wait in a connection that was given up.
    if (isTaken && this.attempts === 1) this.#builder?.release()
    this.#finish()
  }

  /** True when somebody hears of it. */
  fail(error: Error): boolean {
    this.#error = error
    this.#finish()
    return this.isHeard
  }

  /** Somebody is told of the outcome. */
  get isHeard(): boolean {
    return this.#waiting !== undefined || this.#options.splitFrom?.isHeard === true
  }

  #finish(): void {
    this.isDone = true
    this.#isClosed = true
    this.#bytes = undefined
    this.#builder = undefined
    this.#waiting?.resolve()
    const { splitFrom } = this.#options
    if (splitFrom !== undefined && splitFrom.#parts!.every(({ batch }) => batch.isDone)) splitFrom.#finish()
  }

  #part(index: number, count: number): ProducerBatch {
    const numberSpan = (this.#options.numberSpan ?? 1) / count
    const number = this.number + index * numberSpan
    const part = new ProducerBatch({ ...this.#options, number, numberSpan, splitFrom: this })
    // The answer that it was too large counts as a try: the parts do not linger.
    part.attempts = this.attempts
    return part
  }
}
