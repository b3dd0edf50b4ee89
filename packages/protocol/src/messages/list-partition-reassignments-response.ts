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
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  replicas: f(array(int32), '0+', 'Node ids of the replicas, the preferred leader first.', { entityType: 'brokerId' }),
  addingReplicas: f(array(int32), '0+', 'Replicas that a reassignment adds.', { entityType: 'brokerId' }),
  removingReplicas: f(array(int32), '0+', 'Replicas that a reassignment removes.', { entityType: 'brokerId' }),
})

const ongoingTopicReassignment = struct('OngoingTopicReassignment', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(ongoingPartitionReassignment), '0+'),
})

/** Answers ListPartitionReassignmentsRequest. */
export const listPartitionReassignmentsResponse = message({
  name: 'ListPartitionReassignmentsResponse',
  type: 'response',
  apiKey: 46,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
    topics: f(array(ongoingTopicReassignment), '0+'),
  },
})

export interface ListPartitionReassignmentsResponse extends MessageOf<typeof listPartitionReassignmentsResponse> {}

export interface ListPartitionReassignmentsResponseOngoingPartitionReassignment
  extends StructOf<typeof ongoingPartitionReassignment> {}

export interface ListPartitionReassignmentsResponseOngoingTopicReassignment
  extends StructOf<typeof ongoingTopicReassignment> {}
