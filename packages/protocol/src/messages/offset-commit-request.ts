import {
  array,
  f,
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

const offsetCommitRequestPartition = struct('OffsetCommitRequestPartition', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  committedOffset: f(int64, '0+', 'Offset to go on from.'),
  committedLeaderEpoch: f(int32, '6+', 'Leader epoch of the last record consumed, -1 when unknown.', {
    default: -1,
    ignorable: true,
  }),
  committedMetadata: f(nullable(string), '0+', 'What the consumer wrote beside the offset.'),
})

const offsetCommitRequestTopic = struct('OffsetCommitRequestTopic', {
  name: f(string, '0-9', { ignorable: true, entityType: 'topicName' }),
  topicId: f(uuid, '10+', 'Id of the topic.', { ignorable: true }),
  partitions: f(array(offsetCommitRequestPartition), '0+'),
})

/**
 * Commits the offsets of a group. v6 carries leader epochs, v7 static members; v9 takes members of the new groups
 * (KIP-848); v10 names topics by id.
 */
export const offsetCommitRequest = message({
  name: 'OffsetCommitRequest',
  type: 'request',
  apiKey: 8,
  listeners: ['broker'],
  validVersions: '2-10',
  flexibleVersions: '8+',
  fields: {
    groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
    generationIdOrMemberEpoch: f(
      int32,
      '1+',
      'Generation of a classic group, epoch of the member in a new one, -1 outside of both.',
      { default: -1, ignorable: true },
    ),
    memberId: f(string, '1+', 'Id of the member.', { ignorable: true }),
    groupInstanceId: f(nullable(string), '7+', 'Id of a static member, or null.', { default: null }),
    retentionTimeMs: f(int64, '2-4', 'Milliseconds to keep the offset, -1 for the setting of the broker.', {
      default: -1,
      ignorable: true,
    }),
    topics: f(array(offsetCommitRequestTopic), '0+'),
  },
})

export interface OffsetCommitRequest extends MessageOf<typeof offsetCommitRequest> {}

export interface OffsetCommitRequestPartition extends StructOf<typeof offsetCommitRequestPartition> {}

export interface OffsetCommitRequestTopic extends StructOf<typeof offsetCommitRequestTopic> {}
