import { array, f, int32, int64, type MessageOf, message, type StructOf, string, struct, uuid } from '../table/index.ts'

const partitionData = struct('PartitionData', {
  partition: f(int32, '0+', 'Number of the partition, from 0.'),
  stateEpoch: f(int32, '0+', 'Epoch of the state of the share partition.'),
  startOffset: f(int64, '0+', 'First offset.'),
})

const initializeStateData = struct('InitializeStateData', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(partitionData), '0+'),
})

/** Creates the state of share partitions at the share coordinator. */
export const initializeShareGroupStateRequest = message({
  name: 'InitializeShareGroupStateRequest',
  type: 'request',
  apiKey: 83,
  listeners: ['broker'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    groupId: f(string, '0+', 'Id of the group.'),
    topics: f(array(initializeStateData), '0+'),
  },
})

export interface InitializeShareGroupStateRequest extends MessageOf<typeof initializeShareGroupStateRequest> {}

export interface InitializeShareGroupStateRequestPartitionData extends StructOf<typeof partitionData> {}

export interface InitializeShareGroupStateRequestStateData extends StructOf<typeof initializeStateData> {}
