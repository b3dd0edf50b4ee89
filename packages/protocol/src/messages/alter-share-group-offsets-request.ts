import { array, f, int32, int64, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const alterShareGroupOffsetsRequestPartition = struct('AlterShareGroupOffsetsRequestPartition', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  startOffset: f(int64, '0+', 'First offset.'),
})

const alterShareGroupOffsetsRequestTopic = struct('AlterShareGroupOffsetsRequestTopic', {
  topicName: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  partitions: f(array(alterShareGroupOffsetsRequestPartition), '0+'),
})

/** Sets where a share group begins to read. */
export const alterShareGroupOffsetsRequest = message({
  name: 'AlterShareGroupOffsetsRequest',
  type: 'request',
  apiKey: 91,
  listeners: ['broker'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
    topics: f(array(alterShareGroupOffsetsRequestTopic), '0+'),
  },
})

export interface AlterShareGroupOffsetsRequest extends MessageOf<typeof alterShareGroupOffsetsRequest> {}

export interface AlterShareGroupOffsetsRequestPartition
  extends StructOf<typeof alterShareGroupOffsetsRequestPartition> {}

export interface AlterShareGroupOffsetsRequestTopic extends StructOf<typeof alterShareGroupOffsetsRequestTopic> {}
