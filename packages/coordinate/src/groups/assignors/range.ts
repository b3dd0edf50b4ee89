/**
 * `range`: of each topic a member gets partitions that lie side by side, the first members one more when it does not come out even. Topics with the
 * same count of partitions and the same subscribers are divided alike, so that records with the same key meet in one member. Nothing is sticky but
 * the order of the members.
 */
import type { Assignment } from '../modern/assignment.ts'
import { type AssignmentTask, byInstanceThenId } from './assignor.ts'

export function assignRanges(task: AssignmentTask): ReadonlyMap<string, Assignment> {
  const members = [...task.members].sort(byInstanceThenId)
  const ranges = new Map<string, Ranges>()
  for (const { topicIds } of members) {
    for (const topicId of topicIds) {
      const known = ranges.get(topicId)
      if (known === undefined) ranges.set(topicId, new Ranges(task.partitionCount(topicId)))
      else known.memberCount++
    }
  }
  return new Map(
    members.map(({ memberId, topicIds }) => {
      const assignment = new Map<string, ReadonlySet<number>>()
      for (const topicId of topicIds) {
        const partitions = (ranges.get(topicId) as Ranges).next()
        if (partitions.size > 0) assignment.set(topicId, partitions)
      }
      return [memberId, assignment]
    }),
  )
}

/** One topic, handed out member by member. */
class Ranges {
  memberCount = 1
  readonly #partitionCount: number
  #memberIndex = 0
  #start = 0

  constructor(partitionCount: number) {
    this.#partitionCount = partitionCount
  }

  next(): ReadonlySet<number> {
    const least = Math.floor(this.#partitionCount / this.memberCount)
    const extra = this.#memberIndex++ < this.#partitionCount % this.memberCount ? 1 : 0
    const end = this.#start + least + extra
    const partitions = new Set<number>()
    while (this.#start < end) partitions.add(this.#start++)
    return partitions
  }
}
