import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type ConsumerGroupHeartbeatResponse,
  consumerProtocolAssignment,
  consumerProtocolSubscription,
  createMessage,
  decodeMessage,
  encodeMessageBytes,
  errorCodes,
  type PartialMessage,
  ProtocolError,
  zeroUuid,
} from '@dorsale/protocol'
import { GroupWorld } from '../../testing/group-world.ts'

type Beat = Parameters<GroupWorld['beat']>[0]

/** The first heartbeat of a member. */
function join(world: GroupWorld, memberId: string, more: Beat = {}): ConsumerGroupHeartbeatResponse {
  return world.beat({
    memberId,
    memberEpoch: 0,
    rebalanceTimeoutMs: 10_000,
    subscribedTopicNames: ['t'],
    topicPartitions: [],
    ...more,
  })
}

function errorOf(operation: () => unknown): number {
  try {
    operation()
    return errorCodes.NONE
  } catch (error) {
    if (error instanceof ProtocolError) return error.errorCode
    throw error
  }
}

/** A client as it should be: it takes over what it is told, and says what it has. */
class Client {
  readonly world: GroupWorld
  readonly memberId: string
  readonly more: Beat
  epoch = 0
  owned: { topicId: string; partitions: number[] }[] = []
  /** Told to give up, not given up yet. */
  told: { topicId: string; partitions: number[] }[] = []

  constructor(world: GroupWorld, memberId: string, more: Beat = {}) {
    this.world = world
    this.memberId = memberId
    this.more = more
    this.#take(join(world, memberId, more))
  }

  /** Gives up and takes over at once what the answers say. */
  beat(more: Beat = {}): this {
    const { memberId, epoch, owned } = this
    const instance = this.more.instanceId === undefined ? {} : { instanceId: this.more.instanceId }
    this.#take(this.world.beat({ memberId, memberEpoch: epoch, topicPartitions: owned, ...instance, ...more }))
    return this
  }

  get partitions(): number[] {
    return this.owned.flatMap(({ partitions }) => partitions)
  }

  #take({ memberEpoch, assignment }: ConsumerGroupHeartbeatResponse): void {
    this.epoch = memberEpoch
    if (assignment !== null) this.owned = assignment.topicPartitions
  }
}

/** Heartbeats of all, until nothing changes any more. */
function settle(clients: readonly Client[]): void {
  for (let round = 0; round < 10; round++) {
    const before = JSON.stringify(clients.map(({ epoch, owned }) => [epoch, owned]))
    for (const client of clients) client.beat()
    if (JSON.stringify(clients.map(({ epoch, owned }) => [epoch, owned])) === before) return
  }
  assert.fail('the group does not settle')
}

function described(world: GroupWorld, groupId = 'g') {
  const { groupState, groupEpoch, assignmentEpoch, members } = world.shard.describeConsumerGroup(groupId)
  return `${groupState} ${groupEpoch}/${assignmentEpoch} ${members.length}`
}

const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)

