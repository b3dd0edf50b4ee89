import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { AnyConfigTable, ConfigRow } from '@dorsale/base'
import { groupSynonyms } from './group-synonyms.ts'
import {
  brokerAreas,
  brokerQuotaTable,
  brokerTable,
  clientMetricsTable,
  clientQuotaTable,
  groupTable,
  ipQuotaTable,
  topicTable,
} from './tables/index.ts'
import { topicSynonyms } from './topic-config.ts'

/** What Kafka 4.4.0's jars define; recaptured by tools/config/capture.ts. */
const kafka: Record<string, Record<string, KafkaRow>> & {
  topicSynonyms: Record<string, [name: string, two: string][]>
  groupSynonyms: Record<string, string | null>
} = JSON.parse(readFileSync(new URL('vectors/tables.json', import.meta.url), 'utf8'))

interface KafkaRow {
  readonly type: string
  /** Absent: required. */
  readonly default?: string | null
  readonly range: string
  readonly importance: string
  readonly update: string
  readonly internal?: true
  /** Of lists that say so. */
  readonly emptyAllowed?: boolean
}

const tables = {
  broker: brokerTable,
  topic: topicTable,
  group: groupTable,
  clientMetrics: clientMetricsTable,
  brokerQuota: brokerQuotaTable,
  clientQuota: clientQuotaTable,
  ipQuota: ipQuotaTable,
} as const

for (const [name, table] of Object.entries<AnyConfigTable>(tables)) {
  test(`the ${name} table holds Kafka's keys, no more and no fewer, with their facts`, () => {
    const ours = Object.fromEntries(table.keys.map(key => [key, factsOf(table, key)]))
    assert.deepEqual(ours, Object.fromEntries(Object.entries(kafka[name]!).map(([key, row]) => [key, comparable(row)])))
  })

  test(`each row of the ${name} table says what it is for and what it does here`, () => {
    for (const key of table.keys) {
      const { doc, effect } = table.row(key) as ConfigRow
      assert.match(doc, /^[A-Z`][^\n]{8,}[.!]$/, key)
      assert.ok(
        Object.values(effect).every(reason => reason.length > 0),
        key,
      )
    }
  })
}

function factsOf(table: AnyConfigTable, key: string): KafkaRow {
  const row = table.row(key) as ConfigRow
  return {
    type: row.type,
    ...(row.default === undefined ? {} : { default: table.defaultText(key) }),
    range: row.type === 'list' && row.check === undefined ? listRange(row.values) : table.range(key),
    importance: row.importance,
    update: row.update ?? 'read-only',
    ...(row.internal ? { internal: row.internal } : {}),
    ...(row.type === 'list' && row.distinct ? { emptyAllowed: row.nonEmpty !== true } : {}),
  }
}

function listRange(values: readonly string[] | undefined): string {
  return values === undefined ? '' : `[${values.join(', ')}]`
}

/** Kafka's NonNullValidator says nothing about text: a setting is never null. Its ValidList without values prints as `[]` or nothing. */
function comparable(row: KafkaRow): KafkaRow {
  return row.range === 'non-null string' || row.range === '[]' ? { ...row, range: '' } : row
}

test('the areas of the broker table share no key and leave none out', () => {
  const keys = Object.values(brokerAreas).flatMap(rows => Object.keys(rows))
  assert.deepEqual([...keys].sort(), [...brokerTable.keys].sort())
})

test("a topic's synonyms on the broker are Kafka's, in its order, with its units", () => {
  const ours = Object.entries(topicSynonyms).map(([key, synonyms]) => [
    key,
    synonyms.map(({ name, toTopicUnit }) => [name, toTopicUnit('2')]),
  ])
  assert.deepEqual(Object.fromEntries(ours), kafka.topicSynonyms)
})

test("a group's synonyms on the broker are Kafka's", () => {
  const ours = Object.fromEntries(groupTable.keys.map(key => [key, groupSynonyms[key] ?? null]))
  assert.deepEqual(ours, kafka.groupSynonyms)
})
