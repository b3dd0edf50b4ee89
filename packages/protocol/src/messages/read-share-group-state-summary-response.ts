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
  partition: f(int32, '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', { default: null }),
  stateEpoch: f(int32, '0+'),
  leaderEpoch: f(int32, '0+'),
  startOffset: f(int64, '0+'),
  deliveryCompleteCount: f(int32, '1+', { default: -1, ignorable: true }),
})

const readStateSummaryResult = struct('ReadStateSummaryResult', {
  topicId: f(uuid, '0+'),
  partitions: f(array(partitionResult), '0+'),
})

/** ReadShareGroupStateSummaryResponse. */
export const readShareGroupStateSummaryResponse = message({
  name: 'ReadShareGroupStateSummaryResponse',
  type: 'response',
  apiKey: 87,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    results: f(array(readStateSummaryResult), '0+'),
  },
})

export interface ReadShareGroupStateSummaryResponse extends MessageOf<typeof readShareGroupStateSummaryResponse> {}

export interface ReadShareGroupStateSummaryResponsePartitionResult extends StructOf<typeof partitionResult> {}

export interface ReadShareGroupStateSummaryResponseStateSummaryResult extends StructOf<typeof readStateSummaryResult> {}
