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

const epochEndOffset = struct('EpochEndOffset', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  partition: f(int32, '0+', 'Number of the partition, from 0.'),
  leaderEpoch: f(int32, '1+', 'Epoch of the leader, -1 when unknown.', { default: -1, ignorable: true }),
  endOffset: f(int64, '0+', 'Offset after the last record.', { default: -1 }),
})

const offsetForLeaderTopicResult = struct('OffsetForLeaderTopicResult', {
  topic: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  partitions: f(array(epochEndOffset), '0+'),
})

/** Answers OffsetForLeaderEpochRequest. */
export const offsetForLeaderEpochResponse = message({
  name: 'OffsetForLeaderEpochResponse',
  type: 'response',
  apiKey: 23,
  validVersions: '2-4',
  flexibleVersions: '4+',
  fields: {
    throttleTimeMs: f(int32, '2+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    topics: f(array(offsetForLeaderTopicResult), '0+'),
  },
})

export interface OffsetForLeaderEpochResponse extends MessageOf<typeof offsetForLeaderEpochResponse> {}

export interface OffsetForLeaderEpochResponseEpochEndOffset extends StructOf<typeof epochEndOffset> {}

export interface OffsetForLeaderEpochResponseTopicResult extends StructOf<typeof offsetForLeaderTopicResult> {}
