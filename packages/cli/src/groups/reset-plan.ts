/** Which offsets a group shall have: a plan, before anything is done. */
import { DorsaleError } from '@dorsale/base'
import { type Admin, type CommittedOffset, offsetPlaces, type TopicPartition } from '@dorsale/client'
import { keyOf, sorted } from './group-offsets.ts'

export type ResetTo =
  | { readonly kind: 'earliest' | 'latest' | 'current' }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'shift'; readonly by: number }
  /** Milliseconds since 1970. */
  | { readonly kind: 'time'; readonly timestamp: number }
  /** An offset for each partition. */
  | { readonly kind: 'plan'; readonly offsets: readonly PlannedOffset[] }

export interface PlannedOffset extends TopicPartition {
  readonly offset: number
}

/** Told of what was not to be had: an offset that is not there, or a time that no record is as young as. */
export type Warn = (sentence: string, about: 'offset' | 'time') => void

/** The new offsets, within what the partitions hold. `warn` is told of what was not to be had as it was asked for. */
export async function planReset(
  admin: Admin,
  request: { groupId: string; partitions: readonly TopicPartition[]; to: ResetTo; warn: Warn },
): Promise<PlannedOffset[]> {
  const { groupId, to, warn } = request
  const partitions = sorted(to.kind === 'plan' ? to.offsets : request.partitions)
  if (partitions.length === 0) return []
  await checkPartitions(admin, partitions)
  const at = (timestamp: number) => offsetsAt(admin, partitions, timestamp)
  switch (to.kind) {
    case 'earliest':
      return at(offsetPlaces.earliest)
    case 'latest':
      return at(offsetPlaces.latest)
    case 'time': {
      const [found, ends] = await Promise.all([at(to.timestamp), at(offsetPlaces.latest)])
      return found.map((each, index) => {
        if (each.offset >= 0) return each
        warn(
          `Partition ${each.partition} from topic ${each.topic} is empty. Falling back to latest known offset.`,
          'time',
        )
        return ends[index] ?? each
      })
    }
    case 'current': {
      const committed = await committedOffsets(admin, groupId)
      const ends = await at(offsetPlaces.latest)
      return ends.map(each => ({ ...each, offset: committed.get(keyOf(each))?.offset ?? each.offset }))
    }
    case 'shift': {
      const committed = await committedOffsets(admin, groupId)
      const wanted = partitions.map(({ topic, partition }) => {
        const current = committed.get(keyOf({ topic, partition }))
        if (current === undefined)
          throw new DorsaleError(
            'DORSALE_USAGE',
            `Cannot shift offset for partition ${keyOf({ topic, partition })} since there is no current committed offset`,
          )
        return { topic, partition, offset: current.offset + to.by }
      })
      return within(admin, wanted, warn)
    }
    case 'offset':
      return within(
        admin,
        partitions.map(({ topic, partition }) => ({ topic, partition, offset: to.offset })),
        warn,
      )
    case 'plan':
      return within(admin, sorted(to.offsets), warn)
  }
}

/** Throws when there are no such partitions, or nobody leads them: who asked for their offsets would wait for them. */
export async function checkPartitions(admin: Admin, partitions: readonly TopicPartition[]): Promise<void> {
  const described = await admin.describeTopics([...new Set(partitions.map(({ topic }) => topic))]).outcomes()
  const leaders = new Map(
    described.flatMap(({ value }) =>
      (value?.partitions ?? []).map(
        ({ index, leaderId }) => [keyOf({ topic: value?.name ?? '', partition: index }), leaderId] as const,
      ),
    ),
  )
  const names = (those: readonly TopicPartition[]) => those.map(keyOf).join(',')
  const absent = partitions.filter(each => !leaders.has(keyOf(each)))
  if (absent.length > 0) throw new DorsaleError('DORSALE_PARTITIONS', `The partitions "${names(absent)}" do not exist`)
  const leaderless = partitions.filter(each => (leaders.get(keyOf(each)) ?? -1) < 0)
  if (leaderless.length > 0)
    throw new DorsaleError('DORSALE_PARTITIONS', `The partitions "${names(leaderless)}" have no leader`)
}

/** The partitions that words mean: `topic`, or `topic:0,1,2`. */
export async function partitionsOf(admin: Admin, words: readonly string[]): Promise<TopicPartition[]> {
  const named = words.filter(word => word.includes(':')).flatMap(parsePartitions)
  const topics = words.filter(word => !word.includes(':'))
  const described = topics.length === 0 ? [] : await admin.describeTopics(topics)
  const whole = described.flatMap(({ name, partitions }) =>
    partitions.map(({ index }) => ({ topic: name, partition: index })),
  )
  return sorted([...named, ...whole])
}

export async function committedPartitions(admin: Admin, groupId: string): Promise<TopicPartition[]> {
  return sorted([...(await committedOffsets(admin, groupId)).values()]).map(({ topic, partition }) => ({
    topic,
    partition,
  }))
}

export function parsePartitions(word: string): TopicPartition[] {
  const [topic, partitions, more] = word.split(':')
  if (topic === undefined || partitions === undefined || more !== undefined)
    throw new DorsaleError('DORSALE_USAGE', `Invalid topic arg '${word}', expected topic name and partitions`)
  return partitions.split(',').map(text => {
    if (!/^\d+$/.test(text))
      throw new DorsaleError('DORSALE_USAGE', `Invalid partition '${text}' specified in topic arg '${word}'`)
    return { topic, partition: Number(text) }
  })
}

async function committedOffsets(admin: Admin, groupId: string): Promise<Map<string, CommittedOffset>> {
  const [committed = []] = await admin.listConsumerGroupOffsets([{ groupId }])
  return new Map(committed.map(each => [keyOf(each), each]))
}

async function offsetsAt(
  admin: Admin,
  partitions: readonly TopicPartition[],
  timestamp: number,
): Promise<PlannedOffset[]> {
  const found = await admin.listOffsets(partitions.map(({ topic, partition }) => ({ topic, partition, timestamp })))
  return found.map(({ topic, partition, offset }) => ({ topic, partition, offset }))
}

/** Offsets that a partition does not hold are moved to its nearer end. */
async function within(admin: Admin, wanted: readonly PlannedOffset[], warn: Warn): Promise<PlannedOffset[]> {
  const [begins, ends] = await Promise.all([
    offsetsAt(admin, wanted, offsetPlaces.earliest),
    offsetsAt(admin, wanted, offsetPlaces.latest),
  ])
  return wanted.map((each, index) => {
    const begin = begins[index]?.offset ?? 0
    const end = ends[index]?.offset ?? 0
    const beside = (word: string, place: string, offset: number) => {
      const name = keyOf(each)
      warn(
        `New offset (${each.offset}) is ${word} than ${place} offset for topic partition ${name}. Value will be set to ${offset}`,
        'offset',
      )
      return { ...each, offset }
    }
    if (each.offset > end) return beside('higher', 'latest', end)
    return each.offset < begin ? beside('lower', 'earliest', begin) : each
  })
}
