import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientQuotaRecord } from '../messages/client-quota-record.ts'
import { fetchResponse } from '../messages/fetch-response.ts'
import { heartbeatRequest } from '../messages/heartbeat-request.ts'
import { initProducerIdResponse } from '../messages/init-producer-id-response.ts'
import { createMessage } from './codecs.ts'
import { formatMessage, parseMessage } from './json.ts'

test('a version shows the fields that it has, tagged ones when they differ from their default', () => {
  const value = createMessage(heartbeatRequest, { groupId: 'g', generationId: 1, memberId: 'm' })
  assert.equal(formatMessage(heartbeatRequest, 0, value), '{"groupId":"g","generationId":1,"memberId":"m"}')
  assert.equal(
    formatMessage(heartbeatRequest, 4, value, { indent: 2 }),
    '{\n  "groupId": "g",\n  "generationId": 1,\n  "memberId": "m",\n  "groupInstanceId": null\n}',
  )
  const fetch = createMessage(fetchResponse, { nodeEndpoints: [{ nodeId: 1, host: 'h', port: 9092 }] })
  assert.match(
    formatMessage(fetchResponse, 16, fetch),
    /"nodeEndpoints":\[\{"nodeId":1,"host":"h","port":9092,"rack":null\}\]/,
  )
  assert.doesNotMatch(formatMessage(fetchResponse, 16, createMessage(fetchResponse)), /nodeEndpoints/)
})

test('records are base64, or their size', () => {
  const records = Uint8Array.of(1, 2, 3)
  const value = createMessage(fetchResponse, { responses: [{ partitions: [{ records }] }] })
  assert.match(formatMessage(fetchResponse, 4, value), /"records":"AQID"/)
  assert.match(formatMessage(fetchResponse, 4, value, { records: 'size' }), /"recordsSizeInBytes":3/)
  assert.deepEqual(parseMessage(fetchResponse, 4, formatMessage(fetchResponse, 4, value)), value)
})

test('64-bit integers keep their digits', () => {
  const value = createMessage(initProducerIdResponse, { producerId: 2n ** 63n - 1n })
  const text = formatMessage(initProducerIdResponse, 0, value)
  assert.match(text, /"producerId":9223372036854775807/)
  assert.deepEqual(parseMessage(initProducerIdResponse, 0, text), value)
})

test('floating point keeps a point, and what JSON has no word for', () => {
  for (const [value, text] of [
    [3, '3.0'],
    [-0, '-0.0'],
    [0.1, '0.1'],
    [1e300, '1e+300'],
    [Number.NaN, '"NaN"'],
    [Number.NEGATIVE_INFINITY, '"-Infinity"'],
  ] as const) {
    const record = createMessage(clientQuotaRecord, { value })
    const json = formatMessage(clientQuotaRecord, 0, record)
    assert.ok(json.includes(`"value":${text},`), json)
    assert.deepEqual(parseMessage(clientQuotaRecord, 0, json), record)
  }
})

test('what is no message is refused with its place', () => {
  const refuses = (json: string, text: RegExp) => assert.throws(() => parseMessage(heartbeatRequest, 0, json), text)
  refuses('[]', /HeartbeatRequest\.groupId: expected a value, got undefined/)
  refuses('null', /HeartbeatRequest: expected an object, got null/)
  refuses('{"groupId":1}', /HeartbeatRequest\.groupId: expected a string, got 1/)
  refuses('{"groupId":null}', /HeartbeatRequest\.groupId: expected a value, got null/)
  refuses('{"groupId":"g","generationId":0.5,"memberId":""}', /generationId: expected an integer, got 0.5/)
  refuses(
    '{"groupId":"g","generationId":1,"memberId":"","more":1}',
    /HeartbeatRequest\.more: expected no such field, got 1/,
  )
})
