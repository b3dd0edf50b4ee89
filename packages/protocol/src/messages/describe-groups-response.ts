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
  memberId: f(string, '0+'),
  groupInstanceId: f(nullable(string), '4+', { default: null, ignorable: true }),
  clientId: f(string, '0+'),
  clientHost: f(string, '0+'),
  memberMetadata: f(bytes, '0+'),
  memberAssignment: f(bytes, '0+'),
})

const describedGroup = struct('DescribedGroup', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '6+', { default: null }),
  groupId: f(string, '0+', { entityType: 'groupId' }),
  groupState: f(string, '0+'),
  protocolType: f(string, '0+'),
  protocolData: f(string, '0+'),
  members: f(array(describedGroupMember), '0+'),
  authorizedOperations: f(int32, '3+', { default: -2147483648 }),
})

/** DescribeGroupsResponse. */
export const describeGroupsResponse = message({
  name: 'DescribeGroupsResponse',
  type: 'response',
  apiKey: 15,
  validVersions: '0-6',
  flexibleVersions: '5+',
  fields: {
    throttleTimeMs: f(int32, '1+', { ignorable: true }),
    groups: f(array(describedGroup), '0+'),
  },
})

export interface DescribeGroupsResponse extends MessageOf<typeof describeGroupsResponse> {}

export interface DescribeGroupsResponseDescribedGroupMember extends StructOf<typeof describedGroupMember> {}

export interface DescribeGroupsResponseDescribedGroup extends StructOf<typeof describedGroup> {}
