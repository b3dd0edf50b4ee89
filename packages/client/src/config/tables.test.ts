import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type AnyConfigTable, type ConfigRow, silentLogger } from '@dorsale/base'
import { adminTable } from './admin-config.ts'
import { consumerTable } from './consumer-config.ts'
import { durationMs } from './offset-reset.ts'
import { producerTable } from './producer-config.ts'
import { loadSettings } from './settings.ts'
import { shareConsumerTable } from './share-consumer-config.ts'

interface KafkaRow {
  readonly type: string
  readonly default?: string | null
  readonly range: string
  readonly importance: string
}

/** What Kafka 4.4.0's jars define; recaptured by tools/config/capture.ts. */
const kafka: Record<string, Record<string, KafkaRow>> = JSON.parse(
  readFileSync(new URL('vectors/clients.json', import.meta.url), 'utf8'),
)
const serdeKeys = new Set(['key.serializer', 'value.serializer', 'key.deserializer', 'value.deserializer'])
const tables = {
  producer: producerTable,
  consumer: consumerTable,
  'share consumer': shareConsumerTable,
  admin: adminTable,
} as const
/** Kafka has one table for both consumers. */
const theirTable = (name: string) => kafka[name.replace('share ', '')]!

for (const [name, table] of Object.entries<AnyConfigTable>(tables)) {
  test(`each key of the ${name} table is Kafka's, with its facts`, () => {
    for (const key of table.keys) {
      const row = table.row(key) as ConfigRow
      const theirs = theirTable(name)[key]
      assert.ok(theirs !== undefined, key)
      const ours = {
        type: row.type,
        // Kafka demands a serde; here there are bytes without one.
        default: row.default === undefined || serdeKeys.has(key) ? undefined : table.defaultText(key),
        range: row.type === 'list' ? '' : table.range(key),
        importance: row.importance,
      }
      const { type, default: byDefault, range, importance } = theirs
      // A list without values prints as `[]`.
      assert.deepEqual(ours, { type, default: byDefault, range: range === '[]' ? '' : range, importance }, key)
    }
  })

  test(`each row of the ${name} table says what it is for, and names a test that is there`, () => {
    for (const key of table.keys) {
      const { doc, effect } = table.row(key) as ConfigRow
      assert.match(doc, /^[A-Z`][^\n]{8,}[.!]$/, key)
      if ('honoured' in effect) assert.ok(existsSync(new URL(`../../../../${effect.honoured}`, import.meta.url)), key)
    }
  })
}

const servers = { 'bootstrap.servers': 'localhost:9092' }

test('every problem of the settings is said at once, with the key that was meant', () => {
  const settings = { ...servers, 'linger.msec': 5, acks: 'some', 'batch.size': -1 }
  assert.throws(
    () => loadSettings(producerTable, settings, silentLogger),
    (error: Error & { problems: { message: string }[] }) => {
      assert.equal(error.problems.length, 3)
      assert.match(error.message, /Unknown configuration 'linger.msec': did you mean 'linger.ms'\?/)
      return true
    },
  )
})

test('settings that contradict each other are refused', () => {
  for (const [settings, sentence] of [
    [{ acks: '1' }, /enable.idempotence needs acks=all/],
    [{ retries: 0 }, /enable.idempotence needs retries/],
    [{ 'max.in.flight.requests.per.connection': 6 }, /at most 5/],
    [{ 'delivery.timeout.ms': 20_000 }, /equal to or larger than linger.ms \+ request.timeout.ms/],
    [{ 'ssl.engine.factory.class': 'a.Class' }, /a class of Java, which cannot be loaded/],
  ] as const) {
    assert.throws(() => loadSettings(producerTable, { ...servers, ...settings }, silentLogger), sentence)
  }
  const plain = { ...servers, 'enable.idempotence': false, acks: 1, retries: 0, 'security.protocol': 'plaintext' }
  assert.equal(loadSettings(producerTable, plain, silentLogger).acks, '1')
})

test('a key without effect is named in the log when it is set', () => {
  const lines: string[] = []
  const logger = { ...silentLogger, warn: (line: string) => lines.push(line) }
  loadSettings(producerTable, { ...servers, 'compression.lz4.level': 9 }, logger)
  assert.deepEqual(lines, [])
  loadSettings(producerTable, { ...servers, 'compression.lz4.level': 12 }, logger)
  assert.equal(lines.length, 1)
})

test('durations are read as Java reads them', () => {
  for (const [text, ms] of [
    ['by_duration:PT1H30M', 5_400_000],
    ['by_duration:P2DT3.5S', 172_803_500],
    ['by_duration:P1D', 86_400_000],
    ['by_duration:P', undefined],
    ['by_duration:PT', undefined],
    ['by_duration:P1M', undefined],
    ['PT1H', undefined],
  ] as const) {
    assert.equal(durationMs(text), ms, text)
  }
})
