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
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  leaderId: f(int32, '0+', 'Node id of the leader, -1 when there is none.', { entityType: 'brokerId' }),
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.', { default: -1, ignorable: true }),
  replicaNodes: f(array(int32), '0+', 'Node ids of the replicas, the preferred leader first.', {
    entityType: 'brokerId',
  }),
  isrNodes: f(array(int32), '0+', 'Node ids of the replicas that are in sync.', { entityType: 'brokerId' }),
  eligibleLeaderReplicas: f(
    nullable(array(int32)),
    '0+',
    'Replicas outside the ISR that hold everything below the high watermark (KIP-966).',
    { default: null, entityType: 'brokerId' },
  ),
  lastKnownElr: f(
    nullable(array(int32)),
    '0+',
    'The last replicas that were in sync, for an unclean recovery (KIP-966).',
    { default: null, entityType: 'brokerId' },
  ),
  offlineReplicas: f(array(int32), '0+', 'Node ids of replicas whose broker or disk is down.', {
    ignorable: true,
    entityType: 'brokerId',
  }),
})

const describeTopicPartitionsResponseTopic = struct('DescribeTopicPartitionsResponseTopic', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  name: f(nullable(string), '0+', { mapKey: true, entityType: 'topicName' }),
  topicId: f(uuid, '0+', 'Id of the topic.', { ignorable: true }),
  isInternal: f(bool, '0+', "Whether it is one of Kafka's own topics.", { ignorable: true }),
  partitions: f(array(describeTopicPartitionsResponsePartition), '0+'),
  topicAuthorizedOperations: f(
    int32,
    '0+',
    'Bits of the operations that the caller may do; -2147483648 when not asked for.',
    { default: -2147483648 },
  ),
})

const cursor = struct('Cursor', {
  topicName: f(string, '0+', { entityType: 'topicName' }),
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
})

/** Answers DescribeTopicPartitionsRequest. */
export const describeTopicPartitionsResponse = message({
  name: 'DescribeTopicPartitionsResponse',
  type: 'response',
  apiKey: 75,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    topics: f(array(describeTopicPartitionsResponseTopic), '0+'),
    nextCursor: f(nullable(cursor), '0+', 'Where the next page begins; null when this is the last.', { default: null }),
  },
})

export interface DescribeTopicPartitionsResponse extends MessageOf<typeof describeTopicPartitionsResponse> {}

export interface DescribeTopicPartitionsResponsePartition
  extends StructOf<typeof describeTopicPartitionsResponsePartition> {}

export interface DescribeTopicPartitionsResponseTopic extends StructOf<typeof describeTopicPartitionsResponseTopic> {}

export interface DescribeTopicPartitionsResponseCursor extends StructOf<typeof cursor> {}
