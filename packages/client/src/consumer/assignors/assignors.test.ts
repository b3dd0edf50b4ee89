import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription } from '../consumer-protocol.ts'
import { nameOf, type TopicPartition } from '../offset-lookup.ts'
import type { Assignor, AssignorCluster, GroupMember } from './assignor.ts'
import { cooperativeStickyAssignor } from './cooperative-sticky.ts'
import { rangeAssignor } from './range.ts'
import { roundRobinAssignor } from './round-robin.ts'
import { stickyAssignor } from './sticky.ts'

interface Rebalance {
  readonly group: number
  readonly assignor: string
  /** By node id; empty: the brokers have none. */
  readonly racks: readonly string[]
  /** Replicas of each partition. */
  readonly topics: Readonly<Record<string, readonly (readonly number[])[]>>
  readonly members: readonly { id: string; instanceId: string | null; subscription: string; assignment: string }[]
}

/** What Kafka 4.4.0's own assignors decided; recaptured by interop/golden/capture-assignors.ts. */
const { rebalances }: { rebalances: Rebalance[] } = JSON.parse(
  readFileSync(new URL('vectors/assignors.json', import.meta.url), 'utf8'),
)
const assignors = [rangeAssignor, roundRobinAssignor, stickyAssignor, cooperativeStickyAssignor]
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const fromHex = (text: string) => Buffer.from(text, 'hex')

test('the bytes of subscriptions and assignments are those of Kafka', () => {
  let count = 0
  for (const { subscription, assignment } of rebalances.flatMap(({ members }) => members)) {
    assert.equal(hex(encodeSubscription(decodeSubscription(fromHex(subscription)))), subscription)
    assert.equal(hex(encodeAssignment(decodeAssignment(fromHex(assignment)))), assignment)
    count++
  }
  assert.ok(count > 300)
})

test('subscriptions and assignments of every version are read, those of the future as the newest, and cut ones are an error', () => {
  const topics = '00000001 0001 74'
  const owned = '00000001 0001 74 00000001 00000005'
  const read = (text: string) => decodeSubscription(fromHex(text.replaceAll(' ', '')))
  const none = { topics: ['t'], userData: null, ownedPartitions: [], generationId: -1, rackId: null }
  assert.deepEqual(read(`0000 ${topics} ffffffff`), none)
  const t5 = { topic: 't', partition: 5 }
  assert.deepEqual(read(`0001 ${topics} ffffffff ${owned}`), { ...none, ownedPartitions: [t5] })
  assert.deepEqual(read(`0002 ${topics} ffffffff ${owned} 00000007`), {
    ...none,
    ownedPartitions: [t5],
    generationId: 7,
  })
  const v3 = { ...none, ownedPartitions: [t5], generationId: 7, rackId: 'r' }
  assert.deepEqual(read(`0003 ${topics} ffffffff ${owned} 00000007 0001 72`), v3)
  assert.deepEqual(read(`0009 ${topics} ffffffff ${owned} 00000007 0001 72 1234`), v3)
  assert.throws(() => read('8000 00000000'), /version below 0/)
  const whole = encodeSubscription(v3)
  for (let length = 0; length < whole.length; length++)
    assert.throws(() => decodeSubscription(whole.subarray(0, length)))
  assert.deepEqual(decodeAssignment(new Uint8Array(0)), { partitions: [], userData: null })
})

for (const assignor of assignors) {
  const mine = rebalances.filter(each => each.assignor === assignor.name)
  test(`${assignor.name} decides as Kafka's does, in ${mine.length} rebalances`, () => {
    let equal = 0
    for (const rebalance of mine) {
      const ours = play(assignor, rebalance)
      const theirs = new Map(
        rebalance.members.map(each => [each.id, decodeAssignment(fromHex(each.assignment)).partitions]),
      )
      checkSound(rebalance, ours)
      const isEqual = text(ours) === text(theirs)
      if (isEqual) equal++
      if (assignor === rangeAssignor || assignor === roundRobinAssignor) assert.ok(isEqual, JSON.stringify(rebalance))
      // Sticky plans leave a choice, which Kafka leaves to the order of a hash table: then the counts must be as good, and no more may move.
      assert.deepEqual(counts(ours), counts(theirs), JSON.stringify(rebalance))
      assert.ok(kept(rebalance, ours) >= kept(rebalance, theirs), JSON.stringify(rebalance))
    }
    assert.ok(equal > mine.length / 2)
  })
}

