/** A broker behind doors of each kind: who comes in, as whom, and what changes while it runs. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type TlsClientOptions, TlsError } from '@dorsale/base'
import { localhostCertificate, localhostKey, strangerCertificate, strangerKey } from '@dorsale/base/testing'
import {
  describeAclsRequest,
  describeAclsResponse,
  describeDelegationTokenRequest,
  describeDelegationTokenResponse,
  errorCodes,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
  metadataRequest,
  metadataResponse,
  saslAuthenticateRequest,
  saslAuthenticateResponse,
  saslHandshakeRequest,
  saslHandshakeResponse,
} from '@dorsale/protocol'
import { BrokerWorld, RawClient, type TestClient } from '../testing/broker-world.ts'

const modules = 'org.apache.kafka.common.security'
const identity = { certificateChain: localhostCertificate, privateKey: localhostKey }
const trusting = (trustedCertificates: string): TlsClientOptions => ({
  trustedCertificates,
  verifiesHost: false,
  versionMin: 'TLSv1.2',
  versionMax: 'TLSv1.3',
})

/** `/broker.pem` and `/other.pem` are keystores, `/ca.pem` a truststore. */
function settings(directory: string): Readonly<Record<string, string>> {
  const file = (name: string) => join(directory, 'stores', name)
  mkdirSync(file(''), { recursive: true })
  writeFileSync(file('broker.pem'), localhostKey + localhostCertificate)
  writeFileSync(file('other.pem'), strangerKey + strangerCertificate)
  writeFileSync(file('ca.pem'), localhostCertificate)
  const names = ['TLS', 'MUTUAL', 'SASL', 'BOTH']
  const jaas = `${modules}.plain.PlainLoginModule required user_alice="secret" user_bob="secret";`
  return {
    listeners: [...names.map(name => `${name}://127.0.0.1:0`), 'CONTROLLER://127.0.0.1:9093'].join(),
    'listener.security.protocol.map': 'TLS:SSL,MUTUAL:SSL,SASL:SASL_PLAINTEXT,BOTH:SASL_SSL,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'TLS',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': file('broker.pem'),
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': file('ca.pem'),
    'listener.name.mutual.ssl.client.auth': 'required',
    'listener.name.mutual.ssl.principal.mapping.rules': 'RULE:^CN=(.*)$/$1-by-certificate/',
    'sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.sasl.plain.sasl.jaas.config': jaas,
    'listener.name.both.plain.sasl.jaas.config': jaas,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:alice;User:localhost-by-certificate',
    'allow.everyone.if.no.acl.found': 'false',
  }
}

