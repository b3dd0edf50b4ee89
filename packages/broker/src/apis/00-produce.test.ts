import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  errorCodes,
  fetchRequest,
  fetchResponse,
  initProducerIdRequest,
  initProducerIdResponse,
  type ProduceResponsePartitionProduceResponse,
  produceRequest,
  produceResponse,
} from '@dorsale/protocol'
import { batchOf, recordsOf } from '../testing/batches.ts'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'

describe('produce', () => {
  const world = new BrokerWorld()
  let client: TestClient
  before(async () => {
    await world.start()
    client = world.client()
  })
  after(() => world.stop())

  interface Wish {
    topic: string
    topicId?: string
    partition?: number
    records: Uint8Array | null
    acks?: number
    transactionalId?: string
    version?: number
  }

  async function produce(wish: Wish): Promise<ProduceResponsePartitionProduceResponse> {
    const { version = 12, acks = -1, partition = 0 } = wish
    const { responses } = await client.call(produceRequest, produceResponse, version, {
      acks,
      timeoutMs: 1000,
      transactionalId: wish.transactionalId ?? null,
      topicData: [
        {
          name: wish.topic,
          ...(wish.topicId === undefined ? {} : { topicId: wish.topicId }),
          partitionData: [{ index: partition, records: wish.records }],
        },
      ],
    })
    return responses[0]!.partitionResponses[0]!
  }

  async function contents(topic: string): Promise<string[]> {
    const { responses } = await client.call(fetchRequest, fetchResponse, 12, {
      maxBytes: 1e6,
      topics: [{ topic, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }] }],
    })
    return recordsOf(responses[0]!.partitions[0]!.records)
  }

  test('every version appends, and answers the first offset', async () => {
    const topicId = await world.createTopic('versions')
    for (let version = 3; version <= 13; version++) {
      const answer = await produce({ topic: 'versions', topicId, records: batchOf(['a', 'b']), version })
      assert.equal(answer.errorCode, errorCodes.NONE)
      assert.equal(answer.baseOffset, (version - 3) * 2)
      assert.equal(answer.logStartOffset, version >= 5 ? 0 : -1)
      assert.equal(answer.logAppendTimeMs, -1)
    }
    assert.equal((await contents('versions')).length, 22)
  })

  test('each kind of acks', async () => {
    await world.createTopic('acks')
    assert.equal((await produce({ topic: 'acks', records: batchOf(['a']), acks: 1 })).baseOffset, 0)
    assert.equal((await produce({ topic: 'acks', records: batchOf(['b']), acks: -1 })).baseOffset, 1)
    client.send(produceRequest, 9, {
      acks: 0,
      topicData: [{ name: 'acks', partitionData: [{ index: 0, records: batchOf(['c']) }] }],
    })
    // Answered behind the produce that has no answer, in its place.
    assert.deepEqual(await contents('acks'), ['0: a', '1: b', '2: c'])
    for (const acks of [2, -2, 32767]) {
      const answer = await produce({ topic: 'acks', records: batchOf(['d']), acks })
      assert.equal(answer.errorCode, errorCodes.INVALID_REQUIRED_ACKS)
    }
    assert.equal((await contents('acks')).length, 3)
  })

  test('with acks=0 an error closes the connection', async () => {
    const other = world.client()
    const request = {
      acks: 0,
      topicData: [{ name: 'missing', partitionData: [{ index: 0, records: batchOf(['x']) }] }],
    }
    await assert.rejects(other.call(produceRequest, produceResponse, 9, request))
  })

  test('places that do not exist, or are not for clients', async () => {
    await world.createTopic('there')
    const records = () => batchOf(['x'])
    const cases: [Wish, number][] = [
      [{ topic: 'missing', records: records() }, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
      [{ topic: 'there', partition: 1, records: records() }, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
      [{ topic: 'there', partition: -1, records: records() }, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
      // The place is looked at before the acks.
      [{ topic: 'missing', records: records(), acks: 7 }, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
      [{ topic: '', topicId: 'AAAAAAAAAAAAAAAAAAAAQQ', records: records(), version: 13 }, errorCodes.UNKNOWN_TOPIC_ID],
    ]
    for (const [wish, errorCode] of cases) {
      const answer = await produce(wish)
      assert.deepEqual([answer.errorCode, answer.baseOffset, answer.logStartOffset], [errorCode, -1, -1])
    }
    await world.createTopic('__consumer_offsets')
    const internal = await produce({ topic: '__consumer_offsets', records: records() })
    assert.equal(internal.errorCode, errorCodes.INVALID_TOPIC_EXCEPTION)
  })

  test('records that are refused', async () => {
    await world.createTopic('refused')
    await world.createTopic('small', { configs: { 'max.message.bytes': '100' } })
    await world.createTopic('compacted', { configs: { 'cleanup.policy': 'compact' } })
    const flipped = batchOf(['a'])
    flipped[65]! ^= 1
    const cases: [Wish, number][] = [
      [{ topic: 'refused', records: null }, errorCodes.INVALID_RECORD],
      [{ topic: 'refused', records: new Uint8Array(0) }, errorCodes.INVALID_RECORD],
      [{ topic: 'refused', records: flipped }, errorCodes.CORRUPT_MESSAGE],
      [{ topic: 'refused', records: Buffer.concat([batchOf(['a']), batchOf(['b'])]) }, errorCodes.INVALID_RECORD],
      [{ topic: 'refused', records: batchOf(['a'], { timestamp: 9e15 }) }, errorCodes.INVALID_TIMESTAMP],
      [{ topic: 'small', records: batchOf(['x'.repeat(100)]) }, errorCodes.MESSAGE_TOO_LARGE],
      [{ topic: 'compacted', records: batchOf(['no key']) }, errorCodes.INVALID_RECORD],
    ]
    for (const [wish, errorCode] of cases) {
      const answer = await produce(wish)
      assert.deepEqual([answer.errorCode, answer.baseOffset], [errorCode, -1])
      assert.ok(answer.errorMessage !== null)
    }
    assert.deepEqual(
      (await produce({ topic: 'compacted', records: batchOf(['a', 'b']) })).recordErrors.map(each => each.batchIndex),
      [0, 1],
    )
    assert.deepEqual(await contents('refused'), [])
  })

  test('append time is stamped, and answered', async () => {
    await world.createTopic('stamped', { configs: { 'message.timestamp.type': 'LogAppendTime' } })
    const answer = await produce({ topic: 'stamped', records: batchOf(['a']) })
    assert.ok(Math.abs(answer.logAppendTimeMs - Date.now()) < 60_000)
  })

  test('an idempotent producer: sequences, duplicates, epochs', async () => {
    await world.createTopic('idempotent')
    const identity = await client.call(initProducerIdRequest, initProducerIdResponse, 5, { transactionalId: null })
    const producerId = Number(identity.producerId)
    const send = async (baseSequence: number, values: string[], producerEpoch = 0) => {
      const records = batchOf(values, { producerId, producerEpoch, baseSequence })
      const { errorCode, baseOffset, logStartOffset } = await produce({ topic: 'idempotent', records })
      return [errorCode, baseOffset, logStartOffset]
    }
    assert.deepEqual(await send(0, ['a']), [errorCodes.NONE, 0, 0])
    assert.deepEqual(await send(1, ['b', 'c']), [errorCodes.NONE, 1, 0])
    // The same again, as after a lost answer: success, at the first place.
    assert.deepEqual(await send(0, ['a']), [errorCodes.NONE, 0, 0])
    assert.deepEqual(await send(1, ['b', 'c']), [errorCodes.NONE, 1, 0])
    assert.deepEqual(await send(9, ['gap']), [errorCodes.OUT_OF_ORDER_SEQUENCE_NUMBER, -1, 0])
    assert.deepEqual(await send(3, ['d']), [errorCodes.NONE, 3, 0])
    assert.deepEqual(await send(5, ['late'], 1), [errorCodes.OUT_OF_ORDER_SEQUENCE_NUMBER, -1, 0])
    assert.deepEqual(await send(0, ['e'], 1), [errorCodes.NONE, 4, 0])
    assert.deepEqual(await send(4, ['fenced'], 0), [errorCodes.INVALID_PRODUCER_EPOCH, -1, 0])
    assert.deepEqual(await contents('idempotent'), ['0: a', '1: b', '2: c', '3: d', '4: e'])
  })

  test('min.insync.replicas cannot ask for more replicas than there are', async () => {
    await world.createTopic('strict', { configs: { 'min.insync.replicas': '3' } })
    assert.equal((await produce({ topic: 'strict', records: batchOf(['a']) })).errorCode, errorCodes.NONE)
  })

  test('a hundred produces at once are answered in order, each with its own place', async () => {
    await world.createTopic('pipelined')
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => produce({ topic: 'pipelined', records: batchOf([`${index}`]) })),
    )
    assert.deepEqual(
      answers.map(answer => answer.baseOffset),
      [...answers.keys()],
    )
    assert.deepEqual(
      await contents('pipelined'),
      answers.map((_, index) => `${index}: ${index}`),
    )
  })
})
