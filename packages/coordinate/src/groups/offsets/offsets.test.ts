import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  consumerProtocolSubscription,
  createMessage,
  encodeMessageBytes,
  errorCodes,
  offsetCommitRequest,
  type PartialMessage,
  ProtocolError,
  zeroUuid,
} from '@dorsale/protocol'
import { GroupWorld } from '../../testing/group-world.ts'
import { OffsetStore } from './offset-store.ts'

const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ'
const dayMs = 24 * 3_600_000

function commit(
  world: GroupWorld,
  offset: number,
  partial: PartialMessage<typeof offsetCommitRequest> & { topic?: string; metadata?: string } = {},
  apiVersion = 9,
): number {
  const { topic = 't', metadata = '', ...rest } = partial
  const request = createMessage(offsetCommitRequest, {
    groupId: 'g',
    topics: [
      {
        name: topic,
        topicId,
        partitions: [{ partitionIndex: 0, committedOffset: offset, committedMetadata: metadata }],
      },
    ],
    ...rest,
  })
  return outcome(
    () => world.run((step, shard) => shard.commitOffsets(step, request, apiVersion))[0]!.partitions[0]!.errorCode,
  )
}

function outcome(action: () => number): number {
  try {
    return action()
  } catch (error) {
    if (error instanceof ProtocolError) return error.errorCode
    throw error
  }
}

function fetched(world: GroupWorld, options: { topic?: string; topicId?: string; group?: string } = {}): number {
  const { topic = 't', group = 'g' } = options
  const topics = [{ name: topic, topicId: options.topicId ?? zeroUuid, partitionIndexes: [0] }]
  const reader = { groupId: group, memberId: null, memberEpoch: -1 }
  return world.shard.fetchOffsets(reader, topics, { requireStable: true })[0]!.partitions[0]!.committedOffset
}

/** A stable group of one consumer that subscribes to a topic. */
function consumerOf(world: GroupWorld, topic: string): { memberId: string; generationId: number } {
  const subscription = createMessage(consumerProtocolSubscription, { topics: [topic] })
  const metadata = Buffer.concat([
    Buffer.from([0, 3]),
    encodeMessageBytes(consumerProtocolSubscription, 3, subscription),
  ])
  const { memberId, generationId } = world.join({ protocols: [{ name: 'range', metadata }] }, 3).response!
  world.sync({ memberId, generationId })
  return { memberId, generationId }
}

describe('committing', () => {
  test('a consumer without a group of members makes a simple one, which lives on', () => {
    const world = new GroupWorld()
    assert.equal(commit(world, 42), 0)
    assert.equal(world.describe(), 'Empty 0')
    world.restart()
    assert.equal(world.describe(), 'Empty 0')
    assert.equal(fetched(world), 42)
    assert.equal(fetched(world, { topicId }), 42)
    assert.equal(fetched(world, { topicId: 'AAAAAAAAAAAAAAAAAAAAAg' }), -1)
    assert.equal(fetched(world, { group: 'other' }), -1)
  })

  test('members commit in their generation, and nobody else while they are there', () => {
    const world = new GroupWorld()
    const { memberId, generationId } = consumerOf(world, 't')
    const member = { memberId, generationIdOrMemberEpoch: generationId }
    assert.equal(commit(world, 1, member), 0)
    assert.equal(commit(world, 2), errorCodes.UNKNOWN_MEMBER_ID)
    assert.equal(commit(world, 2, { ...member, memberId: 'x' }), errorCodes.UNKNOWN_MEMBER_ID)
    const old = { ...member, generationIdOrMemberEpoch: generationId - 1 }
    assert.equal(commit(world, 2, old), errorCodes.ILLEGAL_GENERATION)
    world.leave([{ memberId }])
    assert.equal(commit(world, 3), 0)
    assert.equal(fetched(world), 3)
  })

  test('a generation of a group that is not there', () => {
    const world = new GroupWorld()
    const member = { memberId: 'm', generationIdOrMemberEpoch: 1 }
    assert.equal(commit(world, 1, member, 8), errorCodes.ILLEGAL_GENERATION)
    assert.equal(commit(world, 1, member, 9), errorCodes.GROUP_ID_NOT_FOUND)
  })

  test('between JoinGroup and SyncGroup a commit has to wait; before, it keeps the member alive', () => {
    const world = new GroupWorld()
    const { memberId, generationId } = consumerOf(world, 't')
    const member = { memberId, generationIdOrMemberEpoch: generationId }
    for (let beat = 0; beat < 4; beat++) {
      world.clock.advance(6000)
      assert.equal(commit(world, beat, member), 0)
    }
    const next = world.join({ memberId }).response!
    assert.equal(
      commit(world, 9, { memberId, generationIdOrMemberEpoch: next.generationId }),
      errorCodes.REBALANCE_IN_PROGRESS,
    )
  })

  test('metadata beyond offset.metadata.max.bytes', () => {
    const world = new GroupWorld({ config: { offsetMetadataMax: 4 } })
    assert.equal(commit(world, 1, { metadata: '12345' }), errorCodes.OFFSET_METADATA_TOO_LARGE)
    assert.equal(commit(world, 1, { metadata: '1234' }), 0)
  })
})

