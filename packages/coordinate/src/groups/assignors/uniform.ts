/**
 * `uniform`: as even as the subscriptions allow, and a partition stays with its member unless that would be uneven. Which of two equal members gets the
 * odd partition Kafka leaves to the order of a hash table; here it is the one that has been in the group for longer.
 */
import { assert } from '@dorsale/base'
import { type Assignment, AssignmentBuilder } from '../modern/assignment.ts'
import type { AssignedMember, AssignmentTask } from './assignor.ts'

export function assignUniformly(task: AssignmentTask): ReadonlyMap<string, Assignment> {
  const shares = task.members.map(member => new Share(member))
  const owners = keepOwned(task, shares)
  if (task.isHomogeneous) divideEvenly(task, shares, owners)
  else balance(task, shares, owners)
  return new Map(shares.map(({ member, partitions }) => [member.memberId, partitions.topics]))
}

/** What a member is about to get. */
class Share {
  readonly member: AssignedMember
  readonly partitions = new AssignmentBuilder()

  constructor(member: AssignedMember) {
    this.member = member
  }

  get size(): number {
    return this.partitions.size
  }
}

/** By topic id, the owner of each partition; undefined: nobody yet. Only topics that somebody subscribes to. */
type Owners = ReadonlyMap<string, (Share | undefined)[]>

/** Everybody keeps what it had, of the topics that it still subscribes to. */
function keepOwned(task: AssignmentTask, shares: readonly Share[]): Owners {
  const owners = new Map<string, (Share | undefined)[]>()
  for (const { member } of shares) {
    for (const topicId of member.topicIds) {
      if (!owners.has(topicId)) owners.set(topicId, new Array(task.partitionCount(topicId)).fill(undefined))
    }
  }
  for (const share of shares) {
    for (const [topicId, partitions] of share.member.target) {
      const ownersOfTopic = owners.get(topicId)
      if (ownersOfTopic === undefined || !share.member.topicIds.has(topicId)) continue
      for (const partition of partitions) {
        // A topic that was deleted and made anew has another id; still, no partition is taken on trust.
        if (partition < ownersOfTopic.length && ownersOfTopic[partition] === undefined)
          move(owners, topicId, partition, share)
      }
    }
  }
  return owners
}

/** Everybody may have everything: each member has its quota, and gives away or gets what it has over or under it. */
function divideEvenly(task: AssignmentTask, shares: readonly Share[], owners: Owners): void {
  let total = 0
  for (const partitions of owners.values()) total += partitions.length
  const least = Math.floor(total / task.members.length)
  let extras = total % task.members.length
  const quotas = new Map<Share, number>()
  // Who has more than the least keeps its one more, as far as there are any.
  for (const share of [...shares].sort((a, b) => b.size - a.size)) {
    quotas.set(share, least + (extras > 0 ? 1 : 0))
    if (extras > 0) extras--
  }
  for (const [topicId, partitions] of owners) {
    for (const [partition, owner] of partitions.entries()) {
      if (owner !== undefined && owner.size > (quotas.get(owner) as number)) release(owners, topicId, partition)
    }
  }
  const unfilled = shares.filter(share => share.size < (quotas.get(share) as number))
  let next = 0
  for (const [topicId, partitions] of owners) {
    for (const [partition, owner] of partitions.entries()) {
      if (owner !== undefined) continue
      const share = unfilled[next]
      assert(share !== undefined, 'quotas add up to the partitions')
      move(owners, topicId, partition, share)
      if (share.size === quotas.get(share)) next++
    }
  }
}

/**
 * Subscriptions differ: what is free goes to the subscriber with the least, topics with few subscribers first; then partitions move from those that have
 * more to those that have less, until no move makes two members more equal. Each move lowers the sum of the squares, so it ends.
 */
function balance(task: AssignmentTask, shares: readonly Share[], owners: Owners): void {
  const topics = [...owners.keys()].map(topicId => ({
    topicId,
    subscribers: shares.filter(({ member }) => member.topicIds.has(topicId)),
  }))
  topics.sort((a, b) => a.subscribers.length - b.subscribers.length || (a.topicId < b.topicId ? -1 : 1))
  for (const { topicId, subscribers } of topics) {
    for (let partition = 0; partition < task.partitionCount(topicId); partition++) {
      if (owners.get(topicId)?.[partition] === undefined) move(owners, topicId, partition, leastOf(subscribers))
    }
  }
  for (let isChanged = true, pass = 0; isChanged && pass < passesMax; pass++) {
    isChanged = false
    for (const { topicId, subscribers } of topics) {
      for (let partition = 0; partition < task.partitionCount(topicId); partition++) {
        const owner = owners.get(topicId)?.[partition] as Share
        const least = leastOf(subscribers)
        if (owner.size - least.size < 2) continue
        release(owners, topicId, partition)
        move(owners, topicId, partition, least)
        isChanged = true
      }
    }
  }
}

/** With subscriptions that overlap in chains a perfect balance may take many passes, each of them less worth; so many are always enough to come close. Kafka has such a bound too. */
const passesMax = 32

function leastOf(shares: readonly Share[]): Share {
  let least = shares[0] as Share
  for (const share of shares) if (share.size < least.size) least = share
  return least
}

function move(owners: Owners, topicId: string, partition: number, share: Share): void {
  const partitions = owners.get(topicId) as (Share | undefined)[]
  partitions[partition] = share
  share.partitions.add(topicId, partition)
}

function release(owners: Owners, topicId: string, partition: number): void {
  const partitions = owners.get(topicId) as (Share | undefined)[]
  partitions[partition]?.partitions.remove(topicId, partition)
  partitions[partition] = undefined
}
