import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAssignmentDue } from './target-assignment.ts'

const cases: [name: string, timestampMs: number, intervalMs: number, now: number, expected: boolean][] = [
  ['before the interval is over', 5000, 1000, 5999, false],
  ['when it is over', 5000, 1000, 6000, true],
  ['there was none', 0, 1000, 500, true],
  ['no interval', 5000, 0, 5000, true],
  // A group whose broker's clock went back by hours gave nothing to anybody for hours.
  ['the last one lies ahead: the clock has been set back', 5000, 1000, 4999, true],
]

for (const [name, timestampMs, intervalMs, now, expected] of cases) {
  test(`whether the next assignment is due: ${name}`, () => {
    assert.equal(isAssignmentDue(timestampMs, intervalMs, now), expected)
  })
}
