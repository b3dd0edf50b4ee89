import { array, f, int32, type MessageOf, message, type StructOf, string, struct, uuid } from '../table/index.ts'

const partitionData = struct('PartitionData', {
  partition: f(int32, '0+', 'Number of the partition, from 0.'),
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
})

const readStateData = struct('ReadStateData', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(partitionData), '0+'),
})

/** Reads the state of share partitions from the share coordinator. */
export const readShareGroupStateRequest = message({
  name: 'ReadShareGroupStateRequest',
  type: 'request',
  apiKey: 84,
  listeners: ['broker'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    groupId: f(string, '0+', 'Id of the group.'),
    topics: f(array(readStateData), '0+'),
  },
})

export interface ReadShareGroupStateRequest extends MessageOf<typeof readShareGroupStateRequest> {}

export interface ReadShareGroupStateRequestPartitionData extends StructOf<typeof partitionData> {}

export interface ReadShareGroupStateRequestStateData extends StructOf<typeof readStateData> {}
