/**
 * What an application hands in where no compiler looks: JavaScript, `any`, values that were parsed. It is looked at where it comes in, so that the caller hears of it in words,
 * and nothing behind that has to doubt it.
 */
import { DorsaleError } from '@dorsale/base'

/** A call was made with something that it cannot mean. `code` is `DORSALE_INVALID_ARGUMENT`; nothing was done. */
export function invalidArgument(text: string): DorsaleError {
  return new DorsaleError('DORSALE_INVALID_ARGUMENT', text)
}

/** A value as an error names it: `the number 42`, `the text 'a'`, `an array`, `an instance of Date`, `nothing`. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  switch (typeof value) {
    case 'string':
      return `the text '${value.length > shownMax ? `${value.slice(0, shownMax)}...` : value}'`
    case 'number':
    case 'bigint':
    case 'boolean':
      return `the ${typeof value} ${value}`
    case 'object': {
      if (Array.isArray(value)) return 'an array'
      const name = value.constructor?.name ?? 'Object'
      return name === 'Object' ? 'an object' : `an instance of ${name}`
    }
    default:
      return `a ${typeof value}`
  }
}

const shownMax = 40

/** Bytes, from whatever realm they come: a test runner may have globals of its own. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as Uint8Array).BYTES_PER_ELEMENT === 1
}

/** `what` begins the sentence, as `the topic of a record`. */
export function requireTopic(topic: unknown, what: string): void {
  if (typeof topic === 'string' && topic !== '') return
  throw invalidArgument(`${what} must be text, and is ${topic === '' ? 'empty' : describe(topic)}`)
}

export function requirePartition(partition: unknown, what: string): void {
  if (Number.isInteger(partition) && (partition as number) >= 0 && (partition as number) <= int32Max) return
  throw invalidArgument(`${what} must be a whole number from 0, and is ${describe(partition)}`)
}

const int32Max = 0x7fffffff

/** Also for timestamps: both are 64-bit numbers, and never negative where an application says them. */
export function requireOffset(offset: unknown, what: string): void {
  if (Number.isSafeInteger(offset) && (offset as number) >= 0) return
  const advice = offset instanceof Date ? ': its getTime() is one' : ''
  throw invalidArgument(`${what} must be a whole number from 0, and is ${describe(offset)}${advice}`)
}

/** Topic partitions. `call` is what they were handed to, as `pause`. */
export function requirePlaces(places: unknown, call: string): void {
  if (!Array.isArray(places))
    throw invalidArgument(`${call} takes an array of { topic, partition }, and was given ${describe(places)}`)
  for (const place of places) requirePlace(place, call)
}

export function requirePlace(place: unknown, call: string): void {
  if (typeof place !== 'object' || place === null)
    throw invalidArgument(`${call} takes { topic, partition }, and was given ${describe(place)}`)
  const { topic, partition } = place as { topic?: unknown; partition?: unknown }
  requireTopic(topic, `the topic of ${call}`)
  requirePartition(partition, `the partition of ${call}`)
}

/** Offsets to commit. Those of partitions without an offset would be committed as no offset at all. */
export function requireOffsets(offsets: unknown, call: string): void {
  requirePlaces(offsets, call)
  for (const { offset } of offsets as { offset: unknown }[]) requireOffset(offset, `the offset of ${call}`)
}

/** Many records, at once or over time. */
export function requireIterable(records: unknown, call: string): void {
  const { [Symbol.iterator]: now, [Symbol.asyncIterator]: later } = Object(records) as Record<symbol, unknown>
  if (typeof records !== 'string' && (typeof now === 'function' || typeof later === 'function')) return
  throw invalidArgument(
    `${call} takes an array of records, or what else can be iterated, and was given ${describe(records)}`,
  )
}

/** What `poll` is called with. Infinity waits for ever. */
export function requireTimeout(options: unknown, call: string): number {
  const { timeoutMs } = (options ?? {}) as { timeoutMs?: unknown }
  if (typeof timeoutMs === 'number' && timeoutMs >= 0) return timeoutMs
  const given = timeoutMs === undefined ? options : timeoutMs
  throw invalidArgument(`${call} takes { timeoutMs }, milliseconds from 0, and was given ${describe(given)}`)
}

/** What a client is made of. `call` is the function that makes it. */
export function requireOptions(options: unknown, call: string): void {
  const { world, settings } = (options ?? {}) as { world?: { clock?: unknown }; settings?: unknown }
  const missing = typeof world?.clock !== 'object' ? 'world' : typeof settings !== 'object' ? 'settings' : undefined
  if (missing === undefined) return
  const example = "{ world: nodeWorld(), settings: { 'bootstrap.servers': 'localhost:9092' } }"
  throw invalidArgument(
    `${call} takes ${example}, nodeWorld being of @dorsale/client/node, and was given no ${missing}`,
  )
}
