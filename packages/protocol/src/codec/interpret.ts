/**
 * Reads and writes messages by walking their tables: the fallback where code generation is forbidden, the oracle that the
 * compiled codecs are tested against, and what finds the field where a compiled decoder stopped.
 */
import type { ByteReader, UnknownTaggedField } from '../bytes/byte-reader.ts'
import type { ByteWriter } from '../bytes/byte-writer.ts'
import { DecodeError } from '../bytes/decode-error.ts'
import type { MessageTable } from '../table/message.ts'
import type { StructType, WireType } from '../table/types.ts'
import type { Codec } from './codec.ts'
import { EncodeError } from './encode-error.ts'
import { defaultOf, elementBytesMin, isDefault, Shape, unwrap } from './plan.ts'
import { inTagOrder, writeUnknownTags } from './unknown-tags.ts'

type Struct = Record<string, unknown> & { unknownTaggedFields?: UnknownTaggedField[] }

/** Names and indexes from the message down to where the walk stands. */
type Path = (string | number)[]

/** A codec that interprets the table. A failing decode names the field in its DecodeError. */
export function interpret(table: MessageTable, version: number): Codec {
  const shape = Shape.of(table, version)
  return {
    decode(reader) {
      const path: Path = []
      try {
        return decodeStruct(reader, table.body, shape, path)
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error
        throw new DecodeError(error.reason, {
          message: table.name,
          version,
          path: formatPath(path),
          offset: error.offset,
        })
      }
    },
    encode(writer, value) {
      const context = { shape, messageName: table.name }
      encodeStruct(writer, table.body, value as Struct, context)
    },
  }
}

function formatPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? step : `${text}.${step}`
  }, '')
}

function decodeStruct(reader: ByteReader, struct: StructType, shape: Shape, path: Path): Struct {
  const plan = shape.plan(struct)
  // All keys first, in table order: every version yields the same.
  const value: Struct = {}
  for (const name in struct.fields) value[name] = undefined
  for (const { name, field } of plan.absent) value[name] = defaultOf(field)
  for (const { name, field } of plan.tagged) value[name] = defaultOf(field)
  for (const { name, field } of plan.plain) {
    path.push(name)
    value[name] = decodeValue(reader, field.type, shape.ofField(field), path)
    path.pop()
  }
  if (!shape.flexible) return value
  let unknown: UnknownTaggedField[] | undefined
  for (let left = reader.uvarint(); left > 0; left--) {
    const tag = reader.uvarint()
    const size = reader.uvarint()
    const known = plan.tagged.find(({ field }) => field.tag === tag)
    if (known === undefined) {
      if (plan.strangeTags.includes(tag)) reader.fail(`tag ${tag} does not exist at this version`)
      unknown ??= []
      unknown.push(reader.unknownTaggedField(tag, size))
      continue
    }
    path.push(known.name)
    const end = reader.sizedEnd(size)
    value[known.name] = decodeTagged(reader, known.field.type, shape, path)
    reader.expectOffset(end)
    path.pop()
  }
  if (unknown !== undefined) value.unknownTaggedFields = inTagOrder(unknown)
  return value
}

/** The value of a tagged field. The mark of a nullable structure is a varint there, 0 for null, and a byte elsewhere. */
function decodeTagged(reader: ByteReader, wireType: WireType, shape: Shape, path: Path): unknown {
  const { type, nullable } = unwrap(wireType, shape)
  if (type.kind !== 'struct' || !nullable) return decodeValue(reader, wireType, shape, path)
  return reader.uvarint() === 0 ? null : decodeStruct(reader, type, shape, path)
}

function decodeValue(reader: ByteReader, wireType: WireType, shape: Shape, path: Path): unknown {
  const { type, nullable } = unwrap(wireType, shape)
  const { flexible } = shape
  switch (type.kind) {
    case 'string':
      if (flexible) return nullable ? reader.compactNullableString() : reader.compactString()
      return nullable ? reader.nullableString() : reader.string()
    case 'bytes':
    case 'records':
      if (flexible) return nullable ? reader.compactNullableBytes() : reader.compactBytes()
      return nullable ? reader.nullableBytes() : reader.bytes()
    case 'struct':
      if (nullable && reader.int8() < 0) return null
      return decodeStruct(reader, type, shape, path)
    case 'array': {
      const least = elementBytesMin(type.element, shape)
      const count = flexible
        ? nullable
          ? reader.compactNullableCount(least)
          : reader.compactCount(least)
        : nullable
          ? reader.nullableCount(least)
          : reader.count(least)
      if (count < 0) return null
      if (type.element.kind === 'struct') reader.structures(count)
      const values: unknown[] = []
      for (let index = 0; index < count; index++) {
        path.push(index)
        values.push(decodeValue(reader, type.element, shape, path))
        path.pop()
      }
      return values
    }
    default:
      return reader[type.kind]()
  }
}

