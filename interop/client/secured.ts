/**
 * A broker with a listener of each kind (SSL, SSL that asks for a certificate, SASL_PLAINTEXT, SASL_SSL), and our clients at each of them, with every mechanism, with what is right and with what
 * is wrong. Certificates are made for the run.
 */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { silentLogger } from '@dorsale/base'
import { type Admin, createAdmin, createConsumer, createProducer } from '@dorsale/client'
import { nodeWorld } from '@dorsale/client/node'
import { type Processes, until } from '../processes.ts'
import { errorNameOf } from './administration.ts'

/** How long a broker believes who a client is: short, so that connections show it anew while they are used. */
export const reauthenticationMs = 2000
const jaas = 'org.apache.kafka.common.security'
export const plain = (username: string, password: string) =>
  `${jaas}.plain.PlainLoginModule required username="${username}" password="${password}";`
export const scram = (username: string, password: string, more = '') =>
  `${jaas}.scram.ScramLoginModule required username="${username}" password="${password}"${more};`
export const unsecured = `${jaas}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="alice";`

type Settings = Readonly<Record<string, string>>

export type SecuredBrokerName = 'Apache Kafka' | 'Dorsale'

/** Where the listeners are, and what a run needs at each. */
export interface SecuredPlace {
  /** The first of five ports in a row: in the clear, (the controller's), TLS, TLS with a certificate of the client, SASL, both. */
  readonly port: number
  readonly directory: string
  readonly broker: SecuredBrokerName
}

/** Makes an authority, and a certificate for the broker and one for the client that it vouches for. */
export async function makeCertificates(processes: Processes, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true })
  const file = (name: string) => join(directory, name)
  const openssl = (...args: string[]) => processes.run('openssl', args, { deadlineMs: 20_000 })
  const authority = ['-keyout', file('ca.key'), '-out', file('ca.pem'), '-days', '2', '-subj', '/CN=dorsale-interop']
  await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...authority)
  for (const [name, host] of [
    ['broker', 'localhost'],
    ['client', 'client.test'],
  ] as const) {
    writeFileSync(file(`${name}.ext`), `subjectAltName=DNS:${host}`)
    const request = ['-keyout', file(`${name}.key`), '-out', file(`${name}.csr`), '-subj', `/CN=${name}`]
    await openssl('req', '-newkey', 'rsa:2048', '-nodes', ...request)
    const signer = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-days', '2']
    const certificate = ['-in', file(`${name}.csr`), '-out', file(`${name}.pem`), '-extfile', file(`${name}.ext`)]
    await openssl('x509', '-req', ...certificate, ...signer)
    const pem = readFileSync(file(`${name}.key`), 'utf8') + readFileSync(file(`${name}.pem`), 'utf8')
    writeFileSync(file(`${name}-keystore.pem`), pem)
  }
  const identity = ['-in', file('client.pem'), '-inkey', file('client.key')]
  await openssl('pkcs12', '-export', ...identity, '-out', file('client.p12'), '-passout', 'pass:secret')
  const encrypted = ['-in', file('client.key'), '-out', file('client-encrypted.key'), '-passout', 'pass:secret']
  await openssl('pkcs8', '-topk8', ...encrypted)
}

/** The settings of the broker. */
export function securedBroker({ port, directory, broker }: SecuredPlace): Settings {
  const ports = {
    PLAINTEXT: port,
    CONTROLLER: port + 1,
    SSL: port + 2,
    MUTUAL: port + 3,
    SASL: port + 4,
    BOTH: port + 5,
  }
  const names = Object.entries(ports)
  const protocols = 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL,MUTUAL:SSL,SASL:SASL_PLAINTEXT,BOTH:SASL_SSL'
  const settings: Record<string, string> = {
    listeners: names.map(([name, each]) => `${name}://localhost:${each}`).join(','),
    'listener.security.protocol.map': protocols,
    'controller.quorum.bootstrap.servers': `localhost:${ports.CONTROLLER}`,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': join(directory, 'broker-keystore.pem'),
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': join(directory, 'ca.pem'),
    'listener.name.mutual.ssl.client.auth': 'required',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    'connections.max.reauth.ms': String(reauthenticationMs),
    'listener.name.mutual.ssl.principal.mapping.rules': 'RULE:^CN=(.*)$/$1-by-certificate/, DEFAULT',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS;User:alice;User:client-by-certificate;User:carol',
    ...(broker === 'Apache Kafka' && { 'delegation.token.secret.key': 'a secret of the cluster' }),
  }
  for (const listener of ['sasl', 'both']) {
    const prefix = `listener.name.${listener}`
    settings[`${prefix}.plain.sasl.jaas.config`] = `${jaas}.plain.PlainLoginModule required user_alice="wonder land";`
    for (const mechanism of ['scram-sha-256', 'scram-sha-512']) {
      settings[`${prefix}.${mechanism}.sasl.jaas.config`] = `${jaas}.scram.ScramLoginModule required;`
    }
    settings[`${prefix}.oauthbearer.sasl.jaas.config`] = unsecured
  }
  return settings
}

