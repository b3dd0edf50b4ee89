import {
  array,
  f,
  int16,
  int32,
  int64,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uuid,
} from '../table/index.ts'

const describeShareGroupOffsetsResponsePartition = struct('DescribeShareGroupOffsetsResponsePartition', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  startOffset: f(int64, '0+', 'First offset.'),
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
  lag: f(int64, '1+', { default: -1, ignorable: true }),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
})

const describeShareGroupOffsetsResponseTopic = struct('DescribeShareGroupOffsetsResponseTopic', {
  topicName: f(string, '0+', { entityType: 'topicName' }),
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(describeShareGroupOffsetsResponsePartition), '0+'),
})

const describeShareGroupOffsetsResponseGroup = struct('DescribeShareGroupOffsetsResponseGroup', {
  groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
  topics: f(array(describeShareGroupOffsetsResponseTopic), '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
})

/** Answers DescribeShareGroupOffsetsRequest. */
export const describeShareGroupOffsetsResponse = message({
  name: 'DescribeShareGroupOffsetsResponse',
  type: 'response',
  apiKey: 90,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    groups: f(array(describeShareGroupOffsetsResponseGroup), '0+'),
  },
})

export interface DescribeShareGroupOffsetsResponse extends MessageOf<typeof describeShareGroupOffsetsResponse> {}

export interface DescribeShareGroupOffsetsResponsePartition
  extends StructOf<typeof describeShareGroupOffsetsResponsePartition> {}

export interface DescribeShareGroupOffsetsResponseTopic
  extends StructOf<typeof describeShareGroupOffsetsResponseTopic> {}

export interface DescribeShareGroupOffsetsResponseGroup
  extends StructOf<typeof describeShareGroupOffsetsResponseGroup> {}
