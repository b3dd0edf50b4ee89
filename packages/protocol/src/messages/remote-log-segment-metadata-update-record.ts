import {
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

/** Changes the state of a segment in tiered storage. */
export const remoteLogSegmentMetadataUpdateRecord = message({
  name: 'RemoteLogSegmentMetadataUpdateRecord',
  type: 'metadata',
  apiKey: 1,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    remoteLogSegmentId: f(remoteLogSegmentIdEntry, '0+'),
    brokerId: f(int32, '0+', 'Node id of the broker.'),
    eventTimestampMs: f(int64, '0+'),
    customMetadata: f(nullable(bytes), '0+', { default: null }),
    remoteLogSegmentState: f(int8, '0+'),
  },
})

export interface RemoteLogSegmentMetadataUpdateRecord extends MessageOf<typeof remoteLogSegmentMetadataUpdateRecord> {}

export interface RemoteLogSegmentMetadataUpdateRecordTopicIdPartitionEntry
  extends StructOf<typeof topicIdPartitionEntry> {}

export interface RemoteLogSegmentMetadataUpdateRecordIdEntry extends StructOf<typeof remoteLogSegmentIdEntry> {}
