import {
  type ErrorCode,
  errorCodes,
  offsetForLeaderEpochRequest,
  offsetForLeaderEpochResponse,
} from '@dorsale/protocol'
import type { BrokerLink } from '../network/broker-link.ts'
import type { Cluster } from '../network/cluster.ts'
import type { TopicPartition } from './offset-lookup.ts'

/** Where the log of a leader leaves an epoch. */
export interface EpochEnd extends TopicPartition {
  readonly errorCode: ErrorCode
  /** The leader's own epoch, when it was asked. */
  readonly leaderEpoch: number
  /** The offset after the last record of the epoch, or of the last one before it that the leader has; -1: it does not know. */
  readonly endOffset: number
}

/** Asks one leader where the epoch of each partition's last record ended. A broker that is too old for the question leaves all as it is. */
export async function lookUpEpochEnds(
  cluster: Cluster,
  link: BrokerLink,
  partitions: readonly (TopicPartition & { readonly lastEpoch: number })[],
): Promise<EpochEnd[]> {
  const leaderEpochOf = (topic: string, partition: number) =>
    cluster.metadata.partition(topic, partition)?.leaderEpoch ?? -1
  if (link.versions.pick(offsetForLeaderEpochRequest) === undefined) {
    return partitions.map(({ topic, partition }) => {
      return {
        topic,
        partition,
        errorCode: errorCodes.NONE,
        leaderEpoch: leaderEpochOf(topic, partition),
        endOffset: -1,
      }
    })
  }
  const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, group]) => ({
    topic,
    partitions: group.map(({ partition, lastEpoch }) => ({
      partition,
      currentLeaderEpoch: leaderEpochOf(topic, partition),
      leaderEpoch: lastEpoch,
    })),
  }))
  const asked = new Map(topics.map(each => [each.topic, each.partitions]))
  const answer = await link.call(offsetForLeaderEpochRequest, offsetForLeaderEpochResponse, { replicaId: -1, topics })
  return answer.topics.flatMap(({ topic, partitions: ends }) =>
    ends.map(({ partition, errorCode, endOffset }) => ({
      topic,
      partition,
      errorCode: errorCode as ErrorCode,
      leaderEpoch: asked.get(topic)?.find(each => each.partition === partition)?.currentLeaderEpoch ?? -1,
      endOffset,
    })),
  )
}
