/**
 * The plan behind both sticky assignors: every member keeps what it has as far as the balance allows. Balance comes first (no member has two more than another that
 * could take one of them), then what stays where it was.
 */
import { compare, type TopicPartition } from '../offset-lookup.ts'
import type { AssignorCluster, GroupMember } from './assignor.ts'
import { needsRacks } from './range.ts'

/** What a member says that it has, and in which generation it got it (-1: it does not say). */
export interface Claim {
  readonly partitions: readonly TopicPartition[]
  readonly generationId: number
}

interface Partition extends TopicPartition {
  readonly racks: ReadonlySet<string>
}

interface Plan {
  /** By member id. */
  readonly owned: ReadonlyMap<string, readonly Partition[]>
  readonly members: readonly GroupMember[]
  /** By topic, then index. */
  readonly partitions: readonly Partition[]
  /** Whether a partition may be far from a member that has a rack, and it matters. */
  isFar(member: GroupMember, partition: Partition): boolean
}

/** Who gets what. `claims` has one entry for each member. */
export function planSticky(
  cluster: AssignorCluster,
  members: readonly GroupMember[],
  claims: ReadonlyMap<string, Claim>,
): Map<string, TopicPartition[]> {
  const topics = [...new Set(members.flatMap(each => each.topics))].sort()
  const table = new Map<string, Partition[]>(
    topics.map(topic => [
      topic,
      (cluster.partitions(topic) ?? []).map(({ racks }, partition) => ({ topic, partition, racks: new Set(racks) })),
    ]),
  )
  const partitions = [...table.values()].flat()
  const hasRacks = needsRacks(
    members,
    partitions.map(({ racks }) => racks),
  )
  const plan: Plan = {
    members,
    partitions,
    owned: validClaims(members, claims, table),
    isFar: ({ rackId }, { racks }) => hasRacks && rackId !== null && !racks.has(rackId),
  }
  const isUniform = members.every(each => new Set(each.topics).size === topics.length)
  const assigned = isUniform ? planUniform(plan) : planMixed(plan)
  return new Map(members.map(({ memberId }) => [memberId, assigned.get(memberId)!.map(plain)]))
}

const plain = ({ topic, partition }: TopicPartition) => ({ topic, partition })

/**
 * The claims that count: those of the newest generation, of partitions that are there and subscribed to. What two members claim in the same generation is nobody's,
 * for nobody knows which of them speaks the truth.
 */
function validClaims(
  members: readonly GroupMember[],
  claims: ReadonlyMap<string, Claim>,
  table: ReadonlyMap<string, readonly Partition[]>,
): Map<string, Partition[]> {
  const newest = Math.max(-1, ...[...claims.values()].map(({ generationId }) => generationId))
  const owners = new Map<Partition, string | undefined>()
  for (const { memberId, topics } of members) {
    const { partitions, generationId } = claims.get(memberId)!
    if (generationId < newest) continue
    for (const { topic, partition } of partitions) {
      const known = topics.includes(topic) ? table.get(topic)?.[partition] : undefined
      if (known !== undefined) owners.set(known, owners.has(known) ? undefined : memberId)
    }
  }
  const valid = new Map<string, Partition[]>(members.map(({ memberId }) => [memberId, []]))
  // As Kafka orders them: where a member must give some up, it keeps the first.
  const order = (a: Partition, b: Partition) => a.partition - b.partition || compare(a.topic, b.topic)
  for (const partition of [...owners.keys()].sort(order)) {
    const owner = owners.get(partition)
    if (owner !== undefined) valid.get(owner)!.push(partition)
  }
  return valid
}

