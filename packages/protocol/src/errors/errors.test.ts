import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { DorsaleError } from '@dorsale/base'
import { errorCodes, errorOf, kafkaErrors, ProtocolError } from './errors.ts'

/** Kafka's own table; `interop/golden` captures it. */
const captured: { code: number; name: string; retriable: boolean; refresh: boolean }[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../vectors/errors.json'), 'utf8'),
)

test('the table has the codes and names of Kafka, and calls retriable what Kafka does', () => {
  assert.deepEqual(
    kafkaErrors.map(({ code, name, retriable }) => ({ code, name, retriable })).sort((a, b) => a.code - b.code),
    captured.map(({ code, name, retriable }) => ({ code, name, retriable })).sort((a, b) => a.code - b.code),
  )
})

test('what Kafka answers with a metadata refresh we answer with one too', () => {
  for (const { code, refresh } of captured) {
    if (refresh) assert.equal(errorOf(code).action, 'refresh', errorOf(code).name)
  }
  // Only here do we ask for more than Kafka's class says: a new controller has to be found before the retry makes sense.
  const more = kafkaErrors.filter(
    ({ code, action }) => action === 'refresh' && !captured.find(row => row.code === code)?.refresh,
  )
  assert.deepEqual(
    more.map(({ name }) => name),
    ['NOT_CONTROLLER'],
  )
})

test('codes by name, errors by code', () => {
  assert.equal(errorCodes.REBALANCE_IN_PROGRESS, 27)
  assert.equal(errorOf(27).action, 'rejoin')
  assert.equal(errorOf(12345).name, 'UNKNOWN_SERVER_ERROR')
  assert.equal(Object.keys(errorCodes).length, kafkaErrors.length)
})

test('a protocol error carries its row', () => {
  const error = new ProtocolError(errorCodes.NOT_CONTROLLER)
  assert.ok(error instanceof DorsaleError)
  assert.equal(error.code, 'DORSALE_PROTOCOL')
  assert.equal(error.errorName, 'NOT_CONTROLLER')
  assert.equal(error.retriable, true)
  assert.equal(error.message, 'Another node is the controller.')
  assert.equal(new ProtocolError(errorCodes.INVALID_CONFIG, 'No such key.').message, 'No such key.')
})
