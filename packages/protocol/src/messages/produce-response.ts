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
  uuid,
} from '../table/index.ts'

const batchIndexAndErrorMessage = struct('BatchIndexAndErrorMessage', {
  batchIndex: f(int32, '8+'),
  batchIndexErrorMessage: f(nullable(string), '8+', { default: null }),
})

const leaderIdAndEpoch = struct('LeaderIdAndEpoch', {
  leaderId: f(int32, '10+', { default: -1, entityType: 'brokerId' }),
  leaderEpoch: f(int32, '10+', { default: -1 }),
})

const partitionProduceResponse = struct('PartitionProduceResponse', {
  index: f(int32, '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  baseOffset: f(int64, '0+'),
  logAppendTimeMs: f(int64, '2+', { default: -1, ignorable: true }),
  logStartOffset: f(int64, '5+', { default: -1, ignorable: true }),
  recordErrors: f(array(batchIndexAndErrorMessage), '8+', { ignorable: true }),
  errorMessage: f(nullable(string), '8+', { default: null, ignorable: true }),
  currentLeader: f(leaderIdAndEpoch, '10+', { tag: 0 }),
})

const topicProduceResponse = struct('TopicProduceResponse', {
  name: f(string, '0-12', { ignorable: true, mapKey: true, entityType: 'topicName' }),
  topicId: f(uuid, '13+', { ignorable: true, mapKey: true }),
  partitionResponses: f(array(partitionProduceResponse), '0+'),
})

const nodeEndpoint = struct('NodeEndpoint', {
  nodeId: f(int32, '10+', { mapKey: true, entityType: 'brokerId' }),
  host: f(string, '10+'),
  port: f(int32, '10+'),
  rack: f(nullable(string), '10+', { default: null }),
})

/** ProduceResponse. */
export const produceResponse = message({
  name: 'ProduceResponse',
  type: 'response',
  apiKey: 0,
  validVersions: '3-13',
  flexibleVersions: '9+',
  fields: {
    responses: f(array(topicProduceResponse), '0+'),
    throttleTimeMs: f(int32, '1+', { ignorable: true }),
    nodeEndpoints: f(array(nodeEndpoint), '10+', { tag: 0 }),
  },
})

export interface ProduceResponse extends MessageOf<typeof produceResponse> {}

export interface ProduceResponseBatchIndexAndErrorMessage extends StructOf<typeof batchIndexAndErrorMessage> {}

export interface ProduceResponseLeaderIdAndEpoch extends StructOf<typeof leaderIdAndEpoch> {}

export interface ProduceResponsePartitionProduceResponse extends StructOf<typeof partitionProduceResponse> {}

export interface ProduceResponseTopicProduceResponse extends StructOf<typeof topicProduceResponse> {}

export interface ProduceResponseNodeEndpoint extends StructOf<typeof nodeEndpoint> {}
