/**
 * What a structure is at one version: the fields that are there, in wire order, and the tagged ones by tag. The interpreter
 * and the compiler both start from here.
 */
import { zeroUuid } from '../bytes/uuid.ts'
import type { Field, Fields, PrimitiveKind, StructType, WireType } from '../table/types.ts'
import { includesVersion } from '../table/version-range.ts'

/** A version of a message. */
export interface Shape {
  readonly version: number
  readonly flexible: boolean
}

export interface NamedField {
  readonly name: string
  readonly field: Field
}

export interface StructPlan {
  /** Fields written one after the other. */
  readonly plain: readonly NamedField[]
  /** Tagged fields by ascending tag. */
  readonly tagged: readonly NamedField[]
  /** Fields that this version lacks. */
  readonly absent: readonly NamedField[]
  /** Tags that the table knows at other versions only: Kafka refuses them here. */
  readonly strangeTags: readonly number[]
}

export function planStruct(struct: StructType, { version, flexible }: Shape): StructPlan {
  const plain: NamedField[] = []
  const tagged: NamedField[] = []
  const absent: NamedField[] = []
  for (const [name, field] of Object.entries(struct.fields)) {
    if (!includesVersion(field.versions, version)) absent.push({ name, field })
    else if (flexible && includesVersion(field.taggedVersions, version)) tagged.push({ name, field })
    else plain.push({ name, field })
  }
  tagged.sort((a, b) => a.field.tag! - b.field.tag!)
  const strangeTags = [...plain, ...absent].flatMap(({ field }) => (field.tag === undefined ? [] : [field.tag]))
  return { plain, tagged, absent, strangeTags }
}

/** The type without its nullability, and whether null is allowed at this version. */
export function unwrap(type: WireType, { version }: Shape) {
  if (type.kind !== 'nullable') return { type, nullable: false }
  return { type: type.of, nullable: includesVersion(type.versions, version) }
}

const fixedBytes: Record<Exclude<PrimitiveKind, 'string' | 'bytes' | 'records'>, number> = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  exactInt64: 8,
  float64: 8,
  uuid: 16,
}

/** Fewest bytes a value can take: what bounds the count of an array before anything is allocated for it. */
function bytesMin(wireType: WireType, shape: Shape): number {
  const { type, nullable } = unwrap(wireType, shape)
  switch (type.kind) {
    case 'string':
      return shape.flexible ? 1 : 2
    case 'bytes':
    case 'records':
    case 'array':
      return shape.flexible ? 1 : 4
    case 'struct': {
      if (nullable) return 1
      let sum = shape.flexible ? 1 : 0
      for (const { field } of planStruct(type, shape).plain) {
        sum += bytesMin(field.type, field.neverFlexible ? { ...shape, flexible: false } : shape)
      }
      return sum
    }
    default:
      return fixedBytes[type.kind]
  }
}

/** As `bytesMin` for an element of an array. Kafka never lets a count exceed the bytes that remain, even of empty elements. */
export function elementBytesMin(element: WireType, shape: Shape): number {
  return Math.max(1, bytesMin(element, shape))
}

/** A fresh default value of a field. */
export function defaultOf(field: Field): unknown {
  return field.default === undefined ? emptyOf(field.type) : field.default
}

function emptyOf(type: WireType): unknown {
  switch (type.kind) {
    case 'nullable':
      return emptyOf(type.of)
    case 'array':
      return []
    case 'struct':
      return defaultStruct(type.fields)
    case 'string':
      return ''
    case 'uuid':
      return zeroUuid
    case 'bool':
      return false
    case 'exactInt64':
      return 0n
    case 'bytes':
    case 'records':
      return new Uint8Array(0)
    default:
      return 0
  }
}

/** A structure with every field at its default. */
function defaultStruct(fields: Fields): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  for (const name in fields) value[name] = defaultOf(fields[name]!)
  return value
}

/** Whether a field's value is its default: such a tagged field is not written, and such a field may be absent. */
export function isDefault(field: Field, value: unknown): boolean {
  if (value === null || field.default === null) return value === field.default
  if (field.default !== undefined) return value === field.default
  const type = field.type.kind === 'nullable' ? field.type.of : field.type
  switch (type.kind) {
    case 'array':
      return (value as unknown[]).length === 0
    case 'bytes':
    case 'records':
      return (value as Uint8Array).length === 0
    case 'struct': {
      const struct = value as Record<string, unknown>
      if (struct.unknownTaggedFields !== undefined) return false
      return Object.entries(type.fields).every(([name, inner]) => isDefault(inner, struct[name]))
    }
    default:
      return value === emptyOf(type)
  }
}
