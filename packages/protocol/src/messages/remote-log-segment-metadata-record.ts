import {
  array,
  bool,
  bytes,
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

const topicIdPartitionEntry = struct('TopicIdPartitionEntry', {
  name: f(string, '0+'),
  id: f(uuid, '0+'),
  partition: f(int32, '0+', 'Number of the partition, from 0.'),
})

const remoteLogSegmentIdEntry = struct('RemoteLogSegmentIdEntry', {
  topicIdPartition: f(topicIdPartitionEntry, '0+', 'Topic, by id and name, and partition.'),
  id: f(uuid, '0+'),
})

const segmentLeaderEpochEntry = struct('SegmentLeaderEpochEntry', {
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
  offset: f(int64, '0+'),
})

/** A segment in tiered storage. */
export const remoteLogSegmentMetadataRecord = message({
  name: 'RemoteLogSegmentMetadataRecord',
  type: 'metadata',
  apiKey: 0,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    remoteLogSegmentId: f(remoteLogSegmentIdEntry, '0+'),
    startOffset: f(int64, '0+', 'First offset.'),
    endOffset: f(int64, '0+', 'Offset after the last record.'),
    brokerId: f(int32, '0+', 'Node id of the broker.'),
    maxTimestampMs: f(int64, '0+'),
    eventTimestampMs: f(int64, '0+'),
    segmentLeaderEpochs: f(array(segmentLeaderEpochEntry), '0+'),
    segmentSizeInBytes: f(int32, '0+'),
    customMetadata: f(nullable(bytes), '0+', { default: null }),
    remoteLogSegmentState: f(int8, '0+'),
    txnIndexEmpty: f(bool, '0+', { tag: 0 }),
  },
})

export interface RemoteLogSegmentMetadataRecord extends MessageOf<typeof remoteLogSegmentMetadataRecord> {}

export interface RemoteLogSegmentMetadataRecordTopicIdPartitionEntry extends StructOf<typeof topicIdPartitionEntry> {}

export interface RemoteLogSegmentMetadataRecordIdEntry extends StructOf<typeof remoteLogSegmentIdEntry> {}

export interface RemoteLogSegmentMetadataRecordSegmentLeaderEpochEntry
  extends StructOf<typeof segmentLeaderEpochEntry> {}
