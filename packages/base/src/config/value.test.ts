import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { Password } from './password.ts'
import type { ConfigType, ConfigValue } from './types.ts'
import { formatConfigValue, parseConfigValue, saturate } from './value.ts'

/** What `ConfigDef.parseType` of Kafka 4.4.0 makes of each text; recaptured by tools/config/capture.ts. */
interface Vector {
  readonly type: ConfigType
  readonly text: string
  readonly value?: string
  readonly elements?: readonly string[]
  readonly problem?: string
}

const vectors: Vector[] = JSON.parse(readFileSync(new URL('vectors/values.json', import.meta.url), 'utf8'))

test('every text is read, printed or refused as Kafka does', () => {
  for (const { type, text, value, elements, problem } of vectors) {
    const parsed = parseConfigValue(type, text)
    const where = `${type} ${JSON.stringify(text)}`
    if ('reason' in parsed) {
      assert.equal(`Invalid value ${text} for configuration k: ${parsed.reason}`, problem, where)
      continue
    }
    assert.equal(problem, undefined, where)
    assert.equal(revealed(type, parsed.value), value, where)
    if (elements !== undefined) assert.deepEqual(parsed.value, elements, where)
  }
})

function revealed(type: ConfigType, value: ConfigValue): string {
  return value instanceof Password ? value.value : formatConfigValue(type, value)
}

test('a password never shows itself', () => {
  const password = new Password('secret')
  assert.equal(formatConfigValue('password', password), '[hidden]')
  assert.equal(`${password}`, '[hidden]')
  assert.equal(JSON.stringify({ password }), '{"password":"[hidden]"}')
  assert.doesNotMatch(inspect({ password }), /secret/)
})

test('a long beyond 2^53 saturates', () => {
  assert.equal(saturate(9_223_372_036_854_775_807n), Number.POSITIVE_INFINITY)
  assert.equal(saturate(-9_223_372_036_854_775_808n), Number.NEGATIVE_INFINITY)
  assert.equal(saturate(9_007_199_254_740_991n), Number.MAX_SAFE_INTEGER)
  assert.equal(saturate(9_007_199_254_740_992n), Number.POSITIVE_INFINITY)
  assert.equal(saturate(-1n), -1)
})
