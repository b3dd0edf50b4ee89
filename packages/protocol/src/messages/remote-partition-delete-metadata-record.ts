import { f, int8, int32, int64, type MessageOf, message, type StructOf, string, struct, uuid } from '../table/index.ts'

const topicIdPartitionEntry = struct('TopicIdPartitionEntry', {
  name: f(string, '0+'),
  id: f(uuid, '0+'),
  partition: f(int32, '0+', 'Number of the partition, from 0.'),
})

/** Follows the deletion of a partition in tiered storage. */
export const remotePartitionDeleteMetadataRecord = message({
  name: 'RemotePartitionDeleteMetadataRecord',
  type: 'metadata',
  apiKey: 2,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    topicIdPartition: f(topicIdPartitionEntry, '0+', 'Topic, by id and name, and partition.'),
    brokerId: f(int32, '0+', 'Node id of the broker.'),
    eventTimestampMs: f(int64, '0+'),
    remotePartitionDeleteState: f(int8, '0+'),
  },
})

export interface RemotePartitionDeleteMetadataRecord extends MessageOf<typeof remotePartitionDeleteMetadataRecord> {}

export interface RemotePartitionDeleteMetadataRecordTopicIdPartitionEntry
  extends StructOf<typeof topicIdPartitionEntry> {}
