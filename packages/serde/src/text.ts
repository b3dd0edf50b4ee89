/** Strings, UUIDs and JSON: bytes that a person could read. */
import type { SyncSerde } from './serde.ts'

/** StringSerializer, in UTF-8. Bytes that are not UTF-8 are read as U+FFFD, as Kafka reads them; `strictStringSerde` refuses them. */
export const stringSerde: SyncSerde<string> = {
  copies: true,
  serialize: value => Buffer.from(requireString(value)),
  deserialize: bytes => bufferOf(bytes).toString('utf8'),
}

/** As `stringSerde`, but what is not UTF-8 is an error. */
export const strictStringSerde: SyncSerde<string> = {
  copies: true,
  serialize: stringSerde.serialize,
  deserialize: bytes => decodeStrictly(bytes),
}

/** Characters of a UUID's text, which is all of its form. */
const uuidLength = 36
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** UUIDSerializer: the text of the UUID. Reads lower case, whatever was written. */
export const uuidSerde: SyncSerde<string> & { readonly sizeInBytes: number } = {
  sizeInBytes: uuidLength,
  copies: true,
  serialize: value => Buffer.from(requireUuid(value)),
  deserialize: bytes => requireUuid(bufferOf(bytes).toString('latin1')),
}

/**
 * JSON in UTF-8, without a schema, as Kafka's JsonSerializer writes it. `undefined`, functions and cycles are refused. The JSON text `null` is a value
 * and not a tombstone: in a `Decoded` both are null, and only the record's own value tells them apart.
 */
export function jsonSerde<T = unknown>(): SyncSerde<T> {
  return {
    copies: true,
    serialize(value) {
      const text = JSON.stringify(value)
      if (text === undefined) throw new TypeError(`a ${typeof value} has no JSON form`)
      return Buffer.from(text)
    },
    deserialize: bytes => JSON.parse(decodeStrictly(bytes)) as T,
  }
}

function requireString(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`a string is expected, not a ${typeof value}`)
  return value
}

function requireUuid(value: string): string {
  if (!uuidPattern.test(value)) throw new TypeError(`${JSON.stringify(value.slice(0, uuidLength))} is no UUID`)
  return value.toLowerCase()
}

function decodeStrictly(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
