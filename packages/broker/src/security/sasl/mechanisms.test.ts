import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConfigProblem, seededPrng, silentLogger } from '@dorsale/base'
import { ManualClock } from '@dorsale/base/testing'
import { listenerMechanisms } from './mechanisms.ts'

const modules = 'org.apache.kafka.common.security'
const at = (mechanism: string) => `listener.name.ext.${mechanism}.sasl.jaas.config`
const plain = { [at('plain')]: `${modules}.plain.PlainLoginModule required user_alice="a";` }

function read(settings: Readonly<Record<string, string>>) {
  const problems: ConfigProblem[] = []
  const warnings: string[] = []
  const mechanisms = listenerMechanisms(
    new Map(Object.entries(settings)),
    'EXT',
    {
      clock: new ManualClock(),
      logger: { ...silentLogger, warn: message => warnings.push(message) },
      prng: seededPrng(1),
      disk: { readFileSync: () => new Uint8Array() },
      image: { scramCredential: () => undefined },
    },
    problems,
  )
  return { mechanisms, warnings, problems: problems.map(({ message }) => message) }
}

test('a listener offers what is enabled for it, in the order of Kafka’s own answer', () => {
  const { mechanisms, problems } = read({
    ...plain,
    'sasl.enabled.mechanisms': 'GSSAPI',
    'listener.name.ext.sasl.enabled.mechanisms': 'SCRAM-SHA-256,PLAIN,SCRAM-SHA-512',
    [at('scram-sha-256')]: `${modules}.scram.ScramLoginModule required;`,
    [at('scram-sha-512')]: `${modules}.scram.ScramLoginModule required;`,
    'connections.max.reauth.ms': '1000',
    'listener.name.ext.connections.max.reauth.ms': '2000',
    'listener.name.ext.plain.connections.max.reauth.ms': '3000',
    'listener.name.other.plain.connections.max.reauth.ms': '4000',
  })
  assert.deepEqual(problems, [])
  assert.deepEqual(
    mechanisms.map(({ name, sessionMsMax }) => [name, sessionMsMax]),
    [
      ['PLAIN', 3000],
      ['SCRAM-SHA-512', 2000],
      ['SCRAM-SHA-256', 2000],
    ],
  )
})

test('what is missing is said, with what to write', () => {
  for (const [settings, sentence] of [
    [{}, /GSSAPI \(Kerberos\), the default, is not served at listener EXT; PLAIN, SCRAM-SHA-512, .* are/],
    [{ 'sasl.enabled.mechanisms': 'DIGEST-MD5' }, /'DIGEST-MD5' is not served/],
    [
      { 'sasl.enabled.mechanisms': 'PLAIN' },
      /plain.sasl.jaas.config is not set.*PlainLoginModule required user_alice="secret";/,
    ],
    [
      { 'sasl.enabled.mechanisms': 'PLAIN', 'sasl.jaas.config': plain[at('plain')]! },
      /plain.sasl.jaas.config is not set/,
    ],
    [
      { 'sasl.enabled.mechanisms': 'SCRAM-SHA-256', [at('scram-sha-256')]: plain[at('plain')]! },
      /names PlainLoginModule, and SCRAM-SHA-256 needs/,
    ],
    [
      { 'sasl.enabled.mechanisms': 'PLAIN', [at('plain')]: 'M required' },
      /plain.sasl.jaas.config must end with a semicolon/,
    ],
    [
      { 'sasl.enabled.mechanisms': 'PLAIN', ...plain, 'listener.name.ext.plain.connections.max.reauth.ms': 'soon' },
      /listener.name.ext.plain.connections.max.reauth.ms: Invalid value soon/,
    ],
    [
      {
        'sasl.enabled.mechanisms': 'OAUTHBEARER',
        [at('oauthbearer')]: `${modules}.oauthbearer.OAuthBearerLoginModule required;`,
        'listener.name.ext.oauthbearer.sasl.server.callback.handler.class': 'com.example.Own',
      },
      /names a class of Java, which cannot be loaded/,
    ],
  ] as const) {
    const { problems } = read(settings as unknown as Record<string, string>)
    assert.equal(problems.length, 1, problems.join('\n'))
    assert.match(problems[0]!, sentence)
  }
})

test('tokens that nobody has signed are taken where no keys are named, with a warning', () => {
  const oauth = {
    'sasl.enabled.mechanisms': 'OAUTHBEARER',
    [at('oauthbearer')]: `${modules}.oauthbearer.OAuthBearerLoginModule required;`,
  }
  const unsecured = read(oauth)
  assert.deepEqual([unsecured.problems, unsecured.mechanisms.length], [[], 1])
  assert.match(unsecured.warnings[0]!, /nobody has signed/)
  const secured = read({
    ...oauth,
    'sasl.oauthbearer.jwks.endpoint.url': 'file:///keys.json',
    'sasl.oauthbearer.expected.audience': 'kafka',
    'sasl.oauthbearer.expected.issuer': 'https://issuer.test',
  })
  assert.deepEqual([secured.problems, secured.warnings], [[], []])
})
