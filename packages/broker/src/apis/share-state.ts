import type { Replier, SharePartitionKey } from '@dorsale/coordinate'
import { type ErrorCode, errorCodes, ProtocolError } from '@dorsale/protocol'
import type { Call } from '../api.ts'
import { gather } from '../coordinators/repliers.ts'

/** Partitions by topic, as the requests to the share coordinator name them. */
interface TopicOf<Partition> {
  readonly topicId: string
  readonly partitions: readonly Partition[]
}

interface PlacedRequest<Partition> {
  readonly groupId: string
  readonly topics: readonly TopicOf<Partition>[]
}

/**
 * Serves a request to the share coordinator, which brokers send: each of its partitions is a step of its own, perhaps on a shard of its own; the answer leaves when all of them are done. Where
 * the group id is empty the answer is too, without an error: so is Kafka's.
 */
export function servePartitions<Partition extends { readonly partition: number }, Value, Result>(
  { groupId, topics }: PlacedRequest<Partition>,
  call: Call<{ results: { topicId: string; partitions: Result[] }[] }>,
  serve: (key: SharePartitionKey, partition: Partition, replier: Replier<Value>) => void,
  resultOf: (partition: number, outcome: { error: ProtocolError } | { value: Value }) => Result,
): void {
  call.rights.require('CLUSTER_ACTION', 'CLUSTER')
  if (groupId === '') {
    call.reply({ results: [] })
    return
  }
  const closeTopic = gather<{ topicId: string; partitions: Result[] }>(topics.length, results =>
    call.reply({ results }),
  )
  for (const [topicIndex, { topicId, partitions }] of topics.entries()) {
    const closePartition = gather<Result>(partitions.length, results =>
      closeTopic(topicIndex, { topicId, partitions: results }),
    )
    for (const [index, each] of partitions.entries()) {
      const { partition } = each
      const replier: Replier<Value> = {
        answer: value => closePartition(index, resultOf(partition, { value })),
        fail: error => closePartition(index, resultOf(partition, { error })),
      }
      serve({ groupId, topicId, partition }, each, replier)
    }
  }
}

/** The result of a partition where there is nothing to tell but how it went. */
export function plainResult(
  partition: number,
  outcome: { error: ProtocolError } | { value: unknown },
): { partition: number; errorCode: number; errorMessage: string | null } {
  const error = 'error' in outcome ? outcome.error : undefined
  return { partition, errorCode: error?.errorCode ?? errorCodes.NONE, errorMessage: error?.message ?? null }
}

/** The answer that refuses every partition of a request to the share coordinator. */
export function refusePartitions<Result>(
  { topics }: PlacedRequest<{ readonly partition: number }>,
  errorCode: number,
  resultOf: (partition: number, outcome: { error: ProtocolError }) => Result,
): { results: { topicId: string; partitions: Result[] }[] } {
  const error = new ProtocolError(errorCode as ErrorCode)
  return {
    results: topics.map(({ topicId, partitions }) => ({
      topicId,
      partitions: partitions.map(({ partition }) => resultOf(partition, { error })),
    })),
  }
}
