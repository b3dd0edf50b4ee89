/**
 * DescribeShareGroupOffsets, key 90, versions 0 to 1: how far share groups are (KIP-932).
 *
 * - v1 tells how many records are left (KIP-1226): those from the start on that are not done with; -1 where that is not known.
 * - Null topics: all partitions whose state is kept for the group; none when it is not there. A partition in which the group has not begun, or that does not
 *   exist, has offset -1 and no error, as in Kafka.
 */
import type { SharePartitionRef, ShareState } from '@dorsale/coordinate'
import {
  createMessage,
  type DescribeShareGroupOffsetsRequest,
  type DescribeShareGroupOffsetsRequestGroup,
  type DescribeShareGroupOffsetsRequestTopic,
  type DescribeShareGroupOffsetsResponse,
  type DescribeShareGroupOffsetsResponseGroup,
  type DescribeShareGroupOffsetsResponsePartition,
  type DescribeShareGroupOffsetsResponseTopic,
  describeShareGroupOffsetsResponse,
  errorCodes,
  errorOf,
  type ProtocolError,
  zeroUuid,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { gather } from '../coordinators/repliers.ts'
import type { BrokerCore } from '../core.ts'
import { sortOut } from '../security/sort-out.ts'

type Group = DescribeShareGroupOffsetsResponseGroup
type Part = DescribeShareGroupOffsetsResponsePartition

export const describeShareGroupOffsetsApi = defineApi<
  DescribeShareGroupOffsetsRequest,
  DescribeShareGroupOffsetsResponse
>({
  key: 90,

  handle(core, { groups }, call) {
    if (!core.groups.servesShareGroups) {
      return answer(groups.map(({ groupId }) => failed(groupId, errorCodes.UNSUPPORTED_VERSION)))
    }
    const settle = gather<Group>(groups.length, parts => call.reply(answer(parts)))
    const mayDescribe = call.rights.allows('DESCRIBE', 'TOPIC')
    for (const [index, group] of groups.entries()) {
      if (call.rights.may('DESCRIBE', 'GROUP', group.groupId)) {
        describe(core, group, mayDescribe, part => settle(index, part))
      } else settle(index, failed(group.groupId, errorCodes.GROUP_AUTHORIZATION_FAILED))
    }
    return later
  },

  refuse: ({ groups }, errorCode) => answer(groups.map(({ groupId }) => failed(groupId, errorCode))),
})

function describe(
  core: BrokerCore,
  { groupId, topics }: DescribeShareGroupOffsetsRequestGroup,
  mayDescribe: (topic: string) => boolean,
  settle: (group: Group) => void,
): void {
  if (topics !== null) {
    const { allowed, refused } = sortOut(topics, ({ topicName }) => mayDescribe(topicName))
    const wanted = allowed.map(({ topicName, partitions }) => {
      return { topicName, topicId: core.image.topicsByName.get(topicName)?.id, partitions }
    })
    describePartitions(core, groupId, wanted, group =>
      settle({ ...group, topics: [...group.topics, ...refused.map(forbidden)] }),
    )
    return
  }
  const replier = {
    answer: (kept: readonly SharePartitionRef[]) => {
      const known = byTopic(core, kept).filter(({ topicName }) => mayDescribe(topicName))
      describePartitions(core, groupId, known, settle)
    },
    fail: ({ errorCode }: { errorCode: number }) => settle(failed(groupId, errorCode)),
  }
  core.groups.run(groupId, (shard, step) => step.answer(replier, shard.sharePartitions(groupId)), replier.fail)
}

interface WantedTopic {
  readonly topicName: string
  /** Undefined: there is no such topic. */
  readonly topicId: string | undefined
  readonly partitions: readonly number[]
}

function byTopic(core: BrokerCore, kept: readonly SharePartitionRef[]): WantedTopic[] {
  const topics = new Map<string, number[]>()
  for (const { topicId, partition } of kept) topics.set(topicId, [...(topics.get(topicId) ?? []), partition])
  return [...topics].flatMap(([topicId, partitions]) => {
    const topicName = core.image.topicsById.get(topicId)?.name
    return topicName === undefined ? [] : [{ topicName, topicId, partitions }]
  })
}

function describePartitions(
  core: BrokerCore,
  groupId: string,
  topics: readonly WantedTopic[],
  settle: (group: Group) => void,
): void {
  const done = gather<DescribeShareGroupOffsetsResponseTopic>(topics.length, parts => {
    settle({ groupId, topics: parts, errorCode: errorCodes.NONE, errorMessage: null })
  })
  for (const [at, { topicName, topicId, partitions }] of topics.entries()) {
    const topicDone = gather<Part>(partitions.length, parts =>
      done(at, { topicName, topicId: topicId ?? zeroUuid, partitions: parts }),
    )
    for (const [index, partition] of partitions.entries()) {
      if (topicId === undefined) {
        topicDone(index, unknown(partition))
        continue
      }
      core.sharePersister.readSummary(
        { groupId, topicId, partition },
        {
          answer: state => topicDone(index, known(core, topicName, partition, state)),
          // As Kafka: of what cannot be read nothing is known.
          fail: (_error: ProtocolError) => topicDone(index, unknown(partition)),
        },
      )
    }
  }
}

function known(core: BrokerCore, topic: string, partition: number, state: ShareState): Part {
  const { startOffset, leaderEpoch, deliveryCompleteCount } = state
  const log = core.replicas.get(topic, partition)?.log
  const isCounted = log !== undefined && startOffset !== -1 && deliveryCompleteCount !== -1
  const lag = isCounted ? log.highWatermark - startOffset - deliveryCompleteCount : -1
  return { ...unknown(partition), startOffset, leaderEpoch, lag }
}

function unknown(partitionIndex: number): Part {
  return {
    partitionIndex,
    startOffset: -1,
    leaderEpoch: 0,
    lag: -1,
    errorCode: errorCodes.NONE,
    errorMessage: null,
  }
}

function forbidden({
  topicName,
  partitions,
}: DescribeShareGroupOffsetsRequestTopic): DescribeShareGroupOffsetsResponseTopic {
  const errorCode = errorCodes.TOPIC_AUTHORIZATION_FAILED
  const errorMessage = errorOf(errorCode).text
  return {
    topicName,
    topicId: zeroUuid,
    partitions: partitions.map(index => ({ ...unknown(index), errorCode, errorMessage })),
  }
}

function failed(groupId: string, errorCode: number): Group {
  return { groupId, topics: [], errorCode, errorMessage: null }
}

function answer(groups: Group[]): DescribeShareGroupOffsetsResponse {
  return createMessage(describeShareGroupOffsetsResponse, { groups })
}
