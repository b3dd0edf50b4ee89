/** ListPartitionReassignments, key 46, version 0: partitions on their way to other replicas, of the topics named or of all (null). */
import {
  createMessage,
  type ListPartitionReassignmentsRequest,
  type ListPartitionReassignmentsResponse,
  listPartitionReassignmentsResponse,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'
import type { BrokerCore } from '../core.ts'

export const listPartitionReassignmentsApi = defineApi<
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse
>({
  key: 46,

  handle(core, { topics }, call) {
    call.rights.require('DESCRIBE', 'CLUSTER')
    const asked =
      topics ??
      [...core.image.topicsByName.values()].map(({ name, partitions }) => ({
        name,
        partitionIndexes: [...partitions.keys()],
      }))
    const listed = asked.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.flatMap(index => reassignment(core, name, index)),
    }))
    return createMessage(listPartitionReassignmentsResponse, {
      errorMessage: null,
      topics: listed.filter(({ partitions }) => partitions.length > 0),
    })
  },

  refuse: (_request, errorCode) => createMessage(listPartitionReassignmentsResponse, { errorCode, errorMessage: null }),
})

function reassignment(core: BrokerCore, topic: string, partitionIndex: number) {
  const partition = core.image.topicsByName.get(topic)?.partitions[partitionIndex]
  if (partition === undefined) return []
  const { replicas, addingReplicas, removingReplicas } = partition
  if (addingReplicas.length + removingReplicas.length === 0) return []
  return [
    {
      partitionIndex,
      replicas: [...replicas],
      addingReplicas: [...addingReplicas],
      removingReplicas: [...removingReplicas],
    },
  ]
}
