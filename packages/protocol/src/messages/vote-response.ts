import {
  array,
  bool,
  f,
  int16,
  int32,
  type MessageOf,
  message,
  type StructOf,
  string,
  struct,
  uint16,
} from '../table/index.ts'

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  leaderId: f(int32, '0+', 'Node id of the leader, -1 when there is none.', { entityType: 'brokerId' }),
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
  voteGranted: f(bool, '0+', 'Whether the vote is given.'),
})

const topicData = struct('TopicData', {
  topicName: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(partitionData), '0+'),
})

const nodeEndpoint = struct('NodeEndpoint', {
  nodeId: f(int32, '1+', 'Id of the node.', { mapKey: true, entityType: 'brokerId' }),
  host: f(string, '1+', 'Host name or address.'),
  port: f(uint16, '1+', 'TCP port.'),
})

/** Answers VoteRequest. */
export const voteResponse = message({
  name: 'VoteResponse',
  type: 'response',
  apiKey: 52,
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    topics: f(array(topicData), '0+'),
    nodeEndpoints: f(array(nodeEndpoint), '1+', 'Where the leaders named in this answer are.', { tag: 0 }),
  },
})

export interface VoteResponse extends MessageOf<typeof voteResponse> {}

export interface VoteResponsePartitionData extends StructOf<typeof partitionData> {}

export interface VoteResponseTopicData extends StructOf<typeof topicData> {}

export interface VoteResponseNodeEndpoint extends StructOf<typeof nodeEndpoint> {}
