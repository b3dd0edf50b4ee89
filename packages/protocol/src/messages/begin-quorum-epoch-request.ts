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

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+'),
  voterDirectoryId: f(uuid, '1+', { ignorable: true }),
  leaderId: f(int32, '0+', { entityType: 'brokerId' }),
  leaderEpoch: f(int32, '0+'),
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

/** BeginQuorumEpochRequest. */
export const beginQuorumEpochRequest = message({
  name: 'BeginQuorumEpochRequest',
  type: 'request',
  apiKey: 53,
  listeners: ['controller'],
  validVersions: '0-1',
  flexibleVersions: '1+',
  fields: {
    clusterId: f(nullable(string), '0+', { default: null }),
    voterId: f(int32, '1+', { default: -1, ignorable: true, entityType: 'brokerId' }),
    topics: f(array(topicData), '0+'),
    leaderEndpoints: f(array(leaderEndpoint), '1+', { ignorable: true }),
  },
})

export interface BeginQuorumEpochRequest extends MessageOf<typeof beginQuorumEpochRequest> {}

export interface BeginQuorumEpochRequestPartitionData extends StructOf<typeof partitionData> {}

export interface BeginQuorumEpochRequestTopicData extends StructOf<typeof topicData> {}

export interface BeginQuorumEpochRequestLeaderEndpoint extends StructOf<typeof leaderEndpoint> {}
