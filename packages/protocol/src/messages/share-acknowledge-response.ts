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
  leaderId: f(int32, '0+'),
  leaderEpoch: f(int32, '0+'),
})

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', { default: null }),
  currentLeader: f(leaderIdAndEpoch, '0+'),
})

const shareAcknowledgeTopicResponse = struct('ShareAcknowledgeTopicResponse', {
  topicId: f(uuid, '0+', { mapKey: true }),
  partitions: f(array(partitionData), '0+'),
})

const nodeEndpoint = struct('NodeEndpoint', {
  nodeId: f(int32, '0+', { mapKey: true, entityType: 'brokerId' }),
  host: f(string, '0+'),
  port: f(int32, '0+'),
  rack: f(nullable(string), '0+', { default: null }),
})

/** ShareAcknowledgeResponse. */
export const shareAcknowledgeResponse = message({
  name: 'ShareAcknowledgeResponse',
  type: 'response',
  apiKey: 79,
  validVersions: '1-2',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', { default: null }),
    acquisitionLockTimeoutMs: f(int32, '2+', { ignorable: true }),
    responses: f(array(shareAcknowledgeTopicResponse), '0+'),
    nodeEndpoints: f(array(nodeEndpoint), '0+'),
  },
})

export interface ShareAcknowledgeResponse extends MessageOf<typeof shareAcknowledgeResponse> {}

export interface ShareAcknowledgeResponseLeaderIdAndEpoch extends StructOf<typeof leaderIdAndEpoch> {}

export interface ShareAcknowledgeResponsePartitionData extends StructOf<typeof partitionData> {}

export interface ShareAcknowledgeResponseTopicResponse extends StructOf<typeof shareAcknowledgeTopicResponse> {}

export interface ShareAcknowledgeResponseNodeEndpoint extends StructOf<typeof nodeEndpoint> {}
