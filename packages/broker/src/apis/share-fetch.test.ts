/** Share consumers over the wire (KIP-932): ShareFetch (78), ShareAcknowledge (79), with the share coordinator behind them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { acknowledgeTypes } from '@dorsale/coordinate'
import {
  endTxnRequest,
  endTxnResponse,
  errorCodes,
  findCoordinatorRequest,
  findCoordinatorResponse,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
  initializeShareGroupStateRequest,
  initializeShareGroupStateResponse,
  initProducerIdRequest,
  initProducerIdResponse,
  type PartialMessage,
  produceRequest,
  produceResponse,
  readShareGroupStateRequest,
  readShareGroupStateResponse,
  readShareGroupStateSummaryRequest,
  readShareGroupStateSummaryResponse,
  type ShareFetchResponse,
  shareAcknowledgeRequest,
  shareAcknowledgeResponse,
  shareFetchRequest,
  shareFetchResponse,
} from '@dorsale/protocol'
import { batchOf, recordsOf } from '../testing/batches.ts'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'

const { accept, release, reject, renew, gap } = acknowledgeTypes
const { NONE } = errorCodes

const world = new BrokerWorld({
  'share.coordinator.state.topic.num.partitions': '2',
  'group.share.min.record.lock.duration.ms': '1000',
})

before(() => world.start())
after(() => world.stop())

/** A topic of its own with one partition, a group that begins at its start, and its members. */
class Scene {
  readonly topic: string
  topicId = ''
  readonly groupId: string
  #client: TestClient | undefined

  constructor(name: string) {
    this.topic = name
    this.groupId = `group of ${name}`
  }

  /** `states`: what the group is set to; where it begins is 'earliest' unless it says so. */
  async begin(settings: Readonly<Record<string, string>> = {}): Promise<this> {
    this.topicId = await world.createTopic(this.topic, { partitions: 2 })
    await this.configure({ 'share.auto.offset.reset': 'earliest', ...settings })
    await this.initialize()
    return this
  }

  get client(): TestClient {
    this.#client ??= world.client()
    return this.#client
  }

  async configure(settings: Readonly<Record<string, string>>): Promise<void> {
    const configs = Object.entries(settings).map(([name, value]) => ({ name, configOperation: 0, value }))
    const { responses } = await this.client.call(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, 1, {
      resources: [{ resourceType: 32, resourceName: this.groupId, configs }],
    })
    assert.equal(responses[0]?.errorCode, NONE, responses[0]?.errorMessage ?? '')
  }

  async initialize(stateEpoch = 0, startOffset = -1): Promise<void> {
    for (;;) {
      const { results } = await this.client.call(
        initializeShareGroupStateRequest,
        initializeShareGroupStateResponse,
        0,
        {
          groupId: this.groupId,
          topics: [
            { topicId: this.topicId, partitions: [0, 1].map(partition => ({ partition, stateEpoch, startOffset })) },
          ],
        },
      )
      const codes = results[0]!.partitions.map(({ errorCode }) => errorCode)
      if (codes.every(code => code === NONE)) return
      assert.ok(
        codes.every(code => code === NONE || code === errorCodes.NOT_COORDINATOR),
        String(codes),
      )
      await find(this.client, `${this.groupId}:${this.topicId}:0`)
    }
  }

  async produce(values: string[], partition = 0): Promise<void> {
    const { responses } = await this.client.call(produceRequest, produceResponse, 12, {
      acks: -1,
      timeoutMs: 1000,
      topicData: [
        {
          name: this.topic,
          partitionData: [{ index: partition, records: batchOf(values, { timestamp: Date.now() }) }],
        },
      ],
    })
    assert.equal(responses[0]?.partitionResponses[0]?.errorCode, NONE)
  }

  member(id: string): Member {
    return new Member(this, id)
  }

  async state(partition = 0) {
    const { results } = await this.client.call(readShareGroupStateRequest, readShareGroupStateResponse, 0, {
      groupId: this.groupId,
      topics: [{ topicId: this.topicId, partitions: [{ partition, leaderEpoch: 0 }] }],
    })
    return results[0]!.partitions[0]!
  }

  async summary(partition = 0) {
    const { results } = await this.client.call(
      readShareGroupStateSummaryRequest,
      readShareGroupStateSummaryResponse,
      1,
      { groupId: this.groupId, topics: [{ topicId: this.topicId, partitions: [{ partition, leaderEpoch: 0 }] }] },
    )
    return results[0]!.partitions[0]!
  }
}

async function find(client: TestClient, key: string): Promise<void> {
  await client.call(findCoordinatorRequest, findCoordinatorResponse, 6, { keyType: 2, coordinatorKeys: [key] })
}

