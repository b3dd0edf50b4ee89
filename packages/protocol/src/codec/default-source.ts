/** Defaults as JavaScript, for generated code. */
import { assert } from '@dorsale/base'
import { zeroUuid } from '../bytes/uuid.ts'
import type { Field, WireType } from '../table/types.ts'

/** A fresh default value of a field, as an expression. */
export function defaultSource(field: Field): string {
  const value = field.default
  if (value === undefined) return emptySource(field.type)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number') return String(value)
  assert(value === null || typeof value === 'string' || typeof value === 'boolean', 'a default is null or a scalar')
  return JSON.stringify(value)
}

function emptySource(type: WireType): string {
  switch (type.kind) {
    case 'nullable':
      return emptySource(type.of)
    case 'array':
      return '[]'
    case 'struct': {
      const members = Object.entries(type.fields).map(
        ([name, field]) => `${JSON.stringify(name)}: ${defaultSource(field)}`,
      )
      return `{ ${members.join(', ')} }`
    }
    case 'string':
      return "''"
    case 'uuid':
      return JSON.stringify(zeroUuid)
    case 'bool':
      return 'false'
    case 'exactInt64':
      return '0n'
    case 'bytes':
    case 'records':
      return 'new Uint8Array(0)'
    default:
      return '0'
  }
}

/** Whether the expression `x` is the default of a field, as an expression. */
export function isDefaultSource(field: Field, x: string): string {
  if (field.default === null) return `${x} === null`
  const type = field.type.kind === 'nullable' ? field.type.of : field.type
  const test = field.default === undefined ? isEmptySource(type, x) : `${x} === ${defaultSource(field)}`
  return field.type.kind === 'nullable' ? `${x} !== null && ${test}` : test
}

function isEmptySource(type: WireType, x: string): string {
  switch (type.kind) {
    case 'array':
    case 'bytes':
    case 'records':
      return `${x}.length === 0`
    case 'struct': {
      const fields = Object.entries(type.fields)
      const tests = fields.map(([name, field]) => `(${isDefaultSource(field, `${x}[${JSON.stringify(name)}]`)})`)
      return [`${x}.unknownTaggedFields === undefined`, ...tests].join(' && ')
    }
    default:
      return `${x} === ${emptySource(type)}`
  }
}
