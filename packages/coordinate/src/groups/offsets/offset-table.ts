/** Offsets by group, topic and partition. Empty levels are not kept. */
export class OffsetTable<Value> {
  readonly #groups = new Map<string, Map<string, Map<number, Value>>>()

  get(group: string, topic: string, partition: number): Value | undefined {
    return this.#groups.get(group)?.get(topic)?.get(partition)
  }

  /** By topic and partition. */
  ofGroup(group: string): ReadonlyMap<string, ReadonlyMap<number, Value>> | undefined {
    return this.#groups.get(group)
  }

  groups(): IterableIterator<[string, ReadonlyMap<string, ReadonlyMap<number, Value>>]> {
    return this.#groups.entries()
  }

  set(group: string, topic: string, partition: number, value: Value): void {
    const topics = this.#groups.get(group) ?? new Map<string, Map<number, Value>>()
    const partitions = topics.get(topic) ?? new Map<number, Value>()
    this.#groups.set(group, topics)
    topics.set(topic, partitions)
    partitions.set(partition, value)
  }

  delete(group: string, topic: string, partition: number): void {
    const topics = this.#groups.get(group)
    const partitions = topics?.get(topic)
    if (topics === undefined || partitions === undefined) return
    partitions.delete(partition)
    if (partitions.size > 0) return
    topics.delete(topic)
    if (topics.size === 0) this.#groups.delete(group)
  }
}
