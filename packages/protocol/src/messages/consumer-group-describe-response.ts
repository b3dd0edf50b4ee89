import {
  array,
  f,
  int8,
  int16,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uuid,
} from '../table/index.ts'

const topicPartitions = struct('TopicPartitions', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  topicName: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(int32), '0+'),
})

const assignment = struct('Assignment', {
  topicPartitions: f(array(topicPartitions), '0+', 'Partitions by topic.'),
})

const member = struct('Member', {
  memberId: f(string, '0+', 'Id of the member.'),
  instanceId: f(nullable(string), '0+', 'Id of a static member, or null.', { default: null }),
  rackId: f(nullable(string), '0+', 'Rack, to read from a replica nearby.', { default: null }),
  memberEpoch: f(int32, '0+', 'Epoch of the member: 0 joins, -1 leaves, -2 leaves for a while as a static member.'),
  clientId: f(string, '0+', 'What the client calls itself, for logs and quotas.'),
  clientHost: f(string, '0+'),
  subscribedTopicNames: f(array(string), '0+', 'Topics that the member subscribes to; null when unchanged.', {
    entityType: 'topicName',
  }),
  subscribedTopicRegex: f(
    nullable(string),
    '0+',
    'Pattern (RE2) of topics that the member subscribes to; null when unchanged.',
    { default: null },
  ),
  assignment: f(assignment, '0+'),
  targetAssignment: f(assignment, '0+'),
  memberType: f(int8, '1+', { default: -1, ignorable: true }),
})

const describedGroup = struct('DescribedGroup', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
  groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
  groupState: f(string, '0+', 'State of the group, by name.'),
  groupEpoch: f(int32, '0+', 'Epoch of the group.'),
  assignmentEpoch: f(int32, '0+', 'Epoch of the target assignment.'),
  assignorName: f(string, '0+', 'Name of the assignor.'),
  members: f(array(member), '0+', 'Members of the group.'),
  authorizedOperations: f(
    int32,
    '0+',
    'Bits of the operations that the caller may do; -2147483648 when not asked for.',
    { default: -2147483648 },
  ),
})

/** Answers ConsumerGroupDescribeRequest. */
export const consumerGroupDescribeResponse = message({
  name: 'ConsumerGroupDescribeResponse',
  type: 'response',
  apiKey: 69,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    groups: f(array(describedGroup), '0+'),
  },
})

export interface ConsumerGroupDescribeResponse extends MessageOf<typeof consumerGroupDescribeResponse> {}

export interface ConsumerGroupDescribeResponseTopicPartitions extends StructOf<typeof topicPartitions> {}

export interface ConsumerGroupDescribeResponseAssignment extends StructOf<typeof assignment> {}

export interface ConsumerGroupDescribeResponseMember extends StructOf<typeof member> {}

export interface ConsumerGroupDescribeResponseDescribedGroup extends StructOf<typeof describedGroup> {}
