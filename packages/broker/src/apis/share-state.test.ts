/** The share coordinator over the wire: FindCoordinator (10) for share partitions, and the state of share groups (83 to 87). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  deleteShareGroupStateRequest,
  deleteShareGroupStateResponse,
  deleteTopicsRequest,
  deleteTopicsResponse,
  describeConfigsRequest,
  describeConfigsResponse,
  errorCodes,
  findCoordinatorRequest,
  findCoordinatorResponse,
  initializeShareGroupStateRequest,
  initializeShareGroupStateResponse,
  listOffsetsRequest,
  listOffsetsResponse,
  readShareGroupStateRequest,
  readShareGroupStateResponse,
  readShareGroupStateSummaryRequest,
  readShareGroupStateSummaryResponse,
  writeShareGroupStateRequest,
  writeShareGroupStateResponse,
} from '@dorsale/protocol'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'

const world = new BrokerWorld({
  'share.coordinator.state.topic.num.partitions': '3',
  'share.coordinator.snapshot.update.records.per.snapshot': '2',
  'share.coordinator.state.topic.prune.interval.ms': '20',
})
let client: TestClient
let topicId: string
const { NONE, INVALID_REQUEST } = errorCodes

before(async () => {
  await world.start()
  client = world.client()
  topicId = await world.createTopic('t', { partitions: 4 })
})
after(() => world.stop())

async function find(key: string): Promise<{ errorCode: number; nodeId: number }> {
  const request = { keyType: 2, coordinatorKeys: [key] }
  const { coordinators } = await client.call(findCoordinatorRequest, findCoordinatorResponse, 6, request)
  return coordinators[0]!
}

async function initialize(partitions: readonly number[], { stateEpoch = 0, startOffset = 0, groupId = 'g' } = {}) {
  const { results } = await client.call(initializeShareGroupStateRequest, initializeShareGroupStateResponse, 0, {
    groupId,
    topics: [{ topicId, partitions: partitions.map(partition => ({ partition, stateEpoch, startOffset })) }],
  })
  return results[0]!.partitions.map(({ errorCode }) => errorCode)
}

async function read(partition: number, leaderEpoch = 0) {
  const { results } = await client.call(readShareGroupStateRequest, readShareGroupStateResponse, 0, {
    groupId: 'g',
    topics: [{ topicId, partitions: [{ partition, leaderEpoch }] }],
  })
  return results[0]!.partitions[0]!
}

test('before anybody has asked for the coordinator there is none; then its topic is made as Kafka makes it', async () => {
  assert.deepEqual(await initialize([0]), [errorCodes.NOT_COORDINATOR])
  const found = await find(`g:${topicId}:0`)
  assert.deepEqual([found.errorCode, found.nodeId], [NONE, world.broker.nodeId])
  const { results } = await client.call(describeConfigsRequest, describeConfigsResponse, 4, {
    resources: [{ resourceType: 2, resourceName: '__share_group_state', configurationKeys: null }],
  })
  const own = results[0]!.configs.filter(({ configSource }) => configSource === 1)
  assert.deepEqual(Object.fromEntries(own.map(({ name, value }) => [name, value])), {
    'cleanup.policy': 'delete',
    'compression.type': 'producer',
    'segment.bytes': '104857600',
    'min.insync.replicas': '1',
    'retention.ms': '-1',
  })
})

test('a key names a group, a topic by its id, and a partition', async () => {
  for (const key of [`a:b:${topicId}:3`, `:x:${topicId}:0`]) assert.equal((await find(key)).errorCode, NONE, key)
  for (const key of ['g', `g:${topicId}`, `:${topicId}:0`, ` :${topicId}:0`, `g:${topicId}:x`, 'g:t:0', '']) {
    assert.equal((await find(key)).errorCode, INVALID_REQUEST, key)
  }
})

test('each partition is answered for itself, in the order of the request', async () => {
  assert.deepEqual(await initialize([3, 0, 9, -1, 1]), [
    NONE,
    NONE,
    errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
    INVALID_REQUEST,
    NONE,
  ])
  const refused = await read(2)
  assert.equal(refused.errorCode, INVALID_REQUEST)
  assert.match(refused.errorMessage ?? '', /has not been initialized/)
})

test('a request without a group id is answered without results', async () => {
  const topics = (partition: object) => ({ groupId: '', topics: [{ topicId, partitions: [partition] }] })
  const answers = [
    await client.call(
      initializeShareGroupStateRequest,
      initializeShareGroupStateResponse,
      0,
      topics({ partition: 0, stateEpoch: 0, startOffset: 0 }),
    ),
    await client.call(
      readShareGroupStateRequest,
      readShareGroupStateResponse,
      0,
      topics({ partition: 0, leaderEpoch: 0 }),
    ),
  ]
  for (const { results } of answers) assert.deepEqual(results, [])
})

test('what is written is read, also after a restart', async () => {
  await initialize([1], { stateEpoch: 2, startOffset: 5 })
  assert.equal((await read(1, 3)).errorCode, NONE)
  const batch = { firstOffset: 5, lastOffset: 9, deliveryState: 2, deliveryCount: 1 }
  const write = async (version: number, over: { stateEpoch?: number; leaderEpoch?: number } = {}) => {
    const partition = { partition: 1, stateEpoch: 2, leaderEpoch: 3, startOffset: 5, ...over, stateBatches: [batch] }
    const { results } = await client.call(writeShareGroupStateRequest, writeShareGroupStateResponse, version, {
      groupId: 'g',
      topics: [{ topicId, partitions: [{ ...partition, ...(version >= 1 ? { deliveryCompleteCount: 5 } : {}) }] }],
    })
    return results[0]!.partitions[0]!.errorCode
  }
  assert.equal(await write(0, { leaderEpoch: 2 }), errorCodes.FENCED_LEADER_EPOCH)
  assert.equal(await write(0, { stateEpoch: 1 }), errorCodes.FENCED_STATE_EPOCH)
  assert.equal(await write(0), NONE)
  assert.equal(await write(1), NONE)
  await world.restart()
  client = world.client()
  await readyAgain()
  const { stateEpoch, startOffset, stateBatches } = await read(1, 3)
  assert.deepEqual([stateEpoch, startOffset, stateBatches], [2, 5, [batch]])
  for (const version of [0, 1]) {
    const summary = await client.call(readShareGroupStateSummaryRequest, readShareGroupStateSummaryResponse, version, {
      groupId: 'g',
      topics: [{ topicId, partitions: [{ partition: 1, leaderEpoch: 0 }] }],
    })
    const [told] = summary.results[0]!.partitions
    assert.deepEqual(
      [told!.stateEpoch, told!.leaderEpoch, told!.startOffset, told!.deliveryCompleteCount],
      [2, 3, 5, version >= 1 ? 5 : -1],
    )
  }
})

/** Asks until the log of the coordinator has been read. */
/** Until the coordinator has read all of its logs: these keys lie in each of the three. */
async function readyAgain(): Promise<void> {
  for (let partition = 0; partition < 12; partition++) {
    const isLoading = async () => (await read(partition)).errorCode === errorCodes.COORDINATOR_LOAD_IN_PROGRESS
    while (await isLoading());
  }
}

