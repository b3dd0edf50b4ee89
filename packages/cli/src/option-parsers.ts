/** What several commands' options are read with. */
import { InvalidArgumentError } from 'commander'

export function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('Ports are whole numbers from 0 to 65535.')
  return port
}

/** `key=value`, and those that were given before. */
export function parseKeyValue(text: string, earlier: ReadonlyMap<string, string> = new Map()): Map<string, string> {
  const equals = text.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('Write it as key=value.')
  return new Map([...earlier, [text.slice(0, equals).trim(), text.slice(equals + 1).trim()]])
}

/** A whole number from 1. */
export function parseCount(text: string): number {
  const count = Number(text)
  if (!/^\d+$/.test(text) || count < 1 || !Number.isSafeInteger(count))
    throw new InvalidArgumentError('It must be a whole number from 1.')
  return count
}

/** A whole number from 0. */
export function parseIndex(text: string): number {
  const index = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(index))
    throw new InvalidArgumentError('It must be a whole number from 0.')
  return index
}

/** `http:` or `https:`. */
export function parseHttpUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new InvalidArgumentError('Write it as http://host:port/path.')
  return text
}
