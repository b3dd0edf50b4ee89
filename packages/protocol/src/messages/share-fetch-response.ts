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
  leaderId: f(int32, '0+', 'Node id of the leader, -1 when there is none.'),
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
})

const acquiredRecords = struct('AcquiredRecords', {
  firstOffset: f(int64, '0+', 'First offset.'),
  lastOffset: f(int64, '0+', 'Last offset, included.'),
  deliveryCount: f(int16, '0+', 'How often the records were delivered.'),
})

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
  acknowledgeErrorCode: f(int16, '0+'),
  acknowledgeErrorMessage: f(nullable(string), '0+', { default: null }),
  currentLeader: f(
    leaderIdAndEpoch,
    '0+',
    'Leader and epoch as the broker knows them, when they differ from the request.',
  ),
  records: f(nullable(records, '0'), '0+', 'Record batches, one after the other.', { default: null }),
  acquiredRecords: f(array(acquiredRecords), '0+', 'Ranges of records that this member now holds.'),
})

const shareFetchableTopicResponse = struct('ShareFetchableTopicResponse', {
  topicId: f(uuid, '0+', 'Id of the topic.', { mapKey: true }),
  partitions: f(array(partitionData), '0+'),
})

const nodeEndpoint = struct('NodeEndpoint', {
  nodeId: f(int32, '0+', 'Id of the node.', { mapKey: true, entityType: 'brokerId' }),
  host: f(string, '0+', 'Host name or address.'),
  port: f(int32, '0+', 'TCP port.'),
  rack: f(nullable(string), '0+', 'Rack, or null.', { default: null }),
})

/** Answers ShareFetchRequest. */
export const shareFetchResponse = message({
  name: 'ShareFetchResponse',
  type: 'response',
  apiKey: 78,
  validVersions: '1-2',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
    acquisitionLockTimeoutMs: f(int32, '1+', 'Milliseconds for which records stay with the member that acquired them.'),
    responses: f(array(shareFetchableTopicResponse), '0+', 'Answers by topic.'),
    nodeEndpoints: f(array(nodeEndpoint), '0+', 'Where the leaders named in this answer are.'),
  },
})

export interface ShareFetchResponse extends MessageOf<typeof shareFetchResponse> {}

export interface ShareFetchResponseLeaderIdAndEpoch extends StructOf<typeof leaderIdAndEpoch> {}

export interface ShareFetchResponseAcquiredRecords extends StructOf<typeof acquiredRecords> {}

export interface ShareFetchResponsePartitionData extends StructOf<typeof partitionData> {}

export interface ShareFetchResponseFetchableTopicResponse extends StructOf<typeof shareFetchableTopicResponse> {}

export interface ShareFetchResponseNodeEndpoint extends StructOf<typeof nodeEndpoint> {}
