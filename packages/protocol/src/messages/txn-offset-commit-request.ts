import {
  array,
  exactInt64,
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

const txnOffsetCommitRequestPartition = struct('TxnOffsetCommitRequestPartition', {
  partitionIndex: f(int32, '0+'),
  committedOffset: f(int64, '0+'),
  committedLeaderEpoch: f(int32, '2+', { default: -1, ignorable: true }),
  committedMetadata: f(nullable(string), '0+'),
})

const txnOffsetCommitRequestTopic = struct('TxnOffsetCommitRequestTopic', {
  name: f(string, '0-5', { ignorable: true, entityType: 'topicName' }),
  topicId: f(uuid, '6+', { ignorable: true }),
  partitions: f(array(txnOffsetCommitRequestPartition), '0+'),
})

/** TxnOffsetCommitRequest. */
export const txnOffsetCommitRequest = message({
  name: 'TxnOffsetCommitRequest',
  type: 'request',
  apiKey: 28,
  listeners: ['broker'],
  validVersions: '0-6',
  flexibleVersions: '3+',
  fields: {
    transactionalId: f(string, '0+', { entityType: 'transactionalId' }),
    groupId: f(string, '0+', { entityType: 'groupId' }),
    producerId: f(exactInt64, '0+', { entityType: 'producerId' }),
    producerEpoch: f(int16, '0+'),
    generationIdOrMemberEpoch: f(int32, '3+', { default: -1 }),
    memberId: f(string, '3+'),
    groupInstanceId: f(nullable(string), '3+', { default: null }),
    topics: f(array(txnOffsetCommitRequestTopic), '0+'),
  },
})

export interface TxnOffsetCommitRequest extends MessageOf<typeof txnOffsetCommitRequest> {}

export interface TxnOffsetCommitRequestPartition extends StructOf<typeof txnOffsetCommitRequestPartition> {}

export interface TxnOffsetCommitRequestTopic extends StructOf<typeof txnOffsetCommitRequestTopic> {}
