import { array, f, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const offsetDeleteRequestPartition = struct('OffsetDeleteRequestPartition', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
})

const offsetDeleteRequestTopic = struct('OffsetDeleteRequestTopic', {
  name: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  partitions: f(array(offsetDeleteRequestPartition), '0+'),
})

/** Deletes committed offsets of a group. */
export const offsetDeleteRequest = message({
  name: 'OffsetDeleteRequest',
  type: 'request',
  apiKey: 47,
  listeners: ['broker'],
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
    topics: f(array(offsetDeleteRequestTopic), '0+'),
  },
})

export interface OffsetDeleteRequest extends MessageOf<typeof offsetDeleteRequest> {}

export interface OffsetDeleteRequestPartition extends StructOf<typeof offsetDeleteRequestPartition> {}

export interface OffsetDeleteRequestTopic extends StructOf<typeof offsetDeleteRequestTopic> {}
