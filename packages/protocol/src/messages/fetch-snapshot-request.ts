import {
  array,
  f,
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

const snapshotId = struct('SnapshotId', {
  endOffset: f(int64, '0+'),
  epoch: f(int32, '0+'),
})

const partitionSnapshot = struct('PartitionSnapshot', {
  partition: f(int32, '0+'),
  currentLeaderEpoch: f(int32, '0+'),
  snapshotId: f(snapshotId, '0+'),
  position: f(int64, '0+'),
  replicaDirectoryId: f(uuid, '1+', { tag: 0, ignorable: true }),
})

const topicSnapshot = struct('TopicSnapshot', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(partitionSnapshot), '0+'),
})

/** FetchSnapshotRequest. */
export const fetchSnapshotRequest = message({
  name: 'FetchSnapshotRequest',
  type: 'request',
  apiKey: 59,
  listeners: ['controller'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    clusterId: f(nullable(string), '0+', { default: null, tag: 0 }),
    replicaId: f(int32, '0+', { default: -1, entityType: 'brokerId' }),
    maxBytes: f(int32, '0+', { default: 2147483647 }),
    topics: f(array(topicSnapshot), '0+'),
  },
})

export interface FetchSnapshotRequest extends MessageOf<typeof fetchSnapshotRequest> {}

export interface FetchSnapshotRequestSnapshotId extends StructOf<typeof snapshotId> {}

export interface FetchSnapshotRequestPartitionSnapshot extends StructOf<typeof partitionSnapshot> {}

export interface FetchSnapshotRequestTopicSnapshot extends StructOf<typeof topicSnapshot> {}
