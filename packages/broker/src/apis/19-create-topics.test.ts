import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  createTopicsRequest,
  createTopicsResponse,
  deleteTopicsRequest,
  deleteTopicsResponse,
  describeConfigsRequest,
  describeConfigsResponse,
  errorCodes,
  metadataRequest,
  metadataResponse,
  type PartialMessage,
  zeroUuid,
} from '@dorsale/protocol'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'

describe('create topics, delete topics, describe configs', () => {
  const world = new BrokerWorld()
  let client: TestClient
  before(async () => {
    await world.start()
    client = world.client()
  })
  after(() => world.stop())

  const create = (version: number, request: PartialMessage<typeof createTopicsRequest>) =>
    client.call(createTopicsRequest, createTopicsResponse, version, { timeoutMs: 5000, ...request })

  const topicNames = async () =>
    (await client.call(metadataRequest, metadataResponse, 12, { topics: null })).topics.map(topic => topic.name)

  test('every version creates, and later ones tell more', async () => {
    for (let version = 2; version <= 7; version++) {
      const name = `created-${version}`
      const { topics } = await create(version, { topics: [{ name, numPartitions: 2, replicationFactor: 1 }] })
      const [topic] = topics
      assert.deepEqual([topic!.errorCode, topic!.name], [errorCodes.NONE, name])
      assert.equal(topic!.numPartitions, version >= 5 ? 2 : -1)
      assert.equal(topic!.topicId === zeroUuid, version < 7)
      if (version >= 5) assert.equal(topic!.configs!.find(config => config.name === 'retention.ms')!.value, '604800000')
      assert.ok(existsSync(join(world.directory, 'log', `${name}-1`, 'partition.metadata')))
    }
  })

  test('each topic succeeds or fails for itself', async () => {
    const { topics } = await create(7, {
      topics: [
        { name: 'good', numPartitions: -1, replicationFactor: -1, configs: [{ name: 'retention.ms', value: '5000' }] },
        { name: 'bad name', numPartitions: 1, replicationFactor: 1 },
        { name: 'copies', numPartitions: 1, replicationFactor: 3 },
        { name: 'none', numPartitions: 0, replicationFactor: 1 },
        { name: 'key', numPartitions: 1, replicationFactor: 1, configs: [{ name: 'nope', value: 'x' }] },
        { name: 'value', numPartitions: 1, replicationFactor: 1, configs: [{ name: 'retention.ms', value: 'x' }] },
      ],
    })
    assert.deepEqual(Object.fromEntries(topics.map(topic => [topic.name, topic.errorCode])), {
      good: errorCodes.NONE,
      'bad name': errorCodes.INVALID_TOPIC_EXCEPTION,
      copies: errorCodes.INVALID_REPLICATION_FACTOR,
      none: errorCodes.INVALID_PARTITIONS,
      key: errorCodes.INVALID_CONFIG,
      value: errorCodes.INVALID_CONFIG,
    })
    assert.match(topics.find(topic => topic.name === 'key')!.errorMessage!, /Unknown topic config name: nope/)
    const again = await create(7, { topics: [{ name: 'good', numPartitions: 1, replicationFactor: 1 }] })
    assert.equal(again.topics[0]!.errorCode, errorCodes.TOPIC_ALREADY_EXISTS)
  })

  test('validation creates nothing', async () => {
    const { topics } = await create(7, {
      topics: [{ name: 'dry', numPartitions: 1, replicationFactor: 1 }],
      validateOnly: true,
    })
    assert.equal(topics[0]!.errorCode, errorCodes.NONE)
    assert.ok(!(await topicNames()).includes('dry'))
  })

  test('every version deletes; the name is free at once, the files are on their way out', async () => {
    for (let version = 1; version <= 6; version++) {
      const name = `deleted-${version}`
      const topicId = await world.createTopic(name)
      const request = version >= 6 ? { topics: [{ name: null, topicId }] } : { topicNames: [name] }
      const { responses } = await client.call(deleteTopicsRequest, deleteTopicsResponse, version, {
        ...request,
        timeoutMs: 5000,
      })
      assert.deepEqual([responses[0]!.errorCode, responses[0]!.name], [errorCodes.NONE, name])
      assert.ok(!existsSync(join(world.directory, 'log', `${name}-0`)))
      assert.notEqual(await world.createTopic(name), topicId)
    }
    const unknown = await client.call(deleteTopicsRequest, deleteTopicsResponse, 6, {
      topics: [{ name: 'gone' }, { name: null, topicId: 'AAAAAAAAAAAAAAAAAAAAQQ' }],
    })
    assert.deepEqual(
      unknown.responses.map(response => response.errorCode),
      [errorCodes.UNKNOWN_TOPIC_OR_PARTITION, errorCodes.UNKNOWN_TOPIC_ID],
    )
  })

  test('settings, where they come from, and what is asked for', async () => {
    const describeOne = async (resourceType: number, resourceName: string, keys: string[] | null, version = 4) =>
      (
        await client.call(describeConfigsRequest, describeConfigsResponse, version, {
          resources: [{ resourceType, resourceName, configurationKeys: keys }],
          includeSynonyms: true,
        })
      ).results[0]!
    await create(7, {
      topics: [
        { name: 'set', numPartitions: 1, replicationFactor: 1, configs: [{ name: 'segment.bytes', value: '2000000' }] },
      ],
    })
    const topic = await describeOne(2, 'set', ['segment.bytes', 'retention.ms'])
    const shown = topic.configs.map(config => [config.name, config.value, config.configSource, config.configType])
    assert.deepEqual(shown, [
      ['segment.bytes', '2000000', 1, 3],
      ['retention.ms', '604800000', 5, 5],
    ])
    assert.deepEqual(topic.configs[0]!.synonyms, [
      { name: 'segment.bytes', value: '2000000', source: 1 },
      { name: 'log.segment.bytes', value: '1073741824', source: 5 },
    ])
    for (const version of [1, 2, 3, 4]) {
      assert.equal((await describeOne(2, 'set', null, version)).configs.length, 37)
      assert.equal((await describeOne(4, '1', ['node.id'], version)).configs[0]!.value, '1')
    }
    const secret = await describeOne(4, '1', ['ssl.key.password'])
    assert.deepEqual([secret.configs[0]!.value, secret.configs[0]!.isSensitive], [null, true])
    for (const [type, name, errorCode] of [
      [2, 'missing', errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
      [2, 'bad name', errorCodes.INVALID_TOPIC_EXCEPTION],
      [4, '2', errorCodes.INVALID_REQUEST],
      [4, 'x', errorCodes.INVALID_REQUEST],
      [9, '', errorCodes.INVALID_REQUEST],
    ] as const) {
      assert.equal((await describeOne(type, name, null)).errorCode, errorCode)
    }
  })
})
