import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LogFields, silentLogger, sleep } from '@dorsale/base'
import { createAdmin } from '../admin/admin.ts'
import { createConsumer } from '../consumer/kafka-consumer.ts'
import { createProducer } from '../producer/kafka-producer.ts'
import { type FakeCluster, host, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'
import { parseBootstrapServers } from './addresses.ts'

function producerOf(cluster: FakeCluster, world: ClientWorld, settings: object = {}) {
  return createProducer({ world, settings: { 'bootstrap.servers': cluster.bootstrap, ...settings } })
}

test('bootstrap servers are read, with IPv6, and the wrong ones named', () => {
  assert.deepEqual(parseBootstrapServers(['a:1', '[::1]:9092', 'SASL_SSL://b:2']), [
    { host: 'a', port: 1 },
    { host: '::1', port: 9092 },
    { host: 'b', port: 2 },
  ])
  assert.throws(() => parseBootstrapServers([]), /empty/)
  assert.throws(() => parseBootstrapServers(['a', 'b:99999', 'c:1']), /'a' in .*\n'b:99999' in/)
})

test('a broker that does not know our newest ApiVersions is asked in one that it knows', () =>
  withCluster({}, async (cluster, world) => {
    cluster.apiVersionMax.set(18, 2)
    cluster.createTopic('t', 1)
    const producer = producerOf(cluster, world)
    assert.equal((await producer.send({ topic: 't', value: 'x' })).offset, 0)
    await producer.close()
    assert.ok(cluster.seen.filter(({ name }) => name === 'ApiVersions').every(({ version }) => version === 2))
  }))

test('an API that a broker serves only in unknown versions is refused with a sentence', () =>
  withCluster({}, async (cluster, world) => {
    cluster.apiVersionMax.set(60, -1)
    const admin = createAdmin({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    await assert.rejects(admin.describeCluster(), /no common version of DescribeCluster/)
    await admin.close()
  }))

test('a bootstrap server that is dead is passed over', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = producerOf(cluster, world, { 'bootstrap.servers': [`${host}:8000`, cluster.bootstrap] })
    assert.equal((await producer.send({ topic: 't', value: 'x' })).offset, 0)
    await producer.close()
  }))

test('who cannot reach a broker is told which, and why, by the error and once by the log', () =>
  withCluster({}, async (cluster, each) => {
    const warnings: unknown[] = []
    const warn = (message: string, fields?: LogFields) => warnings.push([message, fields?.host, fields?.port])
    const world = { ...each, logger: { ...silentLogger, warn } }
    const settings = { 'bootstrap.servers': `${host}:8000`, 'request.timeout.ms': 5000 }
    const why =
      /: not within 5000 ms: (no broker can be reached at the moment: )?cannot connect to test:8000: ECONNREFUSED$/
    const admin = createAdmin({ world, settings: { ...settings, 'default.api.timeout.ms': 5000 } })
    await assert.rejects(admin.listTopics(), { code: 'DORSALE_TIMEOUT', message: why })
    await admin.close()
    assert.deepEqual(warnings, [['a broker cannot be reached', host, 8000]])
    const producer = createProducer({ world, settings: { ...settings, 'max.block.ms': 5000 } })
    await assert.rejects(Promise.resolve(producer.send({ topic: 't', value: 'x' })), {
      code: 'DORSALE_TIMEOUT',
      message: why,
    })
    await producer.close()
    assert.equal(cluster.seen.length, 0)
  }))

test('who reads a topic that is not there is told so by the log, once', () =>
  withCluster({}, async (cluster, each) => {
    const warnings: unknown[] = []
    const warn = (message: string, fields?: LogFields) => warnings.push([message, fields?.topic])
    const consumer = createConsumer({
      world: { ...each, logger: { ...silentLogger, warn } },
      settings: { 'bootstrap.servers': cluster.bootstrap },
    })
    consumer.assign([{ topic: 'ordres', partition: 0 }])
    assert.equal(await consumer.poll({ timeoutMs: 5000 }), undefined)
    assert.deepEqual(warnings, [['a topic is not to be had, and is asked for again', 'ordres']])
    await consumer.close()
  }))

test('a listener that hangs up on the first question, and one without SASL, are named with the setting that may be wrong', () =>
  withCluster({}, async (cluster, world) => {
    const settings = {
      'bootstrap.servers': cluster.bootstrap,
      'default.api.timeout.ms': 3000,
      'request.timeout.ms': 3000,
    }
    cluster.script = ({ name }) => (name === 'ApiVersions' ? 'cut' : undefined)
    const admin = createAdmin({ world, settings })
    await assert.rejects(
      admin.listTopics(),
      /test:9001 hung up instead of answering: .* without TLS, as security\.protocol says\?$/,
    )
    await admin.close()
    cluster.script = () => undefined
    cluster.apiVersionMax.set(17, -1)
    const jaas = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="b";'
    const sasl = { 'security.protocol': 'SASL_PLAINTEXT', 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': jaas }
    const proving = createAdmin({ world, settings: { ...settings, ...sasl } })
    await assert.rejects(
      proving.listTopics(),
      /test:9001 asks nobody who they are \(SASL\): security\.protocol=PLAINTEXT/,
    )
    await proving.close()
  }))

test('a leader that dies before its cluster notices is asked after until another leads', () =>
  withCluster({ brokers: 2 }, async (cluster, world) => {
    cluster.createTopic('t', 1, { leaders: [2] })
    const producer = producerOf(cluster, world)
    await producer.send({ topic: 't', value: 'before' })
    cluster.staleMetadata = cluster.metadata(['t'])
    await cluster.kill(2)
    const delivery = producer.send({ topic: 't', value: 'after' })
    await sleep(world.clock, 4000)
    Object.assign(cluster.topics.get('t')!.partitions[0]!, { leader: 1, epoch: 1 })
    cluster.staleMetadata = undefined
    const heardMs = world.clock.monotonic()
    assert.equal((await delivery).offset, 1)
    assert.ok(world.clock.monotonic() - heardMs < 3000)
    await producer.close()
  }))

test('when every known broker is dead the client finds the cluster by its bootstrap servers again (KIP-899)', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const servers = [cluster.bootstrap, `${host}:9777`]
    const producer = producerOf(cluster, world, { 'bootstrap.servers': servers })
    await producer.send({ topic: 't', value: 'before' })
    await cluster.kill(1)
    await cluster.start(1, 9777)
    assert.equal((await producer.send({ topic: 't', value: 'after' })).offset, 1)
    await producer.close()
  }))

