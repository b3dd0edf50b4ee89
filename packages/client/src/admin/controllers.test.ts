import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DescribeClusterRequest, errorCodes } from '@dorsale/protocol'
import { type Deed, type FakeCluster, type Seen, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'
import { createAdmin } from './admin.ts'

const everything = { resourceType: 'ANY', patternType: 'ANY', operation: 'ANY', permissionType: 'ANY' } as const

const open = (cluster: FakeCluster, world: ClientWorld) =>
  createAdmin({ world, settings: { 'bootstrap.controllers': cluster.bootstrap } })

/** Has the nodes of the cluster be controllers, of which one is active; `others`: what else is asked of them. */
function asControllers(
  cluster: FakeCluster,
  state: { active: number },
  others: (request: Seen) => Deed = () => undefined,
): void {
  cluster.script = request => {
    if (request.name !== 'DescribeCluster') return others(request)
    const { endpointType } = request.body as DescribeClusterRequest
    if (endpointType !== 2) return { answer: { errorCode: errorCodes.MISMATCHED_ENDPOINT_TYPE } }
    const brokers = cluster.metadata([]).brokers?.map(({ nodeId, host, port }) => ({ brokerId: nodeId, host, port }))
    return { answer: { endpointType, clusterId: 'fake', controllerId: state.active, brokers } }
  }
}

test('the active controller is asked, and the one that follows it', () =>
  withCluster({ brokers: 3 }, async (cluster, world) => {
    const state = { active: 2 }
    asControllers(cluster, state, ({ name, nodeId }) =>
      name === 'DescribeAcls'
        ? { answer: nodeId === state.active ? { resources: [] } : { errorCode: errorCodes.NOT_CONTROLLER } }
        : undefined,
    )
    const admin = open(cluster, world)
    const described = await admin.describeCluster()
    assert.equal(described.controllerId, 2)
    assert.deepEqual(
      described.brokers.map(({ nodeId }) => nodeId),
      [1, 2, 3],
    )
    const askedOf = () => cluster.seen.filter(({ name }) => name === 'DescribeAcls').map(({ nodeId }) => nodeId)
    assert.deepEqual(await admin.describeAcls(everything), [])
    assert.deepEqual(askedOf(), [2])
    state.active = 3
    assert.deepEqual(await admin.describeAcls(everything), [])
    assert.equal(askedOf().at(-1), 3)
    assert.equal(cluster.count('Metadata'), 0, 'controllers know of no topics')
    await admin.close()
  }))

test('what only brokers answer is refused at once', () =>
  withCluster({}, async (cluster, world) => {
    asControllers(cluster, { active: 1 })
    const admin = open(cluster, world)
    const refusal = { errorName: 'UNSUPPORTED_ENDPOINT_TYPE' }
    await assert.rejects(admin.describeConsumerGroups(['g']), refusal)
    await assert.rejects(admin.listGroups(), refusal)
    await assert.rejects(admin.listOffsets([{ topic: 't', partition: 0, timestamp: -1 }]), refusal)
    await admin.close()
  }))

test('a broker that is taken for a controller says that it is none', () =>
  withCluster({}, async (cluster, world) => {
    cluster.script = ({ name }) =>
      name === 'DescribeCluster'
        ? { answer: { errorCode: errorCodes.MISMATCHED_ENDPOINT_TYPE, errorMessage: 'a broker' } }
        : undefined
    const admin = open(cluster, world)
    await assert.rejects(admin.describeCluster(), { errorName: 'MISMATCHED_ENDPOINT_TYPE', message: /a broker/ })
    await admin.close()
  }))

test('brokers and controllers cannot both be asked, nor neither', () =>
  withCluster({}, async (_cluster, world) => {
    const both = { 'bootstrap.servers': 'a:1', 'bootstrap.controllers': 'b:2' }
    assert.throws(() => createAdmin({ world, settings: both }), /cannot both be set/)
    assert.throws(() => createAdmin({ world, settings: {} }), /bootstrap\.servers is empty/)
    const wrong = { 'bootstrap.controllers': 'b' }
    assert.throws(() => createAdmin({ world, settings: wrong }), /'b' in bootstrap\.controllers is not host:port/)
  }))
