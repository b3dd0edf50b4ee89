import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Cluster } from '../index.ts'
import { AssignerProtocol } from './assigner-protocol.ts'
import { PartitionAssigners } from './round-robin.ts'

const partitions = (count: number) =>
  Array.from({ length: count }, (_, partitionId) => {
    return { partitionErrorCode: 0, partitionId, leader: 1, replicas: [1], isr: [1] }
  })

async function divide(topics: Readonly<Record<string, number>>, ids: readonly string[]) {
  const cluster = {
    findTopicPartitionMetadata: (topic: string) => partitions(topics[topic] ?? 0),
  } as unknown as Cluster
  const assigner = PartitionAssigners.roundRobin({ cluster, groupId: 'g', logger: undefined as never })
  const members = ids.map(memberId => ({ memberId, memberMetadata: Buffer.alloc(0) }))
  const shares = await assigner.assign({ members, topics: Object.keys(topics) })
  return shares.map(({ memberId, memberAssignment }) => {
    return [memberId, AssignerProtocol.MemberAssignment.decode(memberAssignment)!.assignment]
  })
}

test('partitions go by turns to the members in the order of their ids, across topics', async () => {
  assert.deepEqual(await divide({ orders: 3, payments: 2 }, ['b', 'a']), [
    ['a', { orders: [0, 2], payments: [1] }],
    ['b', { orders: [1], payments: [0] }],
  ])
})

test('topics may have the names of what every object has', async () => {
  assert.deepEqual(await divide({ constructor: 1, toString: 1 }, ['a']), [['a', { constructor: [0], toString: [0] }]])
})