/** `first-last`, or one offset, and what is said: one for all or one for each. */
type Said = readonly [offsets: string, types: number[]]

/** A member with a connection and a session of its own. */
class Member {
  readonly scene: Scene
  readonly id: string
  readonly client = world.client()
  epoch = 0

  constructor(scene: Scene, id: string) {
    this.scene = scene
    this.id = id
  }

  async fetch({
    said = [],
    partition = 0,
    epoch,
    ...over
  }: { said?: readonly Said[]; partition?: number; epoch?: number } & PartialMessage<
    typeof shareFetchRequest
  > = {}): Promise<ShareFetchResponse> {
    const { groupId, topicId } = this.scene
    const response = await this.client.call(shareFetchRequest, shareFetchResponse, 2, {
      groupId,
      memberId: this.id,
      shareSessionEpoch: epoch ?? this.epoch,
      maxWaitMs: 20_000,
      minBytes: 1,
      maxBytes: 1_000_000,
      maxRecords: 500,
      batchSize: 500,
      topics: [{ topicId, partitions: [{ partitionIndex: partition, acknowledgementBatches: batchesOf(said) }] }],
      ...over,
    })
    if (epoch === undefined && response.errorCode === NONE) this.epoch++
    return response
  }

  /** `first-last xCount` of what it gets. */
  async take(over: Parameters<Member['fetch']>[0] = {}): Promise<string[]> {
    return acquiredIn(await this.fetch(over))
  }

  async say(
    said: readonly Said[],
    { epoch, isRenewAck = false, version = 2 }: { epoch?: number; isRenewAck?: boolean; version?: number } = {},
  ) {
    const { groupId, topicId } = this.scene
    const response = await this.client.call(shareAcknowledgeRequest, shareAcknowledgeResponse, version, {
      groupId,
      memberId: this.id,
      shareSessionEpoch: epoch ?? this.epoch,
      ...(version >= 2 ? { isRenewAck } : {}),
      topics: [{ topicId, partitions: [{ partitionIndex: 0, acknowledgementBatches: batchesOf(said) }] }],
    })
    if (epoch === undefined && response.errorCode === NONE) this.epoch++
    return response.errorCode === NONE ? response.responses[0]!.partitions[0]!.errorCode : response.errorCode
  }
}

function batchesOf(said: readonly Said[]) {
  return said.map(([offsets, acknowledgeTypes]) => {
    const [firstOffset = 0, lastOffset = firstOffset] = offsets.split('-').map(Number)
    return { firstOffset, lastOffset, acknowledgeTypes }
  })
}

function acquiredIn({ errorCode, responses }: ShareFetchResponse): string[] {
  assert.equal(errorCode, NONE)
  return responses.flatMap(({ partitions }) =>
    partitions.flatMap(({ errorCode, errorMessage, acquiredRecords }) => {
      assert.equal(errorCode, NONE, errorMessage ?? '')
      return acquiredRecords.map(each => `${each.firstOffset}-${each.lastOffset} x${each.deliveryCount}`)
    }),
  )
}

test('records are shared out, acknowledged, and the group’s progress is kept', async () => {
  const scene = await new Scene('shared').begin()
  await scene.produce(['a', 'b', 'c'])
  await scene.produce(['d', 'e'])
  const [one, two] = [scene.member('one'), scene.member('two')]
  const first = await one.fetch({ maxRecords: 2 })
  assert.deepEqual(acquiredIn(first), ['0-2 x1'])
  assert.equal(first.acquisitionLockTimeoutMs, 30_000)
  const [partition] = first.responses[0]!.partitions
  assert.deepEqual(recordsOf(partition!.records!), ['0: a', '1: b', '2: c'])
  assert.deepEqual(await two.take(), ['3-4 x1'])
  assert.deepEqual(await two.take({ maxWaitMs: 0 }), [])
  assert.equal(await one.say([['0-2', [accept, reject, release]]]), NONE)
  assert.deepEqual(await two.take({ said: [['3-4', [accept]]] }), ['2-2 x2'])
  assert.equal(await two.say([['2', [gap]]]), NONE)
  const { startOffset, deliveryCompleteCount } = await scene.summary()
  assert.deepEqual([startOffset, deliveryCompleteCount], [2, 3])
})

test('records of the answer are whole batches around what was acquired', async () => {
  const scene = await new Scene('slices').begin()
  for (const value of ['a', 'b', 'c', 'd']) await scene.produce([value, value])
  const one = scene.member('one')
  await one.take({ maxRecords: 8 })
  assert.equal(await one.say([['0-7', [accept, accept, accept, release, accept, accept, accept, accept]]]), NONE)
  const again = await one.fetch()
  assert.deepEqual(acquiredIn(again), ['3-3 x2'])
  assert.deepEqual(recordsOf(again.responses[0]!.partitions[0]!.records!), ['2: b', '3: b'])
})

