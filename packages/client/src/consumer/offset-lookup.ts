import { type ErrorCode, errorCodes, listOffsetsRequest, listOffsetsResponse, ProtocolError } from '@dorsale/protocol'
import { type Cluster, isRetriable } from '../network/cluster.ts'

/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** What ListOffsets can be asked for besides a time. */
export const offsetPlaces = {
  latest: -1,
  earliest: -2,
  maxTimestamp: -3,
  earliestLocal: -4,
  latestTiered: -5,
  earliestPendingUpload: -6,
} as const

export interface OffsetQuestion extends TopicPartition {
  /** Milliseconds since 1970: the first record that is not older; or one of `offsetPlaces`. */
  readonly timestamp: number
}

export interface FoundOffset extends TopicPartition {
  /** -1: no record is that young. */
  readonly offset: number
  /** Of the record found by time; -1 otherwise. */
  readonly timestamp: number
  readonly leaderEpoch: number
}

/** Asks the leaders for offsets, and asks again until each has answered. Rejects when that takes longer than `timeoutMs`, or with an error that stays. */
export async function lookUpOffsets(
  cluster: Cluster,
  questions: readonly OffsetQuestion[],
  options: { readCommitted: boolean; timeoutMs: number; retries?: number },
): Promise<FoundOffset[]> {
  const found: FoundOffset[] = []
  let open = [...questions]
  for (const { topic } of questions) cluster.addTopic(topic)
  await cluster.retrying(
    'the offsets',
    async () => {
      const results = await Promise.allSettled(
        [...groupByLeader(cluster, open)].map(([leaderId, group]) => askLeader(cluster, leaderId, group, options)),
      )
      let failure: unknown
      for (const result of results) {
        if (result.status === 'rejected') failure = worse(failure, result.reason)
        else {
          found.push(...result.value.found)
          failure = worse(failure, result.value.failure)
        }
      }
      const done = new Set(found.map(nameOf))
      open = open.filter(question => !done.has(nameOf(question)))
      if (failure !== undefined) throw failure
    },
    options,
  )
  return questions.map(question => found.find(each => nameOf(each) === nameOf(question)) as FoundOffset)
}

/** An error that stays counts for more than one that may pass. */
function worse(one: unknown, other: unknown): unknown {
  return one === undefined || (other !== undefined && isRetriable(one)) ? other : one
}

/** As Kafka writes a partition: `orders-0`. */
export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}

/** As Java compares strings: by UTF-16 unit. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** By topic, then number. */
export function comparePartitions(a: TopicPartition, b: TopicPartition): number {
  return compare(a.topic, b.topic) || a.partition - b.partition
}

function groupByLeader(cluster: Cluster, questions: readonly OffsetQuestion[]): Map<number, OffsetQuestion[]> {
  return Map.groupBy(questions, ({ topic, partition }) => cluster.metadata.partition(topic, partition)?.leaderId ?? -1)
}

async function askLeader(
  cluster: Cluster,
  leaderId: number,
  questions: readonly OffsetQuestion[],
  { readCommitted }: { readCommitted: boolean },
): Promise<{ found: FoundOffset[]; failure: Error | undefined }> {
  const link = cluster.link(leaderId)
  if (link === undefined) {
    // The topic may be unknown for good, or its leader not elected yet.
    const errorCode = questions.map(({ topic }) => cluster.metadata.errorOf(topic)).find(code => code !== undefined)
    throw new ProtocolError(errorCode ?? errorCodes.LEADER_NOT_AVAILABLE)
  }
  const topics = [...Map.groupBy(questions, ({ topic }) => topic)].map(([name, group]) => ({
    name,
    partitions: group.map(({ partition, timestamp }) => ({
      partitionIndex: partition,
      currentLeaderEpoch: cluster.metadata.partition(name, partition)?.leaderEpoch ?? -1,
      timestamp,
    })),
  }))
  const response = await link.call(listOffsetsRequest, listOffsetsResponse, {
    replicaId: -1,
    isolationLevel: readCommitted ? 1 : 0,
    topics,
  })
  const found: FoundOffset[] = []
  let failure: Error | undefined
  for (const { name: topic, partitions } of response.topics) {
    for (const { partitionIndex: partition, errorCode, offset, timestamp, leaderEpoch } of partitions) {
      if (errorCode === errorCodes.NONE) found.push({ topic, partition, offset, timestamp, leaderEpoch })
      else
        failure ??= new ProtocolError(
          errorCode as ErrorCode,
          `the offset of ${topic}-${partition}: ${new ProtocolError(errorCode as ErrorCode).message}`,
        )
    }
  }
  return { found, failure }
}
