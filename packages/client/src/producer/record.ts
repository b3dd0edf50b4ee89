import type { CodecName, RecordHeader } from '@dorsale/protocol'
import { requirePayload } from './check-record.ts'

/** Bytes, or text that is sent as UTF-8. */
export type Payload = Uint8Array | string

/** A record to send. */
export interface ProducerRecord<K = Payload, V = Payload> {
  readonly topic: string
  /** Default: by the key, or, without a key, wherever a batch is being filled. */
  readonly partition?: number
  readonly key?: K | null
  /** Null, or nothing, is a tombstone: compaction deletes the key. */
  readonly value?: V | null
  readonly headers?: readonly { readonly key: string; readonly value: Payload | null }[]
  /** Milliseconds since 1970. Default: now. */
  readonly timestamp?: number
  /** How its batch is compressed. Default: as `compression.type` says. */
  readonly compression?: CodecName | 'none'
}

/** Where a record went. */
export interface RecordMetadata {
  readonly topic: string
  readonly partition: number
  /** -1 when the broker does not say: `acks=0`, or a batch that was written before and is too old for the broker to remember where. */
  readonly offset: number
  /** Of the record, or of the broker's append where the topic says so. */
  readonly timestamp: number
}

/**
 * What becomes of one record, for whoever wants to know: `await` it, or give it to `Promise.all`. Nothing is rejected while nobody asks; the failure of a delivery that nobody
 * awaits goes to the producer's `onDeliveryError`.
 */
export interface Delivery extends PromiseLike<RecordMetadata> {
  then<Result = RecordMetadata, Other = never>(
    onDelivered?: ((metadata: RecordMetadata) => Result | PromiseLike<Result>) | null,
    onFailed?: ((error: unknown) => Other | PromiseLike<Other>) | null,
  ): Promise<Result | Other>
  catch<Other = never>(onFailed: (error: unknown) => Other | PromiseLike<Other>): Promise<RecordMetadata | Other>
  finally(onSettled: () => void): Promise<RecordMetadata>
  /** As `then`, for an onlooker, for whom nobody hurries. */
  observed(): Promise<RecordMetadata>
}

/** A record as the accumulator takes it. The bytes are the caller's until they are in a batch. */
export interface PreparedRecord {
  readonly topic: string
  readonly partition: number | undefined
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly RecordHeader[]
  readonly timestamp: number
  /** How its batch is compressed; undefined: as the producer's settings say. */
  readonly codec: CodecName | 'none' | undefined
  /** The most that the record takes up in a batch. */
  readonly bytes: number
}

/** Size, attributes, timestamp and offset deltas, and the lengths of key and value at their longest. */
const recordOverheadMax = 5 + 1 + 10 + 5 + 5 + 5 + 5
const headerOverheadMax = 5 + 5
/** Timestamp of a record that has none. */
const none = -1
const noHeaders: readonly RecordHeader[] = []

/** `now` is asked for the time of a record that has none. Throws a `SerializationError` for a key or value that is neither bytes nor text. */
export function prepareRecord(record: ProducerRecord, now?: () => number): PreparedRecord {
  requirePayload(record.key, record.topic, { isKey: true })
  requirePayload(record.value, record.topic, { isKey: false })
  const key = asBytes(record.key)
  const value = asBytes(record.value)
  let bytes = recordOverheadMax + (key?.length ?? 0) + (value?.length ?? 0)
  let headers = noHeaders
  const given = record.headers ?? noHeaders
  if (given.length > 0) {
    headers = given.map(header => ({ key: header.key, value: asBytes(header.value) }))
    for (const header of headers) {
      bytes += headerOverheadMax + Buffer.byteLength(header.key) + (header.value?.length ?? 0)
    }
  }
  const { topic, partition, compression: codec } = record
  return {
    topic,
    partition: partition ?? undefined,
    key,
    value,
    headers,
    timestamp: record.timestamp ?? now?.() ?? none,
    codec,
    bytes,
  }
}

export function asBytes(payload: Payload | null | undefined): Uint8Array | null {
  if (payload === null || payload === undefined) return null
  return typeof payload === 'string' ? Buffer.from(payload) : payload
}
