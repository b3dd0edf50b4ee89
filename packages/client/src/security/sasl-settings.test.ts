import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sleep } from '@dorsale/base'
import { errorCodes, type MessageOf, type saslAuthenticateRequest } from '@dorsale/protocol'
import { createAdmin } from '../admin/admin.ts'
import { createConsumer } from '../consumer/kafka-consumer.ts'
import { createProducer } from '../producer/kafka-producer.ts'
import { type FakeCluster, type Seen, withCluster } from '../testing/fake-cluster.ts'

const plain = (password = 'secret') => ({
  'security.protocol': 'sasl_plaintext',
  'sasl.mechanism': 'PLAIN',
  'sasl.jaas.config': `PlainLoginModule required username="alice" password="${password}";`,
})

/** Round trips of the simulated network take microseconds. */
const lifetimeMs = 4

/** A broker that asks who it is, and believes alice for a few milliseconds. */
function guarded(cluster: FakeCluster, besides: FakeCluster['script'] = () => undefined): void {
  cluster.script = (seen: Seen) => {
    if (seen.name === 'SaslHandshake') return { answer: { mechanisms: ['PLAIN'] } }
    if (seen.name !== 'SaslAuthenticate') return besides(seen)
    const { authBytes } = seen.body as MessageOf<typeof saslAuthenticateRequest>
    const isAlice = Buffer.from(authBytes).toString() === '\0alice\0secret'
    const refusal = { errorCode: errorCodes.SASL_AUTHENTICATION_FAILED, errorMessage: 'who are you?' }
    return { answer: isAlice ? { sessionLifetimeMs: lifetimeMs } : refusal }
  }
}

test('who a client is comes before all else that it asks', () =>
  withCluster({}, async (cluster, world) => {
    guarded(cluster)
    const admin = createAdmin({ world, settings: { 'bootstrap.servers': cluster.bootstrap, ...plain() } })
    await admin.listTopics()
    const names = cluster.seen.map(({ name }) => name)
    assert.deepEqual(names.slice(0, 4), ['ApiVersions', 'SaslHandshake', 'SaslAuthenticate', 'Metadata'])
    await admin.close()
  }))

test('wrong credentials are heard of at once, by every call and every record', () =>
  withCluster({}, async (cluster, world) => {
    guarded(cluster)
    const settings = { 'bootstrap.servers': cluster.bootstrap, ...plain('wrong') }
    const refusal = { code: 'DORSALE_AUTHENTICATION', message: 'PLAIN: who are you?' }
    const admin = createAdmin({ world, settings })
    const producer = createProducer({ world, settings })
    await assert.rejects(admin.listTopics(), refusal)
    await assert.rejects(admin.createTopics([{ name: 'a' }]), refusal)
    const sent = producer.send({ topic: 'a', value: 'x' })
    await assert.rejects(Promise.resolve(sent), refusal)
    const consumer = createConsumer({ world, settings })
    consumer.assign([{ topic: 'a', partition: 0 }])
    await assert.rejects(consumer.poll({ timeoutMs: 60_000 }), refusal)
    assert.ok(cluster.clock.monotonic() < 2000)
    await admin.close()
    await producer.close()
    await consumer.close()
  }))

test('a mechanism that the broker does not offer is said, with those that it does', () =>
  withCluster({}, async (cluster, world) => {
    cluster.script = ({ name }) =>
      name === 'SaslHandshake'
        ? { answer: { errorCode: errorCodes.UNSUPPORTED_SASL_MECHANISM, mechanisms: ['GSSAPI', 'OAUTHBEARER'] } }
        : undefined
    const admin = createAdmin({ world, settings: { 'bootstrap.servers': cluster.bootstrap, ...plain() } })
    const message = 'the broker does not offer the SASL mechanism PLAIN, but GSSAPI, OAUTHBEARER'
    await assert.rejects(admin.listTopics(), { message })
    await admin.close()
  }))

