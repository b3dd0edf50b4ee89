import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  deleteGroupsRequest,
  deleteGroupsResponse,
  deleteTopicsRequest,
  deleteTopicsResponse,
  describeConfigsRequest,
  describeConfigsResponse,
  describeGroupsRequest,
  describeGroupsResponse,
  errorCodes,
  findCoordinatorRequest,
  findCoordinatorResponse,
  heartbeatRequest,
  heartbeatResponse,
  joinGroupRequest,
  joinGroupResponse,
  leaveGroupRequest,
  leaveGroupResponse,
  listGroupsRequest,
  listGroupsResponse,
  metadataRequest,
  metadataResponse,
  offsetCommitRequest,
  offsetCommitResponse,
  offsetDeleteRequest,
  offsetDeleteResponse,
  offsetFetchRequest,
  offsetFetchResponse,
  type PartialMessage,
  syncGroupRequest,
  syncGroupResponse,
} from '@dorsale/protocol'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'
import { javaHash } from './java-hash.ts'

const settings = {
  'offsets.topic.num.partitions': '3',
  'offsets.topic.compression.codec': '4',
  'offset.metadata.max.bytes': '10',
}

async function findGroup(client: TestClient, group: string) {
  const { coordinators } = await client.call(findCoordinatorRequest, findCoordinatorResponse, 6, {
    keyType: 0,
    coordinatorKeys: [group],
  })
  return coordinators[0]!
}

async function joinGroup(client: TestClient, partial: PartialMessage<typeof joinGroupRequest> = {}) {
  const request = {
    groupId: 'g',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: new Uint8Array(0) }],
    ...partial,
  }
  const first = await client.call(joinGroupRequest, joinGroupResponse, 9, request)
  if (first.errorCode !== errorCodes.MEMBER_ID_REQUIRED) return first
  return client.call(joinGroupRequest, joinGroupResponse, 9, { ...request, memberId: first.memberId })
}

function commit(client: TestClient, apiVersion: number, topics: PartialMessage<typeof offsetCommitRequest>['topics']) {
  return client.call(offsetCommitRequest, offsetCommitResponse, apiVersion, { groupId: 'g', topics: topics ?? [] })
}

async function fetchAll(client: TestClient, group = 'g') {
  const ask = async () => {
    const request = { groups: [{ groupId: group, topics: null }] }
    return (await client.call(offsetFetchRequest, offsetFetchResponse, 9, request)).groups[0]!
  }
  const deadline = Date.now() + 5000
  let answer = await ask()
  while (answer.errorCode === errorCodes.COORDINATOR_LOAD_IN_PROGRESS && Date.now() < deadline) answer = await ask()
  return answer.topics.map(({ name, partitions }) => [name, partitions.map(each => each.committedOffset)])
}

