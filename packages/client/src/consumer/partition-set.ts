import { DorsaleError } from '@dorsale/base'
import type { Cluster } from '../network/cluster.ts'
import { AssignedPartition } from './assigned-partition.ts'
import { nameOf, type TopicPartition } from './offset-lookup.ts'

/** A partition to read, and where to begin; without an offset, where `auto.offset.reset` says. */
export interface Assignment extends TopicPartition {
  readonly offset?: number
}

/** The partitions that a consumer reads, by name (`orders-0`), in the order of their turns. */
export class PartitionSet {
  readonly byName = new Map<string, AssignedPartition>()

  get size(): number {
    return this.byName.size
  }

  get all(): Iterable<AssignedPartition> {
    return this.byName.values()
  }

  get places(): TopicPartition[] {
    return [...this.byName.values()].map(({ topic, partition }) => ({ topic, partition }))
  }

  /** Throws `DORSALE_NOT_ASSIGNED`. */
  find(of: TopicPartition): AssignedPartition {
    const partition = this.byName.get(nameOf(of))
    if (partition !== undefined) return partition
    throw new DorsaleError('DORSALE_NOT_ASSIGNED', `${nameOf(of)} is not assigned to this consumer`)
  }

  /** These, and no others; those that were there keep their place unless an offset is given. The cluster cares for their topics alone. Answers those that are gone. */
  replace(assignments: readonly Assignment[], cluster: Cluster): AssignedPartition[] {
    const names = new Set(assignments.map(nameOf))
    const gone: AssignedPartition[] = []
    for (const [name, partition] of this.byName) {
      if (names.has(name)) continue
      partition.drop()
      this.byName.delete(name)
      gone.push(partition)
    }
    for (const assignment of assignments) {
      const name = nameOf(assignment)
      let partition = this.byName.get(name)
      if (partition === undefined) {
        partition = new AssignedPartition(assignment.topic, assignment.partition)
        this.byName.set(name, partition)
      }
      if (assignment.offset !== undefined) partition.moveTo(assignment.offset)
    }
    const topics = new Set(assignments.map(({ topic }) => topic))
    for (const topic of cluster.topics) if (!topics.has(topic)) cluster.removeTopic(topic)
    for (const topic of topics) cluster.addTopic(topic)
    return gone
  }
}
