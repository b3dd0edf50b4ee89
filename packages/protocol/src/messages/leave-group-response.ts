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
} from '../table/index.ts'

const memberResponse = struct('MemberResponse', {
  memberId: f(string, '3+', 'Id of the member.'),
  groupInstanceId: f(nullable(string), '3+', 'Id of a static member, or null.'),
  errorCode: f(int16, '3+', 'Kafka error code, 0 for none.'),
})

/** Answers LeaveGroupRequest. */
export const leaveGroupResponse = message({
  name: 'LeaveGroupResponse',
  type: 'response',
  apiKey: 13,
  validVersions: '0-5',
  flexibleVersions: '4+',
  fields: {
    throttleTimeMs: f(int32, '1+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    members: f(array(memberResponse), '3+', 'Members of the group.'),
  },
})

export interface LeaveGroupResponse extends MessageOf<typeof leaveGroupResponse> {}

export interface LeaveGroupResponseMemberResponse extends StructOf<typeof memberResponse> {}
