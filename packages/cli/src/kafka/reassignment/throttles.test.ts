import assert from 'node:assert/strict'
import { test } from 'node:test'
import { copiedPartitions } from './throttles.ts'

const move = (partition: number, replicas: number[]) => ({
  topic: 't',
  partition,
  replicas,
  logDirs: replicas.map(() => 'any'),
})
const copied = (partition: number, sources: number[], destinations: number[]) => {
  return { topic: 't', partition, sources, destinations }
}

test('copies go from where replicas are to where they shall be and are not', () => {
  const current = [move(0, [1, 2]), move(1, [2, 3])]
  assert.deepEqual(copiedPartitions([], [move(0, [2, 3]), move(1, [3, 2])], current), [
    copied(0, [1, 2], [3]),
    copied(1, [2, 3], []),
  ])
})

test('what is being moved already stays slow, and begins where it is, not where it is going', () => {
  const underWay = [
    { topic: 't', partition: 0, replicas: [1, 2, 3], addingReplicas: [3], removingReplicas: [1] },
    { topic: 't', partition: 7, replicas: [4, 5], addingReplicas: [5], removingReplicas: [4] },
  ]
  assert.deepEqual(copiedPartitions(underWay, [move(0, [2, 4])], [move(0, [1, 2, 3])]), [
    copied(0, [1, 2], [4]),
    copied(7, [4], [5]),
  ])
})
