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
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  committedOffset: f(int64, '0+', 'Offset to go on from.'),
  committedLeaderEpoch: f(int32, '2+', 'Leader epoch of the last record consumed, -1 when unknown.', {
    default: -1,
    ignorable: true,
  }),
  committedMetadata: f(nullable(string), '0+', 'What the consumer wrote beside the offset.'),
})

const txnOffsetCommitRequestTopic = struct('TxnOffsetCommitRequestTopic', {
  name: f(string, '0-5', { ignorable: true, entityType: 'topicName' }),
  topicId: f(uuid, '6+', 'Id of the topic.', { ignorable: true }),
  partitions: f(array(txnOffsetCommitRequestPartition), '0+'),
})

/** Commits offsets of a group inside a transaction. v3 fences by generation; v6 names topics by id. */
export const txnOffsetCommitRequest = message({
  name: 'TxnOffsetCommitRequest',
  type: 'request',
  apiKey: 28,
  listeners: ['broker'],
  validVersions: '0-6',
  flexibleVersions: '3+',
  fields: {
    transactionalId: f(string, '0+', 'Transactional id, or null without transactions.', {
      entityType: 'transactionalId',
    }),
    groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
    producerId: f(exactInt64, '0+', 'Id of the producer, -1 for none.', { entityType: 'producerId' }),
    producerEpoch: f(int16, '0+', 'Epoch of the producer, -1 for none.'),
    generationIdOrMemberEpoch: f(
      int32,
      '3+',
      'Generation of a classic group, epoch of the member in a new one, -1 outside of both.',
      { default: -1 },
    ),
    memberId: f(string, '3+', 'Id of the member.'),
    groupInstanceId: f(nullable(string), '3+', 'Id of a static member, or null.', { default: null }),
    topics: f(array(txnOffsetCommitRequestTopic), '0+'),
  },
})

export interface TxnOffsetCommitRequest extends MessageOf<typeof txnOffsetCommitRequest> {}

export interface TxnOffsetCommitRequestPartition extends StructOf<typeof txnOffsetCommitRequestPartition> {}

export interface TxnOffsetCommitRequestTopic extends StructOf<typeof txnOffsetCommitRequestTopic> {}
