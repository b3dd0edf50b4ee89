import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededPrng } from '@dorsale/base'
import type { Assignment } from '../modern/assignment.ts'
import type { AssignedMember, Assignor } from './assignor.ts'
import { assignRanges } from './range.ts'
import { assignShared } from './shared.ts'
import { assignUniformly } from './uniform.ts'

const member = (
  memberId: string,
  topics: readonly string[],
  more: { target?: Assignment; instanceId?: string } = {},
): AssignedMember => ({
  memberId,
  instanceId: more.instanceId ?? null,
  topicIds: new Set(topics),
  target: more.target ?? new Map(),
})

function assign(
  assignor: Assignor,
  counts: Readonly<Record<string, number>>,
  members: readonly AssignedMember[],
): ReadonlyMap<string, Assignment> {
  const [first] = members
  const isHomogeneous = members.every(
    ({ topicIds }) => topicIds.size === first?.topicIds.size && isWithin(topicIds, first.topicIds),
  )
  return assignor({ members, isHomogeneous, partitionCount: topic => counts[topic] ?? 0 })
}

const told = (assignment: ReadonlyMap<string, Assignment>) =>
  [...assignment].map(([id, topics]) => {
    const parts = [...topics].map(([topic, partitions]) => `${topic}:${[...partitions].join()}`)
    return `${id} ${parts.sort().join(' ')}`.trim()
  })

const isWithin = <Value>(part: ReadonlySet<Value> | undefined, whole: ReadonlySet<Value> | undefined): boolean =>
  [...(part ?? [])].every(value => whole?.has(value))

const sizeOf = (assignment: Assignment | undefined) =>
  [...(assignment ?? [])].reduce((sum, [, partitions]) => sum + partitions.size, 0)

/** Every partition of a topic that somebody subscribes to has exactly one owner, who does subscribe to it. */
function checkOwners(
  counts: Readonly<Record<string, number>>,
  members: readonly AssignedMember[],
  assignment: ReadonlyMap<string, Assignment>,
): void {
  const owners = new Map<string, string>()
  for (const { memberId, topicIds } of members) {
    for (const [topic, partitions] of assignment.get(memberId) ?? []) {
      assert.ok(topicIds.has(topic))
      for (const partition of partitions) {
        assert.ok(!owners.has(`${topic}-${partition}`), 'one owner')
        owners.set(`${topic}-${partition}`, memberId)
      }
    }
  }
  const wanted = new Set(members.flatMap(({ topicIds }) => [...topicIds]))
  const total = [...wanted].reduce((sum, topic) => sum + (counts[topic] ?? 0), 0)
  assert.equal(owners.size, total, 'no partition is left')
}

describe('range', () => {
  test('partitions side by side, static members first, the first members one more', () => {
    const members = [member('b', ['t', 'u']), member('a', ['t', 'u']), member('z', ['t', 'u'], { instanceId: 'i' })]
    assert.deepEqual(told(assign(assignRanges, { t: 4, u: 2 }, members)), ['z t:0,1 u:0', 'a t:2 u:1', 'b t:3'])
  })

  test('each topic among its own subscribers', () => {
    const members = [member('a', ['t']), member('b', ['t', 'u'])]
    assert.deepEqual(told(assign(assignRanges, { t: 2, u: 2 }, members)), ['a t:0', 'b t:1 u:0,1'])
  })
})

