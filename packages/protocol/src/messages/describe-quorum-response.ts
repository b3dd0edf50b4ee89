import {
  array,
  f,
  int16,
  int32,
  int64,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uint16,
  uuid,
} from '../table/index.ts'

const replicaState = struct('ReplicaState', {
  replicaId: f(int32, '0+', 'Node id of a follower, -1 for a consumer.', { entityType: 'brokerId' }),
  replicaDirectoryId: f(uuid, '2+', 'Id of the metadata directory of the replica.'),
  logEndOffset: f(int64, '0+', 'Offset after the last record of the log.'),
  lastFetchTimestamp: f(int64, '1+', 'When the leader last heard from the replica, -1 when unknown.', {
    default: -1,
    ignorable: true,
  }),
  lastCaughtUpTimestamp: f(int64, '1+', 'When the replica last had all that the leader had, -1 when unknown.', {
    default: -1,
    ignorable: true,
  }),
})

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '2+', 'What went wrong, for people; null when nothing did.', { ignorable: true }),
  leaderId: f(int32, '0+', 'Node id of the leader, -1 when there is none.', { entityType: 'brokerId' }),
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
  highWatermark: f(int64, '0+', 'Offset after the last record that every in-sync replica has.'),
  currentVoters: f(array(replicaState), '0+', 'Voters of the quorum.'),
  observers: f(array(replicaState), '0+', 'Nodes that follow the metadata log without a vote.'),
})

const topicData = struct('TopicData', {
  topicName: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(partitionData), '0+'),
})

const listener = struct('Listener', {
  name: f(string, '2+', { mapKey: true }),
  host: f(string, '2+', 'Host name or address.'),
  port: f(uint16, '2+', 'TCP port.'),
})

const node = struct('Node', {
  nodeId: f(int32, '2+', 'Id of the node.', { mapKey: true, entityType: 'brokerId' }),
  listeners: f(array(listener), '2+', 'Where the node listens.'),
})

/** Answers DescribeQuorumRequest. */
export const describeQuorumResponse = message({
  name: 'DescribeQuorumResponse',
  type: 'response',
  apiKey: 55,
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '2+', 'What went wrong, for people; null when nothing did.', { ignorable: true }),
    topics: f(array(topicData), '0+'),
    nodes: f(array(node), '2+'),
  },
})

export interface DescribeQuorumResponse extends MessageOf<typeof describeQuorumResponse> {}

export interface DescribeQuorumResponseReplicaState extends StructOf<typeof replicaState> {}

export interface DescribeQuorumResponsePartitionData extends StructOf<typeof partitionData> {}

export interface DescribeQuorumResponseTopicData extends StructOf<typeof topicData> {}

export interface DescribeQuorumResponseListener extends StructOf<typeof listener> {}

export interface DescribeQuorumResponseNode extends StructOf<typeof node> {}
