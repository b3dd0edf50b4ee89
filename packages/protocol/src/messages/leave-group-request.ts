import { array, f, type MessageOf, message, nullable, type StructOf, string, struct } from '../table/index.ts'

const memberIdentity = struct('MemberIdentity', {
  memberId: f(string, '3+'),
  groupInstanceId: f(nullable(string), '3+', { default: null }),
  reason: f(nullable(string), '5+', { default: null, ignorable: true }),
})

/** LeaveGroupRequest. */
export const leaveGroupRequest = message({
  name: 'LeaveGroupRequest',
  type: 'request',
  apiKey: 13,
  listeners: ['broker'],
  validVersions: '0-5',
  flexibleVersions: '4+',
  fields: {
    groupId: f(string, '0+', { entityType: 'groupId' }),
    memberId: f(string, '0-2'),
    members: f(array(memberIdentity), '3+'),
  },
})

export interface LeaveGroupRequest extends MessageOf<typeof leaveGroupRequest> {}

export interface LeaveGroupRequestMemberIdentity extends StructOf<typeof memberIdentity> {}
