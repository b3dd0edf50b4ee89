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
  partitionIndex: f(int32, '0+'),
  replicaEpoch: f(int32, '0+'),
  replicaId: f(int32, '0+', { entityType: 'brokerId' }),
  replicaDirectoryId: f(uuid, '1+', { ignorable: true }),
  voterDirectoryId: f(uuid, '1+', { ignorable: true }),
  lastOffsetEpoch: f(int32, '0+'),
  lastOffset: f(int64, '0+'),
  preVote: f(bool, '2+'),
})

const topicData = struct('TopicData', {
  topicName: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(partitionData), '0+'),
})

/** VoteRequest. */
export const voteRequest = message({
  name: 'VoteRequest',
  type: 'request',
  apiKey: 52,
  listeners: ['controller'],
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    clusterId: f(nullable(string), '0+', { default: null }),
    voterId: f(int32, '1+', { default: -1, ignorable: true, entityType: 'brokerId' }),
    topics: f(array(topicData), '0+'),
  },
})

export interface VoteRequest extends MessageOf<typeof voteRequest> {}

export interface VoteRequestPartitionData extends StructOf<typeof partitionData> {}

export interface VoteRequestTopicData extends StructOf<typeof topicData> {}
