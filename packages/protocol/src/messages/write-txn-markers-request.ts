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
  partitionIndexes: f(array(int32), '0+', 'Numbers of partitions, from 0.'),
})

const writableTxnMarker = struct('WritableTxnMarker', {
  producerId: f(exactInt64, '0+', 'Id of the producer, -1 for none.', { entityType: 'producerId' }),
  producerEpoch: f(int16, '0+', 'Epoch of the producer, -1 for none.'),
  transactionResult: f(bool, '0+', 'Whether the transaction is committed or aborted.'),
  topics: f(array(writableTxnMarkerTopic), '0+'),
  coordinatorEpoch: f(int32, '0+', 'Epoch of the transaction coordinator.'),
  transactionVersion: f(int8, '2+', 'Level of the transaction protocol (KIP-890).', { ignorable: true }),
})

/** Tells a broker to end transactions in its partitions. */
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
