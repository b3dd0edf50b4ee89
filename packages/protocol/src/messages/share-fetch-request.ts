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
  firstOffset: f(int64, '0+', 'First offset.'),
  lastOffset: f(int64, '0+', 'Last offset, included.'),
  acknowledgeTypes: f(
    array(int8),
    '0+',
    '0 gap, 1 accept, 2 release, 3 reject, 4 renew: for each offset, or one for all.',
  ),
})

const fetchPartition = struct('FetchPartition', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.', { mapKey: true }),
  partitionMaxBytes: f(int32, '0'),
  acknowledgementBatches: f(array(acknowledgementBatch), '0+', 'What became of records delivered before.'),
})

const fetchTopic = struct('FetchTopic', {
  topicId: f(uuid, '0+', 'Id of the topic.', { mapKey: true }),
  partitions: f(array(fetchPartition), '0+'),
})

const forgottenTopic = struct('ForgottenTopic', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(int32), '0+'),
})

/** Acquires records for a share group, and acknowledges earlier ones (KIP-932). */
export const shareFetchRequest = message({
  name: 'ShareFetchRequest',
  type: 'request',
  apiKey: 78,
  listeners: ['broker'],
  validVersions: '1-2',
  flexibleVersions: '0+',
  fields: {
    groupId: f(nullable(string), '0+', 'Id of the group.', { default: null, entityType: 'groupId' }),
    memberId: f(nullable(string), '0+', 'Id of the member.'),
    shareSessionEpoch: f(int32, '0+', 'Epoch of the share session: 0 starts one, -1 ends it.'),
    maxWaitMs: f(int32, '0+', 'Most milliseconds to wait for `minBytes`.'),
    minBytes: f(int32, '0+', 'Bytes to gather before answering.'),
    maxBytes: f(
      int32,
      '0+',
      'Most bytes of the whole answer; a first batch larger than that is returned all the same.',
      { default: 2147483647 },
    ),
    maxRecords: f(int32, '1+', 'Most records to acquire.'),
    batchSize: f(int32, '1+', 'Records that make a good batch.'),
    shareAcquireMode: f(int8, '2+', { ignorable: true }),
    isRenewAck: f(bool, '2+'),
    topics: f(array(fetchTopic), '0+'),
    forgottenTopicsData: f(array(forgottenTopic), '0+', 'Partitions that leave the fetch session.'),
  },
})

export interface ShareFetchRequest extends MessageOf<typeof shareFetchRequest> {}

export interface ShareFetchRequestAcknowledgementBatch extends StructOf<typeof acknowledgementBatch> {}

export interface ShareFetchRequestFetchPartition extends StructOf<typeof fetchPartition> {}

export interface ShareFetchRequestFetchTopic extends StructOf<typeof fetchTopic> {}

export interface ShareFetchRequestForgottenTopic extends StructOf<typeof forgottenTopic> {}
