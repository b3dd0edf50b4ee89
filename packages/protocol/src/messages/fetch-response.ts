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
  endOffset: f(int64, '12+', 'Offset after the last record.', { default: -1 }),
})

const leaderIdAndEpoch = struct('LeaderIdAndEpoch', {
  leaderId: f(int32, '12+', 'Node id of the leader, -1 when there is none.', { default: -1, entityType: 'brokerId' }),
  leaderEpoch: f(int32, '12+', 'Epoch of the leader, -1 when unknown.', { default: -1 }),
})

const snapshotId = struct('SnapshotId', {
  endOffset: f(int64, '0+', 'Offset after the last record.', { default: -1 }),
  epoch: f(int32, '0+', { default: -1 }),
})

const abortedTransaction = struct('AbortedTransaction', {
  producerId: f(exactInt64, '4+', 'Id of the producer, -1 for none.', { entityType: 'producerId' }),
  firstOffset: f(int64, '4+', 'First offset.'),
})

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  highWatermark: f(int64, '0+', 'Offset after the last record that every in-sync replica has.'),
  lastStableOffset: f(int64, '4+', 'Offset before which every transaction is decided.', {
    default: -1,
    ignorable: true,
  }),
  logStartOffset: f(int64, '5+', 'First offset of the log.', { default: -1, ignorable: true }),
  divergingEpoch: f(epochEndOffset, '12+', 'Epoch and end offset from which on the logs differ.', { tag: 0 }),
  currentLeader: f(
    leaderIdAndEpoch,
    '12+',
    'Leader and epoch as the broker knows them, when they differ from the request.',
    { tag: 1 },
  ),
  snapshotId: f(snapshotId, '12+', 'End offset and epoch that name a snapshot.', { tag: 2 }),
  abortedTransactions: f(
    nullable(array(abortedTransaction)),
    '4+',
    'Aborted transactions in the records; null when reading uncommitted.',
    { ignorable: true },
  ),
  preferredReadReplica: f(int32, '11+', 'Node id to fetch from instead, -1 for this one.', {
    default: -1,
    entityType: 'brokerId',
  }),
  records: f(nullable(records), '0+', 'Record batches, one after the other.', { default: null }),
})

const fetchableTopicResponse = struct('FetchableTopicResponse', {
  topic: f(string, '0-12', { ignorable: true, entityType: 'topicName' }),
  topicId: f(uuid, '13+', 'Id of the topic.', { ignorable: true }),
  partitions: f(array(partitionData), '0+'),
})

const nodeEndpoint = struct('NodeEndpoint', {
  nodeId: f(int32, '16+', 'Id of the node.', { mapKey: true, entityType: 'brokerId' }),
  host: f(string, '16+', 'Host name or address.'),
  port: f(int32, '16+', 'TCP port.'),
  rack: f(nullable(string), '16+', 'Rack, or null.', { default: null }),
})

/**
 * Answers FetchRequest. v5 tells the start of the log; v7 has an error and a session of its own; v12 tells where
 * logs diverge and who leads; v16 tells where the leaders are (KIP-951).
 */
export const fetchResponse = message({
  name: 'FetchResponse',
  type: 'response',
  apiKey: 1,
  validVersions: '4-18',
  flexibleVersions: '12+',
  fields: {
    throttleTimeMs: f(int32, '1+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    errorCode: f(int16, '7+', 'Kafka error code, 0 for none.', { ignorable: true }),
    sessionId: f(int32, '7+', 'Id of the fetch session, 0 for none.'),
    responses: f(array(fetchableTopicResponse), '0+', 'Answers by topic.'),
    nodeEndpoints: f(array(nodeEndpoint), '16+', 'Where the leaders named in this answer are.', { tag: 0 }),
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
