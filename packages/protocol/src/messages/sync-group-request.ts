import {
  array,
  bytes,
  f,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const syncGroupRequestAssignment = struct('SyncGroupRequestAssignment', {
  memberId: f(string, '0+', 'Id of the member.'),
  assignment: f(bytes, '0+'),
})

/** Hands out the assignment that the leader of a classic group has made. v3 brings static members; v5 the protocol. */
export const syncGroupRequest = message({
  name: 'SyncGroupRequest',
  type: 'request',
  apiKey: 14,
  listeners: ['broker'],
  validVersions: '0-5',
  flexibleVersions: '4+',
  fields: {
    groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
    generationId: f(int32, '0+', 'Generation of the group, -1 outside of one.'),
    memberId: f(string, '0+', 'Id of the member.'),
    groupInstanceId: f(nullable(string), '3+', 'Id of a static member, or null.', { default: null }),
    protocolType: f(nullable(string), '5+', 'What the group is for: `consumer`, `connect`...', {
      default: null,
      ignorable: true,
    }),
    protocolName: f(nullable(string), '5+', 'The protocol (assignor) that the group has chosen.', {
      default: null,
      ignorable: true,
    }),
    assignments: f(array(syncGroupRequestAssignment), '0+'),
  },
})

export interface SyncGroupRequest extends MessageOf<typeof syncGroupRequest> {}

export interface SyncGroupRequestAssignment extends StructOf<typeof syncGroupRequestAssignment> {}
