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
  struct,
  uuid,
} from '../table/index.ts'

const segmentLeaderEpochEntry = struct('SegmentLeaderEpochEntry', {
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
  offset: f(int64, '0+'),
})

/** A segment in tiered storage, as kept in a snapshot file. */
export const remoteLogSegmentMetadataSnapshotRecord = message({
  name: 'RemoteLogSegmentMetadataSnapshotRecord',
  type: 'metadata',
  apiKey: 3,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    segmentId: f(uuid, '0+'),
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

export interface RemoteLogSegmentMetadataSnapshotRecord
  extends MessageOf<typeof remoteLogSegmentMetadataSnapshotRecord> {}

export interface RemoteLogSegmentMetadataSnapshotRecordSegmentLeaderEpochEntry
  extends StructOf<typeof segmentLeaderEpochEntry> {}
