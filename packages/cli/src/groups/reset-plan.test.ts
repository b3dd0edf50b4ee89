import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Admin, offsetPlaces } from '@dorsale/client'
import { parsePartitions, planReset, type ResetTo } from './reset-plan.ts'

/** Partition 0 holds 2 to 9, the group is at 5; partition 1 is empty at 3, and the group has nothing there. */
const begins = [2, 3]
const ends = [10, 3]
/** Partition 2 has no leader, and there is no partition 3. */
const partitionsOfTopic = [1, 1, -1].map((leaderId, index) => ({ index, leaderId }))
const answers = {
  describeTopics: (names: readonly string[]) => ({
    outcomes: async () => names.map(name => ({ key: name, value: { name, partitions: partitionsOfTopic } })),
  }),
  listConsumerGroupOffsets: async () => [
    [{ topic: 't', partition: 0, offset: 5, leaderEpoch: undefined, metadata: '' }],
  ],
  listOffsets: async (questions: readonly { topic: string; partition: number; timestamp: number }[]) =>
    questions.map(({ topic, partition, timestamp }) => {
      const byTime = partition === 0 ? 7 : -1
      const offset =
        timestamp === offsetPlaces.earliest
          ? begins[partition]
          : timestamp === offsetPlaces.latest
            ? ends[partition]
            : byTime
      return { topic, partition, offset }
    }),
}
const admin = answers as unknown as Admin

async function plan(to: ResetTo, partitions = [0, 1]) {
  const warnings: string[] = []
  const offsets = await planReset(admin, {
    groupId: 'g',
    partitions: partitions.map(partition => ({ topic: 't', partition })),
    to,
    warn: sentence => warnings.push(sentence),
  })
  return { offsets: offsets.map(({ offset }) => offset), warnings: warnings.length }
}

test('partitions that are not there, or have no leader, are named and not waited for', async () => {
  await assert.rejects(plan({ kind: 'latest' }, [0, 3]), /The partitions "t-3" do not exist$/)
  await assert.rejects(plan({ kind: 'current' }, [2, 0]), /The partitions "t-2" have no leader$/)
})

test('a group is moved to a place, within what its partitions hold', async () => {
  const cases: [to: ResetTo, offsets: number[], warnings: number][] = [
    [{ kind: 'earliest' }, [2, 3], 0],
    [{ kind: 'latest' }, [10, 3], 0],
    [{ kind: 'current' }, [5, 3], 0],
    [{ kind: 'offset', offset: 4 }, [4, 3], 1],
    [{ kind: 'offset', offset: 0 }, [2, 3], 2],
    [{ kind: 'time', timestamp: 1 }, [7, 3], 1],
    [{ kind: 'plan', offsets: [{ topic: 't', partition: 0, offset: 99 }] }, [10], 1],
  ]
  for (const [to, offsets, warnings] of cases)
    assert.deepEqual(await plan(to), { offsets, warnings }, JSON.stringify(to))
  assert.deepEqual(await plan({ kind: 'shift', by: -10 }, [0]), { offsets: [2], warnings: 1 })
  assert.deepEqual(await plan({ kind: 'shift', by: 2 }, [0]), { offsets: [7], warnings: 0 })
  await assert.rejects(
    plan({ kind: 'shift', by: 1 }),
    /Cannot shift offset for partition t-1 since there is no current committed offset/,
  )
  assert.deepEqual(await plan({ kind: 'latest' }, []), { offsets: [], warnings: 0 })
})

test('partitions are named topic:0,1', () => {
  assert.deepEqual(parsePartitions('t:0,12'), [
    { topic: 't', partition: 0 },
    { topic: 't', partition: 12 },
  ])
  assert.throws(() => parsePartitions('t:a'), /Invalid partition 'a' specified in topic arg 't:a'/)
  assert.throws(() => parsePartitions('t:0:1'), /Invalid topic arg 't:0:1'/)
})
