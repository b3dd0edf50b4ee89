import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DorsaleError, NetError } from '@dorsale/base'
import { AuthenticationError, TransactionError } from '@dorsale/client'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import * as errors from './errors.ts'
import { asKafkaJSError, protocolError } from './failures.ts'

test('a refusal has the names that kafkajs has for it, and the judgement whether it may pass', () => {
  const rows = [
    [errorCodes.UNKNOWN_SERVER_ERROR, 'UNKNOWN', false],
    [errorCodes.NOT_LEADER_OR_FOLLOWER, 'NOT_LEADER_FOR_PARTITION', true],
    [errorCodes.COORDINATOR_LOAD_IN_PROGRESS, 'GROUP_LOAD_IN_PROGRESS', true],
    [errorCodes.COORDINATOR_NOT_AVAILABLE, 'GROUP_COORDINATOR_NOT_AVAILABLE', true],
    [errorCodes.NOT_COORDINATOR, 'NOT_COORDINATOR_FOR_GROUP', true],
    [errorCodes.TOPIC_ALREADY_EXISTS, 'TOPIC_ALREADY_EXISTS', false],
    [errorCodes.UNKNOWN_TOPIC_OR_PARTITION, 'UNKNOWN_TOPIC_OR_PARTITION', true],
  ] as const
  for (const [code, type, retriable] of rows) {
    const error = protocolError(code)
    assert.deepEqual(
      [error.name, error.type, error.code, error.retriable],
      ['KafkaJSProtocolError', type, code, retriable],
    )
  }
  assert.equal(
    protocolError(errorCodes.INVALID_CONFIG, 'retention.ms must be a number').message,
    'retention.ms must be a number',
  )
})

test("errors of the client become kafkajs's, with the client's as their cause", () => {
  const refusal = new ProtocolError(errorCodes.MESSAGE_TOO_LARGE, 'orders-0: too large')
  const cases = [
    [refusal, 'KafkaJSProtocolError', 'orders-0: too large'],
    [
      new DorsaleError('DORSALE_TIMEOUT', 'took too long', { cause: refusal, retriable: true }),
      'KafkaJSProtocolError',
      'orders-0: too large',
    ],
    [
      new DorsaleError('DORSALE_TIMEOUT', 'took too long', { retriable: true }),
      'KafkaJSRequestTimeoutError',
      'took too long',
    ],
    [new NetError('ECONNREFUSED', 'cannot connect'), 'KafkaJSConnectionError', 'cannot connect'],
    [new AuthenticationError('PLAIN: no'), 'KafkaJSSASLAuthenticationError', 'SASL PLAIN authentication failed: no'],
    [
      new AuthenticationError('SCRAM-SHA-256: wrong proof'),
      'KafkaJSSASLAuthenticationError',
      'SASL SCRAM SHA256 authentication failed: wrong proof',
    ],
    [new AuthenticationError('no such mechanism'), 'KafkaJSSASLAuthenticationError', 'no such mechanism'],
    [
      new TransactionError('t', 'fatal', new ProtocolError(errorCodes.PRODUCER_FENCED)),
      'KafkaJSProtocolError',
      new ProtocolError(errorCodes.PRODUCER_FENCED).message,
    ],
    [new TypeError('of the application'), 'TypeError', 'of the application'],
  ] as const
  for (const [error, name, message] of cases) {
    const translated = asKafkaJSError(error)
    assert.deepEqual([translated.name, translated.message], [name, message])
  }
  assert.equal(asKafkaJSError(refusal).cause, refusal)
})

test('errors are told apart by class, name and whether they may pass', () => {
  const exceeded = new errors.KafkaJSNumberOfRetriesExceeded(protocolError(3), { retryCount: 5, retryTime: 100 })
  assert.ok(exceeded instanceof errors.KafkaJSNonRetriableError && exceeded instanceof errors.KafkaJSError)
  assert.equal(exceeded.retriable, false)
  assert.match(exceeded.stack, /^KafkaJSNonRetriableError|KafkaJSNumberOfRetriesExceeded\n {2}Caused by: /)
  assert.equal((exceeded.cause as errors.KafkaJSProtocolError).type, 'UNKNOWN_TOPIC_OR_PARTITION')
  const partitions = [{ partition: 0, offset: '5', error: protocolError(1) }]
  assert.equal(new errors.KafkaJSDeleteTopicRecordsError({ partitions }).retriable, false)
  assert.equal(new errors.KafkaJSTimeout('late').retriable, false)
  assert.equal(new errors.KafkaJSConnectionError('gone', { broker: 'a:1' }).retriable, true)
})
