import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodePrng } from '@dorsale/base/node'
import type { KafkaConfig, Logger, Mechanism } from './index.ts'
import { saslSettingsOf } from './sasl.ts'

const logger: Logger = {
  info() {},
  error() {},
  warn() {},
  debug() {},
  namespace: () => logger,
  setLogLevel() {},
}
const broker = { host: 'broker.example', port: 9094 }

async function exchangeOf(sasl: NonNullable<KafkaConfig['sasl']>) {
  const { mechanism, begin } = saslSettingsOf(sasl, { prng: nodePrng(), logger })
  return { mechanism, exchange: await begin(broker) }
}

/** Bytes behind their length, as kafkajs has its mechanisms write and read them. */
function withLength(text: string): Buffer {
  const bytes = Buffer.alloc(4 + Buffer.byteLength(text))
  bytes.writeInt32BE(bytes.length - 4)
  bytes.write(text, 4)
  return bytes
}

/** Says each text in turn, and notes what it was answered. */
function talking(says: readonly string[], heard: string[], told: unknown[] = []): Mechanism {
  return {
    mechanism: 'simon',
    authenticationProvider: ({ host, port, saslAuthenticate }) => ({
      async authenticate() {
        told.push({ host, port })
        for (const text of says) {
          const answer = await saslAuthenticate({
            request: { encode: () => withLength(text) },
            response: { decode: raw => raw.subarray(4, 4 + raw.readInt32BE(0)), parse: data => data.toString() },
          })
          heard.push(String(answer))
        }
      },
    }),
  }
}

test('a mechanism of the application speaks in turn with the broker, in the bytes of kafkajs', async () => {
  const heard: string[] = []
  const told: unknown[] = []
  const { mechanism, exchange } = await exchangeOf(talking(['Simon says', 'again'], heard, told))
  assert.equal(mechanism, 'SIMON')
  assert.equal(String(await exchange.first()), 'Simon says')
  assert.equal(String(await exchange.next(Buffer.from('heard'))), 'again')
  assert.equal(await exchange.next(Buffer.from('')), undefined)
  assert.deepEqual([heard, told], [['heard', ''], [broker]])
})

test('a mechanism that fails, or says nothing, is a failed authentication', async () => {
  const silent = await exchangeOf(talking([], []))
  await assert.rejects(async () => silent.exchange.first(), { code: 'DORSALE_AUTHENTICATION', message: /says nothing/ })
  const failing = await exchangeOf({
    mechanism: 'simon',
    authenticationProvider: () => ({ authenticate: () => Promise.reject(new Error('Simon is ill')) }),
  })
  await assert.rejects(async () => failing.exchange.first(), {
    code: 'DORSALE_AUTHENTICATION',
    message: 'Simon is ill',
  })
})

test('the mechanisms that kafkajs brings begin with its bytes', async () => {
  const first = async (sasl: NonNullable<KafkaConfig['sasl']>) =>
    String(await (await exchangeOf(sasl)).exchange.first())
  const credentials = { username: 'alice', password: 'secret' }
  assert.equal(await first({ mechanism: 'plain', ...credentials }), '\0alice\0secret')
  assert.match(await first({ mechanism: 'scram-sha-512', ...credentials }), /^n,,n=alice,r=/)
  const oauthBearerProvider = async () => ({ value: 'token' })
  assert.equal(await first({ mechanism: 'oauthbearer', oauthBearerProvider }), 'n,,\x01auth=Bearer token\x01\x01')
  const aws = { authorizationIdentity: 'AIDA', accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'session' }
  assert.equal(await first({ mechanism: 'aws', ...aws }), 'AIDA\0AKIA\0secret\0session')
})

test('what cannot be is refused before anybody connects', () => {
  const settings = (sasl: object) => () => saslSettingsOf(sasl as never, { prng: nodePrng(), logger })
  const name = 'KafkaJSSASLAuthenticationError'
  assert.throws(settings({ mechanism: 'plain', username: 'a' }), { name, message: /Invalid username or password/ })
  assert.throws(settings({ mechanism: 'oauthbearer' }), { name, message: /Missing OAuth bearer token provider/ })
  assert.throws(settings({ mechanism: 'gssapi' }), { name, message: /GSSAPI mechanism is not supported/ })
})
