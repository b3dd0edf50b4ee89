import type { Assignment } from '../modern/assignment.ts'

/** A member as an assignor sees it. */
export interface AssignedMember {
  readonly memberId: string
  /** Of a static member. */
  readonly instanceId: string | null
  /** Ids of the topics that it subscribes to; all of them exist. */
  readonly topicIds: ReadonlySet<string>
  /** What it was meant to have until now. */
  readonly target: Assignment
}

export interface AssignmentTask {
  readonly members: readonly AssignedMember[]
  /** All members subscribe to the same topics. */
  readonly isHomogeneous: boolean
  partitionCount(topicId: string): number
}

/** Divides the partitions of a group among its members; each partition has one owner, whoever subscribes to its topic. By member id. */
export type Assignor = (task: AssignmentTask) => ReadonlyMap<string, Assignment>

/** Static members first, by their instances, which stay; then the others by id. Kafka's order of `range`. */
export function byInstanceThenId(a: AssignedMember, b: AssignedMember): number {
  if (a.instanceId !== null && b.instanceId !== null) return compare(a.instanceId, b.instanceId)
  if (a.instanceId !== null) return -1
  if (b.instanceId !== null) return 1
  return compare(a.memberId, b.memberId)
}

/** By UTF-16 units, as Java does. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
