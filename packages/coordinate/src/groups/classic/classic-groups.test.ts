import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { errorCodes } from '@dorsale/protocol'
import { type Answer, GroupWorld } from '../../testing/group-world.ts'

const bytes = (text: string) => Buffer.from(text)
const instance = (groupInstanceId: string) => ({ groupInstanceId })

/** A dynamic member with an id of its own, whose join is parked or answered. */
function joinDynamic(world: GroupWorld, partial: Parameters<GroupWorld['join']>[0] = {}) {
  const { memberId } = world.join(partial).response!
  return { memberId, joined: world.join({ ...partial, memberId }) }
}

/** A stable group of one leader and so many followers. */
function stableGroup(world: GroupWorld, followers: number): string[] {
  const leader = joinDynamic(world)
  world.sync({ memberId: leader.memberId, generationId: 1, assignments: [] })
  const others = Array.from({ length: followers }, () => joinDynamic(world))
  const rejoined = world.join({ memberId: leader.memberId })
  const generationId = rejoined.response!.generationId
  const ids = [leader.memberId, ...others.map(({ memberId }) => memberId)]
  const assignments = ids.map(memberId => ({ memberId, assignment: bytes(`to ${memberId}`) }))
  for (const memberId of ids.slice(1)) world.sync({ memberId, generationId })
  world.sync({ memberId: leader.memberId, generationId, assignments })
  assert.equal(world.describe(), `Stable ${followers + 1}`)
  return ids
}

const errorOf = (answer: Answer<{ errorCode: number }>) => answer.error?.errorCode ?? answer.response?.errorCode