describe('uniform', () => {
  test('a member that joins takes only what makes it even; one that leaves gives only what it had', () => {
    const counts = { t: 9 }
    let members = [member('a', ['t']), member('b', ['t'])]
    let assignment = assign(assignUniformly, counts, members)
    assert.deepEqual([...assignment.values()].map(sizeOf), [5, 4])
    members = [...members, member('c', ['t'])].map(each => ({
      ...each,
      target: assignment.get(each.memberId) ?? new Map(),
    }))
    const next = assign(assignUniformly, counts, members)
    assert.deepEqual([...next.values()].map(sizeOf), [3, 3, 3])
    for (const id of ['a', 'b']) assert.ok(isWithin(next.get(id)?.get('t'), assignment.get(id)?.get('t')))
    assignment = next
    const left = members.slice(1).map(each => ({ ...each, target: assignment.get(each.memberId) as Assignment }))
    const last = assign(assignUniformly, counts, left)
    assert.deepEqual([...last.values()].map(sizeOf).sort(), [4, 5])
    for (const { memberId, target } of left) {
      assert.ok(isWithin(target.get('t'), last.get(memberId)?.get('t')), 'it keeps all that it had')
    }
  })

  test('subscriptions that differ: as even as they allow', () => {
    const members = [member('a', ['t', 'u']), member('b', ['u']), member('c', ['u'])]
    const assignment = assign(assignUniformly, { t: 3, u: 6 }, members)
    assert.deepEqual([...assignment.values()].map(sizeOf), [3, 3, 3])
    checkOwners({ t: 3, u: 6 }, members, assignment)
  })

  test('members come and go at random: one owner each, evenly, and equal when all subscribe to the same', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const prng = seededPrng(seed, 'assignors')
      const random = (below: number) => (prng.bytes(1)[0] as number) % below
      const counts = Object.fromEntries(['t', 'u', 'v'].map(topic => [topic, random(12)]))
      const isMixed = seed % 2 === 0
      let assignment: ReadonlyMap<string, Assignment> = new Map()
      for (let round = 0; round < 8; round++) {
        const ids = Array.from({ length: 1 + random(6) }, (_, index) => `m${index + random(2)}`)
        const members = [...new Set(ids)].map(id => {
          const topics = isMixed ? ['t', 'u', 'v'].filter(() => random(2) === 0) : ['t', 'u', 'v']
          return member(id, topics, { target: assignment.get(id) ?? new Map() })
        })
        assignment = assign(assignUniformly, counts, members)
        checkOwners(counts, members, assignment)
        const sizes = members.map(({ memberId }) => sizeOf(assignment.get(memberId)))
        if (!isMixed) assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, `seed ${seed}: ${sizes}`)
      }
    }
  })
})

describe('simple, of share groups', () => {
  const share = (counts: Readonly<Record<string, number>>, members: readonly AssignedMember[], isHomogeneous = true) =>
    assignShared({ members, isHomogeneous, partitionsOf: topic => [...Array(counts[topic] ?? 0).keys()] })

  test('more partitions than members: each has one owner', () => {
    const members = [member('a', ['t']), member('b', ['t'])]
    const assignment = share({ t: 5 }, members)
    checkOwners({ t: 5 }, members, assignment)
    assert.deepEqual([...assignment.values()].map(sizeOf), [3, 2])
  })

  test('more members than partitions: each member has one, and what it had', () => {
    const ids = ['a', 'b', 'c', 'd', 'e']
    const before = share(
      { t: 2 },
      ids.map(id => member(id, ['t'])),
    )
    assert.ok([...before.values()].every(assignment => sizeOf(assignment) >= 1))
    const after = share(
      { t: 2 },
      ids.map(id => member(id, ['t'], { target: before.get(id) as Assignment })),
    )
    assert.deepEqual(told(after), told(before))
  })

  test('subscriptions that differ: each topic among its own', () => {
    const members = [member('a', ['t']), member('b', ['t', 'u']), member('c', ['u'])]
    const assignment = share({ t: 2, u: 1 }, members, false)
    assert.equal(assignment.get('a')?.get('t')?.size, 1)
    assert.equal(assignment.get('b')?.get('u')?.size, 1)
    assert.equal(assignment.get('c')?.get('u')?.size, 1)
  })

  test('nothing to hand out, nobody to hand it to', () => {
    assert.deepEqual(told(share({ t: 0 }, [member('a', ['t'])])), ['a'])
    assert.deepEqual(told(share({ t: 3 }, [])), [])
  })
})
