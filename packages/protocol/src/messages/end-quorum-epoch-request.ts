import {
  array,
  f,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uint16,
  uuid,
} from '../table/index.ts'

const replicaInfo = struct('ReplicaInfo', {
  candidateId: f(int32, '1+', { entityType: 'brokerId' }),
  candidateDirectoryId: f(uuid, '1+'),
})

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+'),
  leaderId: f(int32, '0+', { entityType: 'brokerId' }),
  leaderEpoch: f(int32, '0+'),
  preferredSuccessors: f(array(int32), '0', { ignorable: true }),
  preferredCandidates: f(array(replicaInfo), '1+', { ignorable: true }),
})

const topicData = struct('TopicData', {
  topicName: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(partitionData), '0+'),
})

const leaderEndpoint = struct('LeaderEndpoint', {
  name: f(string, '1+', { mapKey: true }),
  host: f(string, '1+'),
  port: f(uint16, '1+'),
})

/** EndQuorumEpochRequest. */
export const endQuorumEpochRequest = message({
  name: 'EndQuorumEpochRequest',
  type: 'request',
  apiKey: 54,
  listeners: ['controller'],
  validVersions: '0-1',
  flexibleVersions: '1+',
  fields: {
    clusterId: f(nullable(string), '0+', { default: null }),
    topics: f(array(topicData), '0+'),
    leaderEndpoints: f(array(leaderEndpoint), '1+', { ignorable: true }),
  },
})

export interface EndQuorumEpochRequest extends MessageOf<typeof endQuorumEpochRequest> {}

export interface EndQuorumEpochRequestReplicaInfo extends StructOf<typeof replicaInfo> {}

export interface EndQuorumEpochRequestPartitionData extends StructOf<typeof partitionData> {}

export interface EndQuorumEpochRequestTopicData extends StructOf<typeof topicData> {}

export interface EndQuorumEpochRequestLeaderEndpoint extends StructOf<typeof leaderEndpoint> {}
