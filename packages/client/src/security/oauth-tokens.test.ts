import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DiskError, defineConfig, seededPrng, silentLogger } from '@dorsale/base'
import { nodeClock } from '@dorsale/base/node'
import { ManualClock } from '@dorsale/base/testing'
import { parseJaasConfig } from '@dorsale/transport/security'
import { securityRows } from '../config/security-rows.ts'
import { type FetchInit, type TokenWorld, tokenProvider } from './oauth-tokens.ts'
import { oauthBearerExchange } from './oauthbearer.ts'

const table = defineConfig(securityRows)

function provider(settings: Record<string, string>, jaas: string, world: Partial<TokenWorld> = {}) {
  const { config } = table.parse(new Map(Object.entries(settings)))
  const options = jaas === '' ? undefined : parseJaasConfig(`OAuthBearerLoginModule required ${jaas};`)
  return tokenProvider(config, options, { clock: new ManualClock(), prng: seededPrng(1), ...world })
}

/** Whatever is answered already is heard. */
const turn = () => new Promise<void>(resolve => nodeClock.defer(resolve))

const endpoint = { 'sasl.oauthbearer.token.endpoint.url': 'https://tokens.test/token' }

test('an endpoint is asked with the client credentials, and its token kept for most of its lifetime', async () => {
  const clock = new ManualClock()
  const asked: [string, FetchInit][] = []
  const fetch = async (url: string, init: FetchInit) => {
    asked.push([url, init])
    return { status: 200, text: async () => JSON.stringify({ access_token: `t${asked.length}`, expires_in: 100 }) }
  }
  const tokens = provider(
    { ...endpoint, 'sasl.oauthbearer.header.urlencode': 'true' },
    'clientId="i d" clientSecret="s:" scope="all" extension_logicalCluster="lkc"',
    { clock, fetch },
  )
  assert.deepEqual(
    (await Promise.all([tokens(), tokens()])).map(({ value }) => value),
    ['t1', 't1'],
  )
  clock.advance(79_000)
  const { value, extensions } = await tokens()
  assert.deepEqual([value, extensions], ['t1', { logicalCluster: 'lkc' }])
  clock.advance(7000)
  assert.equal((await tokens()).value, 't1', 'nobody waits for the next one')
  await turn()
  assert.equal((await tokens()).value, 't2')
  assert.equal(asked.length, 2)
  const [[url, { method, headers, body }] = assert.fail()] = asked
  assert.deepEqual(
    [url, method, body],
    ['https://tokens.test/token', 'POST', 'grant_type=client_credentials&scope=all'],
  )
  assert.equal(headers.authorization, `Basic ${Buffer.from('i%20d:s%3A').toString('base64')}`)
})

test('a token is used until its end while its endpoint is away, and the next is asked for in pauses', async () => {
  const clock = new ManualClock()
  let isAway = false
  let askedCount = 0
  const warnings: string[] = []
  const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) }
  const fetch = async () => {
    askedCount++
    if (isAway) throw new Error('down')
    return { status: 200, text: async () => JSON.stringify({ access_token: `t${askedCount}`, expires_in: 100 }) }
  }
  const tokens = provider(endpoint, 'clientId="i" clientSecret="s"', { clock, fetch, logger })
  assert.equal((await tokens()).value, 't1')
  isAway = true
  clock.advance(86_000)
  for (let second = 86; second < 100; second++) {
    assert.equal((await tokens()).value, 't1')
    await turn()
    clock.advance(1000)
  }
  assert.equal(askedCount, 3, 'at once, and ten seconds later')
  assert.deepEqual(new Set(warnings), new Set(['a token could not be refreshed, and the one at hand is used on']))
  await assert.rejects(tokens(), { code: 'DORSALE_NET', retriable: true })
  isAway = false
  assert.equal((await tokens()).value, 't5')
})

test('the moment of the refresh is that of the Java client: after a part of the lifetime, not too soon, not too late', async () => {
  const at = async (lifetime: number, settings: Record<string, string>) => {
    const clock = new ManualClock()
    let askedCount = 0
    const fetch = async () => {
      askedCount++
      return { status: 200, text: async () => JSON.stringify({ access_token: 't', expires_in: lifetime }) }
    }
    const exact = { 'sasl.login.refresh.window.jitter': '0', ...settings }
    const tokens = provider({ ...endpoint, ...exact }, 'clientId="i" clientSecret="s"', { clock, fetch })
    await tokens()
    let second = 0
    for (; askedCount === 1 && second < lifetime; second++) {
      clock.advance(1000)
      await tokens()
    }
    return second
  }
  assert.equal(await at(1000, {}), 700, 'the buffer of 300 s before the end')
  assert.equal(await at(4000, {}), 3200, '0.8 of the lifetime')
  assert.equal(await at(300, {}), 240, 'no room for 60 s and 300 s')
  const late = { 'sasl.login.refresh.min.period.seconds': '900', 'sasl.login.refresh.buffer.seconds': '0' }
  assert.equal(await at(1000, late), 900)
})

