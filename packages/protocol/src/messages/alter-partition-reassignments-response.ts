import {
  array,
  bool,
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

const reassignablePartitionResponse = struct('ReassignablePartitionResponse', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
})

const reassignableTopicResponse = struct('ReassignableTopicResponse', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(reassignablePartitionResponse), '0+'),
})

/** Answers AlterPartitionReassignmentsRequest. */
export const alterPartitionReassignmentsResponse = message({
  name: 'AlterPartitionReassignmentsResponse',
  type: 'response',
  apiKey: 45,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    allowReplicationFactorChange: f(bool, '1+', { default: true, ignorable: true }),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
    responses: f(array(reassignableTopicResponse), '0+', 'Answers by topic.'),
  },
})

export interface AlterPartitionReassignmentsResponse extends MessageOf<typeof alterPartitionReassignmentsResponse> {}

export interface AlterPartitionReassignmentsResponseReassignablePartitionResponse
  extends StructOf<typeof reassignablePartitionResponse> {}

export interface AlterPartitionReassignmentsResponseReassignableTopicResponse
  extends StructOf<typeof reassignableTopicResponse> {}
