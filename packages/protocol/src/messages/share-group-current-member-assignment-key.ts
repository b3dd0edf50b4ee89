import { f, type MessageOf, message, string } from '../table/index.ts'

/** ShareGroupCurrentMemberAssignmentKey. */
export const shareGroupCurrentMemberAssignmentKey = message({
  name: 'ShareGroupCurrentMemberAssignmentKey',
  type: 'coordinator-key',
  apiKey: 14,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
    memberId: f(string, '0'),
  },
})

export interface ShareGroupCurrentMemberAssignmentKey extends MessageOf<typeof shareGroupCurrentMemberAssignmentKey> {}
