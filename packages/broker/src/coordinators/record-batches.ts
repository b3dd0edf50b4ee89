import type { CoordinatorSerde, PendingReply, Step } from '@dorsale/coordinate'
import { batchHeaderSize, type CodecName, errorCodes, ProtocolError, RecordBatchBuilder } from '@dorsale/protocol'

/** What steps of one turn write: one batch, and who waits for it. */
export interface OpenBatch {
  readonly builder: RecordBatchBuilder
  readonly replies: PendingReply[]
  /** Of a marker: that of whoever has ended the transaction. */
  readonly transactionVersion: number
}

/** The producer in whose transaction a step writes. */
export interface StepProducer {
  readonly producerId: bigint
  readonly producerEpoch: number
}

/** How the records of a shard become batches of its log. */
export interface BatchOptions {
  /** A batch may be so large before compression. */
  readonly bytesMax: number
  readonly codec: CodecName | undefined
  /** 0 or -1: nobody checks it, and each of Kafka's coordinators writes one of the two. */
  readonly baseSequence: number
}

interface EncodedRecord {
  readonly key: Uint8Array
  readonly value: Uint8Array | null
}

/** Length, attributes, timestamp and offset deltas, lengths of key and value, count of headers: at most. */
const recordOverhead = 32

/**
 * The records of a step, framed. Throws UNKNOWN_SERVER_ERROR, as Kafka answers, when they have to be one
 * batch and do not fit into it.
 */
export function encodeStep<Record>(
  step: Step<Record>,
  serde: CoordinatorSerde<Record>,
  options: BatchOptions,
): EncodedRecord[] {
  const encoded = step.records.map(record => serde.encode(record))
  const size = encoded.reduce((sum, record) => sum + sizeOf(record), batchHeaderSize)
  const largest = step.isDivisible ? Math.max(0, ...encoded.map(sizeOf)) + batchHeaderSize : size
  if (largest > options.bytesMax) {
    const text = `${largest} bytes of records do not fit into a batch of ${options.bytesMax}`
    throw new ProtocolError(errorCodes.UNKNOWN_SERVER_ERROR, text)
  }
  return encoded
}

/** `producer`: the batch is part of its transaction. */
export function newBatch({ codec, baseSequence }: BatchOptions, producer?: StepProducer): OpenBatch {
  const options = { codec, baseSequence, ...producer, transactional: producer !== undefined }
  return { builder: new RecordBatchBuilder(options), replies: [], transactionVersion: 0 }
}

/** Whether so many more bytes may go into it. */
export function hasRoom(batch: OpenBatch, byteCount: number, options: BatchOptions): boolean {
  return batch.builder.recordCount === 0 || batch.builder.plainBytes + byteCount <= options.bytesMax
}

export function sizeOf({ key, value }: EncodedRecord): number {
  return key.length + (value?.length ?? 0) + recordOverhead
}
