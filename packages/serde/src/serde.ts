/**
 * Values to bytes and back: Kafka's `Serializer`, `Deserializer` and `Serde`, as an interface on which schema-registry serdes stand too.
 *
 * A serde never meets null. A null key or value is a record without one (a tombstone, as a value), so `encodePayload` and `decodePayload` pass it by,
 * and a serde cannot make one out of a failure: what cannot be read is an error that keeps the bytes (R-04-221, R-04-222).
 */
import { DeserializationError, SerializationError } from './errors.ts'

/** Where a payload stands. */
export interface SerdeContext {
  readonly topic: string
  readonly isKey: boolean
  /** Of the record. A serializer may add some (a schema id, say), a deserializer reads them. */
  readonly headers: SerdeHeader[]
}

/** A header of a record, as serdes see and add them. */
export interface SerdeHeader {
  readonly key: string
  readonly value: Uint8Array | null
}

/** Values to bytes. Throws what the caller of `send` is to hear; a promise is for serializers that must ask somebody first. */
export interface Serializer<T> {
  serialize(value: T, context: SerdeContext): Uint8Array | Promise<Uint8Array>
}

/** Bytes to values. Throws when the bytes are none of its values. What it answers may be a view of the bytes only where it says so. */
export interface Deserializer<T> {
  /**
   * Says that its values are no views of the bytes, and that it keeps none: a consumer then uses the memory of what it has fetched again, without being told (`RecordChunk.release`). All serdes of this package say so but for
   * bytes. Default: it may.
   */
  readonly copies?: boolean
  deserialize(bytes: Uint8Array, context: SerdeContext): T | Promise<T>
}

/** Both directions. `In` may be wider than `Out`: what is written as a number may be read as a bigint. */
export interface Serde<Out, In = Out> extends Serializer<In>, Deserializer<Out> {}

/** A serde that answers at once: all of this package. */
export interface SyncSerde<Out, In = Out> extends Serde<Out, In> {
  serialize(value: In, context: SerdeContext): Uint8Array
  deserialize(bytes: Uint8Array, context: SerdeContext): Out
}

/** What became of a payload: its value (null: there was none), or an error that keeps its bytes. The two cannot be taken for each other. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T | null }
  | { readonly ok: false; readonly error: DeserializationError }

/** Null for null and undefined, else what the serializer makes of the value. Throws (or rejects with) a `SerializationError`. */
export function encodePayload<T>(
  serializer: Serializer<T>,
  value: T | null | undefined,
  context: SerdeContext,
): Uint8Array | null | Promise<Uint8Array> {
  if (value === null || value === undefined) return null
  try {
    const bytes = serializer.serialize(value, context)
    if (!(bytes instanceof Promise)) return bytes
    return bytes.catch(cause => {
      throw new SerializationError(context, cause)
    })
  } catch (cause) {
    throw new SerializationError(context, cause)
  }
}

/** The value, or the error with the bytes; never throws, never rejects. A promise only when the deserializer answers with one. */
export function decodePayload<T>(
  deserializer: Deserializer<T>,
  bytes: Uint8Array | null,
  context: SerdeContext,
): Decoded<T> | Promise<Decoded<T>> {
  if (bytes === null) return { ok: true, value: null }
  const failed = (cause: unknown): Decoded<T> => ({ ok: false, error: new DeserializationError(context, bytes, cause) })
  try {
    const value = deserializer.deserialize(bytes, context)
    if (value instanceof Promise) return value.then(late => ({ ok: true, value: late }), failed)
    return { ok: true, value }
  } catch (cause) {
    return failed(cause)
  }
}
