import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  describeClusterRequest,
  describeClusterResponse,
  describeTopicPartitionsRequest,
  describeTopicPartitionsResponse,
  errorCodes,
  type MetadataResponse,
  metadataRequest,
  metadataResponse,
  type PartialMessage,
  zeroUuid,
} from '@dorsale/protocol'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'

describe('metadata, describe cluster, describe topic partitions', () => {
  const world = new BrokerWorld()
  const noTopic = 'AAAAAAAAAAAAAAAAAAAAQQ'
  let client: TestClient
  let topicId: string
  before(async () => {
    await world.start()
    client = world.client()
    topicId = await world.createTopic('b', { partitions: 3 })
    await world.createTopic('a', { partitions: 2 })
  })
  after(() => world.stop())

  const metadata = (version: number, request: PartialMessage<typeof metadataRequest>): Promise<MetadataResponse> =>
    client.call(metadataRequest, metadataResponse, version, request)

  test('every version describes cluster and topics', async () => {
    for (let version = 0; version <= 13; version++) {
      const response = await metadata(version, { topics: [{ name: 'b' }] })
      assert.deepEqual(response.brokers, [{ nodeId: 1, host: '127.0.0.1', port: world.port, rack: null }])
      assert.equal(response.clusterId, version >= 2 ? world.broker.clusterId : null)
      assert.equal(response.controllerId, version >= 1 ? 1 : -1)
      const [topic] = response.topics
      assert.deepEqual([topic!.errorCode, topic!.name], [errorCodes.NONE, 'b'])
      assert.equal(topic!.topicId, version >= 10 ? topicId : zeroUuid)
      assert.deepEqual(
        topic!.partitions.map(partition => partition.partitionIndex),
        [0, 1, 2],
      )
      assert.deepEqual(topic!.partitions[0], {
        errorCode: errorCodes.NONE,
        partitionIndex: 0,
        leaderId: 1,
        leaderEpoch: version >= 7 ? 0 : -1,
        replicaNodes: [1],
        isrNodes: [1],
        offlineReplicas: [],
      })
    }
  })

  test('all topics, or none', async () => {
    const names = async (version: number, topics: [] | null) =>
      (await metadata(version, { topics })).topics.map(topic => topic.name).sort()
    assert.deepEqual(await names(0, []), ['a', 'b'])
    assert.deepEqual(await names(1, []), [])
    assert.deepEqual(await names(1, null), ['a', 'b'])
    assert.deepEqual(await names(12, null), ['a', 'b'])
  })

  test('by id, and what is missing', async () => {
    const errorsOf = async (version: number, topics: { name?: string | null; topicId?: string }[], allow = false) =>
      (await metadata(version, { topics, ...(version >= 4 ? { allowAutoTopicCreation: allow } : {}) })).topics.map(
        topic => [topic.errorCode, topic.name],
      )
    assert.deepEqual(await errorsOf(12, [{ name: null, topicId }]), [[errorCodes.NONE, 'b']])
    assert.deepEqual(await errorsOf(12, [{ name: null, topicId: noTopic }]), [[errorCodes.UNKNOWN_TOPIC_ID, null]])
    assert.deepEqual(await errorsOf(11, [{ name: null, topicId }]), [[errorCodes.INVALID_REQUEST, '']])
    assert.deepEqual(await errorsOf(12, [{ name: 'missing' }, { name: 'a/b' }, { name: '..' }]), [
      [errorCodes.UNKNOWN_TOPIC_OR_PARTITION, 'missing'],
      [errorCodes.INVALID_TOPIC_EXCEPTION, 'a/b'],
      [errorCodes.INVALID_TOPIC_EXCEPTION, '..'],
    ])
    assert.deepEqual(await errorsOf(12, [{ name: 'b' }, { name: 'b' }]), [[errorCodes.NONE, 'b']])
  })

  test('a missing topic is created when the client allows it, with the broker’s defaults', async () => {
    const { topics } = await metadata(12, { topics: [{ name: 'made' }, { name: 'not made' }] })
    assert.deepEqual(
      topics.map(topic => [topic.name, topic.errorCode, topic.partitions.length]),
      [
        ['made', errorCodes.NONE, 1],
        ['not made', errorCodes.INVALID_TOPIC_EXCEPTION, 0],
      ],
    )
  })

  test('authorized operations are told when they are asked for', async () => {
    const asked = await metadata(10, {
      topics: [{ name: 'b' }],
      includeTopicAuthorizedOperations: true,
      includeClusterAuthorizedOperations: true,
    })
    assert.deepEqual([asked.topics[0]!.topicAuthorizedOperations, asked.clusterAuthorizedOperations], [3576, 8096])
    const silent = await metadata(10, { topics: [{ name: 'b' }] })
    assert.equal(silent.topics[0]!.topicAuthorizedOperations, -2147483648)
  })

  test('describe cluster', async () => {
    for (const version of [0, 1, 2]) {
      const response = await client.call(describeClusterRequest, describeClusterResponse, version, {})
      assert.deepEqual([response.errorCode, response.clusterId, response.controllerId], [0, world.broker.clusterId, 1])
      assert.deepEqual(response.brokers, [
        { brokerId: 1, host: '127.0.0.1', port: world.port, rack: null, isFenced: false },
      ])
    }
    const errorOf = async (endpointType: number) =>
      (await client.call(describeClusterRequest, describeClusterResponse, 1, { endpointType })).errorCode
    assert.equal(await errorOf(2), errorCodes.MISMATCHED_ENDPOINT_TYPE)
    assert.equal(await errorOf(9), errorCodes.UNSUPPORTED_ENDPOINT_TYPE)
  })

  test('describe topic partitions goes page by page', async () => {
    const page = async (request: PartialMessage<typeof describeTopicPartitionsRequest>) => {
      const { topics, nextCursor } = await client.call(
        describeTopicPartitionsRequest,
        describeTopicPartitionsResponse,
        0,
        request,
      )
      const found = topics.map(({ errorCode, name, partitions }) =>
        errorCode === 0
          ? `${name} ${partitions.map(partition => partition.partitionIndex)}`
          : `${name} error ${errorCode}`,
      )
      return [...found, nextCursor === null ? 'end' : `${nextCursor.topicName}:${nextCursor.partitionIndex}`]
    }
    const topics = [{ name: 'b' }, { name: 'a' }, { name: 'gone' }]
    assert.deepEqual(await page({ topics }), ['a 0,1', 'b 0,1,2', 'gone error 3', 'end'])
    assert.deepEqual(await page({ topics, responsePartitionLimit: 3 }), ['a 0,1', 'b 0', 'b:1'])
    const next = { topicName: 'b', partitionIndex: 1 }
    assert.deepEqual(await page({ topics, responsePartitionLimit: 3, cursor: next }), ['b 1,2', 'gone error 3', 'end'])
    assert.deepEqual(await page({ topics, responsePartitionLimit: 2 }), ['a 0,1', 'b:0'])
    assert.deepEqual(await page({ topics, responsePartitionLimit: -7 }), ['a 0', 'a:1'])
    assert.deepEqual(
      await page({ topics: [], cursor: { topicName: 'aa', partitionIndex: 5 }, responsePartitionLimit: 1 }),
      ['b 0', 'b:1'],
    )
    const stray = { topicName: 'zz', partitionIndex: 0 }
    assert.deepEqual((await page({ topics, cursor: stray }))[0], 'b error 42')
    assert.deepEqual((await page({ topics, cursor: { topicName: 'a', partitionIndex: -1 } }))[0], 'b error 42')
  })
})
