/** Partitions in messages, which group them by topic. */
import { nameOf, type TopicPartition } from '../consumer/offset-lookup.ts'

/** The partitions of each topic, as requests name them. */
export function partitionsByTopic<Key extends TopicPartition, Part>(
  keys: readonly Key[],
  part: (key: Key) => Part,
): { name: string; partitions: Part[] }[] {
  return [...Map.groupBy(keys, ({ topic }) => topic)].map(([name, group]) => ({ name, partitions: group.map(part) }))
}

/** The indexes of the partitions of each topic, for requests that name nothing else. */
export function indexesByTopic(keys: readonly TopicPartition[]): { name: string; indexes: number[] }[] {
  return partitionsByTopic(keys, ({ partition }) => partition).map(({ name, partitions }) => {
    return { name, indexes: partitions }
  })
}

/** The rows of a response by the partition's name, as Kafka writes it: `orders-0`. */
export function rowsByPartition<Row>(
  topics: readonly { readonly name: string; readonly partitions: readonly Row[] }[],
  indexOf: (row: Row) => number,
): Map<string, Row> {
  return new Map(
    topics.flatMap(({ name: topic, partitions }) =>
      partitions.map(row => [nameOf({ topic, partition: indexOf(row) }), row] as const),
    ),
  )
}
