import {
  batchHeaderSize,
  type CodecName,
  type ProducerId,
  RecordBatchBuilder,
  stampBatchProducer,
} from '@dorsale/protocol'
import type { PreparedRecord } from './record.ts'

/** Where a batch was written. */
export interface BatchPlace {
  /** -1: not known. */
  readonly baseOffset: number
  /** -1: the records keep their timestamps. */
  readonly appendTime: number
}

export interface BatchOptions {
  readonly topic: string
  readonly partition: number
  /** Grows from batch to batch of the partition. */
  readonly number: number
  readonly nowMs: number
  readonly deadlineMs: number
  readonly codec: CodecName | undefined
  readonly level: number | undefined
  readonly transactional: boolean
  readonly sizeHint: number
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
  /** Times it was sent. */
  attempts = 0
  /** After a failure: not before this time. */
  notBeforeMs = 0
  /** No more records fit, or none may be added. */
  isClosed = false
  isDone = false
  /** Somebody waits for the outcome. */
  isAwaited = false
  /** -1: not numbered. */
  baseSequence = -1
  readonly #onAwaited: () => void
  #builder: RecordBatchBuilder | undefined
  #recordCount = 0
  #bytes: Uint8Array | undefined
  #place: BatchPlace | undefined
  #error: Error | undefined
  #waiting: PromiseWithResolvers<BatchPlace> | undefined

  constructor(options: BatchOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.number = options.number
    this.createdMs = options.nowMs
    this.deadlineMs = options.deadlineMs
    this.#onAwaited = options.onAwaited
    const { codec, level, transactional } = options
    this.#builder = new RecordBatchBuilder({ codec, level, transactional }, options.sizeHint)
  }

  get recordCount(): number {
    return this.#recordCount
  }

  /** Bytes so far, before compression; afterwards those of the request. */
  get sizeInBytes(): number {
    return this.#bytes?.length ?? this.#builder?.plainBytes ?? 0
  }

  /** Whether a record may join without the batch growing beyond `batchBytesMax`. A first record always may. */
  fits(record: PreparedRecord, batchBytesMax: number): boolean {
    if (this.isClosed) return false
    return this.#recordCount === 0 || this.sizeInBytes + record.bytes <= Math.max(batchBytesMax, batchHeaderSize)
  }

  /** Adds a record and answers its index. */
  append(record: PreparedRecord): number {
    this.#builder!.append(record)
    this.accountedBytes += record.bytes
    return this.#recordCount++
  }

  /** The batch's bytes, for the request that is about to be sent. They do not change until it is numbered again. */
  bytes(): Uint8Array {
    if (this.#bytes === undefined) {
      this.isClosed = true
      this.#bytes = this.#builder!.build()
      this.#builder = undefined
    }
    return this.#bytes
  }

  /** Writes producer and sequence into the batch; again, after the broker has lost count. */
  setSequence(producer: { producerId: ProducerId; producerEpoch: number; baseSequence: number }): void {
    this.isClosed = true
    this.baseSequence = producer.baseSequence
    if (this.#bytes === undefined) this.#builder!.setProducer(producer)
    else {
      // The old bytes may still be on their way to the kernel.
      this.#bytes = this.#bytes.slice()
      stampBatchProducer(this.#bytes, 0, producer)
    }
  }

  /** Resolves when the batch is written, rejects when it never will be. Says that somebody waits. */
  outcome(): Promise<BatchPlace> {
    if (!this.isAwaited && !this.isDone) {
      this.isAwaited = true
      this.#onAwaited()
    }
    return this.settled()
  }

  /** As `outcome`, for somebody who is in no hurry. */
  settled(): Promise<BatchPlace> {
    if (this.#waiting === undefined) {
      this.#waiting = Promise.withResolvers()
      if (this.#place !== undefined) this.#waiting.resolve(this.#place)
      else if (this.#error !== undefined) this.#waiting.reject(this.#error)
    }
    return this.#waiting.promise
  }

  succeed(place: BatchPlace): void {
    this.#finish()
    this.#place = place
    this.#waiting?.resolve(place)
  }

  /** True when somebody hears of it. */
  fail(error: Error): boolean {
    this.#finish()
    this.#error = error
    this.#waiting?.reject(error)
    return this.#waiting !== undefined
  }

  #finish(): void {
    this.isDone = true
    this.isClosed = true
    this.#bytes = undefined
    this.#builder = undefined
  }
}
