import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  consumerGroupDescribeRequest,
  consumerGroupDescribeResponse,
  consumerGroupHeartbeatRequest,
  consumerGroupHeartbeatResponse,
  createPartitionsRequest,
  createPartitionsResponse,
  errorCodes,
  findCoordinatorRequest,
  findCoordinatorResponse,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
  listGroupsRequest,
  listGroupsResponse,
  offsetCommitRequest,
  offsetCommitResponse,
  offsetFetchRequest,
  offsetFetchResponse,
  type PartialMessage,
} from '@dorsale/protocol'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'

/** The group settings of the configuration tables: each of them shows in what a member is answered. */
const settings = {
  'offsets.topic.num.partitions': '1',
  'group.consumer.heartbeat.interval.ms': '2000',
  'group.consumer.min.heartbeat.interval.ms': '1000',
  'group.consumer.assignment.interval.ms': '0',
  'group.consumer.max.size': '2',
  'group.consumer.assignors': 'org.apache.kafka.coordinator.group.assignor.RangeAssignor',
}

type Beat = PartialMessage<typeof consumerGroupHeartbeatRequest>

function beat(client: TestClient, partial: Beat, apiVersion = 1) {
  return client.call(consumerGroupHeartbeatRequest, consumerGroupHeartbeatResponse, apiVersion, {
    groupId: 'g',
    ...partial,
  })
}

function join(client: TestClient, partial: Beat = {}, apiVersion = 1) {
  const all = { rebalanceTimeoutMs: 10_000, subscribedTopicNames: ['t'], topicPartitions: [] }
  return beat(client, { memberId: 'm', memberEpoch: 0, ...all, ...partial }, apiVersion)
}

async function findGroups(client: TestClient): Promise<void> {
  const request = { keyType: 0, coordinatorKeys: ['g'] }
  await client.call(findCoordinatorRequest, findCoordinatorResponse, 6, request)
}

