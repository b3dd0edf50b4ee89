/**
 * Values of any message, made from its table: what the golden vectors, the fuzz tests and the judge are fed with.
 *
 * Fields that a version lacks stay at their defaults, so that every sample can be written at its version.
 */
import { type Prng, randomBelow } from '@dorsale/base'
import { defaultOf, Shape, unwrap } from '../codec/plan.ts'
import type { MessageOf, MessageTable } from '../table/message.ts'
import type { PrimitiveKind, StructType, WireType } from '../table/types.ts'

/** Where a sample takes its leaves from. */
export interface Leaves {
  /** Whether a nullable value is null. */
  isNull(): boolean
  /** Elements of an array at this depth of nesting. */
  count(depth: number): number
  /** A value of a primitive type. */
  primitive(kind: PrimitiveKind): unknown
  /** What stands in a field of this name instead of the value that was sampled. Default: the value. */
  field?(name: string, sampled: unknown): unknown
}

/** A value of a message. */
export function sampleMessage<T extends MessageTable>(table: T, version: number, leaves: Leaves): MessageOf<T> {
  return sampleStruct(table.body, Shape.of(table, version), leaves, 0) as MessageOf<T>
}

function sampleStruct(struct: StructType, shape: Shape, leaves: Leaves, depth: number): Record<string, unknown> {
  const absent = new Set(shape.plan(struct).absent.map(({ name }) => name))
  const value: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(struct.fields)) {
    if (absent.has(name)) value[name] = defaultOf(field)
    else {
      const sampled = sampleValue(field.type, shape, leaves, depth)
      value[name] = leaves.field === undefined ? sampled : leaves.field(name, sampled)
    }
  }
  return value
}

function sampleValue(wireType: WireType, shape: Shape, leaves: Leaves, depth: number): unknown {
  const { type, nullable } = unwrap(wireType, shape)
  if (nullable && leaves.isNull()) return null
  if (type.kind === 'struct') return sampleStruct(type, shape, leaves, depth)
  if (type.kind !== 'array') return leaves.primitive(type.kind)
  return Array.from({ length: leaves.count(depth) }, () => sampleValue(type.element, shape, leaves, depth + 1))
}

type Table = Record<PrimitiveKind, unknown>

/** Every number at its smallest, everything else empty or null. */
export const leastLeaves: Leaves = {
  isNull: () => true,
  count: () => 0,
  primitive: kind => least[kind],
}

const least: Table = {
  bool: false,
  int8: -0x80,
  int16: -0x8000,
  uint16: 0,
  int32: -0x80000000,
  uint32: 0,
  int64: Number.NEGATIVE_INFINITY,
  exactInt64: -(2n ** 63n),
  float64: -Number.MAX_VALUE,
  uuid: 'AAAAAAAAAAAAAAAAAAAAAA',
  string: '',
  bytes: new Uint8Array(0),
  records: new Uint8Array(0),
}

/** Every number at its largest, nothing null, text beyond ASCII. */
export const greatestLeaves: Leaves = {
  isNull: () => false,
  count: depth => (depth === 0 ? 2 : 1),
  primitive: kind => greatest[kind],
}

const greatest: Table = {
  bool: true,
  int8: 0x7f,
  int16: 0x7fff,
  uint16: 0xffff,
  int32: 0x7fffffff,
  uint32: 0xffffffff,
  int64: Number.POSITIVE_INFINITY,
  exactInt64: 2n ** 63n - 1n,
  float64: Number.MAX_VALUE,
  uuid: '_____________________w',
  string: 'né€𐍈',
  bytes: Uint8Array.of(255, 254),
  records: Uint8Array.of(255, 254),
}

/** Random leaves: small arrays, short texts, and numbers that favour the edges of their ranges. */
export function randomLeaves(prng: Prng): Leaves {
  const below = (limit: number) => randomBelow(prng, limit)
  const integer = (bits: number, signed: boolean) => {
    const value = edge(bits, below(6)) ?? prng.uint32() % 2 ** bits
    return signed && value >= 2 ** (bits - 1) ? value - 2 ** bits : value
  }
  const edge = (bits: number, pick: number) => [0, 1, 2 ** bits - 1, 2 ** (bits - 1), 2 ** (bits - 1) - 1][pick]
  const exact = () => BigInt.asIntN(64, (BigInt(prng.uint32()) << 32n) | BigInt(prng.uint32())) >> BigInt(below(64))
  const text = () => Array.from({ length: below(8) }, () => alphabet[below(alphabet.length)]).join('')
  return {
    isNull: () => below(3) === 0,
    count: depth => below(depth === 0 ? 5 : 3),
    primitive(kind) {
      switch (kind) {
        case 'bool':
          return below(2) === 1
        case 'int8':
          return integer(8, true)
        case 'int16':
          return integer(16, true)
        case 'uint16':
          return integer(16, false)
        case 'int32':
          return integer(32, true)
        case 'uint32':
          return integer(32, false)
        case 'int64': {
          const value = Number(exact())
          if (Number.isSafeInteger(value)) return value
          return value > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
        }
        case 'exactInt64':
          return exact()
        case 'float64':
          return prng.uint32() / (1 + below(1000)) - 2 ** 30
        case 'uuid':
          return Buffer.from(prng.bytes(16)).toString('base64url')
        case 'string':
          return below(20) === 0 ? text().repeat(60) : text()
        case 'bytes':
        case 'records':
          return prng.bytes(below(12))
      }
    },
  }
}

const alphabet = [...'abcdefghijXYZ0189-._ ', 'é', '€', '𐍈']

/** An unknown tag that no table uses, to be written into a message's tagged fields. */
export function unknownTag(prng: Prng) {
  return { tag: 1000 + (prng.uint32() % 1_000_000), data: prng.bytes(prng.uint32() % 8) }
}