describe('the group coordinator of a broker', () => {
  const world = new BrokerWorld(settings)
  let client: TestClient
  let topicId: string
  before(async () => {
    await world.start()
    client = world.client()
    topicId = await world.createTopic('t', { partitions: 2 })
  })
  after(() => world.stop())

  test('before anybody asked there is no offsets topic, and nobody coordinates', async () => {
    const { errorCode } = await client.call(heartbeatRequest, heartbeatResponse, 4, { groupId: 'g', memberId: 'm' })
    assert.equal(errorCode, errorCodes.NOT_COORDINATOR)
  })

  test('whoever asks first makes the offsets topic, with the settings of Kafka', async () => {
    const found = await findGroup(client, 'g')
    assert.deepEqual([found.errorCode, found.nodeId, found.port, found.errorMessage], [0, 1, world.port, ''])
    const alone = await client.call(findCoordinatorRequest, findCoordinatorResponse, 3, { key: 'g' })
    assert.deepEqual([alone.nodeId, alone.errorMessage], [1, 'NONE'])
    const { topics } = await client.call(metadataRequest, metadataResponse, 12, {
      topics: [{ name: '__consumer_offsets' }],
    })
    assert.equal(topics[0]!.partitions.length, 3)
    assert.equal(topics[0]!.isInternal, true)
    const { results } = await client.call(describeConfigsRequest, describeConfigsResponse, 4, {
      resources: [{ resourceType: 2, resourceName: '__consumer_offsets', configurationKeys: null }],
    })
    const own = results[0]!.configs.filter(({ configSource }) => configSource === 1)
    assert.deepEqual(Object.fromEntries(own.map(({ name, value }) => [name, value])), {
      'cleanup.policy': 'compact',
      'compression.type': 'producer',
      'segment.bytes': '104857600',
    })
  })

  test('a group lives, is told of, survives the process, and is deleted', async () => {
    const { memberId, generationId } = await joinGroup(client)
    const member = { groupId: 'g', memberId, generationId }
    const synced = await client.call(syncGroupRequest, syncGroupResponse, 5, {
      ...member,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: [{ memberId, assignment: Buffer.from('mine') }],
    })
    assert.equal(Buffer.from(synced.assignment).toString(), 'mine')

    const committed = await client.call(offsetCommitRequest, offsetCommitResponse, 9, {
      groupId: 'g',
      memberId,
      generationIdOrMemberEpoch: generationId,
      topics: [
        {
          name: 't',
          partitions: [
            { partitionIndex: 0, committedOffset: 7, committedMetadata: '' },
            { partitionIndex: 1, committedOffset: 8, committedMetadata: 'longer than ten' },
            { partitionIndex: 2, committedOffset: 9, committedMetadata: '' },
          ],
        },
        { name: 'nowhere', partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: '' }] },
      ],
    })
    const errors = new Map(
      committed.topics.flatMap(({ name, partitions }) =>
        partitions.map(each => [`${name}-${each.partitionIndex}`, each.errorCode] as const),
      ),
    )
    assert.deepEqual(Object.fromEntries(errors), {
      't-0': 0,
      't-1': errorCodes.OFFSET_METADATA_TOO_LARGE,
      't-2': errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
      'nowhere-0': errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
    })

    await world.restart()
    client = world.client()
    assert.deepEqual(await fetchAll(client), [['t', [7]]])
    const { groups } = await client.call(describeGroupsRequest, describeGroupsResponse, 6, {
      groups: ['g', 'other'],
      includeAuthorizedOperations: true,
    })
    const [group, other] = groups
    assert.deepEqual([group!.groupState, group!.protocolType, group!.protocolData], ['Stable', 'consumer', 'range'])
    assert.deepEqual(
      group!.members.map(each => [each.memberId, each.clientId, each.clientHost]),
      [[memberId, 'test', '/127.0.0.1']],
    )
    // READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS
    assert.equal(group!.authorizedOperations, (1 << 3) | (1 << 6) | (1 << 8) | (1 << 10) | (1 << 11))
    assert.deepEqual([other!.groupState, other!.errorCode], ['Dead', errorCodes.GROUP_ID_NOT_FOUND])

    const remove = async () =>
      (await client.call(deleteGroupsRequest, deleteGroupsResponse, 2, { groupsNames: ['g'] })).results[0]!.errorCode
    assert.equal(await remove(), errorCodes.NON_EMPTY_GROUP)
    const left = await client.call(leaveGroupRequest, leaveGroupResponse, 2, { groupId: 'g', memberId })
    assert.equal(left.errorCode, 0)
    assert.equal(await remove(), 0)
    assert.deepEqual(await fetchAll(client), [])
    assert.equal(await remove(), errorCodes.GROUP_ID_NOT_FOUND)
  })

  test('topics by id: commit and fetch in version 10', async () => {
    const partitions = [{ partitionIndex: 0, committedOffset: 5, committedMetadata: '' }]
    const missing = 'AAAAAAAAAAAAAAAAAAAAAQ'
    const { topics } = await commit(client, 10, [
      { topicId, partitions },
      { topicId: missing, partitions },
    ])
    assert.deepEqual(
      topics.map(topic => [topic.topicId, topic.partitions[0]!.errorCode]),
      [
        [topicId, 0],
        [missing, errorCodes.UNKNOWN_TOPIC_ID],
      ],
    )
    const { groups } = await client.call(offsetFetchRequest, offsetFetchResponse, 10, {
      groups: [
        { groupId: 'g', topics: [{ topicId, partitionIndexes: [0, 1] }] },
        { groupId: 'g', topics: null },
        { groupId: 'g', topics: [{ topicId: missing, partitionIndexes: [0] }] },
      ],
    })
    const offsets = groups.map(({ topics }) =>
      topics.flatMap(each => each.partitions.map(({ committedOffset, errorCode }) => [committedOffset, errorCode])),
    )
    assert.deepEqual(offsets, [
      [
        [5, 0],
        [-1, 0],
      ],
      [[5, 0]],
      [[-1, errorCodes.UNKNOWN_TOPIC_ID]],
    ])
  })

  test('groups are listed from all shards, by state and type', async () => {
    const list = async (states: string[], types: string[]) => {
      const answer = await client.call(listGroupsRequest, listGroupsResponse, 5, {
        statesFilter: states,
        typesFilter: types,
      })
      return answer.groups.map(({ groupId, groupState, groupType }) => `${groupId} ${groupState} ${groupType}`)
    }
    assert.deepEqual(await list([], []), ['g Empty classic'])
    assert.deepEqual(await list(['empty'], ['CLASSIC']), ['g Empty classic'])
    assert.deepEqual(await list(['Stable'], []), [])
    assert.deepEqual(await list([], ['consumer']), [])
  })

  test('OffsetDelete, and the offsets of a topic that is deleted', async () => {
    const erase = (groupId: string) =>
      client.call(offsetDeleteRequest, offsetDeleteResponse, 0, {
        groupId,
        topics: [{ name: 't', partitions: [{ partitionIndex: 0 }, { partitionIndex: 9 }] }],
      })
    assert.equal((await erase('other')).errorCode, errorCodes.GROUP_ID_NOT_FOUND)
    assert.deepEqual(
      (await erase('g')).topics[0]!.partitions.map(each => [each.partitionIndex, each.errorCode]),
      [
        [9, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
        [0, 0],
      ],
    )
    assert.deepEqual(await fetchAll(client), [])

    await commit(client, 9, [
      { name: 't', partitions: [{ partitionIndex: 1, committedOffset: 3, committedMetadata: '' }] },
    ])
    assert.deepEqual(await fetchAll(client), [['t', [3]]])
    const topics = [{ name: 't' }]
    await client.call(deleteTopicsRequest, deleteTopicsResponse, 6, { topics, timeoutMs: 1000 })
    assert.deepEqual(await fetchAll(client), [])
  })

  test('group ids that are empty, sessions that are too short or too long', async () => {
    const empty = await joinGroup(client, { groupId: '' })
    assert.equal(empty.errorCode, errorCodes.INVALID_GROUP_ID)
    for (const sessionTimeoutMs of [5999, 1_800_001]) {
      const { errorCode, memberId } = await joinGroup(client, { sessionTimeoutMs, memberId: 'm' })
      assert.deepEqual([errorCode, memberId], [errorCodes.INVALID_SESSION_TIMEOUT, 'm'])
    }
    const synced = await client.call(syncGroupRequest, syncGroupResponse, 5, { groupId: 'g', memberId: 'm' })
    assert.equal(synced.errorCode, errorCodes.INCONSISTENT_GROUP_PROTOCOL)
  })

  test('who is parked when the broker stops is told to look for another', async () => {
    const { memberId, generationId } = await joinGroup(client, { groupId: 'parked' })
    await client.call(syncGroupRequest, syncGroupResponse, 4, { groupId: 'parked', memberId, generationId })
    const parked = joinGroup(world.client(), { groupId: 'parked' })
    const deadline = Date.now() + 5000
    for (let state = ''; state !== 'PreparingRebalance' && Date.now() < deadline; ) {
      const { groups } = await client.call(describeGroupsRequest, describeGroupsResponse, 5, { groups: ['parked'] })
      state = groups[0]!.groupState
    }
    const stopped = world.broker.stop()
    assert.equal((await parked).errorCode, errorCodes.NOT_COORDINATOR)
    await stopped
  })
})

test("keys are spread by Java's hash", () => {
  // The last one's is the least integer, which has no positive counterpart.
  const known = { '': 0, g1: 3242, Aa: 2112, BB: 2112, polygenelubricants: 0 }
  for (const [key, hash] of Object.entries(known)) assert.equal(javaHash(key), hash, key)
})
