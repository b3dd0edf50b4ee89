import {
  array,
  exactInt64,
  f,
  int16,
  int32,
  type MessageOf,
  message,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const writableTxnMarkerPartitionResult = struct('WritableTxnMarkerPartitionResult', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
})

const writableTxnMarkerTopicResult = struct('WritableTxnMarkerTopicResult', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(writableTxnMarkerPartitionResult), '0+'),
})

const writableTxnMarkerResult = struct('WritableTxnMarkerResult', {
  producerId: f(exactInt64, '0+', 'Id of the producer, -1 for none.', { entityType: 'producerId' }),
  topics: f(array(writableTxnMarkerTopicResult), '0+'),
})

/** Answers WriteTxnMarkersRequest. */
export const writeTxnMarkersResponse = message({
  name: 'WriteTxnMarkersResponse',
  type: 'response',
  apiKey: 27,
  validVersions: '1-2',
  flexibleVersions: '1+',
  fields: {
    markers: f(array(writableTxnMarkerResult), '0+'),
  },
})

export interface WriteTxnMarkersResponse extends MessageOf<typeof writeTxnMarkersResponse> {}

export interface WriteTxnMarkersResponseWritableTxnMarkerPartitionResult
  extends StructOf<typeof writableTxnMarkerPartitionResult> {}

export interface WriteTxnMarkersResponseWritableTxnMarkerTopicResult
  extends StructOf<typeof writableTxnMarkerTopicResult> {}

export interface WriteTxnMarkersResponseWritableTxnMarkerResult extends StructOf<typeof writableTxnMarkerResult> {}
