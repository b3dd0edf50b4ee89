import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createProcessLogger, humanLine } from './process-logger.ts'

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

test('the level of the process is shown and changed under the name root', () => {
  const { levels } = createProcessLogger({ json: true })
  assert.deepEqual([...levels.list()], [['root', 'INFO']])
  assert.equal(levels.set('root', 'DEBUG'), true)
  assert.deepEqual([...levels.list()], [['root', 'DEBUG']])
  assert.equal(levels.set('kafka.server.KafkaApis', 'DEBUG'), false)
})
