import {
  array,
  bytes,
  f,
  int16,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const describedGroupMember = struct('DescribedGroupMember', {
  memberId: f(string, '0+', 'Id of the member.'),
  groupInstanceId: f(nullable(string), '4+', 'Id of a static member, or null.', { default: null, ignorable: true }),
  clientId: f(string, '0+', 'What the client calls itself, for logs and quotas.'),
  clientHost: f(string, '0+'),
  memberMetadata: f(bytes, '0+'),
  memberAssignment: f(bytes, '0+'),
})

const describedGroup = struct('DescribedGroup', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '6+', 'What went wrong, for people; null when nothing did.', { default: null }),
  groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
  groupState: f(string, '0+', 'State of the group, by name.'),
  protocolType: f(string, '0+', 'What the group is for: `consumer`, `connect`...'),
  protocolData: f(string, '0+'),
  members: f(array(describedGroupMember), '0+', 'Members of the group.'),
  authorizedOperations: f(
    int32,
    '3+',
    'Bits of the operations that the caller may do; -2147483648 when not asked for.',
    { default: -2147483648 },
  ),
})

/** Answers DescribeGroupsRequest. */
export const describeGroupsResponse = message({
  name: 'DescribeGroupsResponse',
  type: 'response',
  apiKey: 15,
  validVersions: '0-6',
  flexibleVersions: '5+',
  fields: {
    throttleTimeMs: f(int32, '1+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    groups: f(array(describedGroup), '0+'),
  },
})

export interface DescribeGroupsResponse extends MessageOf<typeof describeGroupsResponse> {}

export interface DescribeGroupsResponseDescribedGroupMember extends StructOf<typeof describedGroupMember> {}

export interface DescribeGroupsResponseDescribedGroup extends StructOf<typeof describedGroup> {}
