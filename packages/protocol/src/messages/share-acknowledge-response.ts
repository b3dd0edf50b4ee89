import {
  array,
  f,
  int16,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uuid,
} from '../table/index.ts'

const leaderIdAndEpoch = struct('LeaderIdAndEpoch', {
  leaderId: f(int32, '0+', 'Node id of the leader, -1 when there is none.'),
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
})

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
  currentLeader: f(
    leaderIdAndEpoch,
    '0+',
    'Leader and epoch as the broker knows them, when they differ from the request.',
  ),
})

const shareAcknowledgeTopicResponse = struct('ShareAcknowledgeTopicResponse', {
  topicId: f(uuid, '0+', 'Id of the topic.', { mapKey: true }),
  partitions: f(array(partitionData), '0+'),
})

const nodeEndpoint = struct('NodeEndpoint', {
  nodeId: f(int32, '0+', 'Id of the node.', { mapKey: true, entityType: 'brokerId' }),
  host: f(string, '0+', 'Host name or address.'),
  port: f(int32, '0+', 'TCP port.'),
  rack: f(nullable(string), '0+', 'Rack, or null.', { default: null }),
})

/** Answers ShareAcknowledgeRequest. */
export const shareAcknowledgeResponse = message({
  name: 'ShareAcknowledgeResponse',
  type: 'response',
  apiKey: 79,
  validVersions: '1-2',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
    acquisitionLockTimeoutMs: f(
      int32,
      '2+',
      'Milliseconds for which records stay with the member that acquired them.',
      { ignorable: true },
    ),
    responses: f(array(shareAcknowledgeTopicResponse), '0+', 'Answers by topic.'),
    nodeEndpoints: f(array(nodeEndpoint), '0+', 'Where the leaders named in this answer are.'),
  },
})

export interface ShareAcknowledgeResponse extends MessageOf<typeof shareAcknowledgeResponse> {}

export interface ShareAcknowledgeResponseLeaderIdAndEpoch extends StructOf<typeof leaderIdAndEpoch> {}

export interface ShareAcknowledgeResponsePartitionData extends StructOf<typeof partitionData> {}

export interface ShareAcknowledgeResponseTopicResponse extends StructOf<typeof shareAcknowledgeTopicResponse> {}

export interface ShareAcknowledgeResponseNodeEndpoint extends StructOf<typeof nodeEndpoint> {}
