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
  partitionIndexes: f(array(int32), '0-7', 'Numbers of partitions, from 0.'),
})

const offsetFetchRequestTopics = struct('OffsetFetchRequestTopics', {
  name: f(string, '8-9', { ignorable: true, entityType: 'topicName' }),
  topicId: f(uuid, '10+', 'Id of the topic.', { ignorable: true }),
  partitionIndexes: f(array(int32), '8+', 'Numbers of partitions, from 0.'),
})

const offsetFetchRequestGroup = struct('OffsetFetchRequestGroup', {
  groupId: f(string, '8+', 'Id of the group.', { entityType: 'groupId' }),
  memberId: f(nullable(string), '9+', 'Id of the member.', { default: null, ignorable: true }),
  memberEpoch: f(int32, '9+', 'Epoch of the member: 0 joins, -1 leaves, -2 leaves for a while as a static member.', {
    default: -1,
    ignorable: true,
  }),
  topics: f(nullable(array(offsetFetchRequestTopics)), '8+'),
})

/**
 * Asks for the committed offsets of groups. v2 asks for all topics with null; v7 can insist on stable offsets; v8
 * takes several groups; v9 takes members of the new groups (KIP-848); v10 names topics by id.
 */
export const offsetFetchRequest = message({
  name: 'OffsetFetchRequest',
  type: 'request',
  apiKey: 9,
  listeners: ['broker'],
  validVersions: '1-10',
  flexibleVersions: '6+',
  fields: {
    groupId: f(string, '0-7', 'Id of the group.', { entityType: 'groupId' }),
    topics: f(nullable(array(offsetFetchRequestTopic), '2-7'), '0-7'),
    groups: f(array(offsetFetchRequestGroup), '8+'),
    requireStable: f(bool, '7+', 'Whether to refuse offsets that an open transaction may change.'),
  },
})

export interface OffsetFetchRequest extends MessageOf<typeof offsetFetchRequest> {}

export interface OffsetFetchRequestTopic extends StructOf<typeof offsetFetchRequestTopic> {}

export interface OffsetFetchRequestTopics extends StructOf<typeof offsetFetchRequestTopics> {}

export interface OffsetFetchRequestGroup extends StructOf<typeof offsetFetchRequestGroup> {}
