import { compare, comparePartitions, type TopicPartition } from '../offset-lookup.ts'
import { type Assignor, type AssignorCluster, compareMembers, type GroupMember } from './assignor.ts'

/**
 * Gives each member a run of each topic's partitions. Topics with the same members and as many partitions are divided alike, so that equal keys meet at one
 * member. Where racks are known on both sides, members first get partitions with a replica nearby, within the same counts (KIP-881).
 */
export const rangeAssignor: Assignor = {
  name: 'range',
  mode: 'eager',
  assign(cluster, members) {
    const assigned = new Map(members.map(({ memberId }) => [memberId, [] as TopicPartition[]]))
    const shares = topicShares(cluster, members)
    const isByRack = shares.some(share => share.needsRacks)
    if (isByRack) assignNearby(shares, assigned)
    for (const share of shares) assignRuns(share, () => true, assigned)
    return new Map(
      [...assigned].map(([id, partitions]) => [id, { partitions: partitions.sort(comparePartitions), userData: null }]),
    )
  },
}

type Assigned = Map<string, TopicPartition[]>

function topicShares(cluster: AssignorCluster, members: readonly GroupMember[]): TopicShare[] {
  const subscribers = new Map<string, GroupMember[]>()
  for (const member of members.toSorted(compareMembers)) {
    for (const topic of new Set(member.topics)) {
      const known = subscribers.get(topic)
      if (known === undefined) subscribers.set(topic, [member])
      else known.push(member)
    }
  }
  return [...subscribers]
    .sort(([a], [b]) => compare(a, b))
    .flatMap(([topic, group]) => {
      const partitions = cluster.partitions(topic) ?? []
      return partitions.length === 0 ? [] : [new TopicShare(topic, group, partitions)]
    })
}

/** One topic: who may still get how many of what is left. */
class TopicShare {
  readonly topic: string
  readonly members: readonly GroupMember[]
  readonly partitionCount: number
  readonly needsRacks: boolean
  readonly left: Set<number>
  readonly #racks: readonly ReadonlySet<string>[]
  readonly #each: number
  #extra: number
  readonly #counts = new Map<string, number>()

  constructor(topic: string, members: readonly GroupMember[], partitions: readonly { racks: readonly string[] }[]) {
    this.topic = topic
    this.members = members
    this.partitionCount = partitions.length
    this.left = new Set(partitions.keys())
    this.#each = Math.floor(partitions.length / members.length)
    this.#extra = partitions.length % members.length
    this.#racks = partitions.map(({ racks }) => new Set(racks))
    this.needsRacks = needsRacks(members, this.#racks)
  }

  room({ memberId }: GroupMember): number {
    return Math.max(0, this.#each + (this.#extra > 0 ? 1 : 0) - (this.#counts.get(memberId) ?? 0))
  }

  /** Whether a partition is near a member. A member without a rack is near everything. */
  isNear({ rackId }: GroupMember, partition: number): boolean {
    return rackId === null || this.#racks[partition]!.has(rackId)
  }

  give({ memberId }: GroupMember, partitions: readonly number[], assigned: Assigned): void {
    const count = (this.#counts.get(memberId) ?? 0) + partitions.length
    this.#counts.set(memberId, count)
    if (count > this.#each) this.#extra--
    for (const partition of partitions) {
      this.left.delete(partition)
      assigned.get(memberId)!.push({ topic: this.topic, partition })
    }
  }
}

/** Racks matter when members and replicas have some in common, and not every partition is on every rack. */
export function needsRacks(members: readonly GroupMember[], racks: readonly ReadonlySet<string>[]): boolean {
  const all = new Set(racks.flatMap(each => [...each]))
  return members.some(({ rackId }) => rackId !== null && all.has(rackId)) && racks.some(each => each.size < all.size)
}

function assignRuns(
  share: TopicShare,
  mayHave: (member: GroupMember, partition: number) => boolean,
  assigned: Assigned,
) {
  for (const member of share.members) {
    const run = [...share.left].filter(partition => mayHave(member, partition)).slice(0, share.room(member))
    if (run.length > 0) share.give(member, run, assigned)
  }
}

function assignNearby(shares: readonly TopicShare[], assigned: Assigned): void {
  const alike = Map.groupBy(
    shares,
    ({ members, partitionCount }) => `${members.map(({ memberId }) => memberId).join('\0')}\0\0${partitionCount}`,
  )
  for (const group of alike.values()) {
    const [share] = group
    if (group.length > 1) assignTogether(group, assigned)
    else if (share!.needsRacks) assignRuns(share!, (member, partition) => share!.isNear(member, partition), assigned)
  }
}

/** Partitions of the same number, of topics that are divided alike, stay together. */
function assignTogether(shares: readonly TopicShare[], assigned: Assigned): void {
  const [{ members, partitionCount }] = shares as [TopicShare]
  for (let partition = 0; partition < partitionCount; partition++) {
    const member = members.find(each => shares.every(share => share.isNear(each, partition) && share.room(each) > 0))
    if (member !== undefined) for (const share of shares) share.give(member, [partition], assigned)
  }
}
