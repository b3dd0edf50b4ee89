import {
  array,
  f,
  int16,
  int32,
  int64,
  type MessageOf,
  message,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const listOffsetsPartitionResponse = struct('ListOffsetsPartitionResponse', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  timestamp: f(int64, '1+', 'Timestamp of the record found, -1 when there is none.', { default: -1 }),
  offset: f(int64, '1+', 'Offset of the record found, -1 when there is none.', { default: -1 }),
  leaderEpoch: f(int32, '4+', 'Epoch of the leader, -1 when unknown.', { default: -1 }),
})

const listOffsetsTopicResponse = struct('ListOffsetsTopicResponse', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(listOffsetsPartitionResponse), '0+'),
})

/** Answers ListOffsetsRequest. */
export const listOffsetsResponse = message({
  name: 'ListOffsetsResponse',
  type: 'response',
  apiKey: 2,
  validVersions: '1-11',
  flexibleVersions: '6+',
  fields: {
    throttleTimeMs: f(int32, '2+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    topics: f(array(listOffsetsTopicResponse), '0+'),
  },
})

export interface ListOffsetsResponse extends MessageOf<typeof listOffsetsResponse> {}

export interface ListOffsetsResponsePartitionResponse extends StructOf<typeof listOffsetsPartitionResponse> {}

export interface ListOffsetsResponseTopicResponse extends StructOf<typeof listOffsetsTopicResponse> {}
