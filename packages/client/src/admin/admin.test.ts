import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeTopicPartitionsRequest, errorCodes } from '@dorsale/protocol'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'
import { createAdmin } from './admin.ts'

function open(cluster: FakeCluster, world: ClientWorld, settings: object = {}) {
  return createAdmin({ world, settings: { 'bootstrap.servers': cluster.bootstrap, ...settings } })
}

test('topics are created, listed and described', () =>
  withCluster({}, async (cluster, world) => {
    cluster.apiVersionMax.set(describeTopicPartitionsRequest.apiKey!, -1)
    const admin = open(cluster, world)
    await admin.createTopics([
      { name: 'b', numPartitions: 2 },
      { name: 'a', numPartitions: 1 },
    ])
    assert.deepEqual((await admin.listTopics()).map(({ name }) => name).sort(), ['a', 'b'])
    const [topic] = await admin.describeTopics(['b'])
    assert.deepEqual(
      topic!.partitions.map(({ index, leaderId }) => [index, leaderId]),
      [
        [0, 1],
        [1, 1],
      ],
    )
    await assert.rejects(admin.describeTopics(['missing']), { errorName: 'UNKNOWN_TOPIC_OR_PARTITION' })
    await admin.close()
    await assert.rejects(admin.listTopics(), { code: 'DORSALE_CLOSED' })
  }))

test("a refusal carries the broker's sentence", () =>
  withCluster({}, async (cluster, world) => {
    cluster.script = ({ name }) => (name === 'CreateTopics' ? { errorCode: errorCodes.POLICY_VIOLATION } : undefined)
    const admin = open(cluster, world)
    const creation = admin.createTopics([{ name: 'a', numPartitions: 1 }])
    await assert.rejects(creation, { errorName: 'POLICY_VIOLATION', message: 'a: refused by the script' })
    await admin.close()
  }))

test('what may pass is tried again, as often as retries and as long as default.api.timeout.ms allow', () =>
  withCluster({}, async (cluster, world) => {
    let refusals = 2
    cluster.script = ({ name }) =>
      name === 'CreateTopics' && refusals-- > 0 ? { errorCode: errorCodes.NOT_CONTROLLER } : undefined
    const admin = open(cluster, world)
    await admin.createTopics([{ name: 'a', numPartitions: 1 }])
    assert.equal(cluster.count('CreateTopics'), 3)
    refusals = Number.POSITIVE_INFINITY
    const hasty = open(cluster, world, { 'default.api.timeout.ms': 2000 })
    const began = cluster.clock.monotonic()
    await assert.rejects(hasty.createTopics([{ name: 'b', numPartitions: 1 }]), { code: 'DORSALE_TIMEOUT' })
    assert.ok(cluster.clock.monotonic() - began <= 2100)
    const resigned = open(cluster, world, { retries: 1 })
    const before = cluster.count('CreateTopics')
    await assert.rejects(resigned.createTopics([{ name: 'c', numPartitions: 1 }]), { errorName: 'NOT_CONTROLLER' })
    assert.equal(cluster.count('CreateTopics') - before, 2)
    for (const each of [admin, hasty, resigned]) await each.close()
  }))

test('a cluster that is not there fails in time, and says what was tried', () =>
  withCluster({}, async (cluster, world) => {
    await cluster.kill(1)
    const admin = open(cluster, world, { 'default.api.timeout.ms': 2000 })
    await assert.rejects(admin.listTopics(), { code: 'DORSALE_TIMEOUT', message: /the topics: not within 2000 ms/ })
    await admin.close()
  }))
