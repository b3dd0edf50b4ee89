import type { ConsumerRecord } from '@dorsale/client'

/** A record as a test wants to look at it: text, with the bytes beside it. */
export class ReceivedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Milliseconds since 1970; -1: none. */
  readonly timestamp: number
  readonly keyBytes: Uint8Array | null
  /** Null is a tombstone. */
  readonly valueBytes: Uint8Array | null
  /** By key; of a key that occurs twice the last value. Null where the header has none. */
  readonly headers: Readonly<Record<string, string | null>>

  constructor(record: ConsumerRecord) {
    this.topic = record.topic
    this.partition = record.partition
    this.offset = record.offset
    this.timestamp = record.timestamp
    // Copies: a view would keep the whole fetch.
    this.keyBytes = record.key && Uint8Array.from(record.key)
    this.valueBytes = record.value && Uint8Array.from(record.value)
    this.headers = Object.fromEntries(record.headers.map(({ key, value }) => [key, textOf(value)]))
  }

  /** The key as UTF-8. */
  get key(): string | null {
    return textOf(this.keyBytes)
  }

  /** The value as UTF-8. */
  get value(): string | null {
    return textOf(this.valueBytes)
  }

  /** The value as JSON. Throws a `SyntaxError` when it is none. */
  json<Value>(): Value {
    return JSON.parse(this.value ?? 'null')
  }
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
}
