import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { anonymousPrincipal, formatPrincipal, parsePrincipal } from './principal.ts'

describe('principals are written as Kafka writes them', () => {
  for (const [text, principalType, name] of [
    ['User:alice', 'User', 'alice'],
    ['User:*', 'User', '*'],
    // A name is what follows the first colon: `KafkaPrincipal.toString` of a DN has more of them.
    ['User:CN=a:b,O=c', 'User', 'CN=a:b,O=c'],
    ['User:', 'User', ''],
  ] as const) {
    test(text, () => {
      assert.deepEqual(parsePrincipal(text), { principalType, name })
      assert.equal(formatPrincipal({ principalType, name }), text)
    })
  }

  test('what has no colon is no principal', () => assert.equal(parsePrincipal('alice'), undefined))

  test('who was not asked', () => assert.equal(formatPrincipal(anonymousPrincipal), 'User:ANONYMOUS'))
})
