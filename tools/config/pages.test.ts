import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import type { AnyConfigTable } from '@dorsale/base'
import {
  brokerTable,
  clientMetricsTable,
  clientQuotaTable,
  groupTable,
  ipQuotaTable,
  topicTable,
} from '@dorsale/broker'
import { adminTable, consumerTable, producerTable } from '@dorsale/client'
import { stalePages } from './pages.ts'

test('the configuration reference is current: else run tools/config/pages.ts and commit what it wrote', () => {
  assert.deepEqual(stalePages(), [])
})

const tables: AnyConfigTable[] = [
  brokerTable,
  topicTable,
  groupTable,
  clientMetricsTable,
  clientQuotaTable,
  ipQuotaTable,
  producerTable,
  consumerTable,
  adminTable,
]

test('every honoured key names a test that exists', () => {
  for (const table of tables) {
    for (const key of table.keys) {
      const effect = table.row(key)?.effect
      if (effect === undefined || !('honoured' in effect)) continue
      assert.ok(existsSync(new URL(`../../${effect.honoured}`, import.meta.url)), `${key}: ${effect.honoured}`)
    }
  }
})
