/** Partitions by topic id, as the modern group protocols hand them out. Empty topics are not kept. Values are never changed in place. */

/** Partitions of each topic. */
export type Assignment = ReadonlyMap<string, ReadonlySet<number>>

/** Likewise, each partition with the member epoch in which it was assigned (KIP-1251). */
export type EpochAssignment = ReadonlyMap<string, ReadonlyMap<number, number>>

export const emptyAssignment: Assignment = new Map()
export const emptyEpochAssignment: EpochAssignment = new Map()

/** How requests and responses carry an assignment. */
export interface TopicPartitions {
  topicId: string
  partitions: number[]
}

export function isSameAssignment(a: Assignment, b: Assignment): boolean {
  if (a === b) return true
  if (a.size !== b.size) return false
  for (const [topicId, partitions] of a) {
    const others = b.get(topicId)
    if (others?.size !== partitions.size) return false
    for (const partition of partitions) if (!others.has(partition)) return false
  }
  return true
}

export function isSameEpochAssignment(a: EpochAssignment, b: EpochAssignment): boolean {
  if (a === b) return true
  if (a.size !== b.size) return false
  for (const [topicId, partitions] of a) {
    const others = b.get(topicId)
    if (others?.size !== partitions.size) return false
    for (const [partition, epoch] of partitions) if (others.get(partition) !== epoch) return false
  }
  return true
}

/** In the order of the numbers, so that equal assignments look equal. */
export function topicPartitionsOf(assignment: Assignment | EpochAssignment): TopicPartitions[] {
  return [...assignment].map(([topicId, partitions]) => ({
    topicId,
    partitions: [...partitions.keys()].sort((a, b) => a - b),
  }))
}

export function assignmentOf(topics: readonly TopicPartitions[]): Assignment {
  const assignment = new Map<string, Set<number>>()
  for (const { topicId, partitions } of topics) {
    if (partitions.length > 0) assignment.set(topicId, new Set(partitions))
  }
  return assignment
}

export function withEpochs(assignment: Assignment, epoch: number): EpochAssignment {
  return new Map(
    [...assignment].map(([topicId, partitions]) => [
      topicId,
      new Map([...partitions].map(partition => [partition, epoch])),
    ]),
  )
}

/** Collects partitions one by one. */
export class AssignmentBuilder {
  readonly #topics = new Map<string, Set<number>>()
  size = 0

  add(topicId: string, partition: number): void {
    let partitions = this.#topics.get(topicId)
    if (partitions === undefined) {
      partitions = new Set()
      this.#topics.set(topicId, partitions)
    }
    if (partitions.has(partition)) return
    partitions.add(partition)
    this.size++
  }

  remove(topicId: string, partition: number): void {
    const partitions = this.#topics.get(topicId)
    if (partitions === undefined || !partitions.delete(partition)) return
    this.size--
    if (partitions.size === 0) this.#topics.delete(topicId)
  }

  has(topicId: string, partition: number): boolean {
    return this.#topics.get(topicId)?.has(partition) ?? false
  }

  get topics(): Assignment {
    return this.#topics
  }
}
