import { assertNever } from '../assert.ts'
import { Password } from './password.ts'
import type { ConfigType, ConfigValue } from './types.ts'

/**
 * Text to value and back, as Kafka's ConfigDef does it: each text is trimmed of everything up to U+0020, numbers are
 * Java's, a list is split at commas with the blanks around them.
 */

/** The value, or undefined with the reason in Kafka's words. */
export type ParsedValue = { readonly value: ConfigValue } | { readonly reason: string }

export function parseConfigValue(type: ConfigType, text: string): ParsedValue {
  const trimmed = trimAsJava(text)
  switch (type) {
    case 'boolean': {
      const lower = trimmed.toLowerCase()
      if (lower === 'true' || lower === 'false') return { value: lower === 'true' }
      return { reason: 'Expected value to be either true or false' }
    }
    case 'int':
    case 'short':
    case 'long': {
      const integer = parseJavaInteger(trimmed, integerBits[type])
      if (integer === undefined) return { reason: `Not a number of type ${type.toUpperCase()}` }
      return { value: type === 'long' ? integer : Number(integer) }
    }
    case 'double': {
      const value = parseJavaDouble(trimmed)
      return value === undefined ? { reason: 'Not a number of type DOUBLE' } : { value }
    }
    case 'list':
      return { value: splitConfigList(trimmed) }
    case 'password':
      return { value: new Password(trimmed) }
    case 'string':
    case 'class':
      return { value: trimmed }
    default:
      return assertNever(type)
  }
}

/** The text that DescribeConfigs shows: a password hides itself, a double reads as Java prints it. */
export function formatConfigValue(type: ConfigType, value: ConfigValue): string {
  if (type === 'double') return formatJavaDouble(value as number)
  if (type === 'list') return (value as readonly string[]).join(',')
  return String(value)
}

/** A list's elements; empty text has none, and an empty place between commas is an element. */
export function splitConfigList(text: string): string[] {
  const trimmed = trimAsJava(text)
  return trimmed === '' ? [] : trimmed.split(/[ \t\n\v\f\r]*,[ \t\n\v\f\r]*/)
}

/** The nearest number; beyond 2^53 an infinity, so that no limit is ever rounded into another. */
export function saturate(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) return Number.POSITIVE_INFINITY
  if (value < BigInt(Number.MIN_SAFE_INTEGER)) return Number.NEGATIVE_INFINITY
  return Number(value)
}

const integerBits = { short: 16, int: 32, long: 64 }

/** Java's `String.trim`: everything up to U+0020 goes from both ends, and nothing else. */
function trimAsJava(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) <= 0x20) start++
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--
  return text.slice(start, end)
}

/** Java's `parseInt` family: a sign, then decimal digits of any script of the basic plane. */
function parseJavaInteger(text: string, bits: number): bigint | undefined {
  if (!/^[+-]?\p{Nd}+$/u.test(text)) return undefined
  const digits = text.replace(/[^0-9+-]/gu, asciiDigit)
  if (!/^[+-]?[0-9]+$/.test(digits)) return undefined
  const value = digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits.replace('+', ''))
  return BigInt.asIntN(bits, value) === value ? value : undefined
}

/** In the basic plane every script's digits begin at a code point that ends in 0 or in 6. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0
  if (code > 0xffff) return digit
  const row = code & ~15
  const zero = /\p{Nd}/u.test(String.fromCharCode(row)) ? row : row + 6
  return String(code - zero)
}

/** Java's `Double.parseDouble`: an optional `d` or `f` at the end, `NaN`, `Infinity`, hexadecimal with a binary exponent. */
function parseJavaDouble(text: string): number | undefined {
  const decimal = /^([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[dDfF]?$/.exec(text)
  if (decimal) return Number(decimal[1])
  const word = /^([+-]?)(NaN|Infinity)$/.exec(text)
  if (word)
    return word[2] === 'NaN' ? Number.NaN : word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  const hexadecimal = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)[dDfF]?$/.exec(text)
  if (!hexadecimal) return undefined
  const [, sign, whole = '', fraction = '', exponent] = hexadecimal
  if (whole === '' && fraction === '') return undefined
  const magnitude = Number.parseInt(`0${whole}${fraction}`, 16) * 2 ** (Number(exponent) - 4 * fraction.length)
  return sign === '-' ? -magnitude : magnitude
}

/** Java's `Double.toString`: at least one digit after the point; `1.0E7` from ten million up and below a thousandth. */
function formatJavaDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const magnitude = Math.abs(value)
  if (magnitude >= 1e-3 && magnitude < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value)
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  // Java never prints fewer than two digits: the smallest double is 4.9E-324 there and 5e-324 here.
  if (magnitude === Number.MIN_VALUE) return `${value < 0 ? '-' : ''}4.9E-324`
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`
}
