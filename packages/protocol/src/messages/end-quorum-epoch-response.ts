import {
  array,
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

/** Answers EndQuorumEpochRequest. */
export const endQuorumEpochResponse = message({
  name: 'EndQuorumEpochResponse',
  type: 'response',
  apiKey: 54,
  validVersions: '0-1',
  flexibleVersions: '1+',
  fields: {
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    topics: f(array(topicData), '0+'),
    nodeEndpoints: f(array(nodeEndpoint), '1+', 'Where the leaders named in this answer are.', { tag: 0 }),
  },
})

export interface EndQuorumEpochResponse extends MessageOf<typeof endQuorumEpochResponse> {}

export interface EndQuorumEpochResponsePartitionData extends StructOf<typeof partitionData> {}

export interface EndQuorumEpochResponseTopicData extends StructOf<typeof topicData> {}

export interface EndQuorumEpochResponseNodeEndpoint extends StructOf<typeof nodeEndpoint> {}
