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
  memberId: f(string, '0+'),
  assignment: f(bytes, '0+'),
})

/** SyncGroupRequest. */
export const syncGroupRequest = message({
  name: 'SyncGroupRequest',
  type: 'request',
  apiKey: 14,
  listeners: ['broker'],
  validVersions: '0-5',
  flexibleVersions: '4+',
  fields: {
    groupId: f(string, '0+', { entityType: 'groupId' }),
    generationId: f(int32, '0+'),
    memberId: f(string, '0+'),
    groupInstanceId: f(nullable(string), '3+', { default: null }),
    protocolType: f(nullable(string), '5+', { default: null, ignorable: true }),
    protocolName: f(nullable(string), '5+', { default: null, ignorable: true }),
    assignments: f(array(syncGroupRequestAssignment), '0+'),
  },
})

export interface SyncGroupRequest extends MessageOf<typeof syncGroupRequest> {}

export interface SyncGroupRequestAssignment extends StructOf<typeof syncGroupRequestAssignment> {}
