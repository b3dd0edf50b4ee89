/**
 * DescribeProducers, key 61, version 0: the producers that the leader of a partition knows, with their sequences and open transactions.
 *
 * - A producer is known as long as its last batch is in the log and `producer.id.expiration.ms` has not run out.
 */
import { topicNameProblem } from '@dorsale/coordinate'
import {
  createMessage,
  type DescribeProducersRequest,
  type DescribeProducersResponse,
  type DescribeProducersResponsePartitionResponse,
  describeProducersResponse,
  errorCodes,
  errorOf,
  ProtocolError,
} from '@dorsale/protocol'
import { type Call, defineApi } from '../api.ts'
import type { BrokerCore } from '../core.ts'
import { logUnexpected } from '../unexpected.ts'

export const describeProducersApi = defineApi<DescribeProducersRequest, DescribeProducersResponse>({
  key: 61,

  handle: (core, request, call) =>
    createMessage(describeProducersResponse, {
      topics: request.topics.map(({ name, partitionIndexes }) => {
        const problem = topicProblem(core, call, name)
        return {
          name,
          partitions: partitionIndexes.map(index =>
            problem === undefined ? answerPartition(core, name, index) : failed(index, ...problem),
          ),
        }
      }),
    }),

  refuse: (request, errorCode) =>
    createMessage(describeProducersResponse, {
      topics: request.topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map(partitionIndex => failed(partitionIndex, errorCode)),
      })),
    }),
})

function answerPartition(
  core: BrokerCore,
  topic: string,
  partitionIndex: number,
): DescribeProducersResponsePartitionResponse {
  try {
    const partition = core.replicas.get(topic, partitionIndex)
    if (partition === undefined) return failed(partitionIndex, errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
    partition.checkLeader(-1)
    const activeProducers = partition.log
      .activeProducers()
      .map(({ producerId, currentTransactionStartOffset, ...producer }) => ({
        ...producer,
        producerId: BigInt(producerId),
        currentTxnStartOffset: currentTransactionStartOffset,
      }))
    activeProducers.sort((left, right) => (left.producerId < right.producerId ? -1 : 1))
    return { partitionIndex, errorCode: errorCodes.NONE, errorMessage: null, activeProducers }
  } catch (error) {
    if (error instanceof ProtocolError) return failed(partitionIndex, error.errorCode)
    logUnexpected(core.logger, error, { api: 'DescribeProducers', topic, partition: partitionIndex })
    return failed(partitionIndex, errorCodes.UNKNOWN_SERVER_ERROR)
  }
}

function failed(
  partitionIndex: number,
  errorCode: number,
  errorMessage: string | null = null,
): DescribeProducersResponsePartitionResponse {
  return { partitionIndex, errorCode, errorMessage, activeProducers: [] }
}

/** What is wrong with all partitions of a topic, in Kafka's words. */
function topicProblem(
  { image }: BrokerCore,
  { rights }: Call,
  name: string,
): [errorCode: number, errorMessage: string] | undefined {
  const problem = topicNameProblem(name)
  if (problem !== undefined) return [errorCodes.INVALID_TOPIC_EXCEPTION, problem]
  if (!rights.may('READ', 'TOPIC', name)) {
    return [errorCodes.TOPIC_AUTHORIZATION_FAILED, errorOf(errorCodes.TOPIC_AUTHORIZATION_FAILED).text]
  }
  if (image.topicsByName.has(name)) return undefined
  return [errorCodes.UNKNOWN_TOPIC_OR_PARTITION, 'This server does not host this topic-partition.']
}
