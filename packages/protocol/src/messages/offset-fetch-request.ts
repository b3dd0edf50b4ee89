import {
  array,
  bool,
  f,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uuid,
} from '../table/index.ts'

const offsetFetchRequestTopic = struct('OffsetFetchRequestTopic', {
  name: f(string, '0-7', { entityType: 'topicName' }),
  partitionIndexes: f(array(int32), '0-7'),
})

const offsetFetchRequestTopics = struct('OffsetFetchRequestTopics', {
  name: f(string, '8-9', { ignorable: true, entityType: 'topicName' }),
  topicId: f(uuid, '10+', { ignorable: true }),
  partitionIndexes: f(array(int32), '8+'),
})

const offsetFetchRequestGroup = struct('OffsetFetchRequestGroup', {
  groupId: f(string, '8+', { entityType: 'groupId' }),
  memberId: f(nullable(string), '9+', { default: null, ignorable: true }),
  memberEpoch: f(int32, '9+', { default: -1, ignorable: true }),
  topics: f(nullable(array(offsetFetchRequestTopics)), '8+'),
})

/** OffsetFetchRequest. */
export const offsetFetchRequest = message({
  name: 'OffsetFetchRequest',
  type: 'request',
  apiKey: 9,
  listeners: ['broker'],
  validVersions: '1-10',
  flexibleVersions: '6+',
  fields: {
    groupId: f(string, '0-7', { entityType: 'groupId' }),
    topics: f(nullable(array(offsetFetchRequestTopic), '2-7'), '0-7'),
    groups: f(array(offsetFetchRequestGroup), '8+'),
    requireStable: f(bool, '7+'),
  },
})

export interface OffsetFetchRequest extends MessageOf<typeof offsetFetchRequest> {}

export interface OffsetFetchRequestTopic extends StructOf<typeof offsetFetchRequestTopic> {}

export interface OffsetFetchRequestTopics extends StructOf<typeof offsetFetchRequestTopics> {}

export interface OffsetFetchRequestGroup extends StructOf<typeof offsetFetchRequestGroup> {}
