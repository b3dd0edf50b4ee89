/** Records as text: values alone, keys and values, JSON, or everything for a person to read. */
import type { ConsumerRecord } from '@dorsale/client'

export const outputForms = ['lines', 'key-value', 'json', 'table'] as const
export type OutputForm = (typeof outputForms)[number]

/** Appends what a record looks like, with the end of its line. */
export type FormatRecord = (record: ConsumerRecord, parts: Uint8Array[]) => void

const newline = Buffer.from('\n')
const empty = new Uint8Array()

export function recordFormat(form: OutputForm, { keySeparator }: { keySeparator: string }): FormatRecord {
  switch (form) {
    case 'lines':
      return ({ value }, parts) => parts.push(value ?? empty, newline)
    case 'key-value': {
      const separator = Buffer.from(keySeparator)
      return ({ key, value }, parts) => parts.push(key ?? empty, separator, value ?? empty, newline)
    }
    case 'json':
      return (record, parts) => parts.push(Buffer.from(`${JSON.stringify(toJson(record))}\n`))
    case 'table':
      return (record, parts) => parts.push(Buffer.from(toText(record)))
  }
}

/** What `dorsale produce -f json` reads again: bytes that are no UTF-8 as base64, and said to be. */
function toJson({ topic, partition, offset, timestamp, key, value, headers }: ConsumerRecord) {
  return {
    topic,
    partition,
    offset,
    ...(timestamp < 0 ? {} : { timestamp }),
    ...payload('key', key),
    ...payload('value', value),
    ...(headers.length === 0
      ? {}
      : {
          headers: headers.map(header => {
            const text = decode(header.value)
            return { key: header.key, value: text.value, ...(text.isBase64 ? { encoding: 'base64' } : {}) }
          }),
        }),
  }
}

function payload(name: 'key' | 'value', bytes: Uint8Array | null) {
  const { value, isBase64 } = decode(bytes)
  return { [name]: value, ...(isBase64 ? { [`${name}Encoding`]: 'base64' } : {}) }
}

function decode(bytes: Uint8Array | null): { value: string | null; isBase64: boolean } {
  if (bytes === null) return { value: null, isBase64: false }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const text = buffer.toString('utf8')
  const isText = Buffer.byteLength(text) === buffer.length && Buffer.from(text).equals(buffer)
  return isText ? { value: text, isBase64: false } : { value: buffer.toString('base64'), isBase64: true }
}

/** One line: where, when, headers, key and value. */
function toText({ topic, partition, offset, timestamp, key, value, headers }: ConsumerRecord): string {
  const when = timestamp < 0 ? '-' : new Date(timestamp).toISOString()
  const shown = headers.map(header => ` ${header.key}=${decode(header.value).value ?? 'null'}`)
  return `${topic}-${partition}@${offset} ${when}${shown.join('')} ${decode(key).value ?? 'null'} ${decode(value).value ?? 'null'}\n`
}
