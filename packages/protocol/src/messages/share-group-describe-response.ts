import {
  array,
  f,
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
  rackId: f(nullable(string), '0+', { default: null }),
  memberEpoch: f(int32, '0+'),
  clientId: f(string, '0+'),
  clientHost: f(string, '0+'),
  subscribedTopicNames: f(array(string), '0+', { entityType: 'topicName' }),
  assignment: f(assignment, '0+'),
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

/** ShareGroupDescribeResponse. */
export const shareGroupDescribeResponse = message({
  name: 'ShareGroupDescribeResponse',
  type: 'response',
  apiKey: 77,
  validVersions: '1',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    groups: f(array(describedGroup), '0+'),
  },
})

export interface ShareGroupDescribeResponse extends MessageOf<typeof shareGroupDescribeResponse> {}

export interface ShareGroupDescribeResponseTopicPartitions extends StructOf<typeof topicPartitions> {}

export interface ShareGroupDescribeResponseAssignment extends StructOf<typeof assignment> {}

export interface ShareGroupDescribeResponseMember extends StructOf<typeof member> {}

export interface ShareGroupDescribeResponseDescribedGroup extends StructOf<typeof describedGroup> {}
