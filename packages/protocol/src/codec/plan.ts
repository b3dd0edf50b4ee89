/**
 * What a structure is at one version: the fields that are there, in wire order, and the tagged ones by tag. The interpreter
 * and the compiler both start from here.
 */
import { zeroUuid } from '../bytes/uuid.ts'
import type { MessageTable } from '../table/message.ts'
import type { Field, Fields, PrimitiveKind, StructType, WireType } from '../table/types.ts'
import { includesVersion } from '../table/version-range.ts'

/** A version of a message, and what its structures are at it. Plans are made once: the interpreter asks per value. */
export class Shape {
  readonly version: number
  readonly flexible: boolean
  readonly #plans = new Map<StructType, StructPlan>()

  constructor(version: number, flexible: boolean) {
    this.version = version
    this.flexible = flexible
  }

  /** The shape of a message at a version. */
  static of(table: MessageTable, version: number): Shape {
    return new Shape(version, includesVersion(table.flexibleVersions, version))
  }

  /** The shape that a field is written in: classic for one that is never flexible. */
  ofField(field: Field): Shape {
    return field.neverFlexible && this.flexible ? new Shape(this.version, false) : this
  }

  plan(struct: StructType): StructPlan {
    const known = this.#plans.get(struct)
    if (known !== undefined) return known
    const plan = planStruct(struct, this)
    this.#plans.set(struct, plan)
    return plan
  }
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
  /** Fewest bytes the structure can take. */
  readonly bytesMin: number
}

function planStruct(struct: StructType, shape: Shape): StructPlan {
  const { version, flexible } = shape
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
  const bytesMin = plain.reduce(
    (sum, { field }) => sum + fewestBytes(field.type, shape.ofField(field)),
    flexible ? 1 : 0,
  )
  return { plain, tagged, absent, strangeTags, bytesMin }
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

/** Fewest bytes a value can take. */
function fewestBytes(wireType: WireType, shape: Shape): number {
  const { type, nullable } = unwrap(wireType, shape)
  switch (type.kind) {
    case 'string':
      return shape.flexible ? 1 : 2
    case 'bytes':
    case 'records':
    case 'array':
      return shape.flexible ? 1 : 4
    case 'struct':
      return nullable ? 1 : shape.plan(type).bytesMin
    default:
      return fixedBytes[type.kind]
  }
}

/**
 * Fewest bytes an element of an array can take: what bounds a count before anything is allocated for it. Kafka never lets a count exceed
 * the bytes that remain, even of empty elements.
 */
export function elementBytesMin(element: WireType, shape: Shape): number {
  return Math.max(1, fewestBytes(element, shape))
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
