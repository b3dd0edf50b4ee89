import {
  array,
  bool,
  f,
  int8,
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

const acknowledgementBatch = struct('AcknowledgementBatch', {
  firstOffset: f(int64, '0+'),
  lastOffset: f(int64, '0+'),
  acknowledgeTypes: f(array(int8), '0+'),
})

const fetchPartition = struct('FetchPartition', {
  partitionIndex: f(int32, '0+', { mapKey: true }),
  partitionMaxBytes: f(int32, '0'),
  acknowledgementBatches: f(array(acknowledgementBatch), '0+'),
})

const fetchTopic = struct('FetchTopic', {
  topicId: f(uuid, '0+', { mapKey: true }),
  partitions: f(array(fetchPartition), '0+'),
})

const forgottenTopic = struct('ForgottenTopic', {
  topicId: f(uuid, '0+'),
  partitions: f(array(int32), '0+'),
})

/** ShareFetchRequest. */
export const shareFetchRequest = message({
  name: 'ShareFetchRequest',
  type: 'request',
  apiKey: 78,
  listeners: ['broker'],
  validVersions: '1-2',
  flexibleVersions: '0+',
  fields: {
    groupId: f(nullable(string), '0+', { default: null, entityType: 'groupId' }),
    memberId: f(nullable(string), '0+'),
    shareSessionEpoch: f(int32, '0+'),
    maxWaitMs: f(int32, '0+'),
    minBytes: f(int32, '0+'),
    maxBytes: f(int32, '0+', { default: 2147483647 }),
    maxRecords: f(int32, '1+'),
    batchSize: f(int32, '1+'),
    shareAcquireMode: f(int8, '2+', { ignorable: true }),
    isRenewAck: f(bool, '2+'),
    topics: f(array(fetchTopic), '0+'),
    forgottenTopicsData: f(array(forgottenTopic), '0+'),
  },
})

export interface ShareFetchRequest extends MessageOf<typeof shareFetchRequest> {}

export interface ShareFetchRequestAcknowledgementBatch extends StructOf<typeof acknowledgementBatch> {}

export interface ShareFetchRequestFetchPartition extends StructOf<typeof fetchPartition> {}

export interface ShareFetchRequestFetchTopic extends StructOf<typeof fetchTopic> {}

export interface ShareFetchRequestForgottenTopic extends StructOf<typeof forgottenTopic> {}