export interface SecuredCheck {
  readonly name: string
  readonly run: (place: SecuredPlace) => Promise<void>
  /** The one broker that can do it. Default: both can. */
  readonly only?: SecuredBrokerName
}

const trust = ({ directory }: SecuredPlace): Settings => ({
  'ssl.truststore.type': 'PEM',
  'ssl.truststore.location': join(directory, 'ca.pem'),
})
const at = (place: SecuredPlace, offset: number, protocol: string): Settings => ({
  'bootstrap.servers': `localhost:${place.port + offset}`,
  'security.protocol': protocol,
})
const tls = (place: SecuredPlace): Settings => ({ ...at(place, 2, 'SSL'), ...trust(place) })
const mutual = (place: SecuredPlace): Settings => ({ ...at(place, 3, 'SSL'), ...trust(place) })
const sasl = (place: SecuredPlace, mechanism: string, config: string): Settings => ({
  ...at(place, 4, 'SASL_PLAINTEXT'),
  'sasl.mechanism': mechanism,
  'sasl.jaas.config': config,
})

export const securedChecks: readonly SecuredCheck[] = [
  {
    name: 'TLS, with who is trusted in a file and in the settings',
    async run(place) {
      await roundTrip(tls(place))
      const pem = readFileSync(join(place.directory, 'ca.pem'), 'utf8').replaceAll('\n', ' ')
      const inline = { 'ssl.truststore.type': 'PEM', 'ssl.truststore.certificates': pem }
      await administered({ ...at(place, 2, 'SSL'), ...inline })
      await administered({ ...tls(place), 'ssl.protocol': 'TLSv1.2', 'ssl.enabled.protocols': 'TLSv1.2' })
      const suite = 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'
      await administered({ ...tls(place), 'ssl.enabled.protocols': 'TLSv1.2', 'ssl.cipher.suites': suite })
    },
  },
  {
    name: 'TLS refused: an authority that is not trusted, a host that is not named, a broker in the clear',
    async run(place) {
      await refused({ ...at(place, 2, 'SSL') }, 'DORSALE_TLS', /self.signed certificate|unable to/i)
      const byAddress = { ...tls(place), 'bootstrap.servers': `127.0.0.1:${place.port + 2}` }
      await refused(byAddress, 'DORSALE_TLS', /does not match|not in the cert/)
      // The broker then names itself by its name, for which the certificate is good.
      await administered({ ...byAddress, 'ssl.endpoint.identification.algorithm': '' })
      await refused({ ...at(place, 0, 'SSL'), ...trust(place) }, 'DORSALE_TIMEOUT|DORSALE_TLS', /./)
    },
  },
  {
    name: 'TLS with a certificate of the client: PEM in files and settings, encrypted, PKCS #12; none is refused',
    async run(place) {
      const file = (name: string) => join(place.directory, name)
      const text = (name: string) => readFileSync(file(name), 'utf8')
      const pem = { ...mutual(place), 'ssl.keystore.type': 'PEM' }
      await roundTrip({ ...pem, 'ssl.keystore.location': file('client-keystore.pem') })
      const chain = { 'ssl.keystore.certificate.chain': text('client.pem') }
      await administered({ ...pem, ...chain, 'ssl.keystore.key': text('client.key') })
      const encrypted = { 'ssl.keystore.key': text('client-encrypted.key'), 'ssl.key.password': 'secret' }
      await administered({ ...pem, ...chain, ...encrypted })
      const pfx = { 'ssl.keystore.location': file('client.p12'), 'ssl.keystore.password': 'secret' }
      await administered({ ...mutual(place), 'ssl.keystore.type': 'PKCS12', ...pfx })
      await refused(mutual(place), 'DORSALE_TLS', /certificate required|bad certificate|handshake/i)
    },
  },
  {
    name: 'SASL PLAIN, in the clear and under TLS',
    async run(place) {
      const credentials = { 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': plain('alice', 'wonder land') }
      await roundTrip({ ...at(place, 4, 'SASL_PLAINTEXT'), ...credentials })
      await roundTrip({ ...at(place, 5, 'SASL_SSL'), ...trust(place), ...credentials })
      const wrong = sasl(place, 'PLAIN', plain('alice', 'wrong'))
      await refused(wrong, 'DORSALE_AUTHENTICATION', /PLAIN: Authentication failed: Invalid username or password/)
    },
  },
  {
    name: 'SASL SCRAM of both digests, a wrong password, a mechanism that is not offered',
    async run(place) {
      await asAdmin({ ...at(place, 0, 'PLAINTEXT') }, async admin => {
        for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const) {
          await admin.alterUserScramCredentials([
            { user: 'a=l,ice', mechanism, password: 'pässword', iterations: 5000 },
          ])
        }
        await admin.createAcls([
          {
            resourceType: 'CLUSTER',
            resourceName: 'kafka-cluster',
            patternType: 'LITERAL',
            principal: 'User:a=l,ice',
            host: '*',
            operation: 'ALL',
            permissionType: 'ALLOW',
          },
        ])
      })
      for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512']) {
        const right = sasl(place, mechanism, scram('a=l,ice', 'pässword'))
        await until('the credentials', 10_000, () =>
          administered(right).then(
            () => true,
            () => false,
          ),
        )
        const wrong = sasl(place, mechanism, scram('a=l,ice', 'password'))
        await refused(wrong, 'DORSALE_AUTHENTICATION', /invalid credentials/)
      }
    },
  },
  {
    name: 'SASL OAUTHBEARER: unsecured, by a provider, refused',
    async run(place) {
      await roundTrip(sasl(place, 'OAUTHBEARER', unsecured))
      const settings = { ...at(place, 4, 'SASL_PLAINTEXT'), 'sasl.mechanism': 'OAUTHBEARER' }
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const token = (exp: number) => `${part({ alg: 'none' })}.${part({ sub: 'alice', iat: exp - 60, exp })}.`
      const now = Date.now() / 1000
      const provided = (exp: number) => nodeWorld({ oauthToken: async () => ({ value: token(exp) }) })
      await administered(settings, provided(now + 60))
      await refused(settings, 'DORSALE_AUTHENTICATION', /invalid_token/, provided(now - 3600))
    },
  },
  {
    name: 'connections show anew who they are while they are used',
    async run(place) {
      const credentials = sasl(place, 'PLAIN', plain('alice', 'wonder land'))
      // One request at a time leaves the proof no room until it is answered.
      const settings = { ...credentials, 'max.in.flight.requests.per.connection': 1, 'client.id': 'again' }
      const ends: string[] = []
      const logger = { ...silentLogger, debug: (line: string) => ends.push(line) }
      const world = nodeWorld({ logger })
      const producer = createProducer({ world, settings })
      const consumer = createConsumer({ world, settings: { ...credentials, 'auto.offset.reset': 'earliest' } })
      await asAdmin(credentials, admin => freshTopic(admin, 'again'))
      consumer.assign([{ topic: 'again', partition: 0 }])
      const endMs = performance.now() + 3 * reauthenticationMs
      let sent = 0
      let read = 0
      while (performance.now() < endMs) {
        await producer.send({ topic: 'again', value: String(sent++) })
        for (const _ of (await consumer.poll({ timeoutMs: 1000 })) ?? []) read++
      }
      while (read < sent) for (const _ of (await consumer.poll({ timeoutMs: 1000 })) ?? []) read++
      assert.deepEqual(ends, [], 'no connection ended, as the broker would have it without the proof')
      await producer.close()
      await consumer.close()
      assert.equal(read, sent)
    },
  },
  {
    name: 'stores of certificates change while the broker runs',
    async run(place) {
      await asAdmin({ ...at(place, 0, 'PLAINTEXT') }, async admin => {
        const set = async (name: string, value: string) => {
          const resource = { type: 'BROKER', name: '1', ops: [{ name, op: 'SET', value }] } as const
          const [outcome] = await admin.incrementalAlterConfigs([resource]).outcomes()
          return outcome?.error
        }
        const store = 'listener.name.ssl.ssl.keystore.location'
        assert.equal(await set(store, join(place.directory, 'broker-keystore.pem')), undefined)
        for (const [name, value, words] of [
          [store, join(place.directory, 'gone.pem'), /gone.pem|Invalid value/],
          ['ssl.keystore.location', '/other.pem', /dynamically updated only per-listener/],
        ] as const) {
          const error = await set(name, value)
          assert.match(error?.message ?? 'it was taken', words, name)
        }
      })
      await administered(tls(place))
    },
  },
  {
    name: 'ACLs made, found, deleted',
    async run(place) {
      const credentials = sasl(place, 'PLAIN', plain('alice', 'wonder land'))
      await asAdmin(credentials, async admin => {
        const binding = {
          resourceType: 'TOPIC',
          resourceName: 'secret-',
          patternType: 'PREFIXED',
          principal: 'User:bob',
          host: '*',
          operation: 'READ',
          permissionType: 'ALLOW',
        } as const
        const [made, odd] = await admin.createAcls([binding, { ...binding, principal: 'nobody' }]).outcomes()
        assert.deepEqual([errorNameOf(made!), errorNameOf(odd!)], [undefined, 'INVALID_REQUEST'])
        const match = { resourceType: 'TOPIC', resourceName: 'secret-plans', patternType: 'MATCH' } as const
        await until('the ACL', 10_000, async () => (await admin.describeAcls(match)).length === 1)
        assert.deepEqual(await admin.describeAcls(match), [binding])
        const [deleted] = await admin.deleteAcls([{ principal: 'User:bob' }])
        assert.deepEqual(deleted, [{ binding, error: undefined }])
      })
    },
  },
  {
    name: 'delegation tokens made, used, renewed, ended',
    only: 'Apache Kafka',
    async run(place) {
      await asAdmin(sasl(place, 'PLAIN', plain('alice', 'wonder land')), async admin => {
        const renewers = [{ principalType: 'User', name: 'bob' }]
        const token = await admin.createDelegationToken({ renewers, maxLifetimeMs: 60_000 })
        const asToken = scram(token.tokenId, Buffer.from(token.hmac).toString('base64'), ' tokenauth=true')
        const settings = sasl(place, 'SCRAM-SHA-256', asToken)
        await until('the token', 10_000, () =>
          administered(settings).then(
            () => true,
            () => false,
          ),
        )
        const [found] = await admin.describeDelegationToken()
        assert.deepEqual([found?.tokenId, found?.owner.name, found?.renewers], [token.tokenId, 'alice', renewers])
        assert.ok((await admin.renewDelegationToken(token.hmac, { renewTimePeriodMs: 30_000 })) > 0)
        assert.ok((await admin.expireDelegationToken(token.hmac)) > 0)
      })
    },
  },
]

