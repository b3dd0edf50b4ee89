/** Replicas moved between brokers. */
import {
  alterPartitionReassignmentsRequest,
  alterPartitionReassignmentsResponse,
  errorCodes,
  listPartitionReassignmentsRequest,
  listPartitionReassignmentsResponse,
} from '@dorsale/protocol'
import type { Connection } from '../connection.ts'
import { KafkaJSAggregateError, KafkaJSAlterPartitionReassignmentsError } from '../errors.ts'
import { protocolError } from '../failures.ts'
import type { Admin } from '../types.ts'
import { checkReassignedTopics, checkReassignments } from './checks.ts'
import { askController, refuse } from './requests.ts'

type ReassignmentAdmin = Pick<Admin, 'alterPartitionReassignments' | 'listPartitionReassignments'>

const timeoutDefault = 5000

export function reassignmentAdmin(connection: Connection): ReassignmentAdmin {
  return {
    async alterPartitionReassignments({ topics, timeout = timeoutDefault }) {
      checkReassignments(topics)
      await askController(connection, {
        request: alterPartitionReassignmentsRequest,
        response: alterPartitionReassignmentsResponse,
        value: {
          timeoutMs: timeout,
          topics: topics.map(({ topic: name, partitionAssignment }) => ({
            name,
            partitions: partitionAssignment.map(({ partition, replicas }) => ({ partitionIndex: partition, replicas })),
          })),
        },
        read: ({ errorCode, errorMessage, responses }) => {
          if (errorCode !== errorCodes.NONE) {
            throw new KafkaJSAlterPartitionReassignmentsError(protocolError(errorCode, errorMessage))
          }
          const refused = responses.flatMap(({ name, partitions }) =>
            partitions
              .filter(each => each.errorCode !== errorCodes.NONE)
              .map(each => {
                const reason = protocolError(each.errorCode, each.errorMessage)
                return new KafkaJSAlterPartitionReassignmentsError(reason, name, each.partitionIndex)
              }),
          )
          if (refused.length > 0) throw new KafkaJSAggregateError('Errors altering partition reassignments', refused)
        },
      })
    },

    async listPartitionReassignments({ topics, timeout = timeoutDefault }) {
      if (topics) checkReassignedTopics(topics)
      return askController(connection, {
        request: listPartitionReassignmentsRequest,
        response: listPartitionReassignmentsResponse,
        value: {
          timeoutMs: timeout,
          topics: topics?.map(({ topic: name, partitions }) => ({ name, partitionIndexes: partitions })) ?? null,
        },
        read: answer => {
          refuse(answer)
          return {
            topics: answer.topics.map(({ name: topic, partitions }) => ({
              topic,
              partitions: partitions.map(({ partitionIndex, replicas, addingReplicas, removingReplicas }) => ({
                partitionIndex,
                replicas,
                addingReplicas,
                removingReplicas,
              })),
            })),
          }
        },
      })
    },
  }
}