/** Everybody subscribes to the same topics: counts decide alone. Each gets the floor of the average, as many as there is a remainder get one more. */
function planUniform({ members, partitions, owned, isFar }: Plan): Map<string, Partition[]> {
  const least = Math.floor(partitions.length / members.length)
  const most = Math.ceil(partitions.length / members.length)
  const remainder = partitions.length % members.length
  const assigned = new Map<string, Partition[]>()
  let withMore = 0
  let below: GroupMember[] = []
  let atLeast: GroupMember[] = []
  const free = new Set(partitions)
  for (const member of members) {
    const kept = owned.get(member.memberId)!.filter(partition => !isFar(member, partition))
    const isMore = kept.length >= most && withMore < remainder
    const count = Math.min(kept.length, isMore ? most : least)
    if (isMore) withMore++
    else if (count < least) below.push(member)
    else atLeast.push(member)
    const mine = kept.slice(0, count)
    for (const partition of mine) free.delete(partition)
    assigned.set(member.memberId, mine)
  }
  below = below.sort((a, b) => compare(a.memberId, b.memberId))
  atLeast = atLeast.sort((a, b) => compare(a.memberId, b.memberId))
  let turn = 0
  const give = (partition: Partition, member: GroupMember) => {
    const mine = assigned.get(member.memberId)!
    mine.push(partition)
    free.delete(partition)
    if (mine.length > least) {
      withMore++
      atLeast.splice(atLeast.indexOf(member), 1)
    } else if (mine.length === least) {
      below.splice(below.indexOf(member), 1)
      atLeast.push(member)
    } else turn++
  }
  /** Whose turn it is among those that `may`; those with less than the floor come first. */
  const next = (may: (member: GroupMember) => boolean) => {
    if (turn >= below.length) turn = 0
    for (let step = 0; step < below.length; step++) {
      const index = (turn + step) % below.length
      if (may(below[index]!)) {
        turn = index
        return below[index]
      }
    }
    return below.length === 0 && withMore < remainder ? atLeast.find(may) : undefined
  }
  // Nearby first, then whatever is left to whomever has room.
  for (const mustBeNear of [true, false]) {
    for (const partition of [...free]) {
      const member = next(each => !mustBeNear || !isFar(each, partition))
      if (member !== undefined) give(partition, member)
    }
  }
  return assigned
}

/** Members subscribe to different topics. */
function planMixed({ members, partitions, owned, isFar }: Plan): Map<string, Partition[]> {
  const subscribers = Map.groupBy(
    members.flatMap(member => [...new Set(member.topics)].map(topic => ({ topic, member }))),
    ({ topic }) => topic,
  )
  const candidates = (partition: Partition) => subscribers.get(partition.topic)!.map(({ member }) => member)
  const assigned = new Map<string, Set<Partition>>(members.map(({ memberId }) => [memberId, new Set()]))
  const countOf = ({ memberId }: GroupMember) => assigned.get(memberId)!.size
  const first = (group: readonly GroupMember[], partition: Partition) =>
    group.reduce((best, each) => {
      const difference =
        countOf(each) - countOf(best) ||
        Number(isFar(each, partition)) - Number(isFar(best, partition)) ||
        compare(each.memberId, best.memberId)
      return difference < 0 ? each : best
    })
  const ownerOf = new Map<Partition, GroupMember>()
  const give = (partition: Partition, to: GroupMember) => {
    const from = ownerOf.get(partition)
    if (from !== undefined) assigned.get(from.memberId)!.delete(partition)
    assigned.get(to.memberId)!.add(partition)
    ownerOf.set(partition, to)
  }
  const kept = new Set<Partition>()
  for (const member of members) {
    for (const partition of owned.get(member.memberId)!) {
      give(partition, member)
      kept.add(partition)
    }
  }
  // Those with the fewest takers first: the others can still balance what they bring out.
  const free = partitions
    .filter(partition => !ownerOf.has(partition))
    .sort((a, b) => candidates(a).length - candidates(b).length)
  for (const partition of free) give(partition, first(candidates(partition), partition))
  // Each move makes the sum of the squares of the counts smaller, so this ends.
  for (let isMoved = true; isMoved; ) {
    isMoved = false
    // What stayed where it was moves last.
    for (const partition of [...free, ...kept]) {
      const from = ownerOf.get(partition)!
      const to = first(candidates(partition), partition)
      if (countOf(from) - countOf(to) < 2) continue
      give(partition, to)
      isMoved = true
    }
  }
  return new Map([...assigned].map(([id, set]) => [id, [...set]]))
}
