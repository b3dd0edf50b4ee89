import { f, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** Keeps a member of a classic group alive between rebalances. v3 brings static members (KIP-345). */
export const heartbeatRequest = message({
  name: 'HeartbeatRequest',
  type: 'request',
  apiKey: 12,
  listeners: ['broker'],
  validVersions: '0-4',
  flexibleVersions: '4+',
  fields: {
    groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
    generationId: f(int32, '0+', 'Generation of the group, -1 outside of one.'),
    memberId: f(string, '0+', 'Id of the member.'),
    groupInstanceId: f(nullable(string), '3+', 'Id of a static member, or null.', { default: null }),
  },
})

export interface HeartbeatRequest extends MessageOf<typeof heartbeatRequest> {}
