import type { ConfigRow, ConfigValue } from './types.ts'
import { formatConfigValue } from './value.ts'

/** What is wrong with a value of the row's type, as Kafka says it, or undefined. */
export function problemOf(key: string, row: ConfigRow, value: ConfigValue): string | undefined {
  const problem =
    row.type === 'list' ? listProblem(key, row, value as readonly string[]) : scalarProblem(key, row, value)
  // The row's type and its check's parameter are the same by construction; the union cannot say so.
  return problem ?? (row.check?.problem as Rule | undefined)?.(key, value)
}

/** The values a row allows, in Kafka's notation; empty: any of its type. */
export function rangeOf(row: ConfigRow): string {
  if (row.check !== undefined) return row.check.range
  if ('values' in row && row.values !== undefined) {
    return `${'ignoreCase' in row ? '(case insensitive) ' : ''}[${row.values.join(', ')}]`
  }
  if ('nonEmpty' in row) return row.type === 'list' ? 'non-empty list' : 'non-empty string'
  if (!('min' in row || 'max' in row)) return ''
  const { min, max } = row
  const bounds = [min === undefined ? [] : [bound(row, min)], ['...'], max === undefined ? [] : [bound(row, max)]]
  return `[${bounds.flat().join(',')}]`
}

/** The sentence of a value that a key refuses. */
export function invalidValue(key: string, text: string, reason: string): string {
  return `Invalid value ${text} for configuration ${key}: ${reason}`
}

type Rule = (key: string, value: ConfigValue) => string | undefined
type ListRow = Extract<ConfigRow, { type: 'list' }>

function scalarProblem(key: string, row: ConfigRow, value: ConfigValue): string | undefined {
  const reason = scalarReason(row, value)
  return reason === undefined ? undefined : invalidValue(key, formatConfigValue(row.type, value), reason)
}

function scalarReason(row: ConfigRow, value: ConfigValue): string | undefined {
  switch (row.type) {
    case 'int':
    case 'short':
    case 'long':
    case 'double': {
      const { min, max } = row
      if (min !== undefined && (value as number | bigint) < min) return `Value must be at least ${bound(row, min)}`
      if (max !== undefined && (value as number | bigint) > max) return `Value must be no more than ${bound(row, max)}`
      return undefined
    }
    case 'string': {
      if (row.nonEmpty && value === '') return 'String must be non-empty'
      if (row.values === undefined) return undefined
      const same = row.ignoreCase ? equalsIgnoringCase : Object.is
      if (row.values.some(allowed => same(allowed, value))) return undefined
      return `String must be one of${row.ignoreCase ? ' (case insensitive)' : ''}: ${row.values.join(', ')}`
    }
    default:
      return undefined
  }
}

function listProblem(key: string, row: ListRow, elements: readonly string[]): string | undefined {
  if (row.nonEmpty && elements.length === 0) {
    return `Configuration '${key}' must not be empty. Valid values include: ${row.values ? `[${row.values.join(', ')}]` : 'any non-empty value'}`
  }
  if (!row.distinct) return undefined
  if (elements.includes('')) return `Configuration '${key}' values must not be empty.`
  const stranger = row.values && elements.find(element => !row.values?.includes(element))
  if (stranger === undefined) return undefined
  return invalidValue(key, stranger, `String must be one of: ${row.values?.join(', ')}`)
}

/** A bound as Java prints it; bounds of a double are mostly given as whole numbers, and printed so. */
function bound(row: ConfigRow, value: number | bigint): string {
  return row.type === 'double' && !Number.isInteger(value) ? formatConfigValue('double', value) : String(value)
}

function equalsIgnoringCase(left: string, right: unknown): boolean {
  return typeof right === 'string' && left.toLowerCase() === right.toLowerCase()
}
