import assert from 'node:assert/strict'
import { test } from 'node:test'
import { progressLine } from './progress.ts'

test('progress says how much, how fast, and how long it will take', () => {
  const done = { what: 'read', records: 1_234_567, bytes: 120_000_000, elapsedMs: 4000 }
  assert.equal(
    progressLine({ ...done, bytesTotal: undefined }),
    '1.2 M records read, 120.0 MB, 30.0 MB/s, 309 k records/s',
  )
  assert.equal(
    progressLine({ ...done, bytesTotal: 360_000_000 }),
    '1.2 M records read, 120.0 MB, 30.0 MB/s, 309 k records/s, 33 %, 0:08 to go',
  )
  assert.equal(
    progressLine({ what: 'read', records: 5, bytes: 0, elapsedMs: 0, bytesTotal: 10 }),
    '5 records read, 0 B, 0 B/s, 0 records/s',
  )
})
