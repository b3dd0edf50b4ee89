import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { silentLogger } from '@dorsale/base'
import { ManualClock } from '@dorsale/base/testing'
import { brokerTable } from '../../config/index.ts'
import { TokenError } from './oauthbearer.ts'
import { signedTokens } from './signed-tokens.ts'

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function token(key: KeyObject, claims: object, header: object = {}): string {
  const text = `${part({ alg: 'ES256', kid: 'one', ...header })}.${part(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

describe('tokens that an issuer has signed', () => {
  const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const [ours, others] = [pair(), pair()]
  const jwk = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid, alg: 'ES256' })
  let keySet: object = {}
  let reads = 0
  const clock = new ManualClock()
  const nowS = 1_800_000_000
  const good = { sub: 'alice', iss: 'https://issuer.test', aud: ['kafka'], iat: nowS - 10, exp: nowS + 60 }
  before(() => {
    clock.jump(nowS * 1000 - clock.now())
    keySet = { keys: [jwk(ours.publicKey, 'one')] }
  })

  const validator = (settings: Readonly<Record<string, string>> = {}) =>
    signedTokens(
      brokerTable.parse(
        new Map(
          Object.entries({
            'node.id': '1',
            'sasl.oauthbearer.jwks.endpoint.url': 'file:///keys.json',
            'sasl.oauthbearer.expected.issuer': 'https://issuer.test',
            'sasl.oauthbearer.expected.audience': 'kafka,other',
            ...settings,
          }),
        ),
        { allow: () => true },
      ).config,
      {
        clock,
        logger: silentLogger,
        disk: {
          readFileSync() {
            reads++
            return Buffer.from(JSON.stringify(keySet))
          },
        },
      },
    )

  test('say who the client is, by the claim that is asked for', async () => {
    assert.deepEqual(await validator()(token(ours.privateKey, good)), { name: 'alice', expiresMs: (nowS + 60) * 1000 })
    const byMail = validator({ 'sasl.oauthbearer.sub.claim.name': 'email' })
    assert.equal((await byMail(token(ours.privateKey, { ...good, email: 'a@b' }))).name, 'a@b')
  })

  test('are refused with a claim that does not fit, or by another key, or with no signature at all', async () => {
    const validate = validator()
    const shared = `${part({ alg: 'HS256', kid: 'one' })}.${part(good)}.${part('')}`
    for (const [text, reason] of [
      [token(ours.privateKey, { ...good, iss: 'https://other.test' }), /iss/],
      [token(ours.privateKey, { ...good, aud: 'elsewhere' }), /aud/],
      [token(ours.privateKey, { ...good, exp: nowS - 31 }), /exp/],
      [token(ours.privateKey, { ...good, iat: undefined }), /iat/],
      [token(ours.privateKey, { ...good, sub: ' ' }), /no sub/],
      [token(ours.privateKey, { ...good, scope: 7 }), /scope/],
      [token(others.privateKey, good), /signature/],
      [token(others.privateKey, good, { kid: 'two' }), /key/],
      [`${part({ alg: 'none' })}.${part(good)}.`, /./],
      [shared, /alg/],
      ['a.b.c', /./],
    ] as const) {
      await assert.rejects(validate(text) as Promise<unknown>, (error: Error) => {
        assert.ok(error instanceof TokenError)
        assert.match(error.message, reason)
        return true
      })
    }
    // Two clocks may differ by 30 s.
    assert.equal((await validate(token(ours.privateKey, { ...good, exp: nowS - 29 }))).name, 'alice')
  })

  test('of a new key are taken when the keys are read anew, which no stranger can have done again and again', async () => {
    const validate = validator({ 'sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms': '5000' })
    await validate(token(ours.privateKey, good))
    reads = 0
    keySet = { keys: [jwk(ours.publicKey, 'one'), jwk(others.publicKey, 'two')] }
    const strange = token(others.privateKey, good, { kid: 'three' })
    const fresh = token(others.privateKey, good, { kid: 'two' })
    await assert.rejects(validate(fresh) as Promise<unknown>, 'too soon')
    clock.advance(5000)
    assert.equal((await validate(fresh)).name, 'alice')
    for (let time = 0; time < 10; time++) await assert.rejects(validate(strange) as Promise<unknown>)
    assert.equal(reads, 1)
  })

  test('need to be told whose', () => {
    for (const [settings, sentence] of [
      [{ 'sasl.oauthbearer.jwks.endpoint.url': 'ftp://x/' }, /no address of https: and no file:/],
      [{ 'sasl.oauthbearer.jwks.endpoint.url': 'https://x/' }, /from files alone/],
      [
        { 'sasl.oauthbearer.expected.audience': '' },
        /expected.audience: it is not set.*allow.unverified.audience=true/,
      ],
    ] as const) {
      assert.throws(() => validator(settings as unknown as Record<string, string>), {
        code: 'DORSALE_CONFIG',
        message: sentence,
      })
    }
    validator({ 'sasl.oauthbearer.expected.audience': '', 'sasl.oauthbearer.allow.unverified.audience': 'true' })
  })
})
