/**
 * OffsetForLeaderEpoch, key 23, versions 2 to 4: where the history of a leader epoch ends in the log, so that a client or follower can tell whether
 * what it has read is still there.
 *
 * - v3 adds the replica id, v4 is flexible. The answer is the end of the largest epoch not above the one asked for; -1 and -1 when there is none.
 */
import {
  createMessage,
  errorCodes,
  type OffsetForLeaderEpochRequest,
  type OffsetForLeaderEpochRequestPartition,
  type OffsetForLeaderEpochResponse,
  type OffsetForLeaderEpochResponseEpochEndOffset,
  offsetForLeaderEpochResponse,
  ProtocolError,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'
import type { BrokerCore } from '../core.ts'
import { logUnexpected } from '../unexpected.ts'

export const offsetForLeaderEpochApi = defineApi<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>({
  key: 23,

  handle(core, request, call) {
    // Followers ask by the right of brokers, consumers by that of the topic.
    const isBroker = call.rights.may('CLUSTER_ACTION', 'CLUSTER', 'filter')
    const mayDescribe = isBroker ? () => true : call.rights.allows('DESCRIBE', 'TOPIC')
    return createMessage(offsetForLeaderEpochResponse, {
      topics: request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(wanted =>
          mayDescribe(topic)
            ? answerPartition(core, topic, wanted)
            : failed(wanted.partition, errorCodes.TOPIC_AUTHORIZATION_FAILED),
        ),
      })),
    })
  },

  refuse: (request, errorCode) =>
    createMessage(offsetForLeaderEpochResponse, {
      topics: request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => failed(partition, errorCode)),
      })),
    }),
})

function answerPartition(
  core: BrokerCore,
  topic: string,
  wanted: OffsetForLeaderEpochRequestPartition,
): OffsetForLeaderEpochResponseEpochEndOffset {
  try {
    const partition = core.replicas.get(topic, wanted.partition)
    if (partition === undefined) throw new ProtocolError(errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
    partition.checkLeader(wanted.currentLeaderEpoch)
    const { leaderEpoch, endOffset } = partition.log.endOffsetForEpoch(wanted.leaderEpoch)
    return { errorCode: errorCodes.NONE, partition: wanted.partition, leaderEpoch, endOffset }
  } catch (error) {
    if (error instanceof ProtocolError) return failed(wanted.partition, error.errorCode)
    logUnexpected(core.logger, error, { api: 'OffsetForLeaderEpoch', topic, partition: wanted.partition })
    return failed(wanted.partition, errorCodes.UNKNOWN_SERVER_ERROR)
  }
}

function failed(partition: number, errorCode: number): OffsetForLeaderEpochResponseEpochEndOffset {
  return { errorCode, partition, leaderEpoch: -1, endOffset: -1 }
}
