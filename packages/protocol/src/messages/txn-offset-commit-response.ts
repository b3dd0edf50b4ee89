import { array, f, int16, int32, type MessageOf, message, type StructOf, string, struct, uuid } from '../table/index.ts'

const txnOffsetCommitResponsePartition = struct('TxnOffsetCommitResponsePartition', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
})

const txnOffsetCommitResponseTopic = struct('TxnOffsetCommitResponseTopic', {
  name: f(string, '0-5', { ignorable: true, entityType: 'topicName' }),
  topicId: f(uuid, '6+', 'Id of the topic.', { ignorable: true }),
  partitions: f(array(txnOffsetCommitResponsePartition), '0+'),
})

/** Answers TxnOffsetCommitRequest. */
export const txnOffsetCommitResponse = message({
  name: 'TxnOffsetCommitResponse',
  type: 'response',
  apiKey: 28,
  validVersions: '0-6',
  flexibleVersions: '3+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    topics: f(array(txnOffsetCommitResponseTopic), '0+'),
  },
})

export interface TxnOffsetCommitResponse extends MessageOf<typeof txnOffsetCommitResponse> {}

export interface TxnOffsetCommitResponsePartition extends StructOf<typeof txnOffsetCommitResponsePartition> {}

export interface TxnOffsetCommitResponseTopic extends StructOf<typeof txnOffsetCommitResponseTopic> {}
