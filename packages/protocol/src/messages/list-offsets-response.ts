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
  partitionIndex: f(int32, '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  timestamp: f(int64, '1+', { default: -1 }),
  offset: f(int64, '1+', { default: -1 }),
  leaderEpoch: f(int32, '4+', { default: -1 }),
})

const listOffsetsTopicResponse = struct('ListOffsetsTopicResponse', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(listOffsetsPartitionResponse), '0+'),
})

/** ListOffsetsResponse. */
export const listOffsetsResponse = message({
  name: 'ListOffsetsResponse',
  type: 'response',
  apiKey: 2,
  validVersions: '1-11',
  flexibleVersions: '6+',
  fields: {
    throttleTimeMs: f(int32, '2+', { ignorable: true }),
    topics: f(array(listOffsetsTopicResponse), '0+'),
  },
})

export interface ListOffsetsResponse extends MessageOf<typeof listOffsetsResponse> {}

export interface ListOffsetsResponsePartitionResponse extends StructOf<typeof listOffsetsPartitionResponse> {}

export interface ListOffsetsResponseTopicResponse extends StructOf<typeof listOffsetsTopicResponse> {}
