import { array, f, int32, int64, type MessageOf, message, type StructOf, struct, uuid } from '../table/index.ts'

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+'),
})

const topicData = struct('TopicData', {
  topicId: f(uuid, '0+'),
  partitions: f(array(partitionData), '0+'),
})

const directoryData = struct('DirectoryData', {
  id: f(uuid, '0+'),
  topics: f(array(topicData), '0+'),
})

/** AssignReplicasToDirsRequest. */
export const assignReplicasToDirsRequest = message({
  name: 'AssignReplicasToDirsRequest',
  type: 'request',
  apiKey: 73,
  listeners: ['controller'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', { entityType: 'brokerId' }),
    brokerEpoch: f(int64, '0+', { default: -1 }),
    directories: f(array(directoryData), '0+'),
  },
})

export interface AssignReplicasToDirsRequest extends MessageOf<typeof assignReplicasToDirsRequest> {}

export interface AssignReplicasToDirsRequestPartitionData extends StructOf<typeof partitionData> {}

export interface AssignReplicasToDirsRequestTopicData extends StructOf<typeof topicData> {}

export interface AssignReplicasToDirsRequestDirectoryData extends StructOf<typeof directoryData> {}
