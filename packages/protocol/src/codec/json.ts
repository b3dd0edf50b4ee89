/**
 * Messages as text: the JSON that Kafka's own converters read and write, which its tools print. Fields that the version lacks
 * are left out, tagged fields only when they differ from their default; bytes are base64, UUIDs Kafka's base64url, 64-bit integers
 * numbers with all their digits.
 */
import { assert } from '@dorsale/base'
import type { MessageOf, MessageTable } from '../table/message.ts'
import type { Field, StructType, WireType } from '../table/types.ts'
import { includesVersion } from '../table/version-range.ts'
import { defaultOf, isDefault, Shape, unwrap } from './plan.ts'

const longMax = 2n ** 63n - 1n
const longMin = -(2n ** 63n)

export interface FormatOptions {
  /** Spaces per level; 0, the default, writes one line. */
  indent?: number
  /**
   * Record batches as base64 (`bytes`, the default), or as their size, under a name of its own (`recordsSizeInBytes`), as in
   * Kafka's request log. Sizes cannot be parsed back.
   */
  records?: 'bytes' | 'size'
}

/** A message as JSON text. */
export function formatMessage<T extends MessageTable>(
  table: T,
  version: number,
  value: MessageOf<T>,
  options: FormatOptions = {},
): string {
  return new Printer(shapeOf(table, version), options).struct(table.body, value, '')
}

function shapeOf(table: MessageTable, version: number): Shape {
  assert(includesVersion(table.validVersions, version), `${table.name} has no version ${version}`)
  return Shape.of(table, version)
}

class Printer {
  readonly #shape: Shape
  readonly #indent: string
  readonly #records: 'bytes' | 'size'

  constructor(shape: Shape, { indent = 0, records = 'bytes' }: FormatOptions) {
    this.#shape = shape
    this.#indent = ' '.repeat(indent)
    this.#records = records
  }

  struct(struct: StructType, value: Record<string, unknown>, margin: string): string {
    const plan = this.#shape.plan(struct)
    const tagged = plan.tagged.filter(({ name, field }) => !isDefault(field, value[name]))
    const shown = new Map([...plan.plain, ...tagged].map(({ name, field }) => [name, field]))
    const members: string[] = []
    const inner = margin + this.#indent
    for (const name in struct.fields) {
      const field = shown.get(name)
      if (field === undefined) continue
      const isSize = this.#records === 'size' && isRecords(field.type) && value[name] !== null
      const key = isSize ? `${name}SizeInBytes` : name
      const text = isSize ? String((value[name] as Uint8Array).length) : this.#value(field.type, value[name], inner)
      members.push(`${JSON.stringify(key)}:${this.#space}${text}`)
    }
    return this.#block('{', members, '}', margin)
  }

  get #space(): string {
    return this.#indent === '' ? '' : ' '
  }

  #block(open: string, parts: string[], close: string, margin: string): string {
    if (this.#indent === '' || parts.length === 0) return open + parts.join(',') + close
    const inner = `\n${margin}${this.#indent}`
    return `${open}${inner}${parts.join(`,${inner}`)}\n${margin}${close}`
  }

  #value(wireType: WireType, value: unknown, margin: string): string {
    if (value === null) return 'null'
    const { type } = unwrap(wireType, this.#shape)
    switch (type.kind) {
      case 'struct':
        return this.struct(type, value as Record<string, unknown>, margin)
      case 'array': {
        const inner = margin + this.#indent
        const elements = (value as unknown[]).map(element => this.#value(type.element, element, inner))
        return this.#block('[', elements, ']', margin)
      }
      case 'bytes':
      case 'records': {
        const bytes = value as Uint8Array
        return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}"`
      }
      case 'int64':
        if (value === Number.POSITIVE_INFINITY) return String(longMax)
        if (value === Number.NEGATIVE_INFINITY) return String(longMin)
        return String(value)
      case 'exactInt64':
        return String(value)
      case 'float64':
        return formatFloat(value as number)
      default:
        return JSON.stringify(value)
    }
  }
}

function isRecords(type: WireType): boolean {
  return (type.kind === 'nullable' ? type.of : type).kind === 'records'
}

/** Kafka's reader insists on a point or an exponent. JSON has no word for what is not finite: a string stands for it. */
function formatFloat(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value)
  if (!Number.isFinite(value)) return `"${text}"`
  return /[.e]/.test(text) ? text : `${text}.0`
}

/** Reads what `formatMessage`, or Kafka, wrote. Every field of the version that is not tagged must be there. */
export function parseMessage<T extends MessageTable>(table: T, version: number, text: string): MessageOf<T> {
  const json: unknown = JSON.parse(text, keepDigits)
  return parseStruct(table.body, json, shapeOf(table, version), table.name) as MessageOf<T>
}

/** For `JSON.parse`: an integer that a number would round becomes a bigint. */
export function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  return /^-?\d+$/.test(context?.source ?? '') ? BigInt(context!.source!) : value
}

function parseStruct(struct: StructType, json: unknown, shape: Shape, path: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null) refuse(path, 'an object', json)
  const given = json as Record<string, unknown>
  const plan = shape.plan(struct)
  const tagged = new Set(plan.tagged.map(({ name }) => name))
  const absent = new Set(plan.absent.map(({ name }) => name))
  const value: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(struct.fields)) {
    const here = `${path}.${name}`
    if (given[name] !== undefined) value[name] = parseValue(field, field.type, given[name], shape, here)
    else if (tagged.has(name) || absent.has(name)) value[name] = defaultOf(field)
    else refuse(here, 'a value', undefined)
  }
  for (const name in given) if (!(name in value)) refuse(`${path}.${name}`, 'no such field', given[name])
  return value
}

function parseValue(field: Field, wireType: WireType, json: unknown, shape: Shape, path: string): unknown {
  if (json === null) {
    if (field.type.kind !== 'nullable') refuse(path, 'a value', json)
    return null
  }
  const { type } = unwrap(wireType, shape)
  switch (type.kind) {
    case 'struct':
      return parseStruct(type, json, shape, path)
    case 'array':
      if (!Array.isArray(json)) refuse(path, 'an array', json)
      return (json as unknown[]).map((element, index) =>
        parseValue(field, type.element, element, shape, `${path}[${index}]`),
      )
    case 'bytes':
    case 'records':
      if (typeof json !== 'string') refuse(path, 'base64', json)
      return new Uint8Array(Buffer.from(json as string, 'base64'))
    case 'string':
    case 'uuid':
      if (typeof json !== 'string') refuse(path, 'a string', json)
      return json
    case 'bool':
      if (typeof json !== 'boolean') refuse(path, 'true or false', json)
      return json
    case 'exactInt64':
      if (typeof json !== 'number' && typeof json !== 'bigint') refuse(path, 'an integer', json)
      return BigInt(json as number | bigint)
    case 'int64':
      if (typeof json === 'bigint') return json > 0n ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
      if (!Number.isSafeInteger(json)) refuse(path, 'an integer', json)
      return json
    case 'float64':
      if (typeof json !== 'number' && typeof json !== 'string' && typeof json !== 'bigint')
        refuse(path, 'a number', json)
      return Number(json)
    default:
      if (!Number.isSafeInteger(json)) refuse(path, 'an integer', json)
      return json
  }
}

function refuse(path: string, wanted: string, json: unknown): never {
  throw new TypeError(
    `${path}: expected ${wanted}, got ${typeof json === 'bigint' ? String(json) : JSON.stringify(json)}`,
  )
}