test('a fetch waits for records, and for others to be through with theirs', async () => {
  const scene = await new Scene('waits').begin()
  const [one, two] = [scene.member('one'), scene.member('two')]
  const waiting = one.take()
  await scene.produce(['a', 'b'])
  assert.deepEqual(await waiting, ['0-1 x1'])
  const other = two.take()
  assert.equal(await one.say([['0-1', [accept, release]]]), NONE)
  assert.deepEqual(await other, ['1-1 x2'])
  assert.deepEqual(await one.take({ maxWaitMs: 10, minBytes: 1 }), [], 'the time is over')
})

test('a fetch waits for as many bytes as it asks for, and takes less when its time is over', async () => {
  const scene = await new Scene('bytes').begin()
  const one = scene.member('one')
  await scene.produce(['a'])
  const waiting = one.take({ minBytes: 2000 })
  await scene.produce(['x'.repeat(2000)])
  assert.deepEqual(await waiting, ['0-1 x1'])
  await scene.produce(['b'])
  assert.deepEqual(await one.take({ maxWaitMs: 20, minBytes: 2000 }), ['2-2 x1'])
})

test('what a member has is available when its lock ends, its session, or its connection', async () => {
  const scene = await new Scene('ends').begin({ 'share.record.lock.duration.ms': '1000' })
  await scene.produce(['a', 'b'])
  const [one, two, three, four] = ['one', 'two', 'three', 'four'].map(id => scene.member(id))
  assert.deepEqual(await one!.take(), ['0-1 x1'])
  assert.deepEqual(await two!.take(), ['0-1 x2'], 'the lock has ended')
  assert.equal(await one!.say([['0-1', [accept]]]), errorCodes.INVALID_RECORD_STATE)
  const waiting = three!.take()
  assert.equal(await two!.say([['0', [accept]]], { epoch: -1 }), NONE)
  assert.deepEqual(await waiting, ['1-1 x3'], 'the session has ended')
  const next = four!.take()
  three!.client.close()
  assert.deepEqual(await next, ['1-1 x4'], 'the connection has ended')
})

test('locks are renewed', async () => {
  const scene = await new Scene('renewed').begin({ 'share.record.lock.duration.ms': '1000' })
  await scene.produce(['a'])
  const [one, two] = [scene.member('one'), scene.member('two')]
  assert.deepEqual(await one.take(), ['0-0 x1'])
  assert.equal(await one.say([['0', [renew]]]), errorCodes.INVALID_REQUEST, 'it must say that it does')
  assert.equal(await one.say([['0', [renew]]], { version: 1 }), errorCodes.INVALID_REQUEST)
  const nothing = { maxBytes: 0, minBytes: 0, maxRecords: 0, maxWaitMs: 0 }
  assert.deepEqual(await one.take({ said: [['0', [renew]]], isRenewAck: true, ...nothing }), [])
  const { errorCode } = await one.fetch({ said: [['0', [renew]]], isRenewAck: true })
  assert.equal(errorCode, errorCodes.INVALID_REQUEST, 'it must ask for nothing else')
  assert.equal(await one.say([['0', [renew]]], { isRenewAck: true }), NONE)
  assert.deepEqual(await two.take(), ['0-0 x2'])
  await scene.configure({ 'share.renew.acknowledge.enable': 'false' })
  assert.equal(await two.say([['0', [renew]]], { isRenewAck: true }), errorCodes.INVALID_RECORD_STATE)
})

