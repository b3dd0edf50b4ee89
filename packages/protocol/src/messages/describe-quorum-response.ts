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
  replicaId: f(int32, '0+', { entityType: 'brokerId' }),
  replicaDirectoryId: f(uuid, '2+'),
  logEndOffset: f(int64, '0+'),
  lastFetchTimestamp: f(int64, '1+', { default: -1, ignorable: true }),
  lastCaughtUpTimestamp: f(int64, '1+', { default: -1, ignorable: true }),
})

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '2+', { ignorable: true }),
  leaderId: f(int32, '0+', { entityType: 'brokerId' }),
  leaderEpoch: f(int32, '0+'),
  highWatermark: f(int64, '0+'),
  currentVoters: f(array(replicaState), '0+'),
  observers: f(array(replicaState), '0+'),
})

const topicData = struct('TopicData', {
  topicName: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(partitionData), '0+'),
})

const listener = struct('Listener', {
  name: f(string, '2+', { mapKey: true }),
  host: f(string, '2+'),
  port: f(uint16, '2+'),
})

const node = struct('Node', {
  nodeId: f(int32, '2+', { mapKey: true, entityType: 'brokerId' }),
  listeners: f(array(listener), '2+'),
})

/** DescribeQuorumResponse. */
export const describeQuorumResponse = message({
  name: 'DescribeQuorumResponse',
  type: 'response',
  apiKey: 55,
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '2+', { ignorable: true }),
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
