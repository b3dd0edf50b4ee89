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

const deleteRecordsPartitionResult = struct('DeleteRecordsPartitionResult', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.', { mapKey: true }),
  lowWatermark: f(int64, '0+', 'First offset that is left on every replica.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
})

const deleteRecordsTopicResult = struct('DeleteRecordsTopicResult', {
  name: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  partitions: f(array(deleteRecordsPartitionResult), '0+'),
})

/** Answers DeleteRecordsRequest. */
export const deleteRecordsResponse = message({
  name: 'DeleteRecordsResponse',
  type: 'response',
  apiKey: 21,
  validVersions: '0-2',
  flexibleVersions: '2+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    topics: f(array(deleteRecordsTopicResult), '0+'),
  },
})

export interface DeleteRecordsResponse extends MessageOf<typeof deleteRecordsResponse> {}

export interface DeleteRecordsResponsePartitionResult extends StructOf<typeof deleteRecordsPartitionResult> {}

export interface DeleteRecordsResponseTopicResult extends StructOf<typeof deleteRecordsTopicResult> {}