describe('joining', () => {
  test('a new member is given its id first, and is let in when it comes back with it (KIP-394)', () => {
    const world = new GroupWorld()
    const first = world.join({}).response!
    assert.equal(first.errorCode, errorCodes.MEMBER_ID_REQUIRED)
    assert.match(first.memberId, /^c-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.deepEqual(world.written, ['GroupMetadata'])
    const { response } = world.join({ memberId: first.memberId })
    assert.equal(response?.errorCode, 0)
    assert.equal(response?.generationId, 1)
    assert.equal(response?.leader, first.memberId)
    assert.deepEqual(
      response?.members.map(member => member.memberId),
      [first.memberId],
    )
  })

  test('before version 4 a member is let in at once', () => {
    const { response } = new GroupWorld().join({}, 3)
    assert.equal(response?.generationId, 1)
  })

  test('the last member leaves, and the group is empty at once, though an id was given that nobody came back with', () => {
    const world = new GroupWorld()
    world.join({})
    const { memberId } = world.join({}, 3).response!
    world.sync({ memberId, generationId: 1, assignments: [] })
    const waiting = world.join({}).response!
    world.leave([{ memberId, groupInstanceId: null }])
    assert.equal(world.describe(), 'Empty 0')
    assert.equal(errorOf(world.join({ memberId: waiting.memberId })), errorCodes.NONE)
  })

  test('an id that is not used within a session is forgotten', () => {
    const world = new GroupWorld()
    const { memberId } = world.join({}).response!
    world.clock.advance(10_001)
    assert.equal(errorOf(world.join({ memberId })), errorCodes.UNKNOWN_MEMBER_ID)
  })

  test('what cannot be is refused', () => {
    const world = new GroupWorld()
    assert.equal(errorOf(world.join({ groupId: 'nobody', memberId: 'm' })), errorCodes.UNKNOWN_MEMBER_ID)
    assert.equal(errorOf(world.join({ protocols: [] })), errorCodes.INCONSISTENT_GROUP_PROTOCOL)
    stableGroup(world, 0)
    assert.equal(errorOf(world.join({ protocolType: 'connect' })), errorCodes.INCONSISTENT_GROUP_PROTOCOL)
    const stranger = { protocols: [{ name: 'other', metadata: bytes('') }] }
    assert.equal(errorOf(world.join(stranger)), errorCodes.INCONSISTENT_GROUP_PROTOCOL)
    assert.equal(errorOf(world.join({ memberId: 'm' })), errorCodes.UNKNOWN_MEMBER_ID)
    assert.equal(errorOf(world.join({ memberId: 'm', groupInstanceId: 'i' })), errorCodes.UNKNOWN_MEMBER_ID)
  })

  test('the protocol that all know and most prefer is taken', () => {
    const world = new GroupWorld({ config: { initialRebalanceDelayMs: 100 } })
    const protocols = (...names: string[]) => names.map(name => ({ name, metadata: bytes(name) }))
    const a = world.join({ protocols: protocols('x', 'y', 'z') }, 3)
    world.join({ protocols: protocols('y', 'x') }, 3)
    world.join({ protocols: protocols('y', 'x', 'z') }, 3)
    world.clock.advance(200)
    assert.equal(a.response?.protocolName, 'y')
    assert.deepEqual(
      a.response?.members.map(({ metadata }) => Buffer.from(metadata).toString()),
      ['y', 'y', 'y'],
    )
  })

  test('a new group waits for more members, and longer while they come (group.initial.rebalance.delay.ms)', () => {
    const world = new GroupWorld({ config: { initialRebalanceDelayMs: 3000 } })
    const first = world.join({}, 3)
    world.clock.advance(2000)
    const second = world.join({}, 3)
    world.clock.advance(1001)
    assert.equal(errorOf(first), undefined)
    world.clock.advance(3000)
    assert.equal(first.response?.generationId, 1)
    assert.equal(second.response?.generationId, 1)
    assert.equal(first.response?.members.length, 2)
  })

  test('no more than group.max.size members', () => {
    const world = new GroupWorld({ config: { classicSizeMax: 2 } })
    stableGroup(world, 1)
    assert.equal(errorOf(world.join({})), errorCodes.GROUP_MAX_SIZE_REACHED)
  })

  test('a join that is sent again takes the place of the first', () => {
    const world = new GroupWorld()
    const [, follower] = stableGroup(world, 1)
    const again = { memberId: follower!, protocols: [{ name: 'range', metadata: bytes('new') }] }
    const first = world.join(again)
    assert.equal(first.response, undefined)
    const second = world.join(again)
    assert.equal(errorOf(first), errorCodes.REBALANCE_IN_PROGRESS)
    assert.equal(second.response, undefined)
  })
})

describe('rebalancing', () => {
  test('all members come into the next generation, each with its assignment', () => {
    const world = new GroupWorld()
    const [leader, follower] = stableGroup(world, 1)
    const newcomer = joinDynamic(world)
    assert.equal(world.heartbeat(leader!, 2), errorCodes.REBALANCE_IN_PROGRESS)
    const rejoined = [world.join({ memberId: follower! }), world.join({ memberId: leader! })]
    assert.deepEqual(
      [...rejoined, newcomer.joined].map(({ response }) => [response?.generationId, response?.members.length]),
      [
        [3, 0],
        [3, 3],
        [3, 0],
      ],
    )
    const parked = world.sync({ memberId: follower!, generationId: 3 })
    assert.equal(parked.response, undefined)
    const assignments = [{ memberId: follower!, assignment: bytes('p0') }]
    const own = world.sync({ memberId: leader!, generationId: 3, assignments })
    assert.equal(Buffer.from(parked.response!.assignment).toString(), 'p0')
    assert.equal(own.response?.assignment.length, 0)
    assert.equal(world.heartbeat(leader!, 3), 0)
    const late = world.sync({ memberId: newcomer.memberId, generationId: 3 })
    assert.equal(late.response?.errorCode, 0)
  })

  test('who does not rejoin within the rebalance timeout is left behind; who does not sync, too', () => {
    const world = new GroupWorld()
    const [leader, follower] = stableGroup(world, 1)
    const joined = world.join({ memberId: leader!, sessionTimeoutMs: 100_000 })
    // Its heartbeats keep the follower alive, and do not keep it in.
    for (let beat = 0; beat < 13; beat++) {
      world.heartbeat(follower!, 2)
      world.clock.advance(5000)
    }
    assert.equal(joined.response?.members.length, 1)
    assert.equal(world.heartbeat(follower!, 2), errorCodes.UNKNOWN_MEMBER_ID)
    world.clock.advance(60_000)
    assert.equal(world.describe(), 'Empty 0')
  })

  test('a silent member is removed, and the rest rebalances', () => {
    const world = new GroupWorld()
    const [leader, follower] = stableGroup(world, 1)
    world.clock.advance(6000)
    assert.equal(world.heartbeat(leader!, 2), 0)
    world.clock.advance(5000)
    assert.equal(world.heartbeat(follower!, 2), errorCodes.UNKNOWN_MEMBER_ID)
    assert.equal(world.heartbeat(leader!, 2), errorCodes.REBALANCE_IN_PROGRESS)
    assert.equal(world.join({ memberId: leader! }).response?.generationId, 3)
  })

  test('a follower that rejoins unchanged is told its generation, a leader begins a rebalance', () => {
    const world = new GroupWorld()
    const [leader, follower] = stableGroup(world, 1)
    assert.equal(world.join({ memberId: follower! }).response?.generationId, 2)
    assert.equal(world.join({ memberId: leader! }).response, undefined)
    assert.equal(world.describe(), 'PreparingRebalance 2')
  })

  test('the last one to leave empties the group, which is written down', () => {
    const world = new GroupWorld()
    const [leader, follower] = stableGroup(world, 1)
    assert.deepEqual(
      world.leave([{ memberId: follower! }, { memberId: 'stranger' }]).map(({ errorCode }) => errorCode),
      [0, errorCodes.UNKNOWN_MEMBER_ID],
    )
    world.leave([{ memberId: leader! }])
    assert.equal(world.describe(), 'Empty 0')
    world.restart()
    assert.equal(world.describe(), 'Empty 0')
    assert.equal(world.shard.describeGroup('g', 6).protocolType, 'consumer')
  })

  test('wrong generations and protocols are told so', () => {
    const world = new GroupWorld()
    const [leader] = stableGroup(world, 0)
    assert.equal(world.heartbeat(leader!, 7), errorCodes.ILLEGAL_GENERATION)
    assert.equal(errorOf(world.sync({ memberId: leader!, generationId: 7 })), errorCodes.ILLEGAL_GENERATION)
    const wrong = { memberId: leader!, generationId: 2, protocolName: 'sticky', protocolType: 'consumer' }
    assert.equal(errorOf(world.sync(wrong)), errorCodes.INCONSISTENT_GROUP_PROTOCOL)
    assert.equal(
      errorOf(world.sync({ groupId: 'x', memberId: leader!, generationId: 2 })),
      errorCodes.UNKNOWN_MEMBER_ID,
    )
  })
})

describe('static members (KIP-345)', () => {
  test('one that comes back takes the place of its predecessor, without a rebalance', () => {
    const world = new GroupWorld()
    const first = world.join({ ...instance('i1') }).response!
    assert.match(first.memberId, /^i1-/)
    const assignments = [{ memberId: first.memberId, assignment: bytes('p0') }]
    world.sync({ memberId: first.memberId, generationId: 1, ...instance('i1'), assignments })

    const back = world.join({ ...instance('i1') }).response!
    assert.notEqual(back.memberId, first.memberId)
    assert.equal(back.generationId, 1)
    assert.equal(back.leader, back.memberId)
    assert.equal(back.skipAssignment, true)
    assert.equal(world.heartbeat(first.memberId, 1, 'i1'), errorCodes.FENCED_INSTANCE_ID)
    const synced = world.sync({ memberId: back.memberId, generationId: 1, ...instance('i1') })
    assert.equal(Buffer.from(synced.response!.assignment).toString(), 'p0')

    world.restart()
    assert.equal(world.heartbeat(back.memberId, 1, 'i1'), 0)
  })

  test('before version 9 a leader that came back does not hear that it leads (KIP-814)', () => {
    const world = new GroupWorld()
    const first = world.join({ ...instance('i1') }).response!
    world.sync({ memberId: first.memberId, generationId: 1, ...instance('i1') })
    const back = world.join({ ...instance('i1') }, 8).response!
    assert.equal(back.leader, first.memberId)
    assert.deepEqual(back.members, [])
  })

  test('one that is away stays in the generation until its session is over', () => {
    const world = new GroupWorld()
    const a = world.join({ ...instance('a'), sessionTimeoutMs: 600_000 }).response!
    world.sync({ memberId: a.memberId, generationId: 1 })
    const b = joinDynamic(world, { sessionTimeoutMs: 200_000 })
    world.clock.advance(60_001)
    assert.equal(b.joined.response?.generationId, 2)
    assert.equal(world.describe(), 'CompletingRebalance 2')
    assert.equal(b.joined.response?.leader, b.memberId)
  })

  test('an administrator takes it out by its instance', () => {
    const world = new GroupWorld()
    const a = world.join({ ...instance('a') }).response!
    world.sync({ memberId: a.memberId, generationId: 1 })
    assert.deepEqual(
      world.leave([{ groupInstanceId: 'a' }, { groupInstanceId: 'b' }]).map(({ errorCode }) => errorCode),
      [0, errorCodes.UNKNOWN_MEMBER_ID],
    )
    assert.equal(world.describe(), 'Empty 0')
  })
})

describe('restarting', () => {
  test('a stable group is stable again, and its members have a whole session to be heard of', () => {
    const world = new GroupWorld()
    const [leader, follower] = stableGroup(world, 1)
    world.restart()
    assert.equal(world.describe(), 'Stable 2')
    assert.equal(world.heartbeat(leader!, 2), 0)
    const { response } = world.sync({ memberId: follower!, generationId: 2 })
    assert.equal(Buffer.from(response!.assignment).toString(), `to ${follower}`)
    world.clock.advance(9000)
    world.heartbeat(leader!, 2)
    world.clock.advance(2000)
    assert.equal(world.heartbeat(follower!, 2), errorCodes.UNKNOWN_MEMBER_ID)
  })

  test('a rebalance under way is forgotten; who waits in it is told', () => {
    const world = new GroupWorld()
    const [leader, follower] = stableGroup(world, 1)
    const parked = world.join({ memberId: leader! })
    world.restart()
    assert.equal(errorOf(parked), errorCodes.NOT_COORDINATOR)
    assert.equal(world.describe(), 'Stable 2')
    assert.equal(world.heartbeat(follower!, 2), 0)
  })
})
