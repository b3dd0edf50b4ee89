/** The public face of the codecs: values in, bytes out, and back. */
import { assert } from '@dorsale/base'
import { ByteReader } from '../bytes/byte-reader.ts'
import { ByteWriter } from '../bytes/byte-writer.ts'
import { DecodeError } from '../bytes/decode-error.ts'
import type { MessageOf, MessageTable } from '../table/message.ts'
import type { StructType, TaggedFieldsHolder } from '../table/types.ts'
import { includesVersion } from '../table/version-range.ts'
import type { Codec } from './codec.ts'
import { compile } from './compile.ts'
import { compileCompleter, complete } from './complete.ts'
import { interpret } from './interpret.ts'

/** The codec of a message at a valid version; made on first use. Another version is a bug of the caller: check it first. */
export function codecOf(table: MessageTable, version: number): Codec {
  const codec = table.memo.codecs[version]
  if (codec !== undefined) return codec
  assert(includesVersion(table.validVersions, version), `${table.name} has no version ${version}`)
  const made = withoutCode(
    () => compile(table, version),
    () => interpret(table, version),
  )
  table.memo.codecs[version] = made
  return made
}

/** Whether a message exists at a version. */
export function supportsVersion(table: MessageTable, version: number): boolean {
  return includesVersion(table.validVersions, version)
}

/**
 * Decodes a message that fills `bytes` exactly. Byte fields are views of `bytes`. Throws a `DecodeError`; bytes after the end of
 * the message are an error unless `trailing` is `ignore`: Kafka's broker ignores what follows a request.
 */
export function decodeMessage<T extends MessageTable>(
  table: T,
  version: number,
  bytes: Uint8Array,
  options: { trailing?: 'refuse' | 'ignore' } = {},
): MessageOf<T> {
  const reader = new ByteReader(bytes)
  const value = readMessage(table, version, reader)
  if (reader.remaining > 0 && options.trailing !== 'ignore') {
    throw new DecodeError(`${reader.remaining} bytes after the end of the message`, {
      message: table.name,
      version,
      offset: reader.offset,
    })
  }
  return value
}

/** Decodes a message and leaves the reader after it: for a header that is followed by a body. */
export function readMessage<T extends MessageTable>(table: T, version: number, reader: ByteReader): MessageOf<T> {
  return codecOf(table, version).decode(reader) as MessageOf<T>
}

/**
 * Encodes a message as chunks to be written one after the other. Large record sets are passed through, not copied, so the value's
 * records must not change afterwards. Throws an `EncodeError` if the version has no place for a value that is not the default.
 */
export function encodeMessage<T extends MessageTable>(table: T, version: number, value: MessageOf<T>): Uint8Array[] {
  const writer = new ByteWriter()
  writeMessage(table, version, value, writer)
  return writer.finish()
}

/**
 * Encodes a message into one array. It is a view of a larger buffer that it shares with others: copy what is to be kept for long.
 */
export function encodeMessageBytes<T extends MessageTable>(table: T, version: number, value: MessageOf<T>): Uint8Array {
  const writer = new ByteWriter()
  writeMessage(table, version, value, writer)
  return writer.finishBytes()
}

/** Encodes a message after what the writer already holds: a size, a header. */
export function writeMessage<T extends MessageTable>(
  table: T,
  version: number,
  value: MessageOf<T>,
  writer: ByteWriter,
): void {
  codecOf(table, version).encode(writer, value)
}

/** What `createMessage` takes: any part of a message, down to the fields of its structures. */
export type PartialMessage<T extends MessageTable> = Partially<MessageOf<T>>

type Partially<V> = V extends Uint8Array
  ? V
  : V extends (infer E)[]
    ? Partially<E>[]
    : V extends object
      ? { [K in keyof V]?: K extends keyof TaggedFieldsHolder ? V[K] : Partially<V[K]> }
      : V

/**
 * A whole message from a part of one: what is missing, at any depth, takes its default. Bytes and arrays of plain values are taken
 * over as they are. A field that the table does not have is dropped; the types refuse it.
 */
export function createMessage<T extends MessageTable>(
  table: T,
  partial: PartialMessage<T> = {} as PartialMessage<T>,
): MessageOf<T> {
  table.memo.complete ??= makeCompleter(table.body)
  return table.memo.complete(partial) as MessageOf<T>
}

/** Compiled where the process allows code from strings, else interpreted. */
function makeCompleter(body: StructType): (part: object) => unknown {
  return withoutCode(
    () => compileCompleter(body),
    () => part => complete(body, part as Record<string, unknown>),
  )
}

/** What `compiled` makes, or, where the process forbids code from strings, what `interpreted` makes. */
function withoutCode<T>(compiled: () => T, interpreted: () => T): T {
  try {
    return compiled()
  } catch (error) {
    if (error instanceof EvalError) return interpreted()
    throw error
  }
}
