/**
 * DescribeTopicPartitions, key 75, version 0: topics with their partitions, page by page (KIP-966).
 *
 * - Topics come in the order of their names; no names means all. At most `responsePartitionLimit` partitions are answered, bounded by
 *   `max.request.partition.size.limit`; then the cursor says where the next request goes on.
 * - A cursor must name one of the topics that are asked for; when all are, one that is gone goes on with the next name.
 */
import type { TopicImage } from '@dorsale/coordinate'
import {
  createMessage,
  type DescribeTopicPartitionsRequest,
  type DescribeTopicPartitionsResponse,
  type DescribeTopicPartitionsResponsePartition,
  type DescribeTopicPartitionsResponseTopic,
  describeTopicPartitionsResponse,
  errorCodes,
  ProtocolError,
  zeroUuid,
} from '@dorsale/protocol'
import { type Call, defineApi } from '../api.ts'
import type { BrokerCore } from '../core.ts'
import { operationsNotAsked } from '../security/rights.ts'
import { isInternalTopic, missingTopicError } from '../topic-names.ts'

export const describeTopicPartitionsApi = defineApi<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>({
  key: 75,

  handle(core, request, call) {
    const { cursor } = request
    if (cursor !== null && cursor.partitionIndex < 0) throw new ProtocolError(errorCodes.INVALID_REQUEST)
    const wantsAll = request.topics.length === 0
    const wanted = wantsAll ? core.image.topicsByName.keys() : request.topics.map(topic => topic.name)
    const names = [...new Set(wanted)].filter(name => cursor === null || name >= cursor.topicName).sort()
    if (!wantsAll && cursor !== null && names[0] !== cursor.topicName) {
      throw new ProtocolError(errorCodes.INVALID_REQUEST, 'the topics do not hold the one that the cursor names')
    }
    const limit = core.config.values['max.request.partition.size.limit']
    let room = Math.max(Math.min(limit, request.responsePartitionLimit), 1)

    const mayDescribe = call.rights.allows('DESCRIBE', 'TOPIC')
    const refused: string[] = []
    const response = createMessage(describeTopicPartitionsResponse)
    for (const name of names) {
      if (!mayDescribe(name)) {
        refused.push(name)
        continue
      }
      const topic = core.image.topicsByName.get(name)
      if (topic === undefined) {
        if (!wantsAll) response.topics.push(unknownTopic(name, call))
        continue
      }
      if (room === 0) {
        response.nextCursor = { topicName: name, partitionIndex: 0 }
        break
      }
      const start = cursor?.topicName === name ? cursor.partitionIndex : 0
      const end = Math.min(start + room, topic.partitions.length)
      response.topics.push(describeTopic(core, topic, { start, end }, call))
      if (end < topic.partitions.length) {
        response.nextCursor = { topicName: name, partitionIndex: end }
        break
      }
      room -= Math.max(end - start, 0)
    }
    if (!wantsAll) response.topics.push(...refused.map(forbiddenTopic))
    return response
  },

  refuse: (request, errorCode) =>
    createMessage(describeTopicPartitionsResponse, {
      topics: request.topics.map(({ name }) => ({ name, errorCode })),
    }),
})

function describeTopic(
  core: BrokerCore,
  topic: TopicImage,
  range: { start: number; end: number },
  call: Call,
): DescribeTopicPartitionsResponseTopic {
  const partitions: DescribeTopicPartitionsResponsePartition[] = []
  for (let partitionIndex = range.start; partitionIndex < range.end; partitionIndex++) {
    const partition = topic.partitions[partitionIndex]!
    const leader = core.endpoints.find(partition.leader, call.connection)
    partitions.push({
      errorCode: leader === undefined ? errorCodes.LEADER_NOT_AVAILABLE : errorCodes.NONE,
      partitionIndex,
      leaderId: leader?.nodeId ?? -1,
      leaderEpoch: partition.leaderEpoch,
      replicaNodes: [...partition.replicas],
      isrNodes: [...partition.isr],
      eligibleLeaderReplicas: [...partition.elr],
      lastKnownElr: [...partition.lastKnownElr],
      offlineReplicas: partition.replicas.filter(id => core.endpoints.find(id, call.connection) === undefined),
    })
  }
  return {
    errorCode: errorCodes.NONE,
    name: topic.name,
    topicId: topic.id,
    isInternal: isInternalTopic(topic.name),
    partitions,
    topicAuthorizedOperations: call.rights.operationsOn('TOPIC', topic.name),
  }
}

function unknownTopic(name: string, { rights }: Call): DescribeTopicPartitionsResponseTopic {
  return {
    errorCode: missingTopicError(name),
    name,
    topicId: zeroUuid,
    isInternal: isInternalTopic(name),
    partitions: [],
    topicAuthorizedOperations: rights.operationsOn('TOPIC', name),
  }
}

/** Whether there is such a topic is not said. */
function forbiddenTopic(name: string): DescribeTopicPartitionsResponseTopic {
  return {
    errorCode: errorCodes.TOPIC_AUTHORIZATION_FAILED,
    name,
    topicId: zeroUuid,
    isInternal: false,
    partitions: [],
    topicAuthorizedOperations: operationsNotAsked,
  }
}
