import { type Decoded, type Deserializer, decodePayload, type SerdeHeader } from '@dorsale/serde'
import type { ConsumerRecord } from './record-chunk.ts'
import { RecordDeserializationError } from './record-deserialization-error.ts'

/**
 * What to do with a record that cannot be read. When it returns, the record is passed by; what it throws, the error itself say, is thrown to whoever asks for records. It is awaited before
 * anything behind the record is handed out: what it sends elsewhere is there by then.
 */
export type OnDeserializationError = (error: RecordDeserializationError) => Promise<void> | void

export interface RecordDecoderOptions {
  /** Undefined: bytes as they are. */
  readonly key: Deserializer<unknown> | undefined
  readonly value: Deserializer<unknown> | undefined
  readonly onError: OnDeserializationError | undefined
}

/** Makes keys and values of a record's bytes. */
export class RecordDecoder<K, V> {
  readonly #options: RecordDecoderOptions

  constructor(options: RecordDecoderOptions) {
    this.#options = options
  }

  /** Undefined: to be passed by. A promise only when a deserializer answers with one, or a record cannot be read. Throws a `RecordDeserializationError`. */
  decode(record: ConsumerRecord): ConsumerRecord<K, V> | undefined | Promise<ConsumerRecord<K, V> | undefined> {
    const { key, value } = this.#options
    const { topic } = record
    const headers = record.headers as SerdeHeader[]
    const decodedKey = key && decodePayload(key, record.key, { topic, isKey: true, headers })
    const decodedValue = value && decodePayload(value, record.value, { topic, isKey: false, headers })
    if (decodedKey instanceof Promise || decodedValue instanceof Promise) {
      return Promise.all([decodedKey, decodedValue]).then(both => this.#finish(record, ...both))
    }
    return this.#finish(record, decodedKey, decodedValue)
  }

  /** Whether nothing that was made of this record is a view of its bytes. */
  leavesNoView({ key, value, headers }: ConsumerRecord): boolean {
    const copies = { key: this.#options.key?.copies === true, value: this.#options.value?.copies === true }
    return headers.length === 0 && (key === null || copies.key) && (value === null || copies.value)
  }

  #finish(record: ConsumerRecord, key: Decoded<unknown> | undefined, value: Decoded<unknown> | undefined) {
    const failed = key?.ok === false ? key : value?.ok === false ? value : undefined
    if (failed !== undefined) return this.#onFailed(new RecordDeserializationError(record, failed.error))
    const decoded = {
      ...record,
      ...(key?.ok && { key: key.value }),
      ...(value?.ok && { value: value.value }),
    }
    return decoded as ConsumerRecord<K, V>
  }

  async #onFailed(error: RecordDeserializationError): Promise<undefined> {
    const { onError } = this.#options
    if (onError === undefined) throw error
    await onError(error)
  }
}
