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
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  voterDirectoryId: f(uuid, '1+', 'Id of the metadata directory of the voter.', { ignorable: true }),
  leaderId: f(int32, '0+', 'Node id of the leader, -1 when there is none.', { entityType: 'brokerId' }),
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
})

const topicData = struct('TopicData', {
  topicName: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(partitionData), '0+'),
})

const leaderEndpoint = struct('LeaderEndpoint', {
  name: f(string, '1+', { mapKey: true }),
  host: f(string, '1+', 'Host name or address.'),
  port: f(uint16, '1+', 'TCP port.'),
})

/** Tells voters who leads the metadata quorum. */
export const beginQuorumEpochRequest = message({
  name: 'BeginQuorumEpochRequest',
  type: 'request',
  apiKey: 53,
  listeners: ['controller'],
  validVersions: '0-1',
  flexibleVersions: '1+',
  fields: {
    clusterId: f(nullable(string), '0+', 'Id of the cluster, or null.', { default: null }),
    voterId: f(int32, '1+', 'Node id of the voter.', { default: -1, ignorable: true, entityType: 'brokerId' }),
    topics: f(array(topicData), '0+'),
    leaderEndpoints: f(array(leaderEndpoint), '1+', 'Where the leader listens.', { ignorable: true }),
  },
})

export interface BeginQuorumEpochRequest extends MessageOf<typeof beginQuorumEpochRequest> {}

export interface BeginQuorumEpochRequestPartitionData extends StructOf<typeof partitionData> {}

export interface BeginQuorumEpochRequestTopicData extends StructOf<typeof topicData> {}

export interface BeginQuorumEpochRequestLeaderEndpoint extends StructOf<typeof leaderEndpoint> {}