describe('one member', () => {
  test('gets everything with its first heartbeat, in epoch 2, as in Kafka', () => {
    const world = new GroupWorld()
    const topicId = world.createTopic('t', 3)
    const response = join(world, 'm')
    assert.equal(response.memberEpoch, 2)
    assert.equal(response.heartbeatIntervalMs, 5000)
    assert.deepEqual(response.assignment, { topicPartitions: [{ topicId, partitions: [0, 1, 2] }] })
    assert.equal(described(world), 'Stable 2/2 1')
    assert.deepEqual(world.written, [
      'ConsumerGroupMemberMetadata',
      'ConsumerGroupMetadata',
      'ConsumerGroupTargetAssignmentMember',
      'ConsumerGroupTargetAssignmentMetadata',
      'ConsumerGroupCurrentMemberAssignment',
    ])
  })

  test('is told its assignment again only when it sends everything', () => {
    const world = new GroupWorld()
    world.createTopic('t', 3)
    const client = new Client(world, 'm')
    const quiet = world.beat({ memberId: 'm', memberEpoch: client.epoch })
    assert.equal(quiet.assignment, null)
    const lost = { rebalanceTimeoutMs: 10_000, subscribedTopicNames: ['t'], topicPartitions: client.owned }
    assert.deepEqual(
      world.beat({ memberId: 'm', memberEpoch: client.epoch, ...lost }).assignment?.topicPartitions,
      client.owned,
    )
  })

  test('of no topic that exists waits in epoch 2 with nothing, and gets the topic when it is made', () => {
    const world = new GroupWorld()
    const client = new Client(world, 'm')
    assert.deepEqual(client.owned, [])
    assert.equal(client.epoch, 2)
    world.createTopic('t', 2)
    assert.deepEqual(client.beat().partitions, [0, 1])
  })

  test('epochs: one to come is fenced, the last one is let pass with what belongs to it', () => {
    const world = new GroupWorld()
    world.createTopic('t', 2)
    const client = new Client(world, 'm')
    assert.equal(
      errorOf(() => client.beat({ memberEpoch: 9 })),
      errorCodes.FENCED_MEMBER_EPOCH,
    )
    world.growTopic('t', 4)
    const [before, owned] = [client.epoch, client.owned]
    client.beat()
    assert.equal(client.epoch, before + 1)
    const repeated = { memberEpoch: before, topicPartitions: owned }
    assert.equal(
      errorOf(() => world.beat({ memberId: 'm', ...repeated })),
      errorCodes.NONE,
    )
    assert.equal(
      errorOf(() => world.beat({ memberId: 'm', memberEpoch: before, topicPartitions: null })),
      errorCodes.FENCED_MEMBER_EPOCH,
    )
    assert.equal(
      errorOf(() => world.beat({ memberId: 'm', memberEpoch: before - 1 })),
      errorCodes.FENCED_MEMBER_EPOCH,
    )
  })

  test('of a group or an id that is not there is told so', () => {
    const world = new GroupWorld()
    assert.equal(
      errorOf(() => world.beat({ memberId: 'm', memberEpoch: 5 })),
      errorCodes.GROUP_ID_NOT_FOUND,
    )
    world.createTopic('t', 1)
    new Client(world, 'm')
    assert.equal(
      errorOf(() => world.beat({ memberId: 'n', memberEpoch: 5 })),
      errorCodes.UNKNOWN_MEMBER_ID,
    )
  })

  test('that is silent for a session is removed, and the group is empty and may be deleted', () => {
    const world = new GroupWorld()
    world.createTopic('t', 1)
    const client = new Client(world, 'm')
    assert.equal(
      errorOf(() => world.run((step, shard) => shard.deleteGroup(step, 'g'))),
      errorCodes.NON_EMPTY_GROUP,
    )
    world.clock.advance(45_000)
    assert.equal(described(world), 'Empty 3/3 0')
    assert.equal(
      errorOf(() => client.beat()),
      errorCodes.UNKNOWN_MEMBER_ID,
    )
    world.run((step, shard) => shard.deleteGroup(step, 'g'))
    assert.equal(world.shard.describeConsumerGroup('g').errorCode, errorCodes.GROUP_ID_NOT_FOUND)
  })
})

