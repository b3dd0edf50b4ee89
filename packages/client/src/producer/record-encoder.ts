import { encodePayload, type SerdeHeader, type Serializer } from '@dorsale/serde'
import { requirePayload } from './check-record.ts'
import { asBytes, type Payload, type ProducerRecord } from './record.ts'

/** Makes bytes of keys and values. Undefined serializers leave them as they are: bytes, or text. */
export class RecordEncoder<K, V> {
  readonly #key: Serializer<unknown> | undefined
  readonly #value: Serializer<unknown> | undefined

  constructor({ key, value }: { key: Serializer<unknown> | undefined; value: Serializer<unknown> | undefined }) {
    this.#key = key
    this.#value = value
  }

  /** A promise only when a serializer answers with one. Throws (or rejects with) a `SerializationError`. Headers that the serializers add are sent too. */
  encode(record: ProducerRecord<K, V>): ProducerRecord | Promise<ProducerRecord> {
    const { topic } = record
    const headers: SerdeHeader[] =
      record.headers?.map(header => ({ key: header.key, value: asBytes(header.value) })) ?? []
    const key = encode(this.#key, record.key, { topic, isKey: true, headers })
    if (key instanceof Promise) {
      return key.then(async first => {
        const value = await encode(this.#value, record.value, { topic, isKey: false, headers })
        return finish(record, { key: first, value, headers })
      })
    }
    const value = encode(this.#value, record.value, { topic, isKey: false, headers })
    if (value instanceof Promise) return value.then(late => finish(record, { key, value: late, headers }))
    return finish(record, { key, value, headers })
  }
}

interface Encoded {
  readonly key: Payload | null | undefined
  readonly value: Payload | null | undefined
  readonly headers: SerdeHeader[]
}

function encode(
  serializer: Serializer<unknown> | undefined,
  value: unknown,
  context: Parameters<Serializer<unknown>['serialize']>[1],
) {
  if (serializer === undefined) {
    requirePayload(value, context.topic, context)
    return value as ProducerRecord['key']
  }
  return encodePayload(serializer, value, context)
}

function finish<K, V>(record: ProducerRecord<K, V>, { key, value, headers }: Encoded): ProducerRecord {
  return { ...record, key: key ?? null, value: value ?? null, headers }
}
