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
  topicId: f(uuid, '0+'),
  topicName: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(int32), '0+'),
})

const assignment = struct('Assignment', {
  topicPartitions: f(array(topicPartitions), '0+'),
})

const member = struct('Member', {
  memberId: f(string, '0+'),
  instanceId: f(nullable(string), '0+', { default: null }),
  rackId: f(nullable(string), '0+', { default: null }),
  memberEpoch: f(int32, '0+'),
  clientId: f(string, '0+'),
  clientHost: f(string, '0+'),
  subscribedTopicNames: f(array(string), '0+', { entityType: 'topicName' }),
  subscribedTopicRegex: f(nullable(string), '0+', { default: null }),
  assignment: f(assignment, '0+'),
  targetAssignment: f(assignment, '0+'),
  memberType: f(int8, '1+', { default: -1, ignorable: true }),
})

const describedGroup = struct('DescribedGroup', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', { default: null }),
  groupId: f(string, '0+', { entityType: 'groupId' }),
  groupState: f(string, '0+'),
  groupEpoch: f(int32, '0+'),
  assignmentEpoch: f(int32, '0+'),
  assignorName: f(string, '0+'),
  members: f(array(member), '0+'),
  authorizedOperations: f(int32, '0+', { default: -2147483648 }),
})

/** ConsumerGroupDescribeResponse. */
export const consumerGroupDescribeResponse = message({
  name: 'ConsumerGroupDescribeResponse',
  type: 'response',
  apiKey: 69,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    groups: f(array(describedGroup), '0+'),
  },
})

export interface ConsumerGroupDescribeResponse extends MessageOf<typeof consumerGroupDescribeResponse> {}

export interface ConsumerGroupDescribeResponseTopicPartitions extends StructOf<typeof topicPartitions> {}

export interface ConsumerGroupDescribeResponseAssignment extends StructOf<typeof assignment> {}

export interface ConsumerGroupDescribeResponseMember extends StructOf<typeof member> {}

export interface ConsumerGroupDescribeResponseDescribedGroup extends StructOf<typeof describedGroup> {}