describe('several members', () => {
  test('a partition is given up before it is handed on, and nobody has it twice', () => {
    const world = new GroupWorld()
    world.createTopic('t', 4)
    const first = new Client(world, 'a')
    assert.deepEqual(first.partitions, [0, 1, 2, 3])
    const second = new Client(world, 'b')
    // The first has not heard of it yet.
    assert.deepEqual(second.partitions, [])
    assert.equal(described(world), 'Reconciling 3/3 2')
    const told = world.beat({ memberId: 'a', memberEpoch: 2 })
    assert.equal(told.memberEpoch, 2, 'it stays in its epoch until it has given them up')
    const kept = told.assignment!.topicPartitions
    assert.equal(kept[0]!.partitions.length, 2)
    assert.deepEqual(second.beat().partitions, [], 'told is not given up')
    const done = world.beat({ memberId: 'a', memberEpoch: 2, topicPartitions: kept })
    assert.equal(done.memberEpoch, 3)
    assert.deepEqual(sorted([...kept[0]!.partitions, ...second.beat().partitions]), [0, 1, 2, 3])
    assert.equal(described(world), 'Stable 3/3 2')
  })

  test('who does not give up its partitions within its rebalance timeout is out', () => {
    const world = new GroupWorld()
    world.createTopic('t', 2)
    new Client(world, 'a')
    const second = new Client(world, 'b')
    world.beat({ memberId: 'a', memberEpoch: 2 })
    world.clock.advance(9999)
    world.beat({ memberId: 'a', memberEpoch: 2 })
    assert.equal(described(world), 'Reconciling 3/3 2')
    world.clock.advance(1)
    assert.equal(
      errorOf(() => world.beat({ memberId: 'a', memberEpoch: 2 })),
      errorCodes.UNKNOWN_MEMBER_ID,
    )
    assert.deepEqual(second.beat().partitions, [0, 1])
  })

  test('one leaves, and the others share what it had', () => {
    const world = new GroupWorld()
    world.createTopic('t', 6)
    const clients = ['a', 'b', 'c'].map(memberId => new Client(world, memberId))
    settle(clients)
    assert.deepEqual(
      clients.map(({ partitions }) => partitions.length),
      [2, 2, 2],
    )
    const kept = clients.slice(1).map(({ partitions }) => partitions)
    world.beat({ memberId: 'a', memberEpoch: -1 })
    settle(clients.slice(1))
    for (const [index, { partitions }] of clients.slice(1).entries()) {
      assert.equal(partitions.length, 3)
      for (const partition of kept[index]!) assert.ok(partitions.includes(partition), 'what it had it keeps')
    }
  })

  test('a topic that grows, and one that is deleted', () => {
    const world = new GroupWorld()
    world.createTopic('t', 2)
    world.createTopic('u', 2)
    const clients = ['a', 'b'].map(id => new Client(world, id, { subscribedTopicNames: ['t', 'u'] }))
    settle(clients)
    world.growTopic('t', 4)
    settle(clients)
    assert.deepEqual(
      clients.map(({ partitions }) => partitions.length),
      [3, 3],
    )
    world.deleteTopic('u')
    settle(clients)
    assert.deepEqual(sorted(clients.flatMap(({ partitions }) => partitions)), [0, 1, 2, 3])
  })

  test('assignments are at least the interval apart (KIP-1263); the next is due at once when all have gone', () => {
    const config = { sessionTimeoutMs: 45_000, heartbeatIntervalMs: 5000, assignmentIntervalMs: 1000 }
    const world = new GroupWorld({ config: { consumerGroup: () => config } })
    world.createTopic('t', 2)
    const first = new Client(world, 'a')
    const second = new Client(world, 'b')
    assert.equal(described(world), 'Assigning 3/2 2')
    assert.equal(second.epoch, 2)
    world.clock.advance(1000)
    settle([first, second])
    assert.deepEqual(
      [first, second].map(({ partitions }) => partitions.length),
      [1, 1],
    )
    for (const memberId of ['a', 'b']) world.beat({ memberId, memberEpoch: -1 })
    assert.deepEqual(new Client(world, 'c').partitions, [0, 1])
  })

  test('the group is full', () => {
    const world = new GroupWorld({ config: { consumerSizeMax: 1 } })
    world.createTopic('t', 2)
    new Client(world, 'a').beat()
    assert.equal(
      errorOf(() => join(world, 'b')),
      errorCodes.GROUP_MAX_SIZE_REACHED,
    )
    assert.equal(
      errorOf(() => join(world, 'a')),
      errorCodes.NONE,
    )
  })

  test('the assignor that most members ask for', () => {
    const world = new GroupWorld()
    world.createTopic('t', 2)
    world.createTopic('u', 2)
    const more = { subscribedTopicNames: ['t', 'u'], serverAssignor: 'range' }
    const clients = ['b', 'a'].map(id => new Client(world, id, more))
    settle(clients)
    assert.equal(world.shard.describeConsumerGroup('g').assignorName, 'range')
    assert.deepEqual(
      clients.map(({ partitions }) => partitions),
      [
        [1, 1],
        [0, 0],
      ],
    )
  })

  test('a restart changes nothing: members go on in their epochs', () => {
    const world = new GroupWorld()
    world.createTopic('t', 5)
    const clients = ['a', 'b', 'c'].map(memberId => new Client(world, memberId))
    clients[0]!.beat()
    const before = world.shard.describeConsumerGroup('g')
    world.restart()
    assert.deepEqual(world.shard.describeConsumerGroup('g'), before)
    settle(clients)
    assert.deepEqual(sorted(clients.flatMap(({ partitions }) => partitions)), [0, 1, 2, 3, 4])
    world.clock.advance(45_000)
    assert.match(described(world), /^Empty .* 0$/)
  })
})

