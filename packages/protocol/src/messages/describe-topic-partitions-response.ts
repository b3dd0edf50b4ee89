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
  uuid,
} from '../table/index.ts'

const describeTopicPartitionsResponsePartition = struct('DescribeTopicPartitionsResponsePartition', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  partitionIndex: f(int32, '0+'),
  leaderId: f(int32, '0+', { entityType: 'brokerId' }),
  leaderEpoch: f(int32, '0+', { default: -1, ignorable: true }),
  replicaNodes: f(array(int32), '0+', { entityType: 'brokerId' }),
  isrNodes: f(array(int32), '0+', { entityType: 'brokerId' }),
  eligibleLeaderReplicas: f(nullable(array(int32)), '0+', { default: null, entityType: 'brokerId' }),
  lastKnownElr: f(nullable(array(int32)), '0+', { default: null, entityType: 'brokerId' }),
  offlineReplicas: f(array(int32), '0+', { ignorable: true, entityType: 'brokerId' }),
})

const describeTopicPartitionsResponseTopic = struct('DescribeTopicPartitionsResponseTopic', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  name: f(nullable(string), '0+', { mapKey: true, entityType: 'topicName' }),
  topicId: f(uuid, '0+', { ignorable: true }),
  isInternal: f(bool, '0+', { ignorable: true }),
  partitions: f(array(describeTopicPartitionsResponsePartition), '0+'),
  topicAuthorizedOperations: f(int32, '0+', { default: -2147483648 }),
})

const cursor = struct('Cursor', {
  topicName: f(string, '0+', { entityType: 'topicName' }),
  partitionIndex: f(int32, '0+'),
})

/** DescribeTopicPartitionsResponse. */
export const describeTopicPartitionsResponse = message({
  name: 'DescribeTopicPartitionsResponse',
  type: 'response',
  apiKey: 75,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', { ignorable: true }),
    topics: f(array(describeTopicPartitionsResponseTopic), '0+'),
    nextCursor: f(nullable(cursor), '0+', { default: null }),
  },
})

export interface DescribeTopicPartitionsResponse extends MessageOf<typeof describeTopicPartitionsResponse> {}

export interface DescribeTopicPartitionsResponsePartition
  extends StructOf<typeof describeTopicPartitionsResponsePartition> {}

export interface DescribeTopicPartitionsResponseTopic extends StructOf<typeof describeTopicPartitionsResponseTopic> {}

export interface DescribeTopicPartitionsResponseCursor extends StructOf<typeof cursor> {}
