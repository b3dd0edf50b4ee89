import {
  array,
  bool,
  exactInt64,
  f,
  int8,
  int16,
  int32,
  type MessageOf,
  message,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const writableTxnMarkerTopic = struct('WritableTxnMarkerTopic', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitionIndexes: f(array(int32), '0+'),
})

const writableTxnMarker = struct('WritableTxnMarker', {
  producerId: f(exactInt64, '0+', { entityType: 'producerId' }),
  producerEpoch: f(int16, '0+'),
  transactionResult: f(bool, '0+'),
  topics: f(array(writableTxnMarkerTopic), '0+'),
  coordinatorEpoch: f(int32, '0+'),
  transactionVersion: f(int8, '2+', { ignorable: true }),
})

/** WriteTxnMarkersRequest. */
export const writeTxnMarkersRequest = message({
  name: 'WriteTxnMarkersRequest',
  type: 'request',
  apiKey: 27,
  listeners: ['broker'],
  validVersions: '1-2',
  flexibleVersions: '1+',
  fields: {
    markers: f(array(writableTxnMarker), '0+'),
  },
})

export interface WriteTxnMarkersRequest extends MessageOf<typeof writeTxnMarkersRequest> {}

export interface WriteTxnMarkersRequestWritableTxnMarkerTopic extends StructOf<typeof writableTxnMarkerTopic> {}

export interface WriteTxnMarkersRequestWritableTxnMarker extends StructOf<typeof writableTxnMarker> {}
