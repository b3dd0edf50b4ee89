import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConnectOptions, NetError, type Socket, type SocketHandler } from '@dorsale/base'
import { type ApiVersionsRequest, errorCodes } from '@dorsale/protocol'
import { createAdmin } from '../admin/admin.ts'
import { createProducer } from '../producer/kafka-producer.ts'
import { type FakeCluster, host, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'

/** A world in which some names have no address, as long as `lacks` says so. */
function withoutAddress(world: ClientWorld, lacks: (name: string) => boolean): ClientWorld {
  const connect = (options: ConnectOptions, handler: SocketHandler): Socket => {
    if (!lacks(options.host)) return world.net.connect(options, handler)
    const socket = world.net.connect({ ...options, host, port: 1 }, { onData() {}, onClose() {} })
    const errno = 'ENOTFOUND'
    world.clock.defer(() => handler.onClose?.(new NetError(errno, `cannot connect to ${options.host}: ${errno}`)))
    return socket
  }
  return { ...world, net: { listen: world.net.listen.bind(world.net), connect } }
}

const named = (cluster: FakeCluster, name: string) => cluster.bootstrap.replace(host, name)

test('a bootstrap server without an address is asked for again, and found when it has one', () =>
  withCluster({}, async (cluster, world) => {
    const begunMs = cluster.clock.monotonic()
    const settings = { 'bootstrap.servers': cluster.bootstrap, 'bootstrap.resolve.timeout.ms': 60_000 }
    const late = withoutAddress(world, () => cluster.clock.monotonic() < begunMs + 5000)
    const admin = createAdmin({ world: late, settings })
    assert.deepEqual(await admin.listTopics(), [])
    await admin.close()
  }))

test('bootstrap.resolve.timeout.ms: names without an address for so long are a final error, said at once by every call', () =>
  withCluster({}, async (cluster, world) => {
    const settings = { 'bootstrap.servers': 'nowhere:9092', 'bootstrap.resolve.timeout.ms': 3000 }
    const producer = createProducer({ world: withoutAddress(world, name => name === 'nowhere'), settings })
    const refusal = { code: 'DORSALE_BOOTSTRAP', message: /^no bootstrap server has had an address for 3000 ms/ }
    await assert.rejects(Promise.resolve(producer.send({ topic: 't', value: 'x' })), refusal)
    const failedMs = cluster.clock.monotonic()
    assert.ok(failedMs >= 3000 && failedMs < 6000, String(failedMs))
    await assert.rejects(producer.partitionsFor('t'), refusal)
    assert.ok(cluster.clock.monotonic() < failedMs + 2000)
    await producer.close()
  }))

test('client.dns.lookup: bootstrap servers are reached by the names that their addresses have', () =>
  withCluster({}, async (cluster, world) => {
    const lookup = { 'client.dns.lookup': 'resolve_canonical_bootstrap_servers_only' }
    const settings = { 'bootstrap.servers': [named(cluster, 'alias'), named(cluster, 'unknown')], ...lookup }
    const canonicalNames = async (name: string) => {
      if (name === 'alias') return [host]
      throw new NetError('ENOTFOUND', `no address: ${name}`)
    }
    const reached = withoutAddress(world, name => name !== host)
    const admin = createAdmin({ world: { ...reached, canonicalNames }, settings })
    assert.deepEqual(await admin.listTopics(), [])
    await admin.close()
    assert.throws(() => createAdmin({ world, settings }), { code: 'DORSALE_CONFIG', message: /needs `canonicalNames`/ })
  }))

test('client.dns.lookup: after a disconnection another address of the name is tried first', () =>
  withCluster({}, async (cluster, world) => {
    const asked: ConnectOptions[] = []
    const reached: Socket[] = []
    const connect = (options: ConnectOptions, handler: SocketHandler): Socket => {
      const socket = world.net.connect(options, handler)
      asked.push(options)
      reached.push(socket)
      return socket
    }
    let cuts = 1
    cluster.createTopic('t', 1)
    cluster.script = ({ name }) => (name === 'Produce' && cuts-- > 0 ? 'cut' : undefined)
    const net = { listen: world.net.listen.bind(world.net), connect }
    const producer = createProducer({ world: { ...world, net }, settings: { 'bootstrap.servers': cluster.bootstrap } })
    await producer.send({ topic: 't', value: 'x' })
    const first = asked.findLastIndex(({ avoidAddress }) => avoidAddress === undefined)
    assert.notEqual(reached[first]?.remoteAddress, '')
    assert.deepEqual(
      asked.slice(first + 1).map(({ avoidAddress }) => avoidAddress),
      [reached[first]?.remoteAddress],
    )
    await producer.close()
  }))

test('a broker that is another than was meant says so, and the client starts again from its bootstrap servers (KIP-1242)', () =>
  withCluster({ brokers: 2 }, async (cluster, world) => {
    cluster.createTopic('t', 1, { leaders: [2] })
    const meant: [string | null, number][] = []
    let isMisrouted = true
    cluster.script = ({ name, nodeId, body }) => {
      if (name !== 'ApiVersions') return undefined
      const request = body as ApiVersionsRequest
      meant.push([request.clusterId, request.nodeId])
      if (nodeId !== 2 || !isMisrouted) return undefined
      isMisrouted = false
      return { answer: { errorCode: errorCodes.REBOOTSTRAP_REQUIRED } }
    }
    const settings = { 'bootstrap.servers': cluster.bootstrap }
    const producer = createProducer({ world, settings })
    assert.equal((await producer.send({ topic: 't', value: 'x' })).offset, 0)
    await producer.close()
    const clusterId = meant.find(([id]) => id !== null)?.[0]
    assert.equal(typeof clusterId, 'string')
    const of = (id: number) => meant.filter(([, nodeId]) => nodeId === id)
    assert.deepEqual(of(2), [
      [clusterId, 2],
      [clusterId, 2],
    ])
    assert.deepEqual(of(-1), [
      [null, -1],
      [null, -1],
    ])
  }))

test('a broker is told nothing while the cluster has no id: brokers refuse one id without the other', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    cluster.staleMetadata = { ...cluster.metadata(['t']), clusterId: null }
    const producer = createProducer({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    assert.equal((await producer.send({ topic: 't', value: 'x' })).offset, 0)
    await producer.close()
  }))

test('nobody is told who is meant where that is switched off', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    for (const more of [{ 'metadata.cluster.check.enable': false }, { 'metadata.recovery.strategy': 'none' }]) {
      const producer = createProducer({ world, settings: { 'bootstrap.servers': cluster.bootstrap, ...more } })
      await producer.send({ topic: 't', value: 'x' })
      await producer.close()
    }
    const asked = cluster.seen
      .filter(({ name }) => name === 'ApiVersions')
      .map(({ body }) => body as ApiVersionsRequest)
    assert.deepEqual(
      asked.map(({ nodeId }) => nodeId),
      [-1, -1, -1, -1],
    )
  }))
