import type { RecordHeader } from '@dorsale/protocol'

/** A record as it was read. What is bytes is a view of what was fetched, which it keeps in memory: copy what outlives the batch, and what outlives `RecordChunk.release`. */
export interface ConsumerRecord<K = Uint8Array, V = Uint8Array> {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Milliseconds since 1970; -1: none. */
  readonly timestamp: number
  /** Whose clock that was: the producer's, or the broker's when it appended the batch. In Kafka's own words. */
  readonly timestampType: 'CreateTime' | 'LogAppendTime'
  readonly key: K | null
  /** Null is a tombstone, or a value that its deserializer reads as null (the JSON text `null`); never one that it cannot read. */
  readonly value: V | null
  readonly headers: readonly RecordHeader[]
  /** -1: not known. */
  readonly leaderEpoch: number
}

/** Some records of one partition, in order. It can be iterated once or more. */
export interface RecordChunk<K = Uint8Array, V = Uint8Array> extends Iterable<ConsumerRecord<K, V>> {
  readonly topic: string
  readonly partition: number
  /** Of the partition, when this was fetched. */
  readonly highWatermark: number
  readonly records: readonly ConsumerRecord<K, V>[]
  /** Bytes of their keys and values, as they were fetched. */
  readonly sizeInBytes: number
  /** Where reading goes on: behind the last record, and what a reader does not see (markers of transactions and what they hide). */
  readonly nextOffset: number
  /** Leader epoch of the record before `nextOffset`; -1: not known. */
  readonly lastEpoch: number
  /**
   * Says that the bytes of these records will not be looked at any more: what is fetched next is put into their memory, without the collector, which halves what it costs to read large records. Keys, values
   * and values of headers that are bytes are empty from then on, or somewhat later; what a deserializer has made of them stays, unless that is a view of them. Where both deserializers say that they copy (text, JSON, numbers), and records have no headers, their memory is used again without
   * a word. Never needed: without it, records stay as
   * they are for as long as somebody keeps them. It says nothing of what is handled. Idempotent.
   *
   * ```ts
   * for await (using chunk of consumer.chunks()) {
   *   for (const record of chunk) handle(record)
   * }
   * ```
   */
  release(): void
  /** As `release`, for `using`. */
  [Symbol.dispose](): void
}

/** The value of the last header of a name, which is the newest, as Kafka's `lastHeader`; undefined where there is none. It may be null. */
export function lastHeader(record: Pick<ConsumerRecord, 'headers'>, key: string): Uint8Array | null | undefined {
  return record.headers.findLast(header => header.key === key)?.value
}
