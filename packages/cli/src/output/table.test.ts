import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatRows, formatTable } from './table.ts'

test('columns are as wide as their widest cell, numbers stand to the right', () => {
  const rows = [
    { topic: 'orders', partitions: 12, leader: null },
    { topic: 'a', partitions: 3, leader: '1' },
  ]
  assert.equal(formatTable(rows), 'TOPIC   PARTITIONS  LEADER\norders          12  -\na                3  1\n')
  assert.equal(formatTable([]), '')
  assert.equal(formatRows([{ a: 1, b: null }], 'json'), '[\n  {\n    "a": 1,\n    "b": null\n  }\n]\n')
  assert.equal(formatRows([], 'json'), '[]\n')
})
