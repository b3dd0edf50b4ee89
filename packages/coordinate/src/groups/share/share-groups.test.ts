import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { GroupWorld } from '../../testing/group-world.ts'
import type { ShareInitialization, SharePartitionRef } from './state-partitions.ts'

type Beat = Parameters<GroupWorld['shareBeat']>[0]

function errorOf(operation: () => unknown): number {
  try {
    operation()
    return errorCodes.NONE
  } catch (error) {
    if (error instanceof ProtocolError) return error.errorCode
    throw error
  }
}

/** The share coordinator keeps what it is asked to. */
function initialize(world: GroupWorld, initialization: ShareInitialization | undefined): void {
  assert.ok(initialization)
  settle(world, { initialized: initialization.partitions, failed: [] })
}

function settle(
  world: GroupWorld,
  outcome: { initialized: readonly SharePartitionRef[]; failed: readonly SharePartitionRef[] },
) {
  world.run((step, shard) => shard.shareStateSettled(step, 'g', outcome))
}

/** A member that follows what it is told. */
class Member {
  readonly world: GroupWorld
  readonly memberId: string
  epoch = 0
  partitions: string[] = []
  asked: ShareInitialization | undefined

  constructor(world: GroupWorld, memberId: string, more: Beat = {}) {
    this.world = world
    this.memberId = memberId
    this.beat({ subscribedTopicNames: ['t'], ...more })
  }

  beat(more: Beat = {}): this {
    const { memberId, epoch } = this
    const { response, initialize: asked } = this.world.shareBeat({ memberId, memberEpoch: epoch, ...more })
    this.asked = asked
    this.epoch = response.memberEpoch
    if (response.assignment !== null) {
      this.partitions = response.assignment.topicPartitions.flatMap(({ topicId, partitions }) => {
        const name = this.world.metadata.topicsById.get(topicId)?.name
        return partitions.map(partition => `${name}-${partition}`)
      })
    }
    return this
  }
}

const described = (world: GroupWorld) => {
  const { groupState, groupEpoch, assignmentEpoch, members } = world.shard.describeShareGroup('g')
  return `${groupState} ${groupEpoch}/${assignmentEpoch} ${members.length}`
}

