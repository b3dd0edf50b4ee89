/**
 * Every message at every version against the bytes and the JSON that Kafka's own classes make of it (`interop/golden` captures them).
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ByteReader } from '../bytes/byte-reader.ts'
import { ByteWriter } from '../bytes/byte-writer.ts'
import { DecodeError } from '../bytes/decode-error.ts'
import { allMessages } from '../messages/all.ts'
import { decodeMessage, encodeMessageBytes } from './codecs.ts'
import { compile } from './compile.ts'
import { interpret } from './interpret.ts'
import { formatMessage, keepDigits, parseMessage } from './json.ts'

interface Vector {
  version: number
  case: 'default' | 'random' | 'least' | 'greatest'
  hex: string
  /** What Kafka prints for the bytes. */
  json: unknown
}

const directory = join(import.meta.dirname, '../../vectors/messages')

/** Vectors by the name of their message; `text` is the JSON as Kafka printed it, with all digits. */
function readVectors(): Map<string, (Vector & { text: string })[]> {
  const files = new Map<string, (Vector & { text: string })[]>()
  for (const file of readdirSync(directory)) {
    const lines = readFileSync(join(directory, file), 'utf8').split('\n').slice(1, -2)
    const vectors = lines.map(line => {
      const row = line.replace(/,$/, '')
      return { ...(JSON.parse(row) as Vector), text: row.slice(row.indexOf('"json":') + 7, -1) }
    })
    files.set(file.replace(/\.json$/, ''), vectors)
  }
  return files
}

const vectors = readVectors()
const vectorsOf = (name: string) => vectors.get(name) ?? []

test('there are vectors of every message at every version', () => {
  for (const table of allMessages) {
    const { min, max } = table.validVersions
    const versions = new Set(vectorsOf(table.name).map(({ version }) => version))
    for (let version = min; version <= max; version++) assert.ok(versions.has(version), `${table.name} v${version}`)
  }
})

test("Kafka's bytes decode to Kafka's JSON and encode to the same bytes, compiled and interpreted alike", () => {
  for (const table of allMessages) {
    for (const { version, case: name, hex, text } of vectorsOf(table.name)) {
      const label = `${table.name} v${version} ${name}`
      const bytes = Buffer.from(hex, 'hex')
      const value = decodeMessage(table, version, bytes)
      const printed = formatMessage(table, version, value, { records: 'size' })
      assert.deepEqual(JSON.parse(printed, keepDigits), JSON.parse(text, keepDigits), label)
      assert.deepEqual(parseMessage(table, version, formatMessage(table, version, value, { indent: 2 })), value, label)
      assert.equal(Buffer.from(encodeMessageBytes(table, version, value)).toString('hex'), hex, label)

      const oracle = interpret(table, version)
      const interpreted = oracle.decode(new ByteReader(bytes))
      assert.deepEqual(interpreted, value, label)
      assert.deepEqual(Object.keys(interpreted as object), Object.keys(value), label)
      const writer = new ByteWriter(1)
      oracle.encode(writer, value)
      assert.equal(Buffer.from(writer.finishBytes()).toString('hex'), hex, label)
    }
  }
})

test('a vector cut anywhere is refused, and what stopped it is named', () => {
  for (const table of allMessages) {
    for (const { version, hex } of vectorsOf(table.name)) {
      const bytes = Buffer.from(hex, 'hex')
      const step = Math.max(1, Math.floor(bytes.length / 10))
      for (let cut = 0; cut < bytes.length; cut += step) {
        assert.throws(
          () => decodeMessage(table, version, bytes.subarray(0, cut)),
          (error: unknown) =>
            error instanceof DecodeError &&
            error.messageName === table.name &&
            error.version === version &&
            error.path !== undefined &&
            error.offset !== undefined &&
            error.offset <= cut,
          `${table.name} v${version} cut at ${cut}`,
        )
      }
    }
  }
})

test('a byte too many is refused, unless trailing bytes are to be ignored', () => {
  for (const table of allMessages) {
    for (const { version, hex } of vectorsOf(table.name).filter(vector => vector.case === 'greatest')) {
      const bytes = Buffer.from(`${hex}00`, 'hex')
      assert.throws(() => decodeMessage(table, version, bytes), /1 bytes after the end of the message/)
      decodeMessage(table, version, bytes, { trailing: 'ignore' })
    }
  }
})

test('every version of a message yields the same keys in the same order', () => {
  for (const table of allMessages) {
    const keys = new Set(
      vectorsOf(table.name).map(({ version, hex }) => {
        const value = compile(table, version).decode(new ByteReader(Buffer.from(hex, 'hex')))
        return Object.keys(value as object).join()
      }),
    )
    assert.ok(keys.size <= 1, table.name)
  }
})
