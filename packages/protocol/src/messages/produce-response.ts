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
  batchIndex: f(int32, '8+', 'Index of a record in its batch.'),
  batchIndexErrorMessage: f(nullable(string), '8+', 'What is wrong with the record, or null.', { default: null }),
})

const leaderIdAndEpoch = struct('LeaderIdAndEpoch', {
  leaderId: f(int32, '10+', 'Node id of the leader, -1 when there is none.', { default: -1, entityType: 'brokerId' }),
  leaderEpoch: f(int32, '10+', 'Epoch of the leader, -1 when unknown.', { default: -1 }),
})

const partitionProduceResponse = struct('PartitionProduceResponse', {
  index: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  baseOffset: f(int64, '0+', 'Offset of the first record written.'),
  logAppendTimeMs: f(
    int64,
    '2+',
    'When the broker appended the batch, -1 when the topic keeps the timestamps of producers.',
    { default: -1, ignorable: true },
  ),
  logStartOffset: f(int64, '5+', 'First offset of the log.', { default: -1, ignorable: true }),
  recordErrors: f(array(batchIndexAndErrorMessage), '8+', 'The records that caused the batch to be refused.', {
    ignorable: true,
  }),
  errorMessage: f(nullable(string), '8+', 'What went wrong, for people; null when nothing did.', {
    default: null,
    ignorable: true,
  }),
  currentLeader: f(
    leaderIdAndEpoch,
    '10+',
    'Leader and epoch as the broker knows them, when they differ from the request.',
    { tag: 0 },
  ),
})

const topicProduceResponse = struct('TopicProduceResponse', {
  name: f(string, '0-12', { ignorable: true, mapKey: true, entityType: 'topicName' }),
  topicId: f(uuid, '13+', 'Id of the topic.', { ignorable: true, mapKey: true }),
  partitionResponses: f(array(partitionProduceResponse), '0+', 'Answers by partition.'),
})

const nodeEndpoint = struct('NodeEndpoint', {
  nodeId: f(int32, '10+', 'Id of the node.', { mapKey: true, entityType: 'brokerId' }),
  host: f(string, '10+', 'Host name or address.'),
  port: f(int32, '10+', 'TCP port.'),
  rack: f(nullable(string), '10+', 'Rack, or null.', { default: null }),
})

/**
 * Answers ProduceRequest, unless its acks are 0. v8 names the records at fault; v10 names the new leader and where
 * it is (KIP-951).
 */
export const produceResponse = message({
  name: 'ProduceResponse',
  type: 'response',
  apiKey: 0,
  validVersions: '3-13',
  flexibleVersions: '9+',
  fields: {
    responses: f(array(topicProduceResponse), '0+', 'Answers by topic.'),
    throttleTimeMs: f(int32, '1+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    nodeEndpoints: f(array(nodeEndpoint), '10+', 'Where the leaders named in this answer are.', { tag: 0 }),
  },
})

export interface ProduceResponse extends MessageOf<typeof produceResponse> {}

export interface ProduceResponseBatchIndexAndErrorMessage extends StructOf<typeof batchIndexAndErrorMessage> {}

export interface ProduceResponseLeaderIdAndEpoch extends StructOf<typeof leaderIdAndEpoch> {}

export interface ProduceResponsePartitionProduceResponse extends StructOf<typeof partitionProduceResponse> {}

export interface ProduceResponseTopicProduceResponse extends StructOf<typeof topicProduceResponse> {}

export interface ProduceResponseNodeEndpoint extends StructOf<typeof nodeEndpoint> {}
