import { array, f, int16, int32, type MessageOf, message, type StructOf, struct, uuid } from '../table/index.ts'

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
})

const topicData = struct('TopicData', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(partitionData), '0+'),
})

const directoryData = struct('DirectoryData', {
  id: f(uuid, '0+'),
  topics: f(array(topicData), '0+'),
})

/** Answers AssignReplicasToDirsRequest. */
export const assignReplicasToDirsResponse = message({
  name: 'AssignReplicasToDirsResponse',
  type: 'response',
  apiKey: 73,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    directories: f(array(directoryData), '0+', 'Directory of each replica, in the order of the replicas.'),
  },
})

export interface AssignReplicasToDirsResponse extends MessageOf<typeof assignReplicasToDirsResponse> {}

export interface AssignReplicasToDirsResponsePartitionData extends StructOf<typeof partitionData> {}

export interface AssignReplicasToDirsResponseTopicData extends StructOf<typeof topicData> {}

export interface AssignReplicasToDirsResponseDirectoryData extends StructOf<typeof directoryData> {}
