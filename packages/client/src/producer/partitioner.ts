import type { RecordHeader } from '@dorsale/protocol'
import type { PartitionInfo } from '../metadata/metadata-cache.ts'

/** What a partitioner decides by. Key and value are bytes, as they will be sent. */
export interface PartitionQuestion {
  readonly topic: string
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly RecordHeader[]
  /** All partitions of the topic by index; one whose `leaderId` is -1 has no leader at the moment. */
  readonly partitions: readonly PartitionInfo[]
}

/**
 * Answers the index of the partition for a record that names none. Called in the turn of `send`, or once the topic's metadata is known; what it throws, and an
 * index that is no partition, fails the record.
 */
export type Partitioner = (question: PartitionQuestion) => number

/** Kafka's RoundRobinPartitioner: each record of a topic to the next partition that has a leader, whatever its key. One for each producer. */
export function roundRobinPartitioner(): Partitioner {
  const counts = new Map<string, number>()
  return ({ topic, partitions }) => {
    const count = counts.get(topic) ?? 0
    counts.set(topic, count + 1)
    const available = partitions.filter(({ leaderId }) => leaderId >= 0)
    const among = available.length > 0 ? available : partitions
    return among[count % among.length]!.index
  }
}

/** The names that Kafka has for partitioners which `partitioner.class` may name. */
export const roundRobinClass = 'org.apache.kafka.clients.producer.RoundRobinPartitioner'
