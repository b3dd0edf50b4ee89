/** What becomes of requests about a topic that is deleted, or deleted and made again under its name. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  deleteTopicsRequest,
  deleteTopicsResponse,
  describeConfigsRequest,
  describeConfigsResponse,
  describeTopicPartitionsRequest,
  describeTopicPartitionsResponse,
  errorCodes,
  fetchRequest,
  fetchResponse,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
  listOffsetsRequest,
  listOffsetsResponse,
  metadataRequest,
  metadataResponse,
  produceRequest,
  produceResponse,
} from '@dorsale/protocol'
import { batchOf, recordsOf } from '../testing/batches.ts'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'

const topicResource = 2

describe('a topic that is deleted', () => {
  const world = new BrokerWorld()
  let client: TestClient
  before(async () => {
    await world.start()
    client = world.client()
  })
  after(() => world.stop())

  const remove = async (...names: string[]) =>
    (await client.call(deleteTopicsRequest, deleteTopicsResponse, 5, { topicNames: names, timeoutMs: 5000 })).responses

  /** By name up to version 12, by id from 13 on. */
  const produce = async (version: number, topic: { name?: string; topicId?: string }, value: string, by = client) => {
    const request = { acks: -1, topicData: [{ ...topic, partitionData: [{ index: 0, records: batchOf([value]) }] }] }
    const { responses } = await by.call(produceRequest, produceResponse, version, request)
    return responses[0]?.partitionResponses[0]
  }

  const fetch = async (version: number, topic: { topic?: string; topicId?: string }, by = client) => {
    const { responses } = await by.call(fetchRequest, fetchResponse, version, {
      maxBytes: 1e6,
      topics: [{ ...topic, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }] }],
    })
    return responses[0]?.partitions[0]
  }

  test('of the same name is another one: nothing of the old is left, and its id is not known', async () => {
    const oldId = await world.createTopic('again')
    await produce(12, { name: 'again' }, 'old')
    await client.call(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, 1, {
      resources: [
        {
          resourceType: topicResource,
          resourceName: 'again',
          configs: [{ name: 'retention.ms', configOperation: 0, value: '77' }],
        },
      ],
    })
    await remove('again')
    const newId = await world.createTopic('again')
    assert.notEqual(newId, oldId)

    assert.deepEqual(recordsOf((await fetch(12, { topic: 'again' }))?.records ?? null), [])
    assert.equal((await produce(13, { topicId: oldId }, 'lost'))?.errorCode, errorCodes.UNKNOWN_TOPIC_ID)
    assert.equal((await fetch(13, { topicId: oldId }))?.errorCode, errorCodes.UNKNOWN_TOPIC_ID)
    assert.equal((await produce(13, { topicId: newId }, 'new'))?.baseOffset, 0)
    assert.deepEqual(recordsOf((await fetch(13, { topicId: newId }))?.records ?? null), ['0: new'])

    const { results } = await client.call(describeConfigsRequest, describeConfigsResponse, 4, {
      resources: [{ resourceType: topicResource, resourceName: 'again', configurationKeys: ['retention.ms'] }],
    })
    assert.equal(results[0]?.configs[0]?.value, '604800000')
  })

  test('is unknown to every question about it', async () => {
    const topicId = await world.createTopic('unknown')
    await remove('unknown')
    assert.equal((await produce(12, { name: 'unknown' }, 'x'))?.errorCode, errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
    assert.equal((await fetch(12, { topic: 'unknown' }))?.errorCode, errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
    const offsets = await client.call(listOffsetsRequest, listOffsetsResponse, 9, {
      topics: [{ name: 'unknown', partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
    })
    assert.equal(offsets.topics[0]?.partitions[0]?.errorCode, errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
    const byId = await client.call(metadataRequest, metadataResponse, 12, {
      topics: [{ topicId, name: null }],
      allowAutoTopicCreation: true,
    })
    assert.equal(byId.topics[0]?.errorCode, errorCodes.UNKNOWN_TOPIC_ID)
    const described = await client.call(describeTopicPartitionsRequest, describeTopicPartitionsResponse, 0, {
      topics: [{ name: 'unknown' }],
    })
    assert.equal(described.topics[0]?.errorCode, errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
    const [again] = await remove('unknown')
    assert.equal(again?.errorCode, errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
  })

  test('takes what is on its way with an answer: nothing hangs, what was acknowledged was written', async () => {
    await world.createTopic('busy')
    const producers = [world.client(), world.client(), world.client()]
    const sent = producers.flatMap(by =>
      Array.from({ length: 20 }, (_, n) => produce(12, { name: 'busy' }, `${n}`, by)),
    )
    const [removed] = await remove('busy')
    assert.equal(removed?.errorCode, errorCodes.NONE)
    const codes = new Set((await Promise.all(sent)).map(answer => answer?.errorCode))
    for (const code of codes) {
      assert.ok(code === errorCodes.NONE || code === errorCodes.UNKNOWN_TOPIC_OR_PARTITION, `answered ${code}`)
    }
    // The name is free, and the newcomer begins with the first offset.
    await world.createTopic('busy')
    assert.equal((await produce(12, { name: 'busy' }, 'first'))?.baseOffset, 0)
  })

  test('named twice in one request, or beside one that is not there, is told one by one', async () => {
    await world.createTopic('twice')
    await world.createTopic('once')
    const answers = await remove('twice', 'twice', 'missing', 'once')
    const codes = new Map(answers.map(({ name, errorCode }) => [name, errorCode]))
    assert.equal(codes.get('twice'), errorCodes.INVALID_REQUEST)
    assert.equal(codes.get('missing'), errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
    assert.equal(codes.get('once'), errorCodes.NONE)
  })
})

describe('a topic that is made by asking for it', () => {
  const world = new BrokerWorld({ 'num.partitions': '4' })
  before(() => world.start())
  after(() => world.stop())

  test('has num.partitions partitions, and answers at once', async () => {
    const client = world.client()
    const { topics } = await client.call(metadataRequest, metadataResponse, 12, {
      topics: [{ name: 'asked-for' }],
      allowAutoTopicCreation: true,
    })
    assert.equal(topics[0]?.errorCode, errorCodes.NONE)
    assert.equal(topics[0]?.partitions.length, 4)
  })
})
