import {
  array,
  bool,
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

const joinGroupResponseMember = struct('JoinGroupResponseMember', {
  memberId: f(string, '0+', 'Id of the member.'),
  groupInstanceId: f(nullable(string), '5+', 'Id of a static member, or null.', { default: null, ignorable: true }),
  metadata: f(bytes, '0+'),
})

/** Answers JoinGroupRequest. */
export const joinGroupResponse = message({
  name: 'JoinGroupResponse',
  type: 'response',
  apiKey: 11,
  validVersions: '0-9',
  flexibleVersions: '6+',
  fields: {
    throttleTimeMs: f(int32, '2+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    generationId: f(int32, '0+', 'Generation of the group, -1 outside of one.', { default: -1 }),
    protocolType: f(nullable(string), '7+', 'What the group is for: `consumer`, `connect`...', {
      default: null,
      ignorable: true,
    }),
    protocolName: f(nullable(string, '7+'), '0+', 'The protocol (assignor) that the group has chosen.'),
    leader: f(string, '0+', 'Member id of the leader of the group.'),
    skipAssignment: f(bool, '9+', 'Whether the leader leaves the assignment as it is.'),
    memberId: f(string, '0+', 'Id of the member.'),
    members: f(array(joinGroupResponseMember), '0+', 'Members of the group.'),
  },
})

export interface JoinGroupResponse extends MessageOf<typeof joinGroupResponse> {}

export interface JoinGroupResponseMember extends StructOf<typeof joinGroupResponseMember> {}
