import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  alterShareGroupOffsetsRequest,
  alterShareGroupOffsetsResponse,
  deleteGroupsRequest,
  deleteGroupsResponse,
  deleteShareGroupOffsetsRequest,
  deleteShareGroupOffsetsResponse,
  describeShareGroupOffsetsRequest,
  describeShareGroupOffsetsResponse,
  errorCodes,
  findCoordinatorRequest,
  findCoordinatorResponse,
  listGroupsRequest,
  listGroupsResponse,
  type PartialMessage,
  type ShareGroupHeartbeatResponse,
  shareGroupDescribeRequest,
  shareGroupDescribeResponse,
  shareGroupHeartbeatRequest,
  shareGroupHeartbeatResponse,
} from '@dorsale/protocol'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'

const settings = {
  'offsets.topic.num.partitions': '1',
  'share.coordinator.state.topic.num.partitions': '2',
  'group.share.heartbeat.interval.ms': '6000',
  'group.share.assignment.interval.ms': '0',
  'group.share.max.size': '2',
}

function beat(client: TestClient, partial: PartialMessage<typeof shareGroupHeartbeatRequest>) {
  return client.call(shareGroupHeartbeatRequest, shareGroupHeartbeatResponse, 1, {
    groupId: 'g',
    memberId: 'm',
    ...partial,
  })
}

describe('members of share groups on a broker', () => {
  const world = new BrokerWorld(settings)
  let client: TestClient
  let topicId: string
  before(async () => {
    await world.start()
    client = world.client()
    topicId = await world.createTopic('t', { partitions: 2 })
    await client.call(findCoordinatorRequest, findCoordinatorResponse, 6, { keyType: 0, coordinatorKeys: ['g'] })
  })
  after(() => world.stop())

  test('a member joins, and is told the partitions when the share coordinator keeps their state', async () => {
    const joined = await beat(client, { memberEpoch: 0, subscribedTopicNames: ['t'] })
    assert.deepEqual([joined.errorCode, joined.memberEpoch, joined.heartbeatIntervalMs], [0, 2, 6000])
    assert.deepEqual(joined.assignment, { topicPartitions: [] })
    let { memberEpoch } = joined
    const deadline = Date.now() + 5000
    let told: ShareGroupHeartbeatResponse['assignment'] = null
    while (told === null || told.topicPartitions[0]?.partitions.length !== 2) {
      assert.ok(Date.now() < deadline, 'the partitions are handed out')
      const answer = await beat(client, { memberEpoch })
      memberEpoch = answer.memberEpoch
      told = answer.assignment ?? told
    }
    assert.deepEqual(told.topicPartitions, [{ topicId, partitions: [0, 1] }])
  })

  test('requests that cannot be are refused in words', async () => {
    const cases: readonly (readonly [PartialMessage<typeof shareGroupHeartbeatRequest>, RegExp])[] = [
      [{ memberId: ' ' }, /MemberId/],
      [{ groupId: '' }, /GroupId/],
      [{ rackId: ' ' }, /RackId/],
      [{ memberEpoch: -2 }, /MemberEpoch/],
      [{ memberEpoch: 0, subscribedTopicNames: [] }, /SubscribedTopicNames/],
    ]
    for (const [partial, text] of cases) {
      const answer = await beat(client, { memberEpoch: 1, ...partial })
      assert.equal(answer.errorCode, errorCodes.INVALID_REQUEST, JSON.stringify(partial))
      assert.match(answer.errorMessage ?? '', text)
    }
  })

  test('ids of members have 1 to 36 characters, and others are refused without words', async () => {
    for (const memberId of ['', 'x'.repeat(37)]) {
      const { errorCode, errorMessage } = await beat(client, { memberEpoch: 0, memberId })
      assert.deepEqual([errorCode, errorMessage], [errorCodes.INVALID_REQUEST, null])
    }
  })

  test('the group is full, listed, described, and deleted when nobody is in it', async () => {
    const joinAs = (memberId: string) => beat(client, { memberId, memberEpoch: 0, subscribedTopicNames: ['t'] })
    assert.equal((await joinAs('n')).errorCode, 0)
    assert.equal((await joinAs('o')).errorCode, errorCodes.GROUP_MAX_SIZE_REACHED)
    const described = await client.call(shareGroupDescribeRequest, shareGroupDescribeResponse, 1, {
      groupIds: ['g', 'missing', ''],
    })
    assert.deepEqual(
      described.groups.map(({ groupState, errorCode, assignorName }) => [groupState, errorCode, assignorName]),
      [
        ['Stable', 0, 'simple'],
        ['', errorCodes.GROUP_ID_NOT_FOUND, ''],
        ['', errorCodes.INVALID_GROUP_ID, ''],
      ],
    )
    const listed = await client.call(listGroupsRequest, listGroupsResponse, 5, { typesFilter: ['share'] })
    assert.deepEqual(
      listed.groups.map(({ groupId, protocolType }) => [groupId, protocolType]),
      [['g', 'share']],
    )
    const remove = async () => {
      const { results } = await client.call(deleteGroupsRequest, deleteGroupsResponse, 2, { groupsNames: ['g'] })
      return results[0]?.errorCode
    }
    assert.equal(await remove(), errorCodes.NON_EMPTY_GROUP)
    assert.equal((await alter(3)).errorCode, errorCodes.NON_EMPTY_GROUP)
    for (const memberId of ['m', 'n']) assert.equal((await beat(client, { memberId, memberEpoch: -1 })).errorCode, 0)
    assert.deepEqual(
      (await alter(3)).responses[0]?.partitions.map(({ errorCode }) => errorCode),
      [0, 3],
    )
    assert.deepEqual(await startOffsets(null), [['t', [3, -1]]])
    assert.deepEqual(await startOffsets([{ topicName: 't', partitions: [0] }]), [['t', [3]]])
    assert.deepEqual(await forget(['t', 'missing']), [
      ['t', 0],
      ['missing', errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
    ])
    assert.deepEqual(await startOffsets(null), [])
    assert.equal(await remove(), 0)
    assert.equal((await forgetting(['t'])).errorCode, errorCodes.GROUP_ID_NOT_FOUND)
  })

  test('offsets may be set for a group that is not there yet', async () => {
    assert.equal((await alter(7)).errorCode, 0)
    assert.deepEqual(await startOffsets(null), [['t', [7]]])
  })

  /** Partition 0, and one that does not exist. */
  function alter(startOffset: number) {
    const partitions = [0, 9].map(partitionIndex => ({ partitionIndex, startOffset }))
    return client.call(alterShareGroupOffsetsRequest, alterShareGroupOffsetsResponse, 0, {
      groupId: 'g',
      topics: [{ topicName: 't', partitions }],
    })
  }

  async function startOffsets(topics: { topicName: string; partitions: number[] }[] | null) {
    const { groups } = await client.call(describeShareGroupOffsetsRequest, describeShareGroupOffsetsResponse, 1, {
      groups: [{ groupId: 'g', topics }],
    })
    return groups[0]!.topics.map(({ topicName, partitions }) => [topicName, partitions.map(each => each.startOffset)])
  }

  function forgetting(topicNames: string[]) {
    return client.call(deleteShareGroupOffsetsRequest, deleteShareGroupOffsetsResponse, 0, {
      groupId: 'g',
      topics: topicNames.map(topicName => ({ topicName })),
    })
  }

  async function forget(topicNames: string[]) {
    const { responses } = await forgetting(topicNames)
    return responses.map(({ topicName, errorCode }) => [topicName, errorCode])
  }
})
