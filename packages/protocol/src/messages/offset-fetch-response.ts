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

const offsetFetchResponsePartition = struct('OffsetFetchResponsePartition', {
  partitionIndex: f(int32, '0-7', 'Number of the partition, from 0.'),
  committedOffset: f(int64, '0-7', 'Offset to go on from.'),
  committedLeaderEpoch: f(int32, '5-7', 'Leader epoch of the last record consumed, -1 when unknown.', {
    default: -1,
    ignorable: true,
  }),
  metadata: f(nullable(string), '0-7'),
  errorCode: f(int16, '0-7', 'Kafka error code, 0 for none.'),
})

const offsetFetchResponseTopic = struct('OffsetFetchResponseTopic', {
  name: f(string, '0-7', { entityType: 'topicName' }),
  partitions: f(array(offsetFetchResponsePartition), '0-7'),
})

const offsetFetchResponsePartitions = struct('OffsetFetchResponsePartitions', {
  partitionIndex: f(int32, '8+', 'Number of the partition, from 0.'),
  committedOffset: f(int64, '8+', 'Offset to go on from.'),
  committedLeaderEpoch: f(int32, '8+', 'Leader epoch of the last record consumed, -1 when unknown.', {
    default: -1,
    ignorable: true,
  }),
  metadata: f(nullable(string), '8+'),
  errorCode: f(int16, '8+', 'Kafka error code, 0 for none.'),
})

const offsetFetchResponseTopics = struct('OffsetFetchResponseTopics', {
  name: f(string, '8-9', { ignorable: true, entityType: 'topicName' }),
  topicId: f(uuid, '10+', 'Id of the topic.', { ignorable: true }),
  partitions: f(array(offsetFetchResponsePartitions), '8+'),
})

const offsetFetchResponseGroup = struct('OffsetFetchResponseGroup', {
  groupId: f(string, '8+', 'Id of the group.', { entityType: 'groupId' }),
  topics: f(array(offsetFetchResponseTopics), '8+'),
  errorCode: f(int16, '8+', 'Kafka error code, 0 for none.'),
})

/** Answers OffsetFetchRequest. */
export const offsetFetchResponse = message({
  name: 'OffsetFetchResponse',
  type: 'response',
  apiKey: 9,
  validVersions: '1-10',
  flexibleVersions: '6+',
  fields: {
    throttleTimeMs: f(int32, '3+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    topics: f(array(offsetFetchResponseTopic), '0-7'),
    errorCode: f(int16, '2-7', 'Kafka error code, 0 for none.', { ignorable: true }),
    groups: f(array(offsetFetchResponseGroup), '8+'),
  },
})

export interface OffsetFetchResponse extends MessageOf<typeof offsetFetchResponse> {}

export interface OffsetFetchResponsePartition extends StructOf<typeof offsetFetchResponsePartition> {}

export interface OffsetFetchResponseTopic extends StructOf<typeof offsetFetchResponseTopic> {}

export interface OffsetFetchResponsePartitions extends StructOf<typeof offsetFetchResponsePartitions> {}

export interface OffsetFetchResponseTopics extends StructOf<typeof offsetFetchResponseTopics> {}

export interface OffsetFetchResponseGroup extends StructOf<typeof offsetFetchResponseGroup> {}