describe('static members (KIP-345)', () => {
  const named = (instanceId: string) => ({ instanceId })

  test('come back under another id to what they had, and nobody else moves', () => {
    const world = new GroupWorld()
    world.createTopic('t', 4)
    const [a, b] = ['a', 'b'].map(id => new Client(world, id, named(`i-${id}`))) as [Client, Client]
    settle([a, b])
    world.beat({ memberId: 'a', memberEpoch: -2, ...named('i-a') })
    const epoch = b.beat().epoch
    assert.equal(described(world), `Reconciling ${epoch}/${epoch} 2`)
    const again = new Client(world, 'a2', named('i-a'))
    assert.deepEqual(again.partitions, a.partitions)
    assert.equal(b.beat().epoch, epoch)
    assert.equal(
      errorOf(() => a.beat()),
      errorCodes.FENCED_INSTANCE_ID,
    )
  })

  test('an instance that has not left is nobody else’s', () => {
    const world = new GroupWorld()
    world.createTopic('t', 4)
    new Client(world, 'a', named('i'))
    assert.equal(
      errorOf(() => join(world, 'b', named('i'))),
      errorCodes.UNRELEASED_INSTANCE_ID,
    )
    assert.equal(
      errorOf(() => world.beat({ memberId: 'b', memberEpoch: 2, ...named('i') })),
      errorCodes.FENCED_INSTANCE_ID,
    )
    assert.equal(
      errorOf(() => world.beat({ memberId: 'b', memberEpoch: 2, ...named('j') })),
      errorCodes.UNKNOWN_MEMBER_ID,
    )
  })

  test('one that does not come back is out after its session', () => {
    const world = new GroupWorld()
    world.createTopic('t', 1)
    new Client(world, 'a', named('i'))
    world.beat({ memberId: 'a', memberEpoch: -2, ...named('i') })
    assert.match(described(world), / 1$/)
    world.clock.advance(45_000)
    assert.match(described(world), /^Empty .* 0$/)
  })
})

