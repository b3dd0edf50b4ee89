/** How `kafka-console-producer` reads a record from a line, under Kafka's names of properties. */
import type { ProducerRecord } from '@dorsale/client'
import { usage } from './options.ts'

export type LineReader = (line: string, lineNumber: number) => ProducerRecord

/** Throws when the properties contradict each other; the reader throws for a line that does not fit. */
export function lineReader(topic: string, properties: Readonly<Record<string, string>>): LineReader {
  const isOn = (name: string) => properties[name]?.trim().toLowerCase() === 'true'
  const parsesKey = isOn('parse.key')
  const parsesHeaders = isOn('parse.headers')
  const ignoresErrors = isOn('ignore.error')
  const keySeparator = properties['key.separator'] ?? '\t'
  const headersDelimiter = properties['headers.delimiter'] ?? '\t'
  const headersSeparator = properties['headers.separator'] ?? ','
  const headersKeySeparator = properties['headers.key.separator'] ?? ':'
  const nullMarker = properties['null.marker']
  refuseEqual({ headersDelimiter, headersSeparator, headersKeySeparator, keySeparator, nullMarker })

  const take = (line: string, from: number, end: string, name: string, lineNumber: number): string | undefined => {
    const index = line.indexOf(end, from)
    if (index >= 0) return line.slice(from, index)
    if (ignoresErrors) return undefined
    throw usage(`No ${name} found on line number ${lineNumber}: '${line}'`)
  }
  const orNull = (text: string | undefined) => (text === undefined || text === nullMarker ? null : text)
  const readHeaders = (text: string, lineNumber: number) =>
    splitAsJava(text, headersSeparator).map(pair => {
      const index = pair.indexOf(headersKeySeparator)
      if (index < 0 && ignoresErrors) return { key: pair, value: null }
      if (index < 0) throw usage(`No header key separator found in pair '${pair}' on line number ${lineNumber}`)
      const key = pair.slice(0, index)
      if (key === nullMarker)
        throw usage(`Header keys should not be equal to the null marker '${nullMarker}' as they can't be null`)
      return { key, value: orNull(pair.slice(index + headersKeySeparator.length)) }
    })

  return (line, lineNumber) => {
    const headers = parsesHeaders ? take(line, 0, headersDelimiter, 'headers delimiter', lineNumber) : undefined
    const keyStart = headers === undefined ? 0 : headers.length + headersDelimiter.length
    const key = parsesKey ? take(line, keyStart, keySeparator, 'key separator', lineNumber) : undefined
    const valueStart = keyStart + (key === undefined ? 0 : key.length + keySeparator.length)
    return {
      topic,
      key: orNull(key),
      value: orNull(line.slice(valueStart)),
      ...(headers === undefined || headers === nullMarker ? {} : { headers: readHeaders(headers, lineNumber) }),
    }
  }
}

/** Java's `split`: the separator is a pattern, and empty ends are dropped, but for a text that is empty as a whole. */
function splitAsJava(text: string, separator: string): string[] {
  const parts = text.split(new RegExp(separator))
  while (parts.length > 1 && parts.at(-1) === '') parts.pop()
  return parts
}

function refuseEqual(given: {
  headersDelimiter: string
  headersSeparator: string
  headersKeySeparator: string
  keySeparator: string
  nullMarker: string | undefined
}): void {
  const pairs: [string, string | undefined, string, string | undefined][] = [
    ['headers.delimiter', given.headersDelimiter, 'headers.separator', given.headersSeparator],
    ['headers.delimiter', given.headersDelimiter, 'headers.key.separator', given.headersKeySeparator],
    ['headers.separator', given.headersSeparator, 'headers.key.separator', given.headersKeySeparator],
    ['null.marker', given.nullMarker, 'key.separator', given.keySeparator],
    ['null.marker', given.nullMarker, 'headers.separator', given.headersSeparator],
    ['null.marker', given.nullMarker, 'headers.delimiter', given.headersDelimiter],
    ['null.marker', given.nullMarker, 'headers.key.separator', given.headersKeySeparator],
  ]
  for (const [name, value, otherName, other] of pairs)
    if (value === other && value !== undefined) throw usage(`${name} and ${otherName} may not be equal`)
}