test('sessions have an order', async () => {
  const scene = await new Scene('sessions').begin()
  await scene.produce(['a'])
  const one = scene.member('one')
  const errorOf = async (over: Parameters<Member['fetch']>[0]) => (await one.fetch(over)).errorCode
  assert.equal(await errorOf({ epoch: 1 }), errorCodes.SHARE_SESSION_NOT_FOUND)
  assert.equal(await errorOf({ epoch: -1 }), errorCodes.SHARE_SESSION_NOT_FOUND)
  assert.equal(await one.say([], { epoch: 0 }), errorCodes.INVALID_SHARE_SESSION_EPOCH)
  assert.equal(await one.say([], { epoch: 1 }), errorCodes.SHARE_SESSION_NOT_FOUND)
  assert.equal(await errorOf({ said: [['0', [accept]]] }), errorCodes.INVALID_REQUEST, 'nobody can have it yet')
  assert.deepEqual(await one.take(), ['0-0 x1'])
  assert.equal(await errorOf({ epoch: 2 }), errorCodes.INVALID_SHARE_SESSION_EPOCH)
  assert.equal(await one.say([], { epoch: 2 }), errorCodes.INVALID_SHARE_SESSION_EPOCH)
  assert.equal(await one.say([['0', [accept]]], { epoch: 1 }), NONE)
  assert.equal(await errorOf({ epoch: 2, maxWaitMs: 0, topics: [] }), NONE, 'the session knows its partitions')
  const forgotten = [{ topicId: scene.topicId, partitions: [0] }]
  await scene.produce(['b'])
  assert.deepEqual(
    await acquiredIn(await one.fetch({ epoch: 3, maxWaitMs: 0, topics: [], forgottenTopicsData: forgotten })),
    [],
  )
  assert.equal(await errorOf({ epoch: -1, said: [['0', [accept]]] }), NONE)
  assert.equal(await errorOf({ epoch: 4 }), errorCodes.SHARE_SESSION_NOT_FOUND)
})

test('what makes no sense is refused, and nothing is done', async () => {
  const scene = await new Scene('nonsense').begin()
  await scene.produce(['a', 'b', 'c'])
  const one = scene.member('one')
  for (const [groupId, memberId] of [
    [null, 'one'],
    [scene.groupId, null],
    [scene.groupId, ''],
    [scene.groupId, 'x'.repeat(37)],
  ]) {
    const { errorCode } = await one.fetch({ groupId, memberId } as PartialMessage<typeof shareFetchRequest>)
    assert.equal(errorCode, errorCodes.INVALID_REQUEST)
  }
  assert.deepEqual(await one.take(), ['0-2 x1'])
  const nonsense: Said[][] = [
    [['1-0', [accept]]],
    [
      ['1', [accept]],
      ['0', [accept]],
    ],
    [['0-2', []]],
    [['0-2', [accept, accept]]],
    [['0', [5]]],
    [['0', [-1]]],
    [['0-3', [accept]]],
  ]
  for (const said of nonsense) assert.equal(await one.say(said), errorCodes.INVALID_REQUEST, JSON.stringify(said))
  assert.equal(await one.say([['0-2', [accept]]]), NONE)
  const missing = await one.fetch({
    maxWaitMs: 0,
    topics: [{ topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', partitions: [{ partitionIndex: 0 }] }],
  })
  assert.equal(
    missing.responses.find(({ topicId }) => topicId !== scene.topicId)?.partitions[0]?.errorCode,
    errorCodes.UNKNOWN_TOPIC_ID,
  )
  const beyond = await one.fetch({ partition: 7, maxWaitMs: 0 })
  const codes = beyond.responses.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode))
  assert.ok(codes.includes(errorCodes.UNKNOWN_TOPIC_OR_PARTITION))
})

test('a group that was not told of the partition cannot read it', async () => {
  const scene = await new Scene('strangers').begin()
  const stranger = new Member(
    Object.assign(new Scene('strangers'), { topicId: scene.topicId, groupId: 'nobody' }),
    'one',
  )
  const { responses } = await stranger.fetch()
  assert.equal(responses[0]?.partitions[0]?.errorCode, errorCodes.UNKNOWN_SERVER_ERROR)
})

test('a group begins where its setting says', async () => {
  const scene = await new Scene('latest').begin({ 'share.auto.offset.reset': 'latest' })
  await scene.produce(['before'])
  const one = scene.member('one')
  const waiting = one.take()
  // The share partition begins when it is first read.
  assert.deepEqual(await scene.member('two').take({ maxWaitMs: 0 }), [])
  await scene.produce(['after'])
  assert.deepEqual(await waiting, ['1-1 x1'])
  const ago = await new Scene('ago').begin({ 'share.auto.offset.reset': 'by_duration:PT1H' })
  await ago.produce(['a'])
  assert.deepEqual(await ago.member('one').take(), ['0-0 x1'])
})

test('a group that is set back begins anew, and what its members had is theirs no more', async () => {
  const back = await new Scene('set-back').begin()
  await back.produce(['a', 'b'])
  const one = back.member('one')
  assert.deepEqual(await one.take(), ['0-1 x1'])
  assert.equal(await one.say([['0', [accept]]]), NONE)
  await back.initialize(1, 0)
  assert.equal(await one.say([['1', [accept]]]), errorCodes.NOT_LEADER_OR_FOLLOWER)
  assert.deepEqual(await one.take(), ['0-1 x1'])
})

