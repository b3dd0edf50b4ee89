import { array, f, type MessageOf, message, nullable, type StructOf, string, struct } from '../table/index.ts'

const memberIdentity = struct('MemberIdentity', {
  memberId: f(string, '3+', 'Id of the member.'),
  groupInstanceId: f(nullable(string), '3+', 'Id of a static member, or null.', { default: null }),
  reason: f(nullable(string), '5+', 'Why, for the log of the broker.', { default: null, ignorable: true }),
})

/** Takes members out of a classic group: one, or since v3 several, static ones by instance id. */
export const leaveGroupRequest = message({
  name: 'LeaveGroupRequest',
  type: 'request',
  apiKey: 13,
  listeners: ['broker'],
  validVersions: '0-5',
  flexibleVersions: '4+',
  fields: {
    groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
    memberId: f(string, '0-2', 'Id of the member.'),
    members: f(array(memberIdentity), '3+', 'Members of the group.'),
  },
})

export interface LeaveGroupRequest extends MessageOf<typeof leaveGroupRequest> {}

export interface LeaveGroupRequestMemberIdentity extends StructOf<typeof memberIdentity> {}
