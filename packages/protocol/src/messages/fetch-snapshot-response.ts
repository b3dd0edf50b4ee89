import {
  array,
  f,
  int16,
  int32,
  int64,
  type MessageOf,
  message,
  records,
  type StructOf,
  string,
  struct,
  uint16,
} from '../table/index.ts'

const snapshotId = struct('SnapshotId', {
  endOffset: f(int64, '0+'),
  epoch: f(int32, '0+'),
})

const leaderIdAndEpoch = struct('LeaderIdAndEpoch', {
  leaderId: f(int32, '0+', { entityType: 'brokerId' }),
  leaderEpoch: f(int32, '0+'),
})

const partitionSnapshot = struct('PartitionSnapshot', {
  index: f(int32, '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  snapshotId: f(snapshotId, '0+'),
  currentLeader: f(leaderIdAndEpoch, '0+', { tag: 0 }),
  size: f(int64, '0+'),
  position: f(int64, '0+'),
  unalignedRecords: f(records, '0+'),
})

const topicSnapshot = struct('TopicSnapshot', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(partitionSnapshot), '0+'),
})

const nodeEndpoint = struct('NodeEndpoint', {
  nodeId: f(int32, '1+', { mapKey: true, entityType: 'brokerId' }),
  host: f(string, '1+'),
  port: f(uint16, '1+'),
})

/** FetchSnapshotResponse. */
export const fetchSnapshotResponse = message({
  name: 'FetchSnapshotResponse',
  type: 'response',
  apiKey: 59,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', { ignorable: true }),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    topics: f(array(topicSnapshot), '0+'),
    nodeEndpoints: f(array(nodeEndpoint), '1+', { tag: 0 }),
  },
})

export interface FetchSnapshotResponse extends MessageOf<typeof fetchSnapshotResponse> {}

export interface FetchSnapshotResponseSnapshotId extends StructOf<typeof snapshotId> {}

export interface FetchSnapshotResponseLeaderIdAndEpoch extends StructOf<typeof leaderIdAndEpoch> {}

export interface FetchSnapshotResponsePartitionSnapshot extends StructOf<typeof partitionSnapshot> {}

export interface FetchSnapshotResponseTopicSnapshot extends StructOf<typeof topicSnapshot> {}

export interface FetchSnapshotResponseNodeEndpoint extends StructOf<typeof nodeEndpoint> {}
