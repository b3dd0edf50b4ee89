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
  partitionIndex: f(int32, '0+'),
  committedOffset: f(int64, '0+'),
  committedLeaderEpoch: f(int32, '6+', { default: -1, ignorable: true }),
  committedMetadata: f(nullable(string), '0+'),
})

const offsetCommitRequestTopic = struct('OffsetCommitRequestTopic', {
  name: f(string, '0-9', { ignorable: true, entityType: 'topicName' }),
  topicId: f(uuid, '10+', { ignorable: true }),
  partitions: f(array(offsetCommitRequestPartition), '0+'),
})

/** OffsetCommitRequest. */
export const offsetCommitRequest = message({
  name: 'OffsetCommitRequest',
  type: 'request',
  apiKey: 8,
  listeners: ['broker'],
  validVersions: '2-10',
  flexibleVersions: '8+',
  fields: {
    groupId: f(string, '0+', { entityType: 'groupId' }),
    generationIdOrMemberEpoch: f(int32, '1+', { default: -1, ignorable: true }),
    memberId: f(string, '1+', { ignorable: true }),
    groupInstanceId: f(nullable(string), '7+', { default: null }),
    retentionTimeMs: f(int64, '2-4', { default: -1, ignorable: true }),
    topics: f(array(offsetCommitRequestTopic), '0+'),
  },
})

export interface OffsetCommitRequest extends MessageOf<typeof offsetCommitRequest> {}

export interface OffsetCommitRequestPartition extends StructOf<typeof offsetCommitRequestPartition> {}

export interface OffsetCommitRequestTopic extends StructOf<typeof offsetCommitRequestTopic> {}
