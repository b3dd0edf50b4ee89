import assert from 'node:assert/strict'
import { test } from 'node:test'
import { repeatedIn, sortOut } from './sort-out.ts'

test('both halves keep their order', () => {
  assert.deepEqual(
    sortOut([3, 1, 4, 1, 5], number => number > 2),
    { allowed: [3, 4, 5], refused: [1, 1] },
  )
})

test('what stands more than once is named once', () => {
  assert.deepEqual([...repeatedIn(['a', 'b', 'a', 'c', 'a', 'c'])], ['a', 'c'])
})
