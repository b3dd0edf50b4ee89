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
  candidateId: f(int32, '1+', 'Node that asks for votes.', { entityType: 'brokerId' }),
  candidateDirectoryId: f(uuid, '1+', 'Id of the metadata directory of the candidate.'),
})

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  leaderId: f(int32, '0+', 'Node id of the leader, -1 when there is none.', { entityType: 'brokerId' }),
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
  preferredSuccessors: f(array(int32), '0', 'Voters in the order in which they should stand for election.', {
    ignorable: true,
  }),
  preferredCandidates: f(
    array(replicaInfo),
    '1+',
    'Voters, with directories, in the order in which they should stand for election.',
    { ignorable: true },
  ),
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

/** Tells voters that the leader of the metadata quorum resigns. */
export const endQuorumEpochRequest = message({
  name: 'EndQuorumEpochRequest',
  type: 'request',
  apiKey: 54,
  listeners: ['controller'],
  validVersions: '0-1',
  flexibleVersions: '1+',
  fields: {
    clusterId: f(nullable(string), '0+', 'Id of the cluster, or null.', { default: null }),
    topics: f(array(topicData), '0+'),
    leaderEndpoints: f(array(leaderEndpoint), '1+', 'Where the leader listens.', { ignorable: true }),
  },
})

export interface EndQuorumEpochRequest extends MessageOf<typeof endQuorumEpochRequest> {}

export interface EndQuorumEpochRequestReplicaInfo extends StructOf<typeof replicaInfo> {}

export interface EndQuorumEpochRequestPartitionData extends StructOf<typeof partitionData> {}

export interface EndQuorumEpochRequestTopicData extends StructOf<typeof topicData> {}

export interface EndQuorumEpochRequestLeaderEndpoint extends StructOf<typeof leaderEndpoint> {}
