/** Against the format of Kafka's DelegationTokenCommand (4.3), column by column. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tokenTable } from './delegation-token-table.ts'

const user = (name: string) => ({ principalType: 'User', name })

test('tokens stand in eight columns, an empty line before each row', () => {
  const at = (minute: number) => new Date(2026, 0, 2, 3, minute, 59).getTime()
  const token = {
    tokenId: 'id',
    hmac: new Uint8Array([1, 2, 3]),
    owner: user('alice'),
    tokenRequester: user('bob'),
    renewers: [user('a'), user('b')],
    issueTimestamp: at(4),
    expiryTimestamp: at(5),
    maxTimestamp: at(6),
  }
  assert.equal(
    tokenTable([token, { ...token, renewers: undefined }]),
    [
      '',
      'TOKENID         HMAC                           OWNER           REQUESTER       RENEWERS                  ISSUEDATE       EXPIRYDATE      MAXDATE        ',
      '',
      'id              AQID                           User:alice      User:bob        [User:a, User:b]          2026-01-02T03:04 2026-01-02T03:05 2026-01-02T03:06',
      '',
      'id              AQID                           User:alice      User:bob        []                        2026-01-02T03:04 2026-01-02T03:05 2026-01-02T03:06',
      '',
    ].join('\n'),
  )
})