describe('patterns', () => {
  const by = (regex: string) => ({ subscribedTopicNames: null, subscribedTopicRegex: regex })

  test('are looked up after the heartbeat, and the next one brings the topics; whole names must match', () => {
    const world = new GroupWorld()
    world.createTopic('orders-1', 1)
    world.createTopic('my-orders-1', 1)
    const client = new Client(world, 'm', by('orders-\\d'))
    assert.deepEqual(client.owned, [])
    world.clock.advance(1)
    assert.deepEqual(client.beat().partitions, [0])
    assert.deepEqual(
      world.shard.describeConsumerGroup('g').members[0]!.assignment.topicPartitions.map(topic => topic.topicName),
      ['orders-1'],
    )
  })

  test('find topics that are made later', () => {
    const world = new GroupWorld()
    world.createTopic('orders-1', 1)
    const client = new Client(world, 'm', by('orders-.*'))
    world.clock.advance(1)
    client.beat()
    world.createTopic('orders-2', 1)
    world.clock.advance(10_001)
    client.beat()
    world.clock.advance(1)
    assert.deepEqual(client.beat().partitions, [0, 0])
  })

  test('that nobody subscribes to any more are forgotten', () => {
    const world = new GroupWorld()
    world.createTopic('orders-1', 1)
    const client = new Client(world, 'm', by('orders-.*'))
    world.clock.advance(1)
    client.beat()
    client.beat({ subscribedTopicRegex: '', subscribedTopicNames: [] })
    assert.deepEqual(client.partitions, [])
    assert.ok(world.written.includes('-ConsumerGroupRegularExpression'))
  })

  test('that are none are refused in words; those that would hold a backtracking engine up are matched in time', () => {
    const world = new GroupWorld()
    for (const bad of ['(abc', 'a**', '(?=look)', '(a)\\1', '(a{1000}){1000}', '('.repeat(5000)]) {
      assert.equal(
        errorOf(() => join(world, 'm', by(bad))),
        errorCodes.INVALID_REGULAR_EXPRESSION,
        bad.slice(0, 20),
      )
    }
    world.createTopic(`${'a'.repeat(240)}b`, 1)
    const client = new Client(world, 'm', by('(a+)+'))
    world.clock.advance(1)
    assert.deepEqual(client.beat().partitions, [])
  })

  test('of many topics are looked up in slices', () => {
    const world = new GroupWorld()
    for (let index = 0; index < 3000; index++) world.createTopic(`topic-with-a-long-name-${index}`, 1)
    const client = new Client(world, 'm', by('.*-1\\d*'))
    world.clock.advance(1)
    client.beat()
    assert.equal(client.partitions.length, 1111)
  })
})

