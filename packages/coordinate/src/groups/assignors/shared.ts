/**
 * The `simple` assignor of share groups: a partition may be with several members, each member gets about as many partitions, and each partition about as
 * many members; none is left without. What a member had it keeps, as far as that allows. With subscriptions that differ each topic is shared out by itself.
 */
import { type Assignment, AssignmentBuilder } from '../modern/assignment.ts'
import type { AssignedMember } from './assignor.ts'

export interface SharingTask {
  readonly members: readonly AssignedMember[]
  /** All members subscribe to the same topics. */
  readonly isHomogeneous: boolean
  /** The partitions of a topic that may be handed out. */
  partitionsOf(topicId: string): readonly number[]
}

export function assignShared(task: SharingTask): ReadonlyMap<string, Assignment> {
  const sharers = task.members.map(member => ({ member, partitions: new AssignmentBuilder() }))
  const topicIds = new Set(task.members.flatMap(({ topicIds: ids }) => [...ids]))
  const places = (topicId: string) => task.partitionsOf(topicId).map(partition => ({ topicId, partition, count: 0 }))
  if (task.isHomogeneous) {
    share([...topicIds].flatMap(places), sharers)
  } else {
    for (const topicId of topicIds) {
      share(
        places(topicId),
        sharers.filter(({ member }) => member.topicIds.has(topicId)),
      )
    }
  }
  return new Map(sharers.map(({ member, partitions }) => [member.memberId, partitions.topics]))
}

interface Sharer {
  readonly member: AssignedMember
  readonly partitions: AssignmentBuilder
}

/** A partition, with how many members it has. */
interface Place {
  readonly topicId: string
  readonly partition: number
  count: number
}

function share(places: readonly Place[], sharers: readonly Sharer[]): void {
  if (places.length === 0) return
  /** Members for each partition, so that every member gets one. */
  const sharing = Math.ceil(sharers.length / places.length)
  const each = (sharing * places.length) / sharers.length
  const open = sharers.map((sharer, index) => ({
    sharer,
    room: Math.ceil(each * (index + 1)) - Math.ceil(each * index),
  }))
  for (const each of open) {
    for (const place of places) {
      if (each.room === 0 || place.count === sharing) continue
      if (each.sharer.member.target.get(place.topicId)?.has(place.partition)) take(each, place)
    }
  }
  // Those with the fewest members first, so that none is left without.
  for (let count = 0; count < sharing; count++) {
    for (const place of places) {
      if (place.count > count) continue
      const next = open.find(({ sharer, room }) => room > 0 && !sharer.partitions.has(place.topicId, place.partition))
      if (next !== undefined) take(next, place)
    }
  }
}

function take(member: { readonly sharer: Sharer; room: number }, place: Place): void {
  member.sharer.partitions.add(place.topicId, place.partition)
  member.room--
  place.count++
}
