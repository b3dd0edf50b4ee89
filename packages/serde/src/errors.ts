import { DorsaleError } from '@dorsale/base'

/** Where the payload of an error stands. */
interface Place {
  readonly topic: string
  readonly isKey: boolean
}

/** A value could not be made bytes: Kafka's SerializationException, never tried again (R-03-118). `code` is `DORSALE_SERIALIZATION`. */
export class SerializationError extends DorsaleError {
  override readonly name = 'SerializationError'
  readonly topic: string
  readonly isKey: boolean

  constructor({ topic, isKey }: Place, cause: unknown) {
    super('DORSALE_SERIALIZATION', `the ${nameOf(isKey)} for topic ${topic} cannot be written: ${reasonOf(cause)}`, {
      cause,
    })
    this.topic = topic
    this.isKey = isKey
  }
}

/** Bytes are no value of their deserializer. They are kept, for a dead-letter topic or a second look. `code` is `DORSALE_DESERIALIZATION`. */
export class DeserializationError extends DorsaleError {
  override readonly name = 'DeserializationError'
  readonly topic: string
  readonly isKey: boolean
  /** As they stood in the record: a view of what was fetched. */
  readonly bytes: Uint8Array

  constructor({ topic, isKey }: Place, bytes: Uint8Array, cause: unknown) {
    const what = `the ${nameOf(isKey)} of ${bytes.length} bytes in topic ${topic}`
    super('DORSALE_DESERIALIZATION', `${what} cannot be read: ${reasonOf(cause)}`, { cause })
    this.topic = topic
    this.isKey = isKey
    this.bytes = bytes
  }
}

function nameOf(isKey: boolean): string {
  return isKey ? 'key' : 'value'
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
