/** Records from text: a line a record, as values alone, with keys, or as JSON. */
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { DorsaleError } from '@dorsale/base'
import type { Payload, ProducerRecord } from '@dorsale/client'

export const inputForms = ['lines', 'key-value', 'json'] as const
export type InputForm = (typeof inputForms)[number]

export interface InputOptions {
  readonly topic: string
  readonly form: InputForm
  /** Between key and value in `key-value`. */
  readonly keySeparator: string
  /** For every record that says nothing else. */
  readonly key?: string
  readonly partition?: number
  readonly headers: readonly { readonly key: string; readonly value: Payload | null }[]
  readonly timestamp?: number
}

/** The records of a stream, one a line. Throws a `DorsaleError` that names the line that is none. `onBytes` is told how much was read. */
export async function* readRecords(
  input: Readable,
  options: InputOptions,
  onBytes: (count: number) => void,
): AsyncGenerator<ProducerRecord> {
  let number = 0
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++
    onBytes(Buffer.byteLength(line) + 1)
    if (line === '' && options.form !== 'lines') continue
    yield recordOf(line, number, options)
  }
}

function recordOf(line: string, number: number, options: InputOptions): ProducerRecord {
  const { topic, headers, key, partition, timestamp } = options
  const common = {
    topic,
    ...(headers.length === 0 ? {} : { headers }),
    ...(partition === undefined ? {} : { partition }),
    ...(timestamp === undefined ? {} : { timestamp }),
  }
  switch (options.form) {
    case 'lines':
      return { ...common, value: line, ...(key === undefined ? {} : { key }) }
    case 'key-value': {
      const index = line.indexOf(options.keySeparator)
      if (index < 0) throw wrong(number, `there is no ${JSON.stringify(options.keySeparator)} after a key`)
      return { ...common, key: line.slice(0, index), value: line.slice(index + options.keySeparator.length) }
    }
    case 'json':
      return { ...common, ...(key === undefined ? {} : { key }), ...fromJson(line, number) }
  }
}

const members = [
  'topic',
  'partition',
  'offset',
  'timestamp',
  'timestampType',
  'leaderEpoch',
  'key',
  'value',
  'headers',
  'keyEncoding',
  'valueEncoding',
]

/** As `dorsale consume -f json` writes them, so that what was read can be written; `offset` and the like are passed over. */
function fromJson(line: string, number: number): Omit<ProducerRecord, 'topic'> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw wrong(number, (error as Error).message)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(number, 'it is no JSON object')
  const record = value as Record<string, unknown>
  const unknown = Object.keys(record).find(name => !members.includes(name))
  if (unknown !== undefined) throw wrong(number, `a record has no "${unknown}"; it has ${members.join(', ')}`)
  const { partition, timestamp, key, headers } = record
  if (partition !== undefined && !Number.isSafeInteger(partition)) throw wrong(number, '"partition" is no whole number')
  if (timestamp !== undefined && !Number.isSafeInteger(timestamp))
    throw wrong(number, '"timestamp" is no number of milliseconds')
  return {
    ...(partition === undefined ? {} : { partition: partition as number }),
    ...(timestamp === undefined ? {} : { timestamp: timestamp as number }),
    ...(key === undefined ? {} : { key: payload(key, record.keyEncoding, 'key', number) }),
    value: payload(record.value ?? null, record.valueEncoding, 'value', number),
    ...(headers === undefined ? {} : { headers: headersOf(headers, number) }),
  }
}

/** Text as it is, or base64; anything else is JSON again. */
function payload(value: unknown, encoding: unknown, name: string, number: number): Payload | null {
  if (value === null) return null
  if (encoding !== undefined && encoding !== 'base64' && encoding !== 'text')
    throw wrong(number, `"${name}Encoding" is text or base64`)
  if (typeof value !== 'string') return JSON.stringify(value)
  return encoding === 'base64' ? Buffer.from(value, 'base64') : value
}

/** `{ "name": "value" }`, or `[{ "key": "name", "value": "value" }]` where a name comes twice. */
function headersOf(value: unknown, number: number): { key: string; value: Payload | null }[] {
  const entries = Array.isArray(value)
    ? value.map(each => [each?.key, each?.value, each?.encoding] as const)
    : Object.entries((value ?? {}) as object).map(([key, text]) => [key, text, undefined] as const)
  return entries.map(([key, text, encoding]) => {
    if (typeof key !== 'string') throw wrong(number, 'a header has no "key"')
    return { key, value: payload(text ?? null, encoding, 'value', number) }
  })
}

function wrong(number: number, why: string): DorsaleError {
  return new DorsaleError('DORSALE_INPUT', `line ${number} is no record: ${why}`)
}