test('what was acknowledged stays so when the broker starts again; what was not is delivered again', async () => {
  const scene = await new Scene('restarted').begin()
  await scene.produce(['a', 'b', 'c', 'd'])
  const one = scene.member('one')
  assert.deepEqual(await one.take(), ['0-3 x1'])
  assert.equal(await one.say([['0-2', [accept, release, accept]]]), NONE)
  const { stateBatches } = await scene.state()
  await world.restart()
  const again = new Scene('restarted')
  again.topicId = scene.topicId
  const redelivered = await again.member('two').take()
  // Whether the end of the first session was still written down is a matter of luck.
  assert.deepEqual(
    redelivered.map(each => each.replace(/^3-3 x[12]$/, '3-3')),
    ['1-1 x2', '3-3'],
  )
  assert.deepEqual(
    stateBatches.map(({ firstOffset, deliveryState, deliveryCount }) => [firstOffset, deliveryState, deliveryCount]),
    [
      [0, 2, 1],
      [1, 0, 1],
      [2, 2, 1],
    ],
  )
})

test('records of open and aborted transactions are kept from a group that says so', async () => {
  // Near that of the markers: a leap makes a new segment, where a read ends.
  const timestamp = Date.now()
  const committed = await new Scene('committed').begin({ 'share.isolation.level': 'read_committed' })
  const transaction = async (id: string, values: string[], isCommitted: boolean | undefined) => {
    const find = { keyType: 1, coordinatorKeys: [id] }
    await committed.client.call(findCoordinatorRequest, findCoordinatorResponse, 6, find)
    const init = { transactionalId: id, transactionTimeoutMs: 60_000 }
    const { producerId, producerEpoch } = await committed.client.call(
      initProducerIdRequest,
      initProducerIdResponse,
      5,
      init,
    )
    const records = batchOf(values, { producerId, producerEpoch, baseSequence: 0, transactional: true, timestamp })
    const { responses } = await committed.client.call(produceRequest, produceResponse, 12, {
      transactionalId: id,
      acks: -1,
      timeoutMs: 1000,
      topicData: [{ name: committed.topic, partitionData: [{ index: 0, records }] }],
    })
    assert.equal(responses[0]?.partitionResponses[0]?.errorCode, NONE)
    if (isCommitted === undefined) return
    const end = { transactionalId: id, producerId, producerEpoch, committed: isCommitted }
    assert.equal((await committed.client.call(endTxnRequest, endTxnResponse, 5, end)).errorCode, NONE)
    // The next of this id waits for the markers.
    for (;;) {
      const { errorCode } = await committed.client.call(initProducerIdRequest, initProducerIdResponse, 5, init)
      if (errorCode === NONE) return
      assert.equal(errorCode, errorCodes.CONCURRENT_TRANSACTIONS)
    }
  }
  await transaction('aborts', ['gone', 'gone'], false)
  await transaction('commits', ['a'], true)
  await committed.produce(['b'])
  await transaction('open', ['later'], undefined)
  await committed.produce(['c'])
  const one = committed.member('one')
  // 2 and 4 are the markers, which no consumer shows; 5 is the last record before the open transaction.
  assert.deepEqual(await one.take(), ['2-5 x1'])
  assert.equal(await one.say([['2-5', [gap, accept, gap, accept]]]), NONE)
  assert.equal((await committed.summary()).startOffset, 2)
  assert.deepEqual(await one.take({ maxWaitMs: 0 }), [])
})

test('the limits are those of the group', async () => {
  const scene = await new Scene('limits').begin({
    'share.delivery.count.limit': '2',
    'share.partition.max.record.locks': '100',
  })
  const one = scene.member('one')
  const many = Array.from({ length: 60 }, (_, index) => `${index}`)
  for (let batch = 0; batch < 3; batch++) await scene.produce(many)
  assert.deepEqual(await one.take(), ['0-119 x1'], 'a batch that is begun is taken whole')
  assert.deepEqual(await one.take({ maxWaitMs: 0 }), [])
  assert.equal(await one.say([['0-119', [release]]]), NONE)
  assert.deepEqual(await one.take(), ['0-119 x2'])
  assert.equal(await one.say([['0-119', [release]]]), NONE)
  assert.deepEqual(await one.take(), ['120-179 x1'], 'they have been delivered as often as they may')
})

test('a strict limit of records is kept', async () => {
  const scene = await new Scene('strict').begin()
  await scene.produce(['a', 'b', 'c'])
  assert.deepEqual(await scene.member('one').take({ maxRecords: 2, shareAcquireMode: 1 }), ['0-1 x1'])
  assert.deepEqual(await scene.member('two').take({ maxRecords: 2, shareAcquireMode: 1 }), ['2-2 x1'])
})
