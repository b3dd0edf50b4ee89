/**
 * DeleteRecords, AlterReplicaLogDirs, DescribeLogDirs and DescribeProducers. The expected answers are those of Apache Kafka 4.4.0 to the same
 * requests, but where the test says otherwise.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  alterReplicaLogDirsRequest,
  alterReplicaLogDirsResponse,
  buildBatch,
  deleteRecordsRequest,
  deleteRecordsResponse,
  describeLogDirsRequest,
  describeLogDirsResponse,
  describeProducersRequest,
  describeProducersResponse,
  errorCodes,
  fetchRequest,
  fetchResponse,
  produceRequest,
  produceResponse,
} from '@dorsale/protocol'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'

const firstMs = 1_780_000_000_000
const topics: Readonly<Record<string, string>> = { del: 'delete', comp: 'compact', both: 'compact,delete', none: '' }

describe('administration of logs', () => {
  const world = new BrokerWorld(directory => ({ 'log.dirs': `${directory}/a,${directory}/b` }))
  const path = (name: string) => `${world.directory}/${name}`
  let client: TestClient

  before(async () => {
    await world.start()
    client = world.client()
    for (const [topic, policy] of Object.entries(topics)) {
      await world.createTopic(topic, { partitions: topic === 'del' ? 2 : 1, configs: { 'cleanup.policy': policy } })
      await produce(topic, { producerId: 7, baseSequence: 0 })
    }
    await produce('del', { producerId: 5, producerEpoch: 1, baseSequence: 0 })
    await produce('del', { producerId: 7, baseSequence: 3 })
  })
  after(() => world.stop())

  async function produce(
    topic: string,
    options: { producerId: number; producerEpoch?: number; baseSequence: number },
  ): Promise<void> {
    const records = [1, 2, 3].map(index => ({
      timestamp: firstMs + index,
      key: Buffer.from(`k${index}`),
      value: Buffer.alloc(20),
    }))
    const response = await client.call(produceRequest, produceResponse, 11, {
      acks: -1,
      topicData: [
        { name: topic, partitionData: [{ index: 0, records: buildBatch(records, { producerEpoch: 0, ...options }) }] },
      ],
    })
    assert.equal(response.responses[0]?.partitionResponses[0]?.errorCode, errorCodes.NONE)
  }

  test('records are deleted up to an offset, where policy and high watermark allow it', async () => {
    const cases: [
      topic: string,
      partition: number,
      offset: number,
      lowWatermark: number,
      errorCode: number,
      version?: number,
    ][] = [
      ['del', 0, 0, 0, errorCodes.NONE, 0],
      ['del', 0, 1, 1, errorCodes.NONE, 1],
      ['del', 0, 2, 2, errorCodes.NONE],
      ['both', 0, -1, 3, errorCodes.NONE],
      ['both', 0, -2, -1, errorCodes.OFFSET_OUT_OF_RANGE],
      ['both', 0, 1, 3, errorCodes.NONE],
      ['both', 0, 100, -1, errorCodes.OFFSET_OUT_OF_RANGE],
      ['comp', 0, 1, -1, errorCodes.POLICY_VIOLATION],
      ['none', 0, 1, 1, errorCodes.NONE],
      ['nope', 0, 1, -1, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
      ['bad name', 0, 1, -1, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
      ['__cluster_metadata', 0, 1, -1, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
      ['del', 9, 1, -1, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
      ['del', 1, 0, 0, errorCodes.NONE],
      ['del', 1, -1, 0, errorCodes.NONE],
    ]
    for (const [name, partitionIndex, offset, lowWatermark, errorCode, version = 2] of cases) {
      const response = await client.call(deleteRecordsRequest, deleteRecordsResponse, version, {
        topics: [{ name, partitions: [{ partitionIndex, offset }] }],
        timeoutMs: 3000,
      })
      assert.deepEqual(response.topics, [{ name, partitions: [{ partitionIndex, lowWatermark, errorCode }] }])
    }
    const fetched = await client.call(fetchRequest, fetchResponse, 12, {
      maxBytes: 1000,
      topics: [{ topic: 'del', partitions: [{ partition: 0, fetchOffset: 1, partitionMaxBytes: 1000 }] }],
    })
    assert.equal(fetched.responses[0]?.partitions[0]?.errorCode, errorCodes.OFFSET_OUT_OF_RANGE)
  })

  test('the producers that a leader knows', async () => {
    const ask = async (name: string, ...partitionIndexes: number[]) => {
      const request = { topics: [{ name, partitionIndexes }] }
      const { topics: answered } = await client.call(describeProducersRequest, describeProducersResponse, 0, request)
      return answered[0]?.partitions
    }
    const known = (producerId: bigint, producerEpoch: number, lastSequence: number) => ({
      producerId,
      producerEpoch,
      lastSequence,
      lastTimestamp: firstMs + 3,
      coordinatorEpoch: -1,
      currentTxnStartOffset: -1,
    })
    const failed = (partitionIndex: number, errorCode: number, errorMessage: string | null) => [
      { partitionIndex, errorCode, errorMessage, activeProducers: [] },
    ]
    assert.deepEqual(await ask('del', 0, 1, 9), [
      { partitionIndex: 0, errorCode: 0, errorMessage: null, activeProducers: [known(5n, 1, 2), known(7n, 0, 5)] },
      { partitionIndex: 1, errorCode: 0, errorMessage: null, activeProducers: [] },
      ...failed(9, errorCodes.UNKNOWN_TOPIC_OR_PARTITION, null),
    ])
    const unknown = failed(0, errorCodes.UNKNOWN_TOPIC_OR_PARTITION, 'This server does not host this topic-partition.')
    assert.deepEqual(await ask('nope', 0), unknown)
    assert.deepEqual(await ask('__cluster_metadata', 0), unknown)
    const invalid = (what: string) => failed(0, errorCodes.INVALID_TOPIC_EXCEPTION, `Topic name is invalid: ${what}`)
    assert.deepEqual(
      await ask('bad name', 0),
      invalid(`'bad name' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`),
    )
    assert.deepEqual(await ask('', 0), invalid('the empty string is not allowed'))
  })

  test('directories, what lies in them, and their volumes', async () => {
    const ask = async (version: number, topicsWanted: { topic: string; partitions: number[] }[] | null) => {
      const response = await client.call(describeLogDirsRequest, describeLogDirsResponse, version, {
        topics: topicsWanted,
      })
      assert.equal(response.errorCode, errorCodes.NONE)
      assert.deepEqual(
        response.results.map(({ logDir, errorCode, isCordoned }) => [logDir, errorCode, isCordoned]),
        [
          [path('a'), 0, false],
          [path('b'), 0, false],
        ],
      )
      for (const { totalBytes, usableBytes } of response.results) {
        if (version >= 4) assert.ok(totalBytes >= usableBytes && usableBytes > 0)
        else assert.deepEqual([totalBytes, usableBytes], [-1, -1])
      }
      return response.results
        .flatMap(result => result.topics.flatMap(({ name, partitions }) => partitions.map(each => ({ name, ...each }))))
        .map(each => `${each.name}-${each.partitionIndex} ${each.partitionSize} ${each.offsetLag} ${each.isFutureKey}`)
        .sort()
    }
    const all = [
      'both-0 148 0 false',
      'comp-0 148 0 false',
      'del-0 444 0 false',
      'del-1 0 0 false',
      'none-0 148 0 false',
    ]
    for (const version of [1, 2, 3, 4, 5]) assert.deepEqual(await ask(version, null), all)
    assert.deepEqual(
      await ask(5, [
        { topic: 'del', partitions: [0, 5] },
        { topic: 'nope', partitions: [0] },
      ]),
      ['del-0 444 0 false'],
    )
    assert.deepEqual(await ask(5, []), [])
  })

  test('a replica may stay where it is, and move', async () => {
    const { results } = await client.call(describeLogDirsRequest, describeLogDirsResponse, 5, {
      topics: [{ topic: 'del', partitions: [0] }],
    })
    const here = results.find(result => result.topics.length > 0)?.logDir as string
    const there = here === path('a') ? path('b') : path('a')
    const cases: [path: string, topic: string, partition: number, errorCode: number][] = [
      [here, 'del', 0, errorCodes.NONE],
      [there, 'del', 0, errorCodes.NONE],
      [here, 'del', 0, errorCodes.NONE],
      [here, 'del', 9, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
      [here, 'nope', 0, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
      [here, 'bad name', 0, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
      [here, '__cluster_metadata', 0, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
      [here, 'x'.repeat(249), 0, errorCodes.INVALID_TOPIC_EXCEPTION],
      ['/nowhere', 'del', 0, errorCodes.LOG_DIR_NOT_FOUND],
    ]
    const alter = async (
      version: number,
      dirs: { path: string; topics: { name: string; partitions: number[] }[] }[],
    ) => {
      const response = await client.call(alterReplicaLogDirsRequest, alterReplicaLogDirsResponse, version, { dirs })
      return response.results.flatMap(({ topicName, partitions }) =>
        partitions.map(({ partitionIndex, errorCode }) => [topicName, partitionIndex, errorCode]),
      )
    }
    for (const version of [1, 2]) {
      for (const [to, name, partition, errorCode] of cases) {
        const answered = await alter(version, [{ path: to, topics: [{ name, partitions: [partition] }] }])
        assert.deepEqual(answered, [[name, partition, errorCode]])
      }
    }
    const twice = { name: 'del', partitions: [0] }
    const answered = await alter(2, [
      { path: here, topics: [twice, twice, { name: 'both', partitions: [4] }] },
      { path: '/nowhere', topics: [twice] },
    ])
    assert.deepEqual(answered, [
      ['del', 0, errorCodes.LOG_DIR_NOT_FOUND],
      ['both', 4, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
    ])
  })
})
