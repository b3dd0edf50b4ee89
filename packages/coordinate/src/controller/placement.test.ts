import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMessage, createTopicsRequest } from '@dorsale/protocol'
import { TestController } from '../testing/test-controller.ts'

function place(controller: TestController, numPartitions: number, replicationFactor: number): number[][] {
  const topics = [{ name: 't', numPartitions, replicationFactor }]
  controller.run(each => each.createTopics(createMessage(createTopicsRequest, { topics })))
  return controller.metadata.topicsByName.get('t')!.partitions.map(partition => [...partition.replicas])
}

const count = (placed: readonly number[]): number[] => {
  const counts = new Map<number, number>()
  for (const id of placed) counts.set(id, (counts.get(id) ?? 0) + 1)
  return [...counts.values()].sort()
}

test('leaders and replicas are spread evenly, no broker twice in a partition', () => {
  const controller = new TestController()
  for (const id of [1, 2, 3, 4]) controller.addBroker(id)
  const placed = place(controller, 12, 3)
  assert.deepEqual(count(placed.map(replicas => replicas[0]!)), [3, 3, 3, 3])
  for (const replicas of placed) assert.equal(new Set(replicas).size, 3)
})

test('replicas of a partition are on different racks as far as there are racks', () => {
  const controller = new TestController()
  for (const [id, rack] of [1, 1, 2, 2, 3, 3].entries()) controller.addBroker(id + 1, { rack: `rack ${rack}` })
  const rackOf = (id: number): number => Math.ceil(id / 2)
  const placed = place(controller, 12, 3)
  for (const replicas of placed) assert.equal(new Set(replicas.map(rackOf)).size, 3)
  assert.deepEqual(count(placed.map(replicas => replicas[0]!)), [2, 2, 2, 2, 2, 2])
})

test('a fenced broker may follow and never leads', () => {
  const controller = new TestController()
  controller.addBroker(1)
  controller.addBroker(2, { unfenced: false })
  const placed = place(controller, 5, 2)
  assert.ok(placed.every(([leader]) => leader === 1))
  const partition = controller.metadata.topicsByName.get('t')!.partitions[0]!
  assert.deepEqual(partition.isr, [1])
})
