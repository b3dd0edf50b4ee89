import assert from 'node:assert/strict'
import { test } from 'node:test'
import { humanLine } from './process-logger.ts'

test('a line for people says when, how grave, what, and with which details', () => {
  const time = '2026-11-23T07:05:01.123Z'
  const cases: [fields: Record<string, unknown>, line: string][] = [
    [{ level: 'info', time, message: 'Listening.' }, `${time} INFO  Listening.`],
    [
      { level: 'warn', time, message: 'Slow disk.', ms: 12, path: '/a b' },
      `${time} WARN  Slow disk. ms=12 path="/a b"`,
    ],
    [
      { level: 'error', time, message: 'No.', error: { stack: 'Error: x\n    at y' } },
      `${time} ERROR No. error=Error: x\n    at y`,
    ],
  ]
  for (const [fields, line] of cases) assert.equal(humanLine(JSON.stringify(fields)), `${line}\n`)
})