describe('consumer groups on a broker', () => {
  const world = new BrokerWorld(settings)
  let client: TestClient
  let topicId: string
  let epoch: number
  before(async () => {
    await world.start()
    client = world.client()
    topicId = await world.createTopic('t', { partitions: 2 })
    await findGroups(client)
  })
  after(() => world.stop())

  test('a member joins and gets all partitions', async () => {
    const joined = await join(client)
    assert.equal(joined.errorCode, 0)
    assert.equal(joined.heartbeatIntervalMs, 2000)
    assert.deepEqual(joined.assignment, { topicPartitions: [{ topicId, partitions: [0, 1] }] })
    epoch = joined.memberEpoch
  })

  test('requests that cannot be are refused in words, before anybody looks at the group', async () => {
    const cases: readonly (readonly [Beat, number, RegExp])[] = [
      [{ memberId: '' }, errorCodes.INVALID_REQUEST, /MemberId/],
      [{ groupId: ' ' }, errorCodes.INVALID_REQUEST, /GroupId/],
      [{ instanceId: '' }, errorCodes.INVALID_REQUEST, /InstanceId/],
      [{ rackId: '' }, errorCodes.INVALID_REQUEST, /RackId/],
      [{ rebalanceTimeoutMs: -1 }, errorCodes.INVALID_REQUEST, /RebalanceTimeoutMs/],
      [{ topicPartitions: null }, errorCodes.INVALID_REQUEST, /TopicPartitions/],
      [{ subscribedTopicNames: null }, errorCodes.INVALID_REQUEST, /SubscribedTopic/],
      [{ memberEpoch: -2 }, errorCodes.INVALID_REQUEST, /InstanceId/],
      [{ memberEpoch: -3 }, errorCodes.INVALID_REQUEST, /MemberEpoch/],
      [{ serverAssignor: 'uniform' }, errorCodes.UNSUPPORTED_ASSIGNOR, /range/],
      [{ subscribedTopicRegex: '(' }, errorCodes.INVALID_REGULAR_EXPRESSION, /RE2/],
    ]
    for (const [partial, errorCode, text] of cases) {
      const answer = await join(client, partial)
      assert.equal(answer.errorCode, errorCode, JSON.stringify(partial))
      assert.match(answer.errorMessage ?? '', text)
    }
  })

  test('version 0 names a member that does not name itself', async () => {
    const joined = await join(client, { memberId: '', groupId: 'old' }, 0)
    assert.match(joined.memberId ?? '', /^[\w-]{22}$/)
    assert.equal(joined.errorCode, 0)
  })

  test('no more members than the broker allows', async () => {
    assert.equal((await join(client, { memberId: 'n' })).errorCode, 0)
    assert.equal((await join(client, { memberId: 'o' })).errorCode, errorCodes.GROUP_MAX_SIZE_REACHED)
    assert.equal((await beat(client, { memberId: 'n', memberEpoch: -1 })).memberEpoch, -1)
  })

  test('it is described and listed as what it is', async () => {
    const { groups } = await client.call(consumerGroupDescribeRequest, consumerGroupDescribeResponse, 1, {
      groupIds: ['g', 'missing', ''],
      includeAuthorizedOperations: true,
    })
    const [group, missing, nameless] = groups
    assert.equal(group?.errorCode, 0)
    assert.equal(group?.assignorName, 'range')
    assert.notEqual(group?.authorizedOperations, -2147483648)
    assert.deepEqual(group?.members[0]?.assignment.topicPartitions, [{ topicId, topicName: 't', partitions: [0, 1] }])
    assert.equal(missing?.errorCode, errorCodes.GROUP_ID_NOT_FOUND)
    assert.equal(nameless?.errorCode, errorCodes.INVALID_GROUP_ID)
    const listed = await client.call(listGroupsRequest, listGroupsResponse, 5, { typesFilter: ['consumer'] })
    assert.deepEqual(listed.groups.map(({ groupId, protocolType }) => [groupId, protocolType]).sort(), [
      ['g', 'consumer'],
      ['old', 'consumer'],
    ])
  })

  test('a topic that grows is noticed with the next heartbeat', async () => {
    await client.call(createPartitionsRequest, createPartitionsResponse, 3, {
      topics: [{ name: 't', count: 3, assignments: null }],
      timeoutMs: 5000,
    })
    const grown = await beat(client, { memberId: 'm', memberEpoch: epoch })
    assert.deepEqual(grown.assignment?.topicPartitions[0]?.partitions, [0, 1, 2])
    epoch = grown.memberEpoch
  })

  test('offsets are for members in their epoch', async () => {
    const commitIn = async (memberEpoch: number) => {
      const { topics } = await client.call(offsetCommitRequest, offsetCommitResponse, 10, {
        groupId: 'g',
        memberId: 'm',
        generationIdOrMemberEpoch: memberEpoch,
        topics: [{ topicId, partitions: [{ partitionIndex: 2, committedOffset: 4 }] }],
      })
      return topics[0]?.partitions[0]?.errorCode
    }
    assert.equal(await commitIn(epoch), errorCodes.NONE)
    assert.equal(await commitIn(epoch - 1), errorCodes.STALE_MEMBER_EPOCH)
    const fetchIn = async (memberEpoch: number) => {
      const request = { groups: [{ groupId: 'g', memberId: 'm', memberEpoch, topics: null }] }
      return (await client.call(offsetFetchRequest, offsetFetchResponse, 10, request)).groups[0]
    }
    assert.equal((await fetchIn(epoch))?.topics[0]?.partitions[0]?.committedOffset, 4)
    assert.equal((await fetchIn(epoch + 1))?.errorCode, errorCodes.STALE_MEMBER_EPOCH)
  })

  test('settings of the group itself count, within the bounds of the broker', async () => {
    const set = async (value: string) => {
      const configs = [{ name: 'consumer.heartbeat.interval.ms', configOperation: 0, value }]
      const { responses } = await client.call(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, 1, {
        resources: [{ resourceType: 32, resourceName: 'g', configs }],
      })
      return responses[0]?.errorCode
    }
    assert.equal(await set('1500'), 0)
    assert.equal((await beat(client, { memberId: 'm', memberEpoch: epoch })).heartbeatIntervalMs, 1500)
    assert.equal(await set('999'), errorCodes.INVALID_CONFIG)
  })

  test('the group outlives the broker', async () => {
    await world.restart()
    client = world.client()
    const deadline = Date.now() + 5000
    const ask = () => beat(client, { memberId: 'm', memberEpoch: epoch })
    let answer = await ask()
    const passing: readonly number[] = [errorCodes.COORDINATOR_LOAD_IN_PROGRESS, errorCodes.NOT_COORDINATOR]
    while (passing.includes(answer.errorCode) && Date.now() < deadline) answer = await ask()
    assert.deepEqual([answer.errorCode, answer.memberEpoch], [0, epoch])
  })
})

test('a broker that is told not to serve the protocol says so', async () => {
  const world = new BrokerWorld({ 'group.coordinator.rebalance.protocols': 'classic' })
  await world.start()
  try {
    const client = world.client()
    await findGroups(client)
    assert.equal((await join(client)).errorCode, errorCodes.UNSUPPORTED_VERSION)
    const { groups } = await client.call(consumerGroupDescribeRequest, consumerGroupDescribeResponse, 1, {
      groupIds: ['g'],
    })
    assert.equal(groups[0]?.errorCode, errorCodes.UNSUPPORTED_VERSION)
  } finally {
    await world.stop()
  }
})