test('bootstrap servers that are dead do not matter while a learnt broker lives (platformatic/kafka#232)', () =>
  withCluster({ brokers: 2 }, async (cluster, world) => {
    cluster.createTopic('t', 1, { leaders: [2] })
    const producer = producerOf(cluster, world, { 'metadata.max.age.ms': 1000 })
    await producer.send({ topic: 't', value: 'before' })
    await cluster.kill(1)
    const asked = cluster.count('Metadata')
    for (let index = 0; index < 60; index++) {
      await producer.send({ topic: 't', value: 'after' })
      await sleep(world.clock, 500)
    }
    assert.equal(cluster.partition('t', 0).nextOffset, 61)
    assert.ok(cluster.count('Metadata') - asked >= 20, 'the metadata stays fresh')
    // What nobody has asked about so far can be asked of whoever is left.
    cluster.createTopic('u', 1, { leaders: [2] })
    assert.equal((await producer.send({ topic: 'u', value: 'new' })).offset, 0)
    await producer.close()
  }))

test('a leader that moved is followed, and an answer from the past is not believed', () =>
  withCluster({ brokers: 2 }, async (cluster, world) => {
    cluster.createTopic('t', 1, { leaders: [1] })
    const producer = producerOf(cluster, world, { 'metadata.max.age.ms': 200 })
    await producer.send({ topic: 't', value: '0' })
    const old = cluster.metadata(['t'])
    Object.assign(cluster.partition('t', 0), { leader: 2, epoch: 1 })
    assert.equal((await producer.send({ topic: 't', value: '1' })).offset, 1)
    // A broker that lags behind names the old leader, with its old epoch, from now on.
    cluster.staleMetadata = old
    const since = cluster.seen.length
    const asked = cluster.count('Metadata')
    while (cluster.count('Metadata') < asked + 3) {
      await producer.send({ topic: 't', value: 'x' })
      await sleep(world.clock, 20)
    }
    const strays = cluster.seen.slice(since).filter(({ name, nodeId }) => name === 'Produce' && nodeId === 1)
    assert.equal(strays.length, 0)
    await producer.close()
  }))

test('a silent broker is given up after request.timeout.ms, and what was sent is sent again', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = producerOf(cluster, world, { 'request.timeout.ms': 1000 })
    await producer.send({ topic: 't', value: '0' })
    let silences = 1
    cluster.script = ({ name }) => (name === 'Produce' && silences-- > 0 ? 'silence' : undefined)
    const began = cluster.clock.monotonic()
    assert.equal((await producer.send({ topic: 't', value: '1' })).offset, 1)
    const took = cluster.clock.monotonic() - began
    assert.ok(took >= 1000 && took < 2000, `${took} ms`)
    await producer.close()
  }))

test('reconnections to a dead cluster are few, and the client comes back when it does', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    let attempts = 0
    const counting = {
      ...world,
      clock: world.clock,
      prng: world.prng,
      logger: world.logger,
      net: {
        listen: world.net.listen,
        connect: (...args: Parameters<typeof world.net.connect>) => {
          attempts++
          return world.net.connect(...args)
        },
      },
    }
    const producer = producerOf(cluster, counting)
    await producer.send({ topic: 't', value: '0' })
    await cluster.kill(1)
    attempts = 0
    const delivery = producer.send({ topic: 't', value: '1' })
    delivery.then(() => {})
    await new Promise<void>(resolve => world.clock.setTimer(30_000, resolve))
    assert.ok(attempts > 10 && attempts < 100, `${attempts} attempts in 30 s`)
    await cluster.start(1)
    assert.equal((await delivery).offset, 1)
    await producer.close()
  }))

test('a connection that nobody uses is closed, and opened again when it is needed (connections.max.idle.ms)', () =>
  withCluster({}, async (cluster, world) => {
    const settings = { 'bootstrap.servers': cluster.bootstrap, 'connections.max.idle.ms': 1000 }
    const admin = createAdmin({ world, settings })
    await admin.listTopics()
    const opened = cluster.count('ApiVersions')
    for (let call = 0; call < 5; call++) {
      await sleep(world.clock, 600)
      await admin.listTopics()
    }
    assert.equal(cluster.count('ApiVersions'), opened)
    await sleep(world.clock, 3000)
    const before = world.clock.monotonic()
    await admin.listTopics()
    assert.equal(cluster.count('ApiVersions'), opened + 1)
    // It has not failed, so nothing is waited for.
    assert.ok(world.clock.monotonic() - before < 10)
    await admin.close()
  }))
