import {
  array,
  f,
  int16,
  int32,
  int64,
  type MessageOf,
  message,
  nullable,
  records,
  type StructOf,
  string,
  struct,
  uuid,
} from '../table/index.ts'

const leaderIdAndEpoch = struct('LeaderIdAndEpoch', {
  leaderId: f(int32, '0+'),
  leaderEpoch: f(int32, '0+'),
})

const acquiredRecords = struct('AcquiredRecords', {
  firstOffset: f(int64, '0+'),
  lastOffset: f(int64, '0+'),
  deliveryCount: f(int16, '0+'),
})

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', { default: null }),
  acknowledgeErrorCode: f(int16, '0+'),
  acknowledgeErrorMessage: f(nullable(string), '0+', { default: null }),
  currentLeader: f(leaderIdAndEpoch, '0+'),
  records: f(nullable(records, '0'), '0+', { default: null }),
  acquiredRecords: f(array(acquiredRecords), '0+'),
})

const shareFetchableTopicResponse = struct('ShareFetchableTopicResponse', {
  topicId: f(uuid, '0+', { mapKey: true }),
  partitions: f(array(partitionData), '0+'),
})

const nodeEndpoint = struct('NodeEndpoint', {
  nodeId: f(int32, '0+', { mapKey: true, entityType: 'brokerId' }),
  host: f(string, '0+'),
  port: f(int32, '0+'),
  rack: f(nullable(string), '0+', { default: null }),
})

/** ShareFetchResponse. */
export const shareFetchResponse = message({
  name: 'ShareFetchResponse',
  type: 'response',
  apiKey: 78,
  validVersions: '1-2',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', { default: null }),
    acquisitionLockTimeoutMs: f(int32, '1+'),
    responses: f(array(shareFetchableTopicResponse), '0+'),
    nodeEndpoints: f(array(nodeEndpoint), '0+'),
  },
})

export interface ShareFetchResponse extends MessageOf<typeof shareFetchResponse> {}

export interface ShareFetchResponseLeaderIdAndEpoch extends StructOf<typeof leaderIdAndEpoch> {}

export interface ShareFetchResponseAcquiredRecords extends StructOf<typeof acquiredRecords> {}

export interface ShareFetchResponsePartitionData extends StructOf<typeof partitionData> {}

export interface ShareFetchResponseFetchableTopicResponse extends StructOf<typeof shareFetchableTopicResponse> {}

export interface ShareFetchResponseNodeEndpoint extends StructOf<typeof nodeEndpoint> {}
