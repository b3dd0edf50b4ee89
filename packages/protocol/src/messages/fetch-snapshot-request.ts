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
  endOffset: f(int64, '0+', 'Offset after the last record.'),
  epoch: f(int32, '0+'),
})

const partitionSnapshot = struct('PartitionSnapshot', {
  partition: f(int32, '0+', 'Number of the partition, from 0.'),
  currentLeaderEpoch: f(int32, '0+', 'Epoch of the leader as the client knows it, for fencing; -1 to skip the check.'),
  snapshotId: f(snapshotId, '0+', 'End offset and epoch that name a snapshot.'),
  position: f(int64, '0+', 'Position in the snapshot, in bytes.'),
  replicaDirectoryId: f(uuid, '1+', 'Id of the metadata directory of the replica.', { tag: 0, ignorable: true }),
})

const topicSnapshot = struct('TopicSnapshot', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(partitionSnapshot), '0+'),
})

/** Reads a piece of a snapshot of the metadata log. */
export const fetchSnapshotRequest = message({
  name: 'FetchSnapshotRequest',
  type: 'request',
  apiKey: 59,
  listeners: ['controller'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    clusterId: f(nullable(string), '0+', 'Id of the cluster, or null.', { default: null, tag: 0 }),
    replicaId: f(int32, '0+', 'Node id of a follower, -1 for a consumer.', { default: -1, entityType: 'brokerId' }),
    maxBytes: f(
      int32,
      '0+',
      'Most bytes of the whole answer; a first batch larger than that is returned all the same.',
      { default: 2147483647 },
    ),
    topics: f(array(topicSnapshot), '0+'),
  },
})

export interface FetchSnapshotRequest extends MessageOf<typeof fetchSnapshotRequest> {}

export interface FetchSnapshotRequestSnapshotId extends StructOf<typeof snapshotId> {}

export interface FetchSnapshotRequestPartitionSnapshot extends StructOf<typeof partitionSnapshot> {}

export interface FetchSnapshotRequestTopicSnapshot extends StructOf<typeof topicSnapshot> {}
