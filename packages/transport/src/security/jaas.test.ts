import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJaasConfig } from './jaas.ts'

test('a login configuration is read as Java reads it', () => {
  for (const [text, module, options] of [
    [
      'org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="b";',
      'PlainLoginModule',
      { username: 'a', password: 'b' },
    ],
    [
      'ScramLoginModule Required\n  username="a b"\n  password="x=1;\\"y\\\\"\n  tokenauth=true ;',
      'ScramLoginModule',
      { username: 'a b', password: 'x=1;"y\\', tokenauth: 'true' },
    ],
    ['M optional a=\'"\' b="\'"  ;  ', 'M', { a: '"', b: "'" }],
    ['M required;', 'M', {}],
  ] as const) {
    const found = parseJaasConfig(text)
    assert.deepEqual([found.module, Object.fromEntries(found.options)], [module, options])
  }
})

test('what is wrong with one is said, and nothing that is secret', () => {
  for (const [text, sentence] of [
    ['', /names no login module/],
    ['M username="secret";', /wants one of required/],
    ['M required username="secret"', /must end with a semicolon/],
    ['M required username="secret', /a quote that is not closed/],
    ['M required username "secret";', /an option that is not name=value, at option 1/],
    ['M required a=secret b=;', /an option that is not name=value, at option 2/],
    ['M required; N required a=secret;', /one login module only/],
  ] as const) {
    assert.throws(
      () => parseJaasConfig(text),
      (error: Error) => {
        assert.match(error.message, sentence)
        assert.doesNotMatch(error.message, /secret/)
        return true
      },
    )
  }
})
