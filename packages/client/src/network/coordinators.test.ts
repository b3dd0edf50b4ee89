import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ErrorCode, errorCodes, heartbeatRequest, heartbeatResponse, ProtocolError } from '@dorsale/protocol'
import { adminTable } from '../config/admin-config.ts'
import { loadSettings } from '../config/settings.ts'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'
import { parseBootstrapServers } from './addresses.ts'
import { Cluster } from './cluster.ts'
import { connectionConfig } from './connection-config.ts'
import type { CoordinatorKey } from './coordinators.ts'

const findCoordinator = 10

function clusterOf(fake: FakeCluster, world: ClientWorld): Cluster {
  const config = loadSettings(adminTable, { 'bootstrap.servers': fake.bootstrap }, world.logger)
  return new Cluster({
    world,
    config: connectionConfig(config, world),
    bootstrap: parseBootstrapServers(config['bootstrap.servers']),
    inFlightMax: 5,
    allowAutoTopicCreation: false,
    onChange() {},
  })
}

const group = (key: string): CoordinatorKey => ({ type: 'group', key })

function heartbeat(cluster: Cluster, key: string, parks = false) {
  const value = { groupId: key, memberId: 'm', generationId: 1 }
  return cluster.callCoordinator(group(key), heartbeatRequest, heartbeatResponse, value, {
    parks,
    check: ({ errorCode }) => {
      // The group knows no such member: the coordinator has answered.
      if (errorCode !== errorCodes.UNKNOWN_MEMBER_ID) throw new ProtocolError(errorCode as ErrorCode)
    },
  })
}

for (const [versionMax, questions] of [
  [6, 1],
  [3, 3],
  [0, 3],
] as const) {
  test(`coordinators are found with FindCoordinator up to v${versionMax}: ${questions} question(s) for three keys, none for what is known`, () =>
    withCluster({ brokers: 2 }, async (fake, world) => {
      fake.apiVersionMax.set(findCoordinator, versionMax)
      fake.coordinators.set('b', 2)
      const cluster = clusterOf(fake, world)
      const links = await Promise.all(['a', 'b', 'c', 'a'].map(key => cluster.coordinator(group(key))))
      assert.deepEqual(
        links.map(({ nodeId }) => nodeId),
        [1, 2, 1, 1],
      )
      assert.equal(fake.count('FindCoordinator'), questions)
      await cluster.coordinator(group('b'))
      assert.equal(fake.count('FindCoordinator'), questions)
      cluster.close()
    }))
}

test('a broker that is too old for the type is refused with a sentence', () =>
  withCluster({}, async (fake, world) => {
    fake.apiVersionMax.set(findCoordinator, 5)
    const cluster = clusterOf(fake, world)
    await assert.rejects(cluster.coordinator({ type: 'share', key: 'g:t:0' }), /up to version 5, 6 is needed/)
    fake.apiVersionMax.set(findCoordinator, 0)
    const other = clusterOf(fake, world)
    await assert.rejects(other.coordinator({ type: 'transaction', key: 't' }), /too old to coordinate for type trans/)
    cluster.close()
    other.close()
  }))

test('an error of one key does not touch the others', () =>
  withCluster({}, async (fake, world) => {
    fake.coordinators.set('none', -1)
    const cluster = clusterOf(fake, world)
    const [good, bad] = await Promise.allSettled([cluster.coordinator(group('g')), cluster.coordinator(group('none'))])
    assert.equal(good.status, 'fulfilled')
    assert.match(String((bad as PromiseRejectedResult).reason), /coordinator of group 'none': no coordinator/)
    cluster.close()
  }))

test('a coordinator that moved is asked for again, and so is one whose connection ended', () =>
  withCluster({ brokers: 2 }, async (fake, world) => {
    const cluster = clusterOf(fake, world)
    const beat = () => cluster.retrying('a heartbeat', () => heartbeat(cluster, 'g'), { timeoutMs: 10_000 })
    const asked = () => fake.seen.filter(({ name }) => name === 'Heartbeat').map(({ nodeId }) => nodeId)
    await beat()
    assert.equal(fake.count('FindCoordinator'), 1)

    fake.coordinators.set('g', 2)
    await beat()
    assert.equal(fake.count('FindCoordinator'), 2)
    assert.deepEqual(asked(), [1, 1, 2])

    fake.coordinators.set('g', 1)
    await fake.kill(2)
    await beat()
    assert.deepEqual(asked(), [1, 1, 2, 1])
    cluster.close()
  }))

test('a request that the broker parks holds up no other', () =>
  withCluster({}, async (fake, world) => {
    const cluster = clusterOf(fake, world)
    let isFirst = true
    fake.script = ({ name }) => {
      if (name !== 'Heartbeat' || !isFirst) return undefined
      isFirst = false
      return 'silence'
    }
    const parked = heartbeat(cluster, 'g', true)
    const failed = assert.rejects(parked, /closed/)
    while (fake.count('Heartbeat') === 0) await new Promise<void>(resolve => world.clock.setTimer(1, resolve))
    await heartbeat(cluster, 'g')
    cluster.close()
    await failed
  }))

test('a request that the broker parks goes by the connection that the others have kept alive; there is a second one only while it is parked', () =>
  withCluster({}, async (fake, world) => {
    const cluster = clusterOf(fake, world)
    const connections = () => fake.count('ApiVersions')
    await heartbeat(cluster, 'g')
    const first = connections()
    await heartbeat(cluster, 'g', true)
    await heartbeat(cluster, 'g')
    assert.equal(connections(), first)
    await Promise.all([heartbeat(cluster, 'g', true), heartbeat(cluster, 'g')])
    assert.equal(connections(), first + 1)
    cluster.close()
  }))
