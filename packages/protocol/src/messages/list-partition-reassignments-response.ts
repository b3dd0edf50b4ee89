import {
  array,
  f,
  int16,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const ongoingPartitionReassignment = struct('OngoingPartitionReassignment', {
  partitionIndex: f(int32, '0+'),
  replicas: f(array(int32), '0+', { entityType: 'brokerId' }),
  addingReplicas: f(array(int32), '0+', { entityType: 'brokerId' }),
  removingReplicas: f(array(int32), '0+', { entityType: 'brokerId' }),
})

const ongoingTopicReassignment = struct('OngoingTopicReassignment', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(ongoingPartitionReassignment), '0+'),
})

/** ListPartitionReassignmentsResponse. */
export const listPartitionReassignmentsResponse = message({
  name: 'ListPartitionReassignmentsResponse',
  type: 'response',
  apiKey: 46,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+'),
    topics: f(array(ongoingTopicReassignment), '0+'),
  },
})

export interface ListPartitionReassignmentsResponse extends MessageOf<typeof listPartitionReassignmentsResponse> {}

export interface ListPartitionReassignmentsResponseOngoingPartitionReassignment
  extends StructOf<typeof ongoingPartitionReassignment> {}

export interface ListPartitionReassignmentsResponseOngoingTopicReassignment
  extends StructOf<typeof ongoingTopicReassignment> {}
