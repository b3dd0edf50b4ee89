import {
  array,
  exactInt64,
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
} from '../table/index.ts'

const producerState = struct('ProducerState', {
  producerId: f(exactInt64, '0+', 'Id of the producer, -1 for none.', { entityType: 'producerId' }),
  producerEpoch: f(int32, '0+', 'Epoch of the producer, -1 for none.'),
  lastSequence: f(int32, '0+', 'Sequence number of the last record written.', { default: -1 }),
  lastTimestamp: f(int64, '0+', 'Timestamp of the last record written.', { default: -1 }),
  coordinatorEpoch: f(int32, '0+', 'Epoch of the transaction coordinator.'),
  currentTxnStartOffset: f(int64, '0+', 'Offset where the open transaction began, -1 without one.', { default: -1 }),
})

const partitionResponse = struct('PartitionResponse', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
  activeProducers: f(array(producerState), '0+'),
})

const topicResponse = struct('TopicResponse', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(partitionResponse), '0+'),
})

/** Answers DescribeProducersRequest. */
export const describeProducersResponse = message({
  name: 'DescribeProducersResponse',
  type: 'response',
  apiKey: 61,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    topics: f(array(topicResponse), '0+'),
  },
})

export interface DescribeProducersResponse extends MessageOf<typeof describeProducersResponse> {}

export interface DescribeProducersResponseProducerState extends StructOf<typeof producerState> {}

export interface DescribeProducersResponsePartitionResponse extends StructOf<typeof partitionResponse> {}

export interface DescribeProducersResponseTopicResponse extends StructOf<typeof topicResponse> {}
