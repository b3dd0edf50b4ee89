import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consoleLogger } from './console-logger.ts'

test('a console hears one line of what is grave enough, with its fields', () => {
  const lines: string[] = []
  const to = { warn: (line: string) => lines.push(line), error: (line: string) => lines.push(`! ${line}`) }
  const logger = consoleLogger(to).child({ clientId: 'shop' })
  logger.info('nothing to see')
  logger.warn('a broker cannot be reached', { port: 1, error: new Error('no\nway'), why: 'a "word"', id: 7n })
  logger.error('records were not delivered')
  consoleLogger(to, { level: 'debug' }).debug('all', { nothing: undefined })
  assert.deepEqual(lines, [
    'WARN a broker cannot be reached clientId=shop port=1 error="no\\nway" why="a \\"word\\"" id="7"',
    '! ERROR records were not delivered clientId=shop',
    'DEBUG all nothing=undefined',
  ])
})