describe('a share group', () => {
  test('hands partitions out once their state is kept', () => {
    const world = new GroupWorld()
    const topicId = world.createTopic('t', 2)
    const member = new Member(world, 'm')
    assert.deepEqual([member.epoch, member.partitions], [2, []])
    assert.deepEqual(member.asked, {
      groupId: 'g',
      stateEpoch: 2,
      partitions: [0, 1].map(partition => ({ topicId, partition, startOffset: -1 })),
    })
    assert.equal(member.beat().asked, undefined, 'it was asked for a moment ago')
    settle(world, { initialized: [0, 1].map(partition => ({ topicId, partition })), failed: [] })
    member.beat()
    assert.deepEqual([member.epoch, member.partitions], [3, ['t-0', 't-1']])
    assert.equal(described(world), 'Stable 3/3 1')
    assert.deepEqual(world.written.slice(0, 6), [
      'ShareGroupMemberMetadata',
      'ShareGroupMetadata',
      'ShareGroupTargetAssignmentMember',
      'ShareGroupTargetAssignmentMetadata',
      'ShareGroupCurrentMemberAssignment',
      'ShareGroupStatePartitionMetadata',
    ])
  })

  test('asks again for what failed, and for what was not answered for long', () => {
    const world = new GroupWorld()
    world.createTopic('t', 1)
    const member = new Member(world, 'm')
    settle(world, { initialized: [], failed: member.asked!.partitions })
    assert.equal(member.beat().asked?.partitions.length, 1)
    assert.equal(member.beat().asked, undefined)
    world.clock.advance(30_001)
    assert.equal(member.beat().asked?.partitions.length, 1)
  })

  test('asks again when the clock was set back behind the moment in which it asked', () => {
    const world = new GroupWorld()
    world.createTopic('t', 1)
    const member = new Member(world, 'm')
    assert.equal(member.asked?.partitions.length, 1)
    assert.equal(member.beat().asked, undefined)
    world.clock.jump(-100_000)
    assert.equal(member.beat().asked?.partitions.length, 1)
    assert.equal(member.beat().asked, undefined)
  })

  test('partitions that a topic gets later begin at 0, so that nothing of them is missed', () => {
    const world = new GroupWorld()
    const topicId = world.createTopic('t', 1)
    const member = new Member(world, 'm')
    initialize(world, member.asked)
    member.beat()
    world.growTopic('t', 2)
    assert.deepEqual(member.beat().asked?.partitions, [{ topicId, partition: 1, startOffset: 0 }])
    initialize(world, member.asked)
    assert.deepEqual(member.beat().partitions, ['t-0', 't-1'])
  })

  test('is shared: more members than partitions, and each has one', () => {
    const world = new GroupWorld()
    world.createTopic('t', 2)
    const first = new Member(world, 'a')
    initialize(world, first.asked)
    const members = [first, ...['b', 'c', 'd', 'e'].map(memberId => new Member(world, memberId))]
    for (let round = 0; round < 3; round++) for (const member of members) member.beat()
    const counts = new Map<string, number>()
    for (const { partitions } of members) {
      assert.ok(partitions.length >= 1 && partitions.length <= 2)
      for (const partition of partitions) counts.set(partition, (counts.get(partition) ?? 0) + 1)
    }
    assert.deepEqual([...counts.values()], [3, 3])
  })

  test('outlives a restart; members that are silent are out, and an empty group stays', () => {
    const world = new GroupWorld({ config: { offsetsRetentionCheckIntervalMs: 1000 } })
    world.createTopic('t', 2)
    const member = new Member(world, 'm')
    initialize(world, member.asked)
    member.beat()
    const before = world.shard.describeShareGroup('g')
    world.restart()
    assert.deepEqual(world.shard.describeShareGroup('g'), before)
    assert.deepEqual(world.shard.sharePartitions('g').length, 2)
    world.clock.advance(45_000)
    assert.equal(described(world), 'Empty 4/4 0')
    world.clock.advance(600_000)
    assert.equal(described(world), 'Empty 4/4 0')
    assert.deepEqual(new Member(world, 'n').partitions, ['t-0', 't-1'], 'its state is kept')
  })

  test('a topic that is deleted is forgotten', () => {
    const world = new GroupWorld()
    world.createTopic('t', 2)
    const member = new Member(world, 'm')
    initialize(world, member.asked)
    member.beat()
    world.deleteTopic('t')
    assert.deepEqual(world.shard.sharePartitions('g'), [])
    assert.deepEqual(member.beat().partitions, [])
  })

  test('epochs, sizes and kinds of groups', () => {
    const world = new GroupWorld({ config: { shareSizeMax: 1 } })
    world.createTopic('t', 1)
    const member = new Member(world, 'm')
    const wrong = (memberEpoch: number) => errorOf(() => world.shareBeat({ memberId: 'm', memberEpoch }))
    assert.equal(wrong(member.epoch + 1), errorCodes.FENCED_MEMBER_EPOCH)
    assert.equal(wrong(0), errorCodes.NONE)
    assert.equal(
      errorOf(() => new Member(world, 'n')),
      errorCodes.GROUP_MAX_SIZE_REACHED,
    )
    assert.equal(
      errorOf(() => world.shareBeat({ memberId: 'n', memberEpoch: 1 })),
      errorCodes.GROUP_MAX_SIZE_REACHED,
    )
    const other = { groupId: 'other', memberId: 'm', memberEpoch: 3 }
    assert.equal(
      errorOf(() => world.shareBeat(other)),
      errorCodes.GROUP_ID_NOT_FOUND,
    )
    const consumer = {
      memberId: 'm',
      memberEpoch: 0,
      rebalanceTimeoutMs: 1,
      subscribedTopicNames: ['t'],
      topicPartitions: [],
    }
    assert.equal(
      errorOf(() => world.beat(consumer)),
      errorCodes.GROUP_ID_NOT_FOUND,
    )
    assert.equal(world.join({}).response?.errorCode, errorCodes.INCONSISTENT_GROUP_PROTOCOL)
    assert.deepEqual(
      world.shard.listGroups({ statesFilter: ['stable'], typesFilter: ['SHARE'] }).map(group => group.groupType),
      ['share'],
    )
    world.shareBeat({ memberId: 'm', memberEpoch: -1 })
    assert.equal(
      errorOf(() => world.shareBeat({ memberId: 'm', memberEpoch: 2 })),
      errorCodes.UNKNOWN_MEMBER_ID,
    )
    world.run((step, shard) => shard.deleteGroup(step, 'g'))
    assert.equal(world.shard.describeShareGroup('g').errorCode, errorCodes.GROUP_ID_NOT_FOUND)
  })
})