/** A record there and back. */
async function roundTrip(settings: Settings): Promise<void> {
  const world = nodeWorld()
  const topic = 'secured'
  await asAdmin(settings, admin => freshTopic(admin, topic))
  const producer = createProducer({ world, settings })
  const { offset } = await producer.send({ topic, value: 'a secret' })
  await producer.close()
  const consumer = createConsumer({ world, settings: { ...settings, 'auto.offset.reset': 'earliest' } })
  consumer.assign([{ topic, partition: 0 }])
  consumer.seek({ topic, partition: 0, offset })
  const values: string[] = []
  for await (const record of consumer.records()) {
    values.push(Buffer.from(record.value ?? []).toString())
    break
  }
  await consumer.close()
  assert.deepEqual(values, ['a secret'])
}

async function freshTopic(admin: Admin, topic: string): Promise<void> {
  await admin.createTopics([{ name: topic, numPartitions: 1 }]).outcomes()
}

const administered = (settings: Settings, world = nodeWorld()) =>
  asAdmin(settings, async admin => void (await admin.describeCluster()), world)

async function refused(settings: Settings, code: string, message: RegExp, world = nodeWorld()): Promise<void> {
  const began = performance.now()
  await assert.rejects(administered(settings, world), (error: Error & { code: string }) => {
    assert.ok(code.split('|').includes(error.code), `${error.code}: ${error.message}`)
    assert.match(error.message, message)
    return true
  })
  assert.ok(performance.now() - began < 6000, 'a refusal is heard at once')
}

async function asAdmin(settings: Settings, body: (admin: Admin) => Promise<void>, world = nodeWorld()): Promise<void> {
  const admin = createAdmin({ world, settings: { ...settings, 'default.api.timeout.ms': 5000 } })
  try {
    await body(admin)
  } finally {
    await admin.close()
  }
}