describe('offsets', () => {
  const commit = (
    world: GroupWorld,
    memberId: string,
    epoch: number,
    partition = 0,
    topicId = zeroUuid,
    apiVersion = 10,
  ) =>
    errorOf(() =>
      world.run((step, shard) =>
        shard.commitOffsets(
          step,
          {
            groupId: 'g',
            memberId,
            generationIdOrMemberEpoch: epoch,
            groupInstanceId: null,
            retentionTimeMs: -1,
            topics: [
              {
                name: 't',
                topicId,
                partitions: [
                  { partitionIndex: partition, committedOffset: 5, committedLeaderEpoch: -1, committedMetadata: null },
                ],
              },
            ],
          },
          apiVersion,
        ),
      ),
    )

  test('are committed by members in their epoch, from version 9 on', () => {
    const world = new GroupWorld()
    const topicId = world.createTopic('t', 2)
    const { epoch } = new Client(world, 'm')
    assert.equal(commit(world, 'm', epoch), errorCodes.NONE)
    assert.equal(commit(world, 'm', epoch, 0, topicId, 8), errorCodes.UNSUPPORTED_VERSION)
    assert.equal(commit(world, 'm', epoch + 1), errorCodes.STALE_MEMBER_EPOCH)
    assert.equal(commit(world, 'n', epoch), errorCodes.UNKNOWN_MEMBER_ID)
    assert.equal(commit(world, '', -1), errorCodes.UNKNOWN_MEMBER_ID, 'from outside')
  })

  test('of an epoch before are taken for what the member has had since then (KIP-1251)', () => {
    const world = new GroupWorld()
    const topicId = world.createTopic('t', 2)
    const client = new Client(world, 'm')
    const before = client.epoch
    world.growTopic('t', 3)
    client.beat()
    assert.equal(commit(world, 'm', before, 0, topicId), errorCodes.NONE)
    assert.equal(commit(world, 'm', before, 2, topicId), errorCodes.STALE_MEMBER_EPOCH, 'got in this epoch')
    assert.equal(commit(world, 'm', before, 7, topicId), errorCodes.STALE_MEMBER_EPOCH, 'never got')
  })

  test('are read by members in their epoch, and by whoever does not say who it is', () => {
    const world = new GroupWorld()
    world.createTopic('t', 1)
    const { epoch } = new Client(world, 'm')
    const fetch = (memberId: string | null, memberEpoch: number) =>
      errorOf(() => world.shard.fetchOffsets({ groupId: 'g', memberId, memberEpoch }, null, { requireStable: false }))
    assert.equal(fetch('m', epoch), errorCodes.NONE)
    assert.equal(fetch(null, -1), errorCodes.NONE)
    assert.equal(fetch('m', epoch - 1), errorCodes.STALE_MEMBER_EPOCH)
    assert.equal(fetch('n', epoch), errorCodes.UNKNOWN_MEMBER_ID)
  })

  test('of a group that has been empty for long expire with it; those of topics that are read do not', () => {
    const config = { offsetsRetentionMs: 60_000, offsetsRetentionCheckIntervalMs: 30_000 }
    const world = new GroupWorld({ config })
    world.createTopic('t', 1)
    const client = new Client(world, 'm')
    commit(world, 'm', client.epoch)
    for (let beat = 0; beat < 5; beat++) {
      world.clock.advance(30_000)
      client.beat()
    }
    assert.ok(!world.written.includes('-OffsetCommit'))
    world.beat({ memberId: 'm', memberEpoch: -1 })
    world.clock.advance(90_000)
    assert.ok(world.written.includes('-OffsetCommit'))
    assert.equal(world.shard.describeConsumerGroup('g').errorCode, errorCodes.GROUP_ID_NOT_FOUND)
  })
})