describe('forgetting', () => {
  test('offsets of an empty group outlive offsets.retention.minutes from the moment it became empty (KIP-211)', () => {
    const world = new GroupWorld()
    const { memberId, generationId } = consumerOf(world, 't')
    commit(world, 5, { memberId, generationIdOrMemberEpoch: generationId })
    for (let beat = 0; beat < 200; beat++) {
      world.clock.advance(8000)
      world.heartbeat(memberId, generationId)
    }
    assert.equal(fetched(world), 5)
    world.leave([{ memberId }])
    world.clock.advance(6 * dayMs)
    assert.equal(fetched(world), 5)
    world.clock.advance(dayMs + 600_001)
    assert.equal(fetched(world), -1)
    assert.equal(world.describe(), 'Dead 0')
    assert.deepEqual(world.written.slice(-2), ['-OffsetCommit', '-GroupMetadata'])
    world.restart()
    assert.equal(world.describe(), 'Dead 0')
  })

  test('a version 2 to 4 commit says itself how long it lives', () => {
    const world = new GroupWorld()
    commit(world, 5, { retentionTimeMs: 3_600_000 }, 3)
    world.clock.advance(3_600_000 + 600_000)
    assert.equal(fetched(world), -1)
  })

  test('what members subscribe to is kept, also against OffsetDelete', () => {
    const world = new GroupWorld()
    commit(world, 1, { topic: 'old' })
    const { memberId, generationId } = consumerOf(world, 't')
    commit(world, 5, { memberId, generationIdOrMemberEpoch: generationId })
    const erase = (name: string) =>
      outcome(
        () =>
          world.run((step, shard) =>
            shard.deleteOffsets(step, 'g', [{ name, partitions: [{ partitionIndex: 0 }] }]),
          )[0]!.partitions[0]!.errorCode,
      )
    assert.equal(erase('t'), errorCodes.GROUP_SUBSCRIBED_TO_TOPIC)
    assert.equal(erase('old'), 0)
    assert.equal(fetched(world), 5)
    assert.equal(fetched(world, { topic: 'old' }), -1)
  })

  test('a group with members is not deleted, one without goes with its offsets', () => {
    const world = new GroupWorld()
    const remove = () =>
      outcome(() => {
        world.run((step, shard) => shard.deleteGroup(step, 'g'))
        return errorCodes.NONE
      })
    assert.equal(remove(), errorCodes.GROUP_ID_NOT_FOUND)
    const { memberId, generationId } = consumerOf(world, 't')
    commit(world, 5, { memberId, generationIdOrMemberEpoch: generationId })
    assert.equal(remove(), errorCodes.NON_EMPTY_GROUP)
    world.leave([{ memberId }])
    assert.equal(remove(), 0)
    assert.equal(world.describe(), 'Dead 0')
    assert.equal(fetched(world), -1)
  })

  test('a deleted topic takes its offsets with it, another of the same name does not', () => {
    const world = new GroupWorld()
    commit(world, 5)
    world.run((step, shard) => shard.topicsDeleted(step, [{ name: 't', id: 'AAAAAAAAAAAAAAAAAAAAAg' }]))
    assert.equal(fetched(world), 5)
    world.run((step, shard) => shard.topicsDeleted(step, [{ name: 't', id: topicId }]))
    assert.equal(fetched(world), -1)
  })
})

describe('offsets in transactions, as a log of Kafka has them', () => {
  const key = { group: 'g', topic: 't', partition: 0 }
  const value = (offset: number) => ({
    offset,
    leaderEpoch: -1,
    metadata: '',
    commitTimestamp: 0,
    expireTimestamp: -1,
    topicId: zeroUuid,
  })
  const by = (producerId: bigint, offset: number) => ({ producerId, producerEpoch: 0, offset, timestampMs: 0 })

  test('count when the transaction commits, unless something later was committed meanwhile', () => {
    const store = new OffsetStore()
    store.replay(key, value(1), by(-1n, 0))
    store.replay(key, value(2), by(7n, 1))
    assert.equal(store.get('g', 't', 0)?.offset, 1)
    assert.ok(store.isPending('g', 't', 0))
    store.endTransaction(7n as never, true)
    assert.equal(store.get('g', 't', 0)?.offset, 2)
    store.replay(key, value(3), by(7n, 2))
    store.replay(key, value(4), by(-1n, 3))
    store.endTransaction(7n as never, true)
    assert.equal(store.get('g', 't', 0)?.offset, 4)
    assert.ok(!store.hasPending('g'))
  })

  test('are gone when it aborts', () => {
    const store = new OffsetStore()
    store.replay(key, value(2), by(7n, 1))
    store.endTransaction(7n as never, false)
    assert.equal(store.get('g', 't', 0), undefined)
    assert.ok(!store.isPending('g', 't', 0))
  })
})