test('a connection shows anew who it is while requests are under way, one at a time too, and loses none (KIP-368; the deadlock of platformatic/kafka#226)', () =>
  withCluster({}, async (cluster, world) => {
    guarded(cluster)
    cluster.createTopic('a', 1)
    const settings = {
      'bootstrap.servers': cluster.bootstrap,
      'max.in.flight.requests.per.connection': 1,
      'linger.ms': 0,
      ...plain(),
    }
    const producer = createProducer({ world, settings })
    const endMs = cluster.clock.monotonic() + 3 * lifetimeMs
    let sent = 0
    while (cluster.clock.monotonic() < endMs) await producer.send({ topic: 'a', value: String(sent++) })
    assert.equal(cluster.partition('a', 0).nextOffset, sent)
    // Two connections: the one that begins, and the one to the broker by its name.
    assert.equal(cluster.count('ApiVersions'), 2)
    const proofs = cluster.seen.filter(({ name }) => name === 'SaslAuthenticate').map(({ atMs }) => atMs)
    assert.ok(proofs.length >= 2 + 2, String(proofs))
    await producer.close()
  }))

test('who begins to ask while a connection shows anew who it is waits for that, and no longer (platformatic/kafka#226)', () =>
  withCluster({}, async (cluster, world) => {
    guarded(cluster)
    const { script } = cluster
    const admin = createAdmin({ world, settings: { 'bootstrap.servers': cluster.bootstrap, ...plain() } })
    await admin.listTopics()
    const asked: Promise<unknown>[] = []
    cluster.script = seen => {
      if (seen.name === 'SaslHandshake') asked.push(admin.listTopics())
      return script(seen)
    }
    await sleep(world.clock, 3 * lifetimeMs)
    assert.ok(asked.length >= 2, `${asked.length} proofs`)
    const beganMs = cluster.clock.monotonic()
    await Promise.all(asked)
    assert.equal(cluster.clock.monotonic(), beganMs, 'all were answered long ago')
    await admin.close()
  }))

test('a proof that is refused later ends the connection', () =>
  withCluster({}, async (cluster, world) => {
    let isAllowed = true
    guarded(cluster)
    const { script } = cluster
    cluster.script = seen =>
      seen.name === 'SaslAuthenticate' && !isAllowed
        ? { errorCode: 0, answer: { errorCode: errorCodes.SASL_AUTHENTICATION_FAILED, errorMessage: 'not any more' } }
        : script(seen)
    const admin = createAdmin({ world, settings: { 'bootstrap.servers': cluster.bootstrap, ...plain() } })
    await admin.listTopics()
    isAllowed = false
    const endMs = cluster.clock.monotonic() + 2 * lifetimeMs
    let refusal: unknown
    while (refusal === undefined && cluster.clock.monotonic() < endMs) {
      refusal = await admin.listTopics().then(
        () => undefined,
        error => error,
      )
    }
    assert.match(String(refusal), /not any more/)
    await admin.close()
  }))

test('settings without credentials, or with those of another mechanism, are refused', () =>
  withCluster({}, async (cluster, world) => {
    for (const [settings, sentence] of [
      [{ 'sasl.mechanism': 'GSSAPI' }, /'GSSAPI' is not served/],
      [{ 'sasl.mechanism': 'PLAIN' }, /it is not set, and sasl.mechanism needs PlainLoginModule/],
      [{ ...plain(), 'sasl.mechanism': 'SCRAM-SHA-512' }, /it names PlainLoginModule, and sasl.mechanism needs Scram/],
      [{ ...plain(), 'sasl.jaas.config': 'PlainLoginModule required username="a";' }, /needs username="..." and/],
    ] as const) {
      const all = { 'bootstrap.servers': cluster.bootstrap, 'security.protocol': 'SASL_PLAINTEXT', ...settings }
      assert.throws(() => createAdmin({ world, settings: all }), { code: 'DORSALE_CONFIG', message: sentence })
    }
  }))
