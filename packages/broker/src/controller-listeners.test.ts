import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import {
  apis,
  apiVersionsRequest,
  apiVersionsResponse,
  createTopicsRequest,
  createTopicsResponse,
  describeClusterRequest,
  describeClusterResponse,
  describeQuorumRequest,
  describeQuorumResponse,
  errorCodes,
  metadataRequest,
  metadataResponse,
} from '@dorsale/protocol'
import { BrokerWorld, type TestClient } from './testing/broker-world.ts'

const listeners = 'PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0'

describe('a controller that is asked itself', () => {
  const world = new BrokerWorld({ listeners }, { opensControllerListeners: true })
  let controller: TestClient
  let port = 0
  before(async () => {
    await world.start()
    port = world.broker.controllerListeners[0]!.port
    controller = world.client(port)
  })
  after(() => world.stop())

  test('names what Kafka serves there, and nothing of records and groups', async () => {
    const { apiKeys } = await controller.call(apiVersionsRequest, apiVersionsResponse, 4, {
      clientSoftwareName: 'test',
      clientSoftwareVersion: '1',
    })
    const names = apiKeys.map(({ apiKey }) => apis.get(apiKey)?.name)
    for (const name of ['ApiVersions', 'CreateTopics', 'DescribeCluster', 'DescribeQuorum', 'UpdateFeatures'])
      assert.ok(names.includes(name), name)
    for (const name of ['Produce', 'Fetch', 'Metadata', 'FindCoordinator', 'ListGroups', 'DescribeLogDirs'])
      assert.ok(!names.includes(name), name)
  })

  test('is the only controller, at the address that it was asked at', async () => {
    const answer = await controller.call(describeClusterRequest, describeClusterResponse, 2, { endpointType: 2 })
    assert.deepEqual(answer.brokers, [{ brokerId: 1, host: '127.0.0.1', port, rack: null, isFenced: false }])
    assert.deepEqual([answer.controllerId, answer.endpointType, answer.errorCode], [1, 2, errorCodes.NONE])
    assert.equal(answer.clusterId, world.broker.clusterId)
  })

  test('is no broker, nor is a broker a controller', async () => {
    const ask = (client: TestClient, endpointType: number) =>
      client.call(describeClusterRequest, describeClusterResponse, 2, { endpointType })
    const sentence = (own: string, wanted: string) =>
      `The request was sent to an endpoint of type ${own}, but we wanted an endpoint of type ${wanted}`
    const atController = await ask(controller, 1)
    assert.equal(atController.errorCode, errorCodes.MISMATCHED_ENDPOINT_TYPE)
    assert.equal(atController.errorMessage, sentence('CONTROLLER', 'BROKER'))
    const atBroker = await ask(world.client(), 2)
    assert.equal(atBroker.errorCode, errorCodes.MISMATCHED_ENDPOINT_TYPE)
    assert.equal(atBroker.errorMessage, sentence('BROKER', 'CONTROLLER'))
    assert.equal((await ask(controller, 7)).errorCode, errorCodes.UNSUPPORTED_ENDPOINT_TYPE)
  })

  test('changes the cluster, and tells of its quorum', async () => {
    const created = await controller.call(createTopicsRequest, createTopicsResponse, 7, {
      topics: [{ name: 'made-there', numPartitions: 1, replicationFactor: 1 }],
      timeoutMs: 10_000,
    })
    assert.equal(created.topics[0]!.errorCode, errorCodes.NONE)
    const known = await world.client().call(metadataRequest, metadataResponse, 12, { topics: [{ name: 'made-there' }] })
    assert.equal(known.topics[0]!.errorCode, errorCodes.NONE)
    const quorum = await controller.call(describeQuorumRequest, describeQuorumResponse, 2, {
      topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }],
    })
    assert.equal(quorum.topics[0]!.partitions[0]!.leaderId, 1)
  })

  test('ends the connection of who asks for what only brokers serve', async () => {
    const wrong = world.client(port)
    await assert.rejects(wrong.call(metadataRequest, metadataResponse, 12, { topics: [] }))
  })
})

test('without being asked for, the listener is named and not opened', async t => {
  const world = new BrokerWorld({ listeners })
  t.after(() => world.stop())
  await world.start()
  assert.deepEqual(world.broker.controllerListeners, [])
})

test('it closes with the broker, and an address that is taken refuses the start', async t => {
  const world = new BrokerWorld({ listeners }, { opensControllerListeners: true })
  t.after(() => world.stop())
  await world.start()
  const { port } = world.broker.controllerListeners[0]!
  const taken = { listeners: `PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:${port}` }
  const second = new BrokerWorld(taken, { opensControllerListeners: true })
  await assert.rejects(second.start(), /EADDRINUSE/)
  await world.broker.stop()
  const socket = connect(port, '127.0.0.1')
  await assert.rejects(
    new Promise((resolve, reject) => socket.on('connect', resolve).on('error', reject)),
    /ECONNREFUSED/,
  )
})
