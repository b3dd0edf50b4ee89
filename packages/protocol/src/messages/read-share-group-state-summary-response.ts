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

const partitionResult = struct('PartitionResult', {
  partition: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
  stateEpoch: f(int32, '0+', 'Epoch of the state of the share partition.'),
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
  startOffset: f(int64, '0+', 'First offset.'),
  deliveryCompleteCount: f(
    int32,
    '1+',
    'Count of records after the start offset that are done with, -1 when unknown.',
    { default: -1, ignorable: true },
  ),
})

const readStateSummaryResult = struct('ReadStateSummaryResult', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(partitionResult), '0+'),
})

/** Answers ReadShareGroupStateSummaryRequest. */
export const readShareGroupStateSummaryResponse = message({
  name: 'ReadShareGroupStateSummaryResponse',
  type: 'response',
  apiKey: 87,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    results: f(array(readStateSummaryResult), '0+', 'One result for each thing asked for.'),
  },
})

export interface ReadShareGroupStateSummaryResponse extends MessageOf<typeof readShareGroupStateSummaryResponse> {}

export interface ReadShareGroupStateSummaryResponsePartitionResult extends StructOf<typeof partitionResult> {}

export interface ReadShareGroupStateSummaryResponseStateSummaryResult extends StructOf<typeof readStateSummaryResult> {}
