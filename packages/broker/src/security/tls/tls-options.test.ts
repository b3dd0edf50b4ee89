import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConfigProblem, DiskError } from '@dorsale/base'
import { nodeNet } from '@dorsale/base/node'
import { localhostCertificate, localhostKey } from '@dorsale/base/testing'
import { principalMapping, tlsOptions } from './tls-options.ts'

const files: Readonly<Record<string, string>> = {
  '/broker.pem': localhostKey + localhostCertificate,
  '/ca.pem': localhostCertificate,
  '/odd.pem': `${localhostCertificate}-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n`,
}
const disk = {
  readFileSync(path: string): Uint8Array {
    const text = files[path]
    if (text === undefined) throw new DiskError('ENOENT', 'read', path)
    return Buffer.from(text)
  },
}

function read(settings: Readonly<Record<string, string>>, securityProtocol: 'SSL' | 'SASL_SSL' = 'SSL') {
  const problems: ConfigProblem[] = []
  const options = tlsOptions(
    new Map(Object.entries(settings)),
    { listenerName: 'EXT', securityProtocol },
    { disk, net: nodeNet },
    problems,
  )
  return { options, problems: problems.map(({ message }) => message) }
}

const store = { 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': '/broker.pem' }

test('a listener speaks TLS by the settings of all, and its own go over them', () => {
  assert.deepEqual(read(store), {
    options: {
      identity: { certificateChain: localhostCertificate, privateKey: localhostKey },
      versionMin: 'TLSv1.2',
      versionMax: 'TLSv1.3',
      clientAuth: 'none',
    },
    problems: [],
  })
  const { options } = read({
    ...store,
    'ssl.keystore.location': '/gone.pem',
    'listener.name.ext.ssl.keystore.location': '/broker.pem',
    'listener.name.ext.ssl.client.auth': 'required',
    'listener.name.ext.ssl.truststore.type': 'PEM',
    'listener.name.ext.ssl.truststore.location': '/ca.pem',
    'listener.name.other.ssl.client.auth': 'requested',
    'ssl.enabled.protocols': 'TLSv1.3',
    'ssl.cipher.suites': 'TLS_AES_256_GCM_SHA384',
  })
  assert.deepEqual(
    [options?.clientAuth, options?.trustedCertificates, options?.versionMin, options?.ciphers],
    ['required', localhostCertificate, 'TLSv1.3', 'TLS_AES_256_GCM_SHA384'],
  )
})

test('who logs in by SASL shows a certificate where the listener itself asks for one', () => {
  const asking = { ...store, 'ssl.client.auth': 'required' }
  assert.equal(read(asking, 'SSL').options?.clientAuth, 'required')
  assert.equal(read(asking, 'SASL_SSL').options?.clientAuth, 'none')
  const own = { ...asking, 'listener.name.ext.ssl.client.auth': 'requested' }
  assert.equal(read(own, 'SASL_SSL').options?.clientAuth, 'requested')
})

test('what cannot be is said, with the key and what to do', () => {
  for (const [settings, sentence] of [
    [{}, /listener EXT: ssl.keystore.location: TLS needs a key and a certificate/],
    [{ ...store, 'ssl.keystore.location': '/gone' }, /cannot read \/gone: ENOENT/],
    [{ ...store, 'ssl.keystore.location': '/odd.pem' }, /listener EXT: ssl.keystore.location: it cannot be used/],
    [{ 'ssl.keystore.location': '/broker.jks' }, /JKS cannot be read here.*keytool/],
    [
      { ...store, 'listener.name.ext.ssl.client.auth': 'perhaps' },
      /listener.name.ext.ssl.client.auth: Invalid value perhaps/,
    ],
  ] as const) {
    const { options, problems } = read(settings as unknown as Record<string, string>)
    assert.deepEqual([options, problems.length], [undefined, 1], problems.join('\n'))
    assert.match(problems[0]!, sentence)
  }
})

test('rules name the client by its certificate', () => {
  const name = (rules: string, subject: string) => {
    const problems: ConfigProblem[] = []
    const mapping = principalMapping(
      new Map([['listener.name.ext.ssl.principal.mapping.rules', rules]]),
      'EXT',
      problems,
    )
    return problems.length > 0 ? problems[0]?.key : mapping(subject)
  }
  const subject = 'CN=Kafka,OU=ServiceUsers,O=Org,C=US'
  for (const [rules, expected] of [
    ['DEFAULT', subject],
    ['', subject],
    ['RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/', 'Kafka'],
    ['RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/L', 'kafka'],
    ['RULE:^CN=(.*?),.*$/$1@c/U , DEFAULT', 'KAFKA@C'],
    ['RULE:^CN=none,.*$/$1/, RULE:^.*O=(.*?),C=(.*)$/$2-$1/, DEFAULT', 'US-Org'],
    ['RULE:CN=Kafka/part/, DEFAULT', subject],
    ['RULE:^.*C=(.*)$/a\\/b\\$1/', 'a/b$1'],
    ['RULE:^CN=none$/x/', undefined],
    ['RULE:^(/x/', 'ssl.principal.mapping.rules'],
    ['RULES', 'ssl.principal.mapping.rules'],
    ['DEFAULT RULE', 'ssl.principal.mapping.rules'],
  ] as const) {
    assert.equal(name(rules, subject), expected, rules)
  }
})
