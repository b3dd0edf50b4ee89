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
  endOffset: f(int64, '0+', 'Offset after the last record.'),
  epoch: f(int32, '0+'),
})

const leaderIdAndEpoch = struct('LeaderIdAndEpoch', {
  leaderId: f(int32, '0+', 'Node id of the leader, -1 when there is none.', { entityType: 'brokerId' }),
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
})

const partitionSnapshot = struct('PartitionSnapshot', {
  index: f(int32, '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  snapshotId: f(snapshotId, '0+', 'End offset and epoch that name a snapshot.'),
  currentLeader: f(
    leaderIdAndEpoch,
    '0+',
    'Leader and epoch as the broker knows them, when they differ from the request.',
    { tag: 0 },
  ),
  size: f(int64, '0+', 'Bytes of the whole snapshot.'),
  position: f(int64, '0+', 'Position in the snapshot, in bytes.'),
  unalignedRecords: f(records, '0+', 'Bytes of record batches, cut wherever the limit fell.'),
})

const topicSnapshot = struct('TopicSnapshot', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(partitionSnapshot), '0+'),
})

const nodeEndpoint = struct('NodeEndpoint', {
  nodeId: f(int32, '1+', 'Id of the node.', { mapKey: true, entityType: 'brokerId' }),
  host: f(string, '1+', 'Host name or address.'),
  port: f(uint16, '1+', 'TCP port.'),
})

/** Answers FetchSnapshotRequest. */
export const fetchSnapshotResponse = message({
  name: 'FetchSnapshotResponse',
  type: 'response',
  apiKey: 59,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    topics: f(array(topicSnapshot), '0+'),
    nodeEndpoints: f(array(nodeEndpoint), '1+', 'Where the leaders named in this answer are.', { tag: 0 }),
  },
})

export interface FetchSnapshotResponse extends MessageOf<typeof fetchSnapshotResponse> {}

export interface FetchSnapshotResponseSnapshotId extends StructOf<typeof snapshotId> {}

export interface FetchSnapshotResponseLeaderIdAndEpoch extends StructOf<typeof leaderIdAndEpoch> {}

export interface FetchSnapshotResponsePartitionSnapshot extends StructOf<typeof partitionSnapshot> {}

export interface FetchSnapshotResponseTopicSnapshot extends StructOf<typeof topicSnapshot> {}

export interface FetchSnapshotResponseNodeEndpoint extends StructOf<typeof nodeEndpoint> {}
