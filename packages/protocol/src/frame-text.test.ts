import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DecodeError } from './bytes/index.ts'
import { formatRequest, formatResponse } from './frame-text.ts'

const heartbeat = '000c0004' + '00000007' + '000163' + '00' + '026700000001026d0000'

test('a request says what it is, from whom, and what is in it', () => {
  assert.equal(
    formatRequest(Buffer.from(heartbeat, 'hex')),
    `HeartbeatRequest v4, correlation id 7, client id "c"
{
  "groupId": "g",
  "generationId": 1,
  "memberId": "m",
  "groupInstanceId": null
}`,
  )
  assert.match(formatRequest(Buffer.from(`${heartbeat}00ff`, 'hex')), /\n2 bytes follow$/)
})

test('a response needs to know its request', () => {
  const bytes = Buffer.from('00000007' + '00' + '00000000' + '001b' + '00', 'hex')
  assert.equal(
    formatResponse(bytes, { apiKey: 12, version: 4 }),
    'HeartbeatResponse v4, correlation id 7\n{\n  "throttleTimeMs": 0,\n  "errorCode": 27\n}',
  )
})

test('what cannot be read is refused', () => {
  for (const hex of ['', '000c', '000c0009', '03e70000', '000c0004000000070001']) {
    assert.throws(() => formatRequest(Buffer.from(hex, 'hex')), DecodeError)
  }
  assert.throws(() => formatResponse(new Uint8Array(8), { apiKey: 7, version: 0 }), /no version 0 of API 7/)
})
