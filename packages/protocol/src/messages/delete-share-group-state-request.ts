import { array, f, int32, type MessageOf, message, type StructOf, string, struct, uuid } from '../table/index.ts'

const partitionData = struct('PartitionData', {
  partition: f(int32, '0+', 'Number of the partition, from 0.'),
})

const deleteStateData = struct('DeleteStateData', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(partitionData), '0+'),
})

/** Deletes the state of share partitions at the share coordinator. */
export const deleteShareGroupStateRequest = message({
  name: 'DeleteShareGroupStateRequest',
  type: 'request',
  apiKey: 86,
  listeners: ['broker'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    groupId: f(string, '0+', 'Id of the group.'),
    topics: f(array(deleteStateData), '0+'),
  },
})

export interface DeleteShareGroupStateRequest extends MessageOf<typeof deleteShareGroupStateRequest> {}

export interface DeleteShareGroupStateRequestPartitionData extends StructOf<typeof partitionData> {}

export interface DeleteShareGroupStateRequestStateData extends StructOf<typeof deleteStateData> {}
