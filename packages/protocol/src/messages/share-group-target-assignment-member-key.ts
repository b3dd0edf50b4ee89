import { f, type MessageOf, message, string } from '../table/index.ts'

/** ShareGroupTargetAssignmentMemberKey. */
export const shareGroupTargetAssignmentMemberKey = message({
  name: 'ShareGroupTargetAssignmentMemberKey',
  type: 'coordinator-key',
  apiKey: 13,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
    memberId: f(string, '0'),
  },
})

export interface ShareGroupTargetAssignmentMemberKey extends MessageOf<typeof shareGroupTargetAssignmentMemberKey> {}
