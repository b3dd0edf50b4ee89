import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  deleteTopicsRequest,
  deleteTopicsResponse,
  errorCodes,
  type FetchResponse,
  type FetchResponsePartitionData,
  fetchRequest,
  fetchResponse,
  type PartialMessage,
  produceRequest,
  produceResponse,
} from '@dorsale/protocol'
import { batchOf, recordsOf } from '../testing/batches.ts'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'

describe('fetch', () => {
  const world = new BrokerWorld()
  let client: TestClient
  let topicId: string
  before(async () => {
    await world.start()
    client = world.client()
    topicId = await world.createTopic('t', { partitions: 3 })
    for (let batch = 0; batch < 5; batch++) await produce('t', 0, [`${batch}a`, `${batch}b`])
    await produce('t', 1, ['one'])
  })
  after(() => world.stop())

  async function produce(topic: string, index: number, values: string[], by = client): Promise<void> {
    await by.call(produceRequest, produceResponse, 12, {
      acks: -1,
      topicData: [{ name: topic, partitionData: [{ index, records: batchOf(values) }] }],
    })
  }

  interface Wish {
    partition: number
    offset?: number
    maxBytes?: number
    currentLeaderEpoch?: number
    lastFetchedEpoch?: number
  }

  function fetch(
    wishes: readonly Wish[],
    options: PartialMessage<typeof fetchRequest> & { version?: number; topic?: string; by?: TestClient } = {},
  ): Promise<FetchResponse> {
    const { version = 12, topic = 't', by = client, ...request } = options
    return by.call(fetchRequest, fetchResponse, version, {
      maxBytes: 1e6,
      topics: [
        {
          ...(version >= 13 ? { topicId } : { topic }),
          partitions: wishes.map(wish => ({
            partition: wish.partition,
            fetchOffset: wish.offset ?? 0,
            partitionMaxBytes: wish.maxBytes ?? 1e6,
            currentLeaderEpoch: version >= 9 ? (wish.currentLeaderEpoch ?? -1) : -1,
            lastFetchedEpoch: version >= 12 ? (wish.lastFetchedEpoch ?? -1) : -1,
          })),
        },
      ],
      ...request,
    })
  }

  const partitionsOf = (response: FetchResponse): FetchResponsePartitionData[] =>
    response.responses.flatMap(topic => topic.partitions)

  test('every version reads the records, from any offset inside a batch', async () => {
    for (let version = 4; version <= 18; version++) {
      const [zero, one] = partitionsOf(await fetch([{ partition: 0, offset: 3 }, { partition: 1 }], { version }))
      assert.deepEqual(recordsOf(zero!.records, 3), ['3: 1b', '4: 2a', '5: 2b', '6: 3a', '7: 3b', '8: 4a', '9: 4b'])
      assert.deepEqual(recordsOf(one!.records), ['0: one'])
      assert.deepEqual([zero!.highWatermark, zero!.lastStableOffset], [10, 10])
      assert.equal(zero!.logStartOffset, version >= 5 ? 0 : -1)
      assert.equal(zero!.abortedTransactions, null)
    }
  })

  test('readers of committed records get the list of aborted transactions', async () => {
    const [zero] = partitionsOf(await fetch([{ partition: 0 }], { isolationLevel: 1 }))
    assert.deepEqual(zero!.abortedTransactions, [])
    assert.equal(recordsOf(zero!.records).length, 10)
  })

  test('limits: over all, of a partition, and the first batch whole in spite of them', async () => {
    const sizes = async (wishes: Wish[], maxBytes = 1e6) =>
      partitionsOf(await fetch(wishes, { maxBytes })).map(partition => partition.records!.length)
    const batchBytes = batchOf(['0a', '0b']).length
    assert.deepEqual(await sizes([{ partition: 0 }, { partition: 1 }], 1), [batchBytes, 0])
    assert.deepEqual(
      await sizes([
        { partition: 0, maxBytes: 1 },
        { partition: 1, maxBytes: 1 },
      ]),
      [batchBytes, 0],
    )
    // The first one has nothing: the second is the first that is found.
    assert.deepEqual(await sizes([{ partition: 2 }, { partition: 0, maxBytes: 1 }]), [0, batchBytes])
    const [cut] = await sizes([{ partition: 0, maxBytes: batchBytes + 10 }])
    assert.ok(cut === batchBytes || cut === batchBytes + 10)
    assert.deepEqual(await sizes([{ partition: 0 }, { partition: 1, maxBytes: 0 }]), [5 * batchBytes, 0])
    assert.deepEqual(await sizes([{ partition: 0, maxBytes: -5 }]), [batchBytes])
  })

  test('errors, each in its partition', async () => {
    const cases: [Wish, number][] = [
      [{ partition: 0, offset: 11 }, errorCodes.OFFSET_OUT_OF_RANGE],
      [{ partition: 0, offset: -1 }, errorCodes.OFFSET_OUT_OF_RANGE],
      [{ partition: 0, offset: Number.POSITIVE_INFINITY }, errorCodes.OFFSET_OUT_OF_RANGE],
      [{ partition: 0, offset: Number.NEGATIVE_INFINITY }, errorCodes.OFFSET_OUT_OF_RANGE],
      [{ partition: 9 }, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
      [{ partition: -1 }, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
      [{ partition: 0, currentLeaderEpoch: 5 }, errorCodes.UNKNOWN_LEADER_EPOCH],
      [{ partition: 0, lastFetchedEpoch: 9 }, errorCodes.OFFSET_OUT_OF_RANGE],
      [{ partition: 0, currentLeaderEpoch: -2, offset: 11 }, errorCodes.OFFSET_OUT_OF_RANGE],
    ]
    for (const [wish, errorCode] of cases) {
      // A good partition beside it is read all the same, and the long poll does not wait.
      const [bad, good] = partitionsOf(await fetch([wish, { partition: 1 }], { maxWaitMs: 20_000, minBytes: 1e6 }))
      assert.deepEqual(
        [bad!.errorCode, bad!.highWatermark, bad!.logStartOffset, bad!.records!.length],
        [errorCode, -1, -1, 0],
      )
      assert.deepEqual(recordsOf(good!.records), ['0: one'])
    }
    const [missing] = partitionsOf(await fetch([{ partition: 0 }], { topic: 'missing' }))
    assert.equal(missing!.errorCode, errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
    const [follower] = partitionsOf(await fetch([{ partition: 0 }], { replicaId: 5 }))
    assert.equal(follower!.errorCode, errorCodes.NOT_LEADER_OR_FOLLOWER)
  })

  test('a log that goes beyond ours has diverged', async () => {
    const [partition] = partitionsOf(await fetch([{ partition: 0, offset: 500, lastFetchedEpoch: 0 }]))
    assert.equal(partition!.errorCode, errorCodes.NONE)
    assert.deepEqual(partition!.divergingEpoch, { epoch: 0, endOffset: 10 })
    const [same] = partitionsOf(await fetch([{ partition: 0, offset: 10, lastFetchedEpoch: 0 }]))
    assert.deepEqual(same!.divergingEpoch, { epoch: -1, endOffset: -1 })
  })

  test('a session answers news only', async () => {
    const full = await fetch(
      [
        { partition: 0, offset: 10 },
        { partition: 1, offset: 1 },
      ],
      { sessionEpoch: 0 },
    )
    assert.ok(full.sessionId > 0)
    assert.equal(partitionsOf(full).length, 2)
    const next = (sessionEpoch: number) => fetch([], { sessionId: full.sessionId, sessionEpoch, topics: [] })
    assert.deepEqual(partitionsOf(await next(1)), [])
    await produce('t', 2, ['unrelated'])
    assert.deepEqual(partitionsOf(await next(2)), [])
    const wrong = await next(7)
    assert.deepEqual([wrong.errorCode, wrong.sessionId], [errorCodes.INVALID_FETCH_SESSION_EPOCH, 0])
  })

  test('a long poll is answered by the produce it waits for, with all that came in its turn', async () => {
    await world.createTopic('poll', { partitions: 2 })
    const producer = world.client()
    const started = performance.now()
    const wishes = [{ partition: 0 }, { partition: 1 }]
    const polled = fetch(wishes, { topic: 'poll', maxWaitMs: 20_000, minBytes: 1 })
    await produce('poll', 1, ['x'], producer)
    const [, one] = partitionsOf(await polled)
    assert.deepEqual(recordsOf(one!.records), ['0: x'])
    assert.ok(performance.now() - started < 10_000)
  })

  test('a long poll waits for its minimum, and no longer than its time', async () => {
    await world.createTopic('least')
    const producer = world.client()
    const batchBytes = batchOf(['x']).length
    const polled = fetch([{ partition: 0 }], { topic: 'least', maxWaitMs: 20_000, minBytes: 3 * batchBytes })
    for (let i = 0; i < 3; i++) await produce('least', 0, ['x'], producer)
    assert.equal(partitionsOf(await polled)[0]!.records!.length, 3 * batchBytes)
    const late = await fetch([{ partition: 0 }], { topic: 'least', maxWaitMs: 50, minBytes: 1e6 })
    assert.equal(partitionsOf(late)[0]!.records!.length, 3 * batchBytes)
  })

  test('a long poll on a topic that is deleted is told so', async () => {
    await world.createTopic('gone')
    const polled = fetch([{ partition: 0 }], { topic: 'gone', maxWaitMs: 20_000, minBytes: 1 })
    await world.client().call(deleteTopicsRequest, deleteTopicsResponse, 5, { topicNames: ['gone'], timeoutMs: 5000 })
    assert.equal(partitionsOf(await polled)[0]!.errorCode, errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
  })

  test('what follows a long poll on its connection waits for it; other connections do not', async () => {
    await world.createTopic('parked')
    const [first, second] = [world.client(), world.client()]
    const order: string[] = []
    const polled = fetch([{ partition: 0 }], { topic: 'parked', maxWaitMs: 20_000, minBytes: 1, by: first }).then(() =>
      order.push('polled'),
    )
    const behind = fetch([{ partition: 1 }], { by: first }).then(() => order.push('behind'))
    await fetch([{ partition: 1 }], { by: second }).then(() => order.push('beside'))
    await produce('parked', 0, ['x'], second)
    await Promise.all([polled, behind])
    assert.deepEqual(order, ['beside', 'polled', 'behind'])
  })

  // The memory of large reads is used again: a reply that a slow peer has not taken must not change under it.
  test('every byte of many large answers at once is the right one', async () => {
    const partitions = [0, 1, 2, 3, 4, 5]
    await world.createTopic('large', { partitions: partitions.length })
    const values = (index: number) => Array.from({ length: 9 }, (_, at) => `${index}${at}`.repeat(50_000))
    for (const index of partitions) await produce('large', index, values(index))
    const clients = Array.from({ length: 6 }, () => world.client())
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(
        clients.flatMap(by =>
          [0, 1].map(shift => {
            const wishes = partitions.map(index => ({ partition: (index + shift) % 6, maxBytes: 1_000_000 }))
            return fetch(wishes, { topic: 'large', by, maxBytes: 50_000_000 })
          }),
        ),
      )
      for (const { responses } of answers) {
        for (const { partitionIndex, records } of responses[0]?.partitions ?? []) {
          const found = recordsOf(records).map(record => record.slice(record.indexOf(' ') + 1))
          assert.ok(found.every((value, at) => value === values(partitionIndex)[at]) && found.length === 9)
        }
      }
    }
  })
})
