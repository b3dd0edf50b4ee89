import type { OffsetCommitKey, OffsetCommitValue } from '@dorsale/protocol'
import type { RecordOrigin } from '../../shard/coordinator-shard.ts'
import { type CommittedOffset, committedOffsetOf } from './committed-offset.ts'
import { OffsetTable } from './offset-table.ts'

/**
 * The committed offsets of a shard's groups, and those that wait for the end of their transaction: hard state, changed by replay alone.
 */
export class OffsetStore {
  readonly #committed = new OffsetTable<CommittedOffset>()
  /** By producer: what its open transaction will commit. */
  readonly #pending = new Map<bigint, OffsetTable<CommittedOffset>>()

  get(group: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#committed.get(group, topic, partition)
  }

  /** By topic and partition. */
  ofGroup(group: string): ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> {
    return this.#committed.ofGroup(group) ?? noTopics
  }

  /** Whether an open transaction may change this offset. */
  isPending(group: string, topic: string, partition: number): boolean {
    for (const table of this.#pending.values()) if (table.get(group, topic, partition) !== undefined) return true
    return false
  }

  /** Whether any open transaction has an offset of the group. */
  hasPending(group: string): boolean {
    for (const table of this.#pending.values()) if (table.ofGroup(group) !== undefined) return true
    return false
  }

  /** Partitions of the group that open transactions will commit. */
  *pendingOf(group: string): Generator<[topic: string, partition: number]> {
    for (const table of this.#pending.values()) {
      for (const [topic, partitions] of table.ofGroup(group) ?? noTopics) {
        for (const partition of partitions.keys()) yield [topic, partition]
      }
    }
  }

  /** Every offset of these topics, committed or waiting, with its group. */
  *ofTopic(name: string): Generator<[group: string, partition: number, offset: CommittedOffset]> {
    for (const table of [this.#committed, ...this.#pending.values()]) {
      for (const [group, topics] of table.groups()) {
        for (const [partition, offset] of topics.get(name) ?? noPartitions) yield [group, partition, offset]
      }
    }
  }

  replay(key: OffsetCommitKey, value: OffsetCommitValue | null, origin: RecordOrigin): void {
    const { group, topic, partition } = key
    if (value === null) {
      this.#committed.delete(group, topic, partition)
      for (const table of this.#pending.values()) table.delete(group, topic, partition)
      this.#dropEmptyTransactions()
      return
    }
    const committed = committedOffsetOf(value, origin.offset)
    if (origin.producerId === -1n) {
      this.#committed.set(group, topic, partition, committed)
      return
    }
    const table = this.#pending.get(origin.producerId) ?? new OffsetTable<CommittedOffset>()
    this.#pending.set(origin.producerId, table)
    table.set(group, topic, partition, committed)
  }

  endTransaction(producerId: bigint, committed: boolean): void {
    const table = this.#pending.get(producerId)
    this.#pending.delete(producerId)
    if (table === undefined || !committed) return
    for (const [group, topics] of table.groups()) {
      for (const [topic, partitions] of topics) {
        for (const [partition, offset] of partitions) {
          const current = this.#committed.get(group, topic, partition)
          if (current === undefined || current.recordOffset < offset.recordOffset)
            this.#committed.set(group, topic, partition, offset)
        }
      }
    }
  }

  #dropEmptyTransactions(): void {
    for (const [producerId, table] of this.#pending) {
      if (table.groups().next().done === true) this.#pending.delete(producerId)
    }
  }
}

const noTopics: ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> = new Map()
const noPartitions: ReadonlyMap<number, CommittedOffset> = new Map()