test('what later snapshots repeat leaves the log at its beginning, and nothing is lost by it', async () => {
  await initialize([2], { stateEpoch: 0, startOffset: 0, groupId: 'pruned' })
  const ofGroup = { groupId: 'pruned' }
  for (let offset = 0; offset < 9; offset++) {
    const batch = { firstOffset: offset * 2, lastOffset: offset * 2, deliveryState: 2, deliveryCount: 1 }
    const partition = { partition: 2, stateEpoch: 0, leaderEpoch: 0, startOffset: 0, stateBatches: [batch] }
    const { results } = await client.call(writeShareGroupStateRequest, writeShareGroupStateResponse, 1, {
      ...ofGroup,
      topics: [{ topicId, partitions: [partition] }],
    })
    assert.equal(results[0]!.partitions[0]!.errorCode, NONE)
  }
  // The log that this group is in; one in which older states lie as well begins where the oldest of their snapshots is.
  const starts = async () => {
    const { topics } = await client.call(listOffsetsRequest, listOffsetsResponse, 9, {
      replicaId: -1,
      topics: [
        {
          name: '__share_group_state',
          partitions: [0, 1, 2].map(partitionIndex => ({ partitionIndex, timestamp: -2, currentLeaderEpoch: -1 })),
        },
      ],
    })
    return topics[0]!.partitions.map(({ offset }) => offset)
  }
  while ((await starts()).every(offset => offset === 0));
  await world.restart()
  client = world.client()
  await readyAgain()
  const { results } = await client.call(readShareGroupStateRequest, readShareGroupStateResponse, 0, {
    ...ofGroup,
    topics: [{ topicId, partitions: [{ partition: 2, leaderEpoch: 0 }] }],
  })
  assert.deepEqual(
    results[0]!.partitions[0]!.stateBatches.map(({ firstOffset }) => firstOffset),
    [0, 2, 4, 6, 8, 10, 12, 14, 16],
  )
})

test('state is deleted by request, and with its topic', async () => {
  const { results } = await client.call(deleteShareGroupStateRequest, deleteShareGroupStateResponse, 0, {
    groupId: 'g',
    topics: [{ topicId, partitions: [{ partition: 0 }, { partition: 2 }] }],
  })
  assert.deepEqual(
    results[0]!.partitions.map(({ errorCode }) => errorCode),
    [NONE, NONE],
  )
  assert.equal((await read(0)).errorCode, INVALID_REQUEST)
  assert.equal((await read(3)).errorCode, NONE)
  await client.call(deleteTopicsRequest, deleteTopicsResponse, 6, { topics: [{ name: 't' }] })
  assert.equal((await read(3)).errorCode, INVALID_REQUEST)
})
