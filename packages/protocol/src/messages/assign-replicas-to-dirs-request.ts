import { array, f, int32, int64, type MessageOf, message, type StructOf, struct, uuid } from '../table/index.ts'

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
})

const topicData = struct('TopicData', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(partitionData), '0+'),
})

const directoryData = struct('DirectoryData', {
  id: f(uuid, '0+'),
  topics: f(array(topicData), '0+'),
})

/** Tells the controller in which directories the replicas of a broker lie (KIP-858). */
export const assignReplicasToDirsRequest = message({
  name: 'AssignReplicasToDirsRequest',
  type: 'request',
  apiKey: 73,
  listeners: ['controller'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', 'Node id of the broker.', { entityType: 'brokerId' }),
    brokerEpoch: f(int64, '0+', 'Epoch of the registration of the broker, -1 when unknown.', { default: -1 }),
    directories: f(array(directoryData), '0+', 'Directory of each replica, in the order of the replicas.'),
  },
})

export interface AssignReplicasToDirsRequest extends MessageOf<typeof assignReplicasToDirsRequest> {}

export interface AssignReplicasToDirsRequestPartitionData extends StructOf<typeof partitionData> {}

export interface AssignReplicasToDirsRequestTopicData extends StructOf<typeof topicData> {}

export interface AssignReplicasToDirsRequestDirectoryData extends StructOf<typeof directoryData> {}