test('a cooperative plan gives nobody what another still holds, and is complete once that is given up', () => {
  const cluster = clusterOf({ t: [[0], [0], [0], [0]] })
  const member = (memberId: string, partitions: number[], generationId: number): GroupMember => ({
    memberId,
    groupInstanceId: null,
    topics: ['t'],
    userData: null,
    ownedPartitions: partitions.map(partition => ({ topic: 't', partition })),
    generationId,
    rackId: null,
  })
  const assign = (members: GroupMember[]) =>
    [...cooperativeStickyAssignor.assign(cluster, members)].map(([id, { partitions }]) => [
      id,
      ...partitions.map(p => p.partition),
    ])
  assert.deepEqual(assign([member('a', [0, 1, 2, 3], 1), member('b', [], -1)]), [['a', 0, 1], ['b']])
  assert.deepEqual(assign([member('a', [0, 1], 2), member('b', [], 2)]), [
    ['a', 0, 1],
    ['b', 2, 3],
  ])
  // A member from the past believes that it still has what another got since.
  assert.deepEqual(assign([member('a', [0, 1], 3), member('b', [1, 2, 3], 2)]), [
    ['a', 0],
    ['b', 2, 3],
  ])
})

test('user data that is no such thing claims nothing', () => {
  const cluster = clusterOf({ t: [[0], [0]] })
  const member = (memberId: string, userData: Uint8Array | null): GroupMember => ({
    memberId,
    groupInstanceId: null,
    topics: ['t'],
    userData,
    ownedPartitions: [],
    generationId: -1,
    rackId: null,
  })
  for (const junk of [Uint8Array.of(0x7f, 0xff, 0xff, 0xff), Uint8Array.of(1), new Uint8Array(0), null]) {
    const plan = stickyAssignor.assign(cluster, [member('a', junk), member('b', junk)])
    assert.deepEqual(counts(new Map([...plan].map(([id, each]) => [id, each.partitions]))), [1, 1])
  }
})

test('a thousand members and ten thousand partitions are planned in a moment, whether they subscribe alike or not', () => {
  const topics = Object.fromEntries(
    Array.from({ length: 10 }, (_, topic) => [`t${topic}`, Array.from({ length: 1000 }, () => [0])]),
  )
  const names = Object.keys(topics)
  for (const isAlike of [true, false]) {
    const members = Array.from(
      { length: 1000 },
      (_, index): GroupMember => ({
        memberId: `m${index}`,
        groupInstanceId: null,
        topics: isAlike ? names : names.filter((_, topic) => (index + topic) % 3 > 0),
        userData: null,
        ownedPartitions: [],
        generationId: -1,
        rackId: null,
      }),
    )
    const began = performance.now()
    const plan = cooperativeStickyAssignor.assign(clusterOf(topics), members)
    assert.ok(performance.now() - began < 20_000)
    assert.deepEqual(new Set(counts(new Map([...plan].map(([id, each]) => [id, each.partitions])))), new Set([10]))
  }
})

function play(assignor: Assignor, { topics, racks, members }: Rebalance): Map<string, readonly TopicPartition[]> {
  const group = members.map(({ id, instanceId, subscription }) => ({
    memberId: id,
    groupInstanceId: instanceId,
    ...decodeSubscription(fromHex(subscription)),
  }))
  const plan = assignor.assign(clusterOf(topics, racks), group)
  return new Map([...plan].map(([id, { partitions }]) => [id, partitions]))
}

function clusterOf(topics: Rebalance['topics'], racks: readonly string[] = []): AssignorCluster {
  return {
    partitions: topic => topics[topic]?.map(nodes => ({ racks: nodes.flatMap(node => racks[node] ?? []) })),
  }
}

/** Nothing twice, and nothing that was not asked for. */
function checkSound({ members }: Rebalance, plan: ReadonlyMap<string, readonly TopicPartition[]>): void {
  const names = [...plan.values()].flat().map(nameOf)
  assert.equal(new Set(names).size, names.length)
  for (const { id, subscription } of members) {
    const { topics } = decodeSubscription(fromHex(subscription))
    assert.ok(plan.get(id)!.every(({ topic }) => topics.includes(topic)))
  }
}

function kept({ members }: Rebalance, plan: ReadonlyMap<string, readonly TopicPartition[]>): number {
  return members.reduce((sum, { id, subscription }) => {
    const owned = new Set(decodeSubscription(fromHex(subscription)).ownedPartitions.map(nameOf))
    return sum + plan.get(id)!.filter(each => owned.has(nameOf(each))).length
  }, 0)
}

const counts = (plan: ReadonlyMap<string, readonly TopicPartition[]>) =>
  [...plan.values()].map(({ length }) => length).sort((a, b) => a - b)

const text = (plan: ReadonlyMap<string, readonly TopicPartition[]>) =>
  JSON.stringify([...plan].map(([id, partitions]) => [id, partitions.map(nameOf).sort()]).sort())
