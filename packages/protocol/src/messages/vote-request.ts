import {
  array,
  bool,
  f,
  int32,
  int64,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uuid,
} from '../table/index.ts'

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  replicaEpoch: f(int32, '0+', 'Broker epoch of the follower, -1 when unknown.'),
  replicaId: f(int32, '0+', 'Node id of a follower, -1 for a consumer.', { entityType: 'brokerId' }),
  replicaDirectoryId: f(uuid, '1+', 'Id of the metadata directory of the replica.', { ignorable: true }),
  voterDirectoryId: f(uuid, '1+', 'Id of the metadata directory of the voter.', { ignorable: true }),
  lastOffsetEpoch: f(int32, '0+', 'Epoch of the last record of the candidate.'),
  lastOffset: f(int64, '0+', 'Last offset, included.'),
  preVote: f(bool, '2+', 'Whether the vote is a rehearsal that raises no epoch.'),
})

const topicData = struct('TopicData', {
  topicName: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(partitionData), '0+'),
})

/** Asks for a vote in an election of the metadata quorum. v2 can rehearse (KIP-996). */
export const voteRequest = message({
  name: 'VoteRequest',
  type: 'request',
  apiKey: 52,
  listeners: ['controller'],
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    clusterId: f(nullable(string), '0+', 'Id of the cluster, or null.', { default: null }),
    voterId: f(int32, '1+', 'Node id of the voter.', { default: -1, ignorable: true, entityType: 'brokerId' }),
    topics: f(array(topicData), '0+'),
  },
})

export interface VoteRequest extends MessageOf<typeof voteRequest> {}

export interface VoteRequestPartitionData extends StructOf<typeof partitionData> {}

export interface VoteRequestTopicData extends StructOf<typeof topicData> {}