test('an endpoint that does not answer is given up after sasl.login.read.timeout.ms', async () => {
  const clock = new ManualClock()
  const fetch = (_url: string, { signal }: FetchInit) =>
    new Promise<never>((_resolve, reject) => signal!.addEventListener('abort', () => reject(signal!.reason)))
  const tokens = provider({ ...endpoint, 'sasl.login.read.timeout.ms': '500' }, 'clientId="i" clientSecret="s"', {
    clock,
    fetch,
  })
  const asked = assert.rejects(tokens(), (error: Error) => {
    assert.match(String((error.cause as Error).message), /not within sasl.login.read.timeout.ms \(500 ms\)/)
    return (error as Error & { retriable: boolean }).retriable
  })
  clock.advance(500)
  await asked
})

test('an endpoint that refuses is another matter than one that is not there', async () => {
  const answers = [
    { status: 401, text: async () => 'no' },
    { status: 503, text: async () => 'later' },
    { status: 200, text: async () => '<html>' },
    { status: 200, text: async () => '{"access_token":"t"}' },
  ]
  const fetch = async () => answers.shift() ?? Promise.reject(new Error('down'))
  const settings = {
    ...endpoint,
    'sasl.oauthbearer.client.credentials.client.id': 'i',
    'sasl.oauthbearer.client.credentials.client.secret': 's',
  }
  const tokens = provider(settings, '', { fetch })
  await assert.rejects(tokens(), { code: 'DORSALE_AUTHENTICATION', message: /refuses with status 401/ })
  await assert.rejects(tokens(), { code: 'DORSALE_NET', retriable: true, message: /status 503/ })
  await assert.rejects(tokens(), { code: 'DORSALE_AUTHENTICATION', message: /without an access_token/ })
  // A token that does not say how long it lives is not kept.
  assert.equal((await tokens()).value, 't')
  await assert.rejects(tokens(), { code: 'DORSALE_NET', retriable: true })
})

test('a file is read for each connection', async () => {
  const files: Record<string, string> = { '/a b': ' one\n' }
  const disk = {
    readFileSync(path: string) {
      if (files[path] === undefined) throw new DiskError('ENOENT', 'read', path)
      return Buffer.from(files[path])
    },
  }
  const tokens = provider({ 'sasl.oauthbearer.token.endpoint.url': 'file:///a%20b' }, '', { disk })
  assert.equal((await tokens()).value, 'one')
  files['/a b'] = 'two'
  assert.equal((await tokens()).value, 'two')
  files['/a b'] = ''
  await assert.rejects(tokens(), /holds no token/)
  delete files['/a b']
  await assert.rejects(tokens(), /cannot read \/a b: ENOENT/)
})

test('tokens that nobody has signed are made when they are asked for by name', async () => {
  const jaas =
    'unsecuredLoginStringClaim_sub="alice" unsecuredLoginNumberClaim_n="7" unsecuredLoginLifetimeSeconds="10"'
  const { value } = await provider({}, jaas)()
  const [header, payload, signature] = value.split('.').map(part => Buffer.from(part, 'base64url').toString())
  const { sub, n, iat, exp } = JSON.parse(payload!)
  assert.deepEqual([header, signature, sub, n, exp - iat], ['{"alg":"none"}', '', 'alice', 7, 10])
})

test('settings that lead to no token are refused', () => {
  const handler = 'sasl.login.callback.handler.class'
  for (const [settings, jaas, sentence] of [
    [{}, '', /OAUTHBEARER needs sasl.oauthbearer.token.endpoint.url/],
    [{ [handler]: 'x.OAuthBearerLoginCallbackHandler' }, 'unsecuredLoginStringClaim_sub="a"', /OAUTHBEARER needs/],
    [{ [handler]: 'my.Handler' }, '', /a class of Java/],
    [endpoint, '', /has no fetch/],
    [{ 'sasl.oauthbearer.token.endpoint.url': 'ftp://x' }, '', /no address of https/],
    [{ 'sasl.oauthbearer.token.endpoint.url': 'file:///x' }, '', /has no disk/],
    [{}, 'unsecuredLoginStringClaim_sub="a" extension_auth="b"', /names no extension/],
  ] as const) {
    assert.throws(() => provider(settings as unknown as Record<string, string>, jaas), {
      code: 'DORSALE_CONFIG',
      message: sentence,
    })
  }
})

test('the exchange of RFC 7628: a token with extensions, taken or refused', () => {
  const exchange = oauthBearerExchange({ value: 'abc', extensions: { k: 'v' } })
  assert.equal(Buffer.from(exchange.first()).toString(), 'n,,\x01auth=Bearer abc\x01k=v\x01\x01')
  assert.equal(exchange.next(new Uint8Array()), undefined)
  const refused = oauthBearerExchange({ value: 'abc' })
  refused.first()
  assert.equal(Buffer.from(refused.next(Buffer.from('{"status":"invalid_token"}')) ?? []).toString(), '\x01')
  assert.throws(() => refused.next(new Uint8Array()), /refuses the token: {"status":"invalid_token"}/)
})