describe('between the protocols', () => {
  const subscription = (ownedPartitions: { topic: string; partitions: number[] }[] = []) =>
    framed(consumerProtocolSubscription, 3, { topics: ['t'], ownedPartitions, userData: null, rackId: null })
  const joining = (memberId: string, owned: { topic: string; partitions: number[] }[] = []) => ({
    memberId,
    protocols: [{ name: 'range', metadata: subscription(owned) }],
  })
  const assignmentOf = (bytes: Uint8Array) => {
    const { assignedPartitions } = decodeMessage(consumerProtocolAssignment, 3, bytes.subarray(2))
    return assignedPartitions.flatMap(({ partitions }) => partitions)
  }

  /** A stable classic group of one member, which has all four partitions of `t`. */
  function classicGroup(world: GroupWorld): string {
    world.createTopic('t', 4)
    const { memberId } = world.join(joining('')).response!
    world.join(joining(memberId))
    const all = framed(consumerProtocolAssignment, 3, {
      assignedPartitions: [{ topic: 't', partitions: [0, 1, 2, 3] }],
      userData: null,
    })
    world.sync({ memberId, generationId: 1, assignments: [{ memberId, assignment: all }] })
    return memberId
  }

  /** What a classic member does when a heartbeat tells it to join again: it keeps what it is told to. */
  function rejoin(
    world: GroupWorld,
    memberId: string,
    owned: number[],
  ): { generationId: number; partitions: number[] } {
    const { response } = world.join(joining(memberId, [{ topic: 't', partitions: owned }]))
    const { generationId } = response!
    const { response: synced } = world.sync({ memberId, generationId, protocolName: 'range' })
    return { generationId, partitions: assignmentOf(synced!.assignment) }
  }

  test('a classic group takes in a member of the new protocol, and its members go on', () => {
    const world = new GroupWorld()
    const classic = classicGroup(world)
    const client = new Client(world, 'm')
    assert.match(described(world), /^Reconciling 2\/2 2$/)
    assert.equal(world.shard.describeGroup('g', 6).errorCode, errorCodes.GROUP_ID_NOT_FOUND)
    assert.equal(world.heartbeat(classic, 1), errorCodes.REBALANCE_IN_PROGRESS)
    const first = rejoin(world, classic, [0, 1, 2, 3])
    assert.equal(first.generationId, 1, 'still in its epoch: it gives up first')
    assert.equal(first.partitions.length, 2)
    assert.equal(world.heartbeat(classic, 1), errorCodes.REBALANCE_IN_PROGRESS)
    const second = rejoin(world, classic, first.partitions)
    assert.equal(second.generationId, 2)
    assert.equal(world.heartbeat(classic, 2), errorCodes.NONE)
    assert.deepEqual(sorted([...second.partitions, ...client.beat().partitions]), [0, 1, 2, 3])
    world.restart()
    assert.equal(world.heartbeat(classic, 2), errorCodes.NONE)
    assert.equal(described(world), 'Stable 2/2 2')
  })

  test('the last member of the new protocol goes, and it is a classic group again', () => {
    const world = new GroupWorld()
    const classic = classicGroup(world)
    const client = new Client(world, 'm')
    const { partitions } = rejoin(world, classic, rejoin(world, classic, [0, 1, 2, 3]).partitions)
    client.beat()
    world.beat({ memberId: 'm', memberEpoch: -1 })
    assert.equal(world.describe(), 'PreparingRebalance 1')
    assert.equal(world.heartbeat(classic, 2), errorCodes.REBALANCE_IN_PROGRESS)
    const { generationId } = world.join(joining(classic, [{ topic: 't', partitions }])).response!
    assert.equal(generationId, 3)
    world.sync({ memberId: classic, generationId, assignments: [] })
    world.restart()
    assert.equal(world.describe(), 'Stable 1')
  })

  test('a policy that forbids it, members that are no consumers', () => {
    const closed = new GroupWorld({ config: { migrationPolicy: 'downgrade' } })
    classicGroup(closed)
    assert.equal(
      errorOf(() => join(closed, 'm')),
      errorCodes.GROUP_ID_NOT_FOUND,
    )
    const disabled = new GroupWorld({ config: { migrationPolicy: 'disabled' } })
    disabled.createTopic('t', 1)
    new Client(disabled, 'm')
    assert.equal(disabled.join(joining('')).error?.errorCode, errorCodes.INCONSISTENT_GROUP_PROTOCOL)
    const connect = new GroupWorld()
    const member = { protocolType: 'connect', protocols: [{ name: 'v0', metadata: new Uint8Array(0) }] }
    const { memberId } = connect.join(member).response!
    connect.join({ ...member, memberId })
    assert.equal(
      errorOf(() => join(connect, 'm')),
      errorCodes.GROUP_ID_NOT_FOUND,
    )
  })

  test('a heartbeat that is refused leaves the classic group as it was, with who waits in it', () => {
    const world = new GroupWorld()
    const first = classicGroup(world)
    const { memberId } = world.join(joining('')).response!
    const waiting = world.join(joining(memberId))
    const generation = () => waiting.response?.generationId
    assert.equal(generation(), undefined)
    const bad = { subscribedTopicRegex: '(' }
    assert.equal(
      errorOf(() => join(world, 'm', bad)),
      errorCodes.INVALID_REGULAR_EXPRESSION,
    )
    world.join(joining(first))
    assert.equal(generation(), 2)
  })

  test('who waits in a classic group is told to come again when it becomes a consumer group', () => {
    const world = new GroupWorld()
    classicGroup(world)
    const { memberId } = world.join(joining('')).response!
    const waiting = world.join(joining(memberId))
    new Client(world, 'm')
    assert.equal(waiting.response?.errorCode, errorCodes.REBALANCE_IN_PROGRESS)
    assert.equal(world.join(joining(memberId)).response?.errorCode, errorCodes.NONE)
  })

  test('a static member that is gone for a while is still watched when its successor is refused', () => {
    const world = new GroupWorld()
    world.createTopic('t', 1)
    new Client(world, 'a', { instanceId: 'i' })
    world.beat({ memberId: 'a', memberEpoch: -2, instanceId: 'i' })
    const bad = { instanceId: 'i', subscribedTopicRegex: '(' }
    assert.equal(
      errorOf(() => join(world, 'b', bad)),
      errorCodes.INVALID_REGULAR_EXPRESSION,
    )
    world.clock.advance(45_000)
    assert.match(described(world), /^Empty .* 0$/)
  })

  test('an assignment with data of a custom assignor keeps a group classic', () => {
    const world = new GroupWorld()
    world.createTopic('t', 1)
    const { memberId } = world.join(joining('')).response!
    world.join(joining(memberId))
    const odd = framed(consumerProtocolAssignment, 3, { assignedPartitions: [], userData: Uint8Array.of(1) })
    world.sync({ memberId, generationId: 1, assignments: [{ memberId, assignment: odd }] })
    assert.equal(
      errorOf(() => join(world, 'm')),
      errorCodes.GROUP_ID_NOT_FOUND,
    )
    assert.equal(world.describe(), 'Stable 1')
  })

  test('who joined before and has not synced, and who was told to join and does not, are out in time', () => {
    const world = new GroupWorld()
    const classic = classicGroup(world)
    const client = new Client(world, 'm', { rebalanceTimeoutMs: 300_000 })
    world.heartbeat(classic, 1)
    for (let second = 0; second < 60; second += 5) {
      world.clock.advance(5000)
      client.beat()
      if (second < 55) world.heartbeat(classic, 1)
    }
    assert.equal(world.heartbeat(classic, 1), errorCodes.UNKNOWN_MEMBER_ID)
    assert.deepEqual(client.beat().partitions, [0, 1, 2, 3])
  })

  test('an empty group of either kind makes room for the other; offsets stay', () => {
    const world = new GroupWorld()
    world.createTopic('t', 1)
    world.run((step, shard) =>
      shard.commitOffsets(
        step,
        {
          groupId: 'g',
          memberId: '',
          generationIdOrMemberEpoch: -1,
          groupInstanceId: null,
          retentionTimeMs: -1,
          topics: [
            {
              name: 't',
              topicId: zeroUuid,
              partitions: [
                { partitionIndex: 0, committedOffset: 7, committedLeaderEpoch: -1, committedMetadata: null },
              ],
            },
          ],
        },
        10,
      ),
    )
    new Client(world, 'm')
    assert.equal(described(world), 'Stable 2/2 1')
    world.restart()
    assert.equal(described(world), 'Stable 2/2 1')
    world.beat({ memberId: 'm', memberEpoch: -1 })
    const { memberId } = world.join(joining('')).response!
    world.join(joining(memberId))
    assert.equal(world.describe(), 'CompletingRebalance 1')
    world.restart()
    const reader = { groupId: 'g', memberId: null, memberEpoch: -1 }
    const [topic] = world.shard.fetchOffsets(reader, null, { requireStable: false })
    assert.equal(topic!.partitions[0]!.committedOffset, 7)
    assert.equal(world.shard.listGroups({ statesFilter: [], typesFilter: [] })[0]!.groupType, 'classic')
  })

  function framed<Table extends typeof consumerProtocolSubscription | typeof consumerProtocolAssignment>(
    table: Table,
    version: number,
    value: PartialMessage<Table>,
  ): Uint8Array {
    const message = createMessage(table as typeof consumerProtocolSubscription, value as object)
    return Uint8Array.from([
      0,
      version,
      ...encodeMessageBytes(table as typeof consumerProtocolSubscription, version, message),
    ])
  }
})
