/**
 * DeleteRecords, key 21, versions 0 to 2: raises the log start offset of partitions. Nothing is read below it from then on; the segments go with the next
 * check of retention.
 *
 * - v2 is flexible. Offset -1 stands for the high watermark; the answer is the new log start, which is the low watermark of a single replica.
 * - INVALID_TOPIC_EXCEPTION for the topics of Kafka's coordinators; POLICY_VIOLATION where records go by compaction alone; OFFSET_OUT_OF_RANGE
 *   beyond the high watermark. With an error the low watermark is -1.
 */
import {
  createMessage,
  type DeleteRecordsRequest,
  type DeleteRecordsResponse,
  type DeleteRecordsResponsePartitionResult,
  deleteRecordsResponse,
  errorCodes,
  ProtocolError,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'
import type { BrokerCore } from '../core.ts'
import { isInternalTopic } from '../topic-names.ts'
import { logUnexpected } from '../unexpected.ts'

export const deleteRecordsApi = defineApi<DeleteRecordsRequest, DeleteRecordsResponse>({
  key: 21,

  handle(core, request, call) {
    const mayDelete = call.rights.allows('DELETE', 'TOPIC')
    return createMessage(deleteRecordsResponse, {
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, offset }) =>
          mayDelete(name)
            ? answerPartition(core, name, partitionIndex, offset)
            : failed(partitionIndex, errorCodes.TOPIC_AUTHORIZATION_FAILED),
        ),
      })),
    })
  },

  refuse: (request, errorCode) =>
    createMessage(deleteRecordsResponse, {
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => failed(partitionIndex, errorCode)),
      })),
    }),
})

function answerPartition(
  core: BrokerCore,
  topic: string,
  partitionIndex: number,
  offset: number,
): DeleteRecordsResponsePartitionResult {
  try {
    const partition = core.replicas.get(topic, partitionIndex)
    if (partition === undefined) return failed(partitionIndex, errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
    if (isInternalTopic(topic)) return failed(partitionIndex, errorCodes.INVALID_TOPIC_EXCEPTION)
    return { partitionIndex, lowWatermark: partition.deleteRecordsBefore(offset), errorCode: errorCodes.NONE }
  } catch (error) {
    if (error instanceof ProtocolError) return failed(partitionIndex, error.errorCode)
    logUnexpected(core.logger, error, { api: 'DeleteRecords', topic, partition: partitionIndex })
    return failed(partitionIndex, errorCodes.UNKNOWN_SERVER_ERROR)
  }
}

function failed(partitionIndex: number, errorCode: number): DeleteRecordsResponsePartitionResult {
  return { partitionIndex, lowWatermark: -1, errorCode }
}
