import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  errorCodes,
  listOffsetsRequest,
  listOffsetsResponse,
  offsetForLeaderEpochRequest,
  offsetForLeaderEpochResponse,
  produceRequest,
  produceResponse,
} from '@dorsale/protocol'
import { batchOf } from '../testing/batches.ts'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'

describe('list offsets, offset for leader epoch', () => {
  const world = new BrokerWorld()
  let client: TestClient
  const firstMs = 1_700_000_000_000
  before(async () => {
    await world.start()
    client = world.client()
    await world.createTopic('t')
    await world.createTopic('empty')
    // The greatest timestamp is not the last.
    for (const timestamp of [firstMs, firstMs + 100, firstMs + 50]) {
      await client.call(produceRequest, produceResponse, 12, {
        acks: -1,
        topicData: [{ name: 't', partitionData: [{ index: 0, records: batchOf(['a', 'b'], { timestamp }) }] }],
      })
    }
  })
  after(() => world.stop())

  async function list(topic: string, timestamp: number, options: { version?: number; epoch?: number } = {}) {
    const { version = 11, epoch = -1 } = options
    const { topics } = await client.call(listOffsetsRequest, listOffsetsResponse, version, {
      replicaId: -1,
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp, currentLeaderEpoch: epoch }] }],
    })
    const { errorCode, offset, timestamp: found, leaderEpoch } = topics[0]!.partitions[0]!
    return [errorCode, offset, found, leaderEpoch]
  }

  const none = [errorCodes.NONE, -1, -1, -1]

  test('the places, and times', async () => {
    assert.deepEqual(await list('t', -1), [0, 6, -1, 0])
    assert.deepEqual(await list('t', -2), [0, 0, -1, 0])
    assert.deepEqual(await list('t', -3), [0, 3, firstMs + 101, 0])
    assert.deepEqual(await list('t', -4), [0, 0, -1, 0])
    assert.deepEqual(await list('t', -5), none)
    assert.deepEqual(await list('t', -6), none)
    assert.deepEqual(await list('t', 0), [0, 0, firstMs, 0])
    assert.deepEqual(await list('t', firstMs + 1), [0, 1, firstMs + 1, 0])
    assert.deepEqual(await list('t', firstMs + 2), [0, 2, firstMs + 100, 0])
    assert.deepEqual(await list('t', firstMs + 102), none)
    assert.deepEqual(await list('t', Number.POSITIVE_INFINITY), none)
  })

  test('an empty log', async () => {
    assert.deepEqual(await list('empty', -1), [0, 0, -1, 0])
    assert.deepEqual(await list('empty', -2), [0, 0, -1, 0])
    assert.deepEqual(await list('empty', -3), none)
    assert.deepEqual(await list('empty', 0), none)
  })

  test('a version asks for what it knows', async () => {
    const unsupported = [errorCodes.UNSUPPORTED_VERSION, -1, -1, -1]
    for (const [timestamp, first] of [
      [-3, 7],
      [-4, 8],
      [-5, 9],
      [-6, 11],
    ] as const) {
      assert.deepEqual(await list('t', timestamp, { version: first - 1 }), unsupported)
      assert.equal((await list('t', timestamp, { version: first }))[0], errorCodes.NONE)
    }
    assert.deepEqual(await list('t', -7), unsupported)
    assert.deepEqual(await list('t', Number.NEGATIVE_INFINITY), unsupported)
    for (let version = 1; version <= 11; version++) {
      assert.deepEqual(await list('t', -1, { version }), [0, 6, -1, version >= 4 ? 0 : -1])
    }
  })

  test('errors', async () => {
    assert.equal((await list('missing', -1))[0], errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
    assert.equal((await list('t', -1, { epoch: 3 }))[0], errorCodes.UNKNOWN_LEADER_EPOCH)
    for (const epoch of [-2, -(2 ** 31)]) {
      assert.equal((await list('t', -1, { epoch }))[0], errorCodes.FENCED_LEADER_EPOCH)
    }
    const twice = await client.call(listOffsetsRequest, listOffsetsResponse, 9, {
      replicaId: -1,
      topics: [
        {
          name: 't',
          partitions: [
            { partitionIndex: 0, timestamp: -1 },
            { partitionIndex: 0, timestamp: -2 },
          ],
        },
      ],
    })
    assert.deepEqual(
      twice.topics[0]!.partitions.map(each => each.errorCode),
      [errorCodes.INVALID_REQUEST],
    )
  })

  test('the end of a leader epoch', async () => {
    const end = async (leaderEpoch: number, currentLeaderEpoch = -1, partition = 0, version = 4) => {
      const { topics } = await client.call(offsetForLeaderEpochRequest, offsetForLeaderEpochResponse, version, {
        replicaId: version >= 3 ? -1 : -2,
        topics: [{ topic: 't', partitions: [{ partition, leaderEpoch, currentLeaderEpoch }] }],
      })
      const answer = topics[0]!.partitions[0]!
      return [answer.errorCode, answer.leaderEpoch, answer.endOffset]
    }
    for (const version of [2, 3, 4]) assert.deepEqual(await end(0, -1, 0, version), [0, 0, 6])
    assert.deepEqual(await end(3), [0, -1, -1])
    assert.deepEqual(await end(-1), [0, -1, -1])
    assert.deepEqual(await end(0, 9), [errorCodes.UNKNOWN_LEADER_EPOCH, -1, -1])
    assert.deepEqual(await end(0, -1, 7), [errorCodes.UNKNOWN_TOPIC_OR_PARTITION, -1, -1])
  })
})
