/** How far groups have come: what they committed, where the partitions end, and who reads them. */
import type { Admin, ConsumerGroupDescription, MemberDescription, TopicPartition } from '@dorsale/client'
import { offsetPlaces } from '@dorsale/client'

/** A partition of a group. Undefined: nothing was committed, or nobody reads it. */
export interface GroupOffset extends TopicPartition {
  readonly leaderEpoch: number | undefined
  readonly currentOffset: number | undefined
  readonly logEndOffset: number | undefined
  readonly lag: number | undefined
  readonly member: MemberDescription | undefined
}

/** Partitions that members read, the busiest member first; then those with an offset that nobody reads. */
export async function groupOffsets(admin: Admin, group: ConsumerGroupDescription): Promise<GroupOffset[]> {
  const [committed = []] = await admin.listConsumerGroupOffsets([{ groupId: group.groupId }])
  const committedAt = new Map(committed.map(each => [keyOf(each), each]))
  const busy = group.members
    .filter(({ assignment }) => assignment.length > 0)
    .toSorted((one, other) => other.assignment.length - one.assignment.length)
  const assigned = busy.flatMap(member => sorted(member.assignment).map(partition => ({ partition, member })))
  const taken = new Set(assigned.map(({ partition }) => keyOf(partition)))
  const left = sorted(committed.filter(each => !taken.has(keyOf(each))))
  const all = [...assigned, ...left.map(partition => ({ partition, member: undefined }))]
  const ends = await endOffsets(
    admin,
    all.map(({ partition }) => partition),
  )
  return all.map(({ partition: { topic, partition }, member }) => {
    const mine = committedAt.get(keyOf({ topic, partition }))
    const end = ends.get(keyOf({ topic, partition }))
    return {
      topic,
      partition,
      leaderEpoch: mine?.leaderEpoch,
      currentOffset: mine?.offset,
      logEndOffset: end,
      lag: mine === undefined || end === undefined ? undefined : end - mine.offset,
      member,
    }
  })
}

/** Where partitions end; those whose end cannot be had are not in it. */
async function endOffsets(admin: Admin, partitions: readonly TopicPartition[]): Promise<Map<string, number>> {
  if (partitions.length === 0) return new Map()
  // Topics that are gone would be waited for.
  const topics = [...new Set(partitions.map(({ topic }) => topic))]
  const described = await admin.describeTopics(topics).outcomes()
  const there = new Set(described.filter(({ error }) => error === undefined).map(({ key }) => key))
  const known = partitions.filter(({ topic }) => there.has(topic))
  const questions = known.map(({ topic, partition }) => ({ topic, partition, timestamp: offsetPlaces.latest }))
  const outcomes = await admin.listOffsets(questions).outcomes()
  return new Map(
    outcomes.flatMap(({ key, value }) => (value === undefined ? [] : [[keyOf(key), value.offset] as const])),
  )
}

export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}

/** By topic, then by partition. */
export function sorted<T extends TopicPartition>(partitions: readonly T[]): T[] {
  return partitions.toSorted((one, other) =>
    one.topic === other.topic ? one.partition - other.partition : one.topic < other.topic ? -1 : 1,
  )
}
