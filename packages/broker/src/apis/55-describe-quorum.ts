/**
 * DescribeQuorum, key 55, versions 0 to 2: the voters of the metadata log and how far each has come. v1 adds when the leader last heard of them; v2 their
 * directories and addresses, and error texts.
 */

import { metadataTopicName } from '@dorsale/coordinate'
import {
  createMessage,
  type DescribeQuorumRequest,
  type DescribeQuorumResponse,
  type DescribeQuorumResponsePartitionData,
  describeQuorumResponse,
  errorCodes,
  zeroUuid,
} from '@dorsale/protocol'
import type { QuorumView, ReplicaView } from '@dorsale/raft'
import { defineApi } from '../api.ts'

export const describeQuorumApi = defineApi<DescribeQuorumRequest, DescribeQuorumResponse>({
  key: 55,

  handle(core, request, call) {
    call.rights.require('DESCRIBE', 'CLUSTER')
    const quorum = core.quorum()
    const topics = request.topics.map(({ topicName, partitions }) => ({
      topicName,
      partitions: partitions.map(({ partitionIndex }) =>
        topicName === metadataTopicName && partitionIndex === 0
          ? describe(quorum, call.apiVersion)
          : unknownPartition(partitionIndex),
      ),
    }))
    const isAsked = topics.some(({ partitions }) => partitions.some(({ errorCode }) => errorCode === errorCodes.NONE))
    const nodes = quorum.voters.map(({ id, endpoints }) => ({
      nodeId: id,
      listeners: endpoints.map(({ name, host, port }) => ({ name, host, port })),
    }))
    return createMessage(describeQuorumResponse, {
      errorMessage: '',
      topics,
      nodes: call.apiVersion >= 2 && isAsked ? nodes : [],
    })
  },

  refuse: (_request, errorCode) => createMessage(describeQuorumResponse, { errorCode }),
})

function describe(quorum: QuorumView, apiVersion: number): DescribeQuorumResponsePartitionData {
  const { leaderId, leaderEpoch, highWatermark, voters, observers } = quorum
  return {
    partitionIndex: 0,
    errorCode: errorCodes.NONE,
    errorMessage: '',
    leaderId,
    leaderEpoch,
    highWatermark,
    currentVoters: voters.map(voter => replicaState(voter, apiVersion)),
    observers: observers.map(observer => replicaState(observer, apiVersion)),
  }
}

function replicaState(replica: ReplicaView, apiVersion: number) {
  const { id, directoryId, logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp } = replica
  return {
    replicaId: id,
    replicaDirectoryId: apiVersion >= 2 ? directoryId : zeroUuid,
    logEndOffset,
    lastFetchTimestamp: apiVersion >= 1 ? lastFetchTimestamp : -1,
    lastCaughtUpTimestamp: apiVersion >= 1 ? lastCaughtUpTimestamp : -1,
  }
}

function unknownPartition(partitionIndex: number): DescribeQuorumResponsePartitionData {
  return {
    partitionIndex,
    errorCode: errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
    errorMessage: 'This server does not host this topic-partition.',
    leaderId: 0,
    leaderEpoch: 0,
    highWatermark: 0,
    currentVoters: [],
    observers: [],
  }
}
