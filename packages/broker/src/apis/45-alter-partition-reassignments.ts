/**
 * AlterPartitionReassignments, key 45, versions 0 to 1: forwarded to the controller. v1 can forbid that the number of replicas changes. On a single node
 * the one assignment there is can be asked for, and nothing moves.
 */
import {
  type AlterPartitionReassignmentsRequest,
  type AlterPartitionReassignmentsResponse,
  alterPartitionReassignmentsResponse,
  createMessage,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'

export const alterPartitionReassignmentsApi = defineApi<
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse
>({
  key: 45,

  handle(core, request, call) {
    call.rights.require('ALTER', 'CLUSTER')
    return core.metadata.submit(controller => controller.alterPartitionReassignments(request))
  },

  refuse: ({ topics }, errorCode) =>
    createMessage(alterPartitionReassignmentsResponse, {
      errorCode,
      errorMessage: null,
      responses: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode, errorMessage: null })),
      })),
    }),
})