interface EncodeContext {
  readonly shape: Shape
  readonly messageName: string
}

function encodeStruct(writer: ByteWriter, struct: StructType, value: Struct, context: EncodeContext): void {
  const { shape, messageName } = context
  const plan = shape.plan(struct)
  for (const { name, field } of plan.absent) {
    if (!field.ignorable && !isDefault(field, value[name]))
      refuseAbsent(messageName, shape.version, `${struct.name}.${name}`)
  }
  for (const { name, field } of plan.plain) {
    const fieldContext = field.neverFlexible ? { messageName, shape: shape.ofField(field) } : context
    encodeValue(writer, field.type, value[name], `${struct.name}.${name}`, fieldContext)
  }
  if (!shape.flexible) return
  const present = plan.tagged.filter(({ name, field }) => !isDefault(field, value[name]))
  const unknown = value.unknownTaggedFields ?? []
  writer.uvarint(present.length + unknown.length)
  let next = 0
  for (const { name, field } of present) {
    next = writeUnknownTags(writer, unknown, next, field.tag!)
    writer.uvarint(field.tag!)
    const start = writer.beginSized()
    encodeTagged(writer, field.type, value[name], `${struct.name}.${name}`, context)
    writer.endSized(start)
  }
  writeUnknownTags(writer, unknown, next, Number.POSITIVE_INFINITY)
}

/** The counterpart of `decodeTagged`. */
function encodeTagged(
  writer: ByteWriter,
  wireType: WireType,
  value: unknown,
  path: string,
  context: EncodeContext,
): void {
  const { type, nullable } = unwrap(wireType, context.shape)
  if (type.kind === 'struct' && nullable) {
    writer.uvarint(value === null ? 0 : 1)
    if (value !== null) encodeStruct(writer, type, value as Struct, context)
  } else encodeValue(writer, wireType, value, path, context)
}

function encodeValue(
  writer: ByteWriter,
  wireType: WireType,
  value: unknown,
  path: string,
  context: EncodeContext,
): void {
  const { shape, messageName } = context
  const { type, nullable } = unwrap(wireType, shape)
  const { flexible } = shape
  if (value === null && !nullable) refuseNull(messageName, shape.version, path)
  switch (type.kind) {
    case 'string':
      if (flexible) writer.compactNullableString(value as string | null)
      else writer.nullableString(value as string | null)
      return
    case 'bytes':
      if (flexible) writer.compactNullableBytes(value as Uint8Array | null)
      else writer.nullableBytes(value as Uint8Array | null)
      return
    case 'records':
      if (flexible) writer.compactNullableRecords(value as Uint8Array | null)
      else writer.nullableRecords(value as Uint8Array | null)
      return
    case 'struct':
      if (nullable) writer.int8(value === null ? -1 : 1)
      if (value !== null) encodeStruct(writer, type, value as Struct, context)
      return
    case 'array': {
      const values = value as unknown[] | null
      const count = values === null ? -1 : values.length
      if (flexible) writer.compactCount(count)
      else writer.count(count)
      for (const element of values ?? []) encodeValue(writer, type.element, element, path, context)
      return
    }
    default:
      // The kind picks the method whose argument is the type of the kind's values.
      ;(writer[type.kind] as (value: unknown) => void).call(writer, value)
  }
}

/** Ends an encode: the value differs from the default, and the version has no place for it. */
export function refuseAbsent(messageName: string, version: number, path: string): never {
  throw new EncodeError('a value at a version that lacks the field', { messageName, version, path })
}

/** Ends an encode: null where the version allows none. */
export function refuseNull(messageName: string, version: number, path: string): never {
  throw new EncodeError('null where the version does not allow it', { messageName, version, path })
}
