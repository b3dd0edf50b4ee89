import { DorsaleError } from '@dorsale/base'
import type { RecordHeader } from '@dorsale/protocol'
import type { DeserializationError } from '@dorsale/serde'
import type { ConsumerRecord } from './record-chunk.ts'

/**
 * A record that is there and cannot be read: Kafka's RecordDeserializationException (KIP-334, KIP-1036). It keeps the record as it was fetched, so that it can be sent
 * elsewhere, and its place: `consumer.seek({ topic, partition, offset: offset + 1 })` passes it by. `code` is `DORSALE_DESERIALIZATION`.
 */
export class RecordDeserializationError extends DorsaleError {
  override readonly name = 'RecordDeserializationError'
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  /** Whether it is the key that cannot be read, or the value. */
  readonly isKey: boolean
  /** As they stood in the record: views of what was fetched. Null: the record has none. */
  readonly keyBytes: Uint8Array | null
  readonly valueBytes: Uint8Array | null
  readonly headers: readonly RecordHeader[]

  constructor(
    { topic, partition, offset, timestamp, key, value, headers }: ConsumerRecord,
    cause: DeserializationError,
  ) {
    super('DORSALE_DESERIALIZATION', `${topic}-${partition} at offset ${offset}: ${cause.message}`, { cause })
    this.topic = topic
    this.partition = partition
    this.offset = offset
    this.timestamp = timestamp
    this.isKey = cause.isKey
    this.keyBytes = key
    this.valueBytes = value
    this.headers = headers
  }
}