describe('a broker behind doors', () => {
  const world = new BrokerWorld(settings)
  before(() => world.start())
  after(() => world.stop())

  const tls = trusting(localhostCertificate)
  /** Whether it is one of the super users, as which each of them comes in. */
  const mayDescribeAcls = async (client: TestClient): Promise<boolean> => {
    const asked = { resourceTypeFilter: 1, patternTypeFilter: 1, operation: 1, permissionType: 1 }
    const { errorCode } = await client.call(describeAclsRequest, describeAclsResponse, 3, asked)
    assert.ok(errorCode === errorCodes.NONE || errorCode === errorCodes.CLUSTER_AUTHORIZATION_FAILED, `${errorCode}`)
    return errorCode === errorCodes.NONE
  }
  const logIn = async (client: TestClient, name: string, password = 'secret') => {
    await client.call(saslHandshakeRequest, saslHandshakeResponse, 1, { mechanism: 'PLAIN' })
    const authBytes = Buffer.from(`\0${name}\0${password}`)
    return client.call(saslAuthenticateRequest, saslAuthenticateResponse, 2, { authBytes })
  }

  test('clients are who they have shown that they are', async () => {
    assert.equal(await mayDescribeAcls(world.client(world.portOf('TLS'), { tls })), false)
    const mutual = world.client(world.portOf('MUTUAL'), { tls: { ...tls, identity } })
    assert.equal(await mayDescribeAcls(mutual), true)
    for (const [listener, options] of [
      ['SASL', {}],
      ['BOTH', { tls }],
    ] as const) {
      for (const [name, isSuper] of [
        ['alice', true],
        ['bob', false],
      ] as const) {
        const client = world.client(world.portOf(listener), options)
        assert.equal((await logIn(client, name)).errorCode, errorCodes.NONE)
        assert.equal(await mayDescribeAcls(client), isSuper, `${name} at ${listener}`)
      }
    }
  })

  test('tokens are refused to who has not shown who he is, and not there for who has', async () => {
    const errorOf = async (client: TestClient) =>
      (await client.call(describeDelegationTokenRequest, describeDelegationTokenResponse, 3, { owners: null }))
        .errorCode
    const stranger = world.client(world.portOf('TLS'), { tls })
    assert.equal(await errorOf(stranger), errorCodes.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED)
    const known = world.client(world.portOf('SASL'))
    await logIn(known, 'bob')
    assert.equal(await errorOf(known), errorCodes.DELEGATION_TOKEN_AUTH_DISABLED)
  })

  test('who shows nothing, or what is wrong, does not come in', async () => {
    await assert.rejects(mayDescribeAcls(world.client(world.portOf('MUTUAL'), { tls })))
    await assert.rejects(mayDescribeAcls(world.client(world.portOf('SASL'))))
    await assert.rejects(mayDescribeAcls(world.client(world.portOf('TLS'))))
    const client = world.client(world.portOf('SASL'))
    assert.equal((await logIn(client, 'alice', 'wrong')).errorCode, errorCodes.SASL_AUTHENTICATION_FAILED)
    await assert.rejects(mayDescribeAcls(client))
  })

  test('a listener answers with its own address', async () => {
    const client = world.client(world.portOf('TLS'), { tls })
    const { brokers } = await client.call(metadataRequest, metadataResponse, 9, { topics: [] })
    assert.deepEqual([brokers[0]?.host, brokers[0]?.port], ['127.0.0.1', world.portOf('TLS')])
  })

  test('a handshake that is never finished holds nobody up, nor the end of the broker', async () => {
    const silent = Array.from({ length: 20 }, () => new RawClient(world.portOf('TLS')))
    silent[0]!.send(Buffer.from('160301020001', 'hex'))
    silent[1]!.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    await silent[1]!.closed
    assert.equal(await mayDescribeAcls(world.client(world.portOf('TLS'), { tls })), false)
    for (const client of silent) client.close()
  })

  const alter = async (name: string, value: string) => {
    const client = world.client(world.portOf('MUTUAL'), { tls: { ...tls, identity } })
    const { responses } = await client.call(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, 1, {
      resources: [{ resourceType: 4, resourceName: '1', configs: [{ name, configOperation: 0, value }] }],
    })
    return responses[0]!
  }

  test('keystores change while it runs, for connections to come, and what is of no use is refused', async () => {
    const key = 'listener.name.tls.ssl.keystore.location'
    const other = join(world.directory, 'stores', 'other.pem')
    const held = world.client(world.portOf('TLS'), { tls })
    assert.equal(await mayDescribeAcls(held), false)
    for (const [name, value, sentence] of [
      [key, '/gone.pem', /ssl.keystore.location: cannot read \/gone.pem: ENOENT/],
      ['ssl.keystore.location', other, /can be dynamically updated only per-listener/],
    ] as const) {
      const { errorCode, errorMessage } = await alter(name, value)
      assert.equal(errorCode, errorCodes.INVALID_REQUEST, name)
      assert.match(errorMessage ?? '', sentence)
    }
    assert.equal((await alter(key, other)).errorCode, errorCodes.NONE)
    await assert.rejects(mayDescribeAcls(world.client(world.portOf('TLS'), { tls })), TlsError)
    const client = world.client(world.portOf('TLS'), { tls: trusting(strangerCertificate) })
    assert.equal(await mayDescribeAcls(client), false)
    assert.equal(await mayDescribeAcls(held), false, 'connections that are there live on')
    // Taken, as by Kafka, and said to wait.
    const jaas = `${modules}.plain.PlainLoginModule required user_zoe="secret";`
    assert.equal((await alter('listener.name.sasl.plain.sasl.jaas.config', jaas)).errorCode, errorCodes.NONE)
    assert.equal(
      world.lines.at(-1)?.message,
      'listener.name.sasl.plain.sasl.jaas.config takes effect at the next start',
    )
    // The file is another, under the same name: read anew when it is named again.
    writeFileSync(other, localhostKey + localhostCertificate)
    assert.equal((await alter(key, other)).errorCode, errorCodes.NONE)
    assert.equal(await mayDescribeAcls(world.client(world.portOf('TLS'), { tls })), false)
  })
})

test('a broker whose doors cannot be made does not start, and says all that is wrong', async () => {
  const world = new BrokerWorld(directory => {
    const { 'listener.name.both.plain.sasl.jaas.config': _, ...rest } = settings(directory)
    return { ...rest, 'listener.name.tls.ssl.keystore.location': '/gone.pem' }
  })
  await assert.rejects(world.start(), {
    code: 'DORSALE_CONFIG',
    message: /cannot read \/gone.pem: ENOENT\nlistener.name.both.plain.sasl.jaas.config is not set/,
  })
  await world.stop()
})
