import {
  array,
  exactInt64,
  f,
  int16,
  int32,
  int64,
  type MessageOf,
  message,
  nullable,
  records,
  type StructOf,
  string,
  struct,
  uuid,
} from '../table/index.ts'

const epochEndOffset = struct('EpochEndOffset', {
  epoch: f(int32, '12+', { default: -1 }),
  endOffset: f(int64, '12+', { default: -1 }),
})

const leaderIdAndEpoch = struct('LeaderIdAndEpoch', {
  leaderId: f(int32, '12+', { default: -1, entityType: 'brokerId' }),
  leaderEpoch: f(int32, '12+', { default: -1 }),
})

const snapshotId = struct('SnapshotId', {
  endOffset: f(int64, '0+', { default: -1 }),
  epoch: f(int32, '0+', { default: -1 }),
})

const abortedTransaction = struct('AbortedTransaction', {
  producerId: f(exactInt64, '4+', { entityType: 'producerId' }),
  firstOffset: f(int64, '4+'),
})

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  highWatermark: f(int64, '0+'),
  lastStableOffset: f(int64, '4+', { default: -1, ignorable: true }),
  logStartOffset: f(int64, '5+', { default: -1, ignorable: true }),
  divergingEpoch: f(epochEndOffset, '12+', { tag: 0 }),
  currentLeader: f(leaderIdAndEpoch, '12+', { tag: 1 }),
  snapshotId: f(snapshotId, '12+', { tag: 2 }),
  abortedTransactions: f(nullable(array(abortedTransaction)), '4+', { ignorable: true }),
  preferredReadReplica: f(int32, '11+', { default: -1, entityType: 'brokerId' }),
  records: f(nullable(records), '0+', { default: null }),
})

const fetchableTopicResponse = struct('FetchableTopicResponse', {
  topic: f(string, '0-12', { ignorable: true, entityType: 'topicName' }),
  topicId: f(uuid, '13+', { ignorable: true }),
  partitions: f(array(partitionData), '0+'),
})

const nodeEndpoint = struct('NodeEndpoint', {
  nodeId: f(int32, '16+', { mapKey: true, entityType: 'brokerId' }),
  host: f(string, '16+'),
  port: f(int32, '16+'),
  rack: f(nullable(string), '16+', { default: null }),
})

/** FetchResponse. */
export const fetchResponse = message({
  name: 'FetchResponse',
  type: 'response',
  apiKey: 1,
  validVersions: '4-18',
  flexibleVersions: '12+',
  fields: {
    throttleTimeMs: f(int32, '1+', { ignorable: true }),
    errorCode: f(int16, '7+', 'Kafka error code, 0 for none.', { ignorable: true }),
    sessionId: f(int32, '7+'),
    responses: f(array(fetchableTopicResponse), '0+'),
    nodeEndpoints: f(array(nodeEndpoint), '16+', { tag: 0 }),
  },
})

export interface FetchResponse extends MessageOf<typeof fetchResponse> {}

export interface FetchResponseEpochEndOffset extends StructOf<typeof epochEndOffset> {}

export interface FetchResponseLeaderIdAndEpoch extends StructOf<typeof leaderIdAndEpoch> {}

export interface FetchResponseSnapshotId extends StructOf<typeof snapshotId> {}

export interface FetchResponseAbortedTransaction extends StructOf<typeof abortedTransaction> {}

export interface FetchResponsePartitionData extends StructOf<typeof partitionData> {}

export interface FetchResponseFetchableTopicResponse extends StructOf<typeof fetchableTopicResponse> {}

export interface FetchResponseNodeEndpoint extends StructOf<typeof nodeEndpoint> {}
