import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: the partitions that a member of a share group shall have. */
export const shareGroupTargetAssignmentMemberKey = message({
  name: 'ShareGroupTargetAssignmentMemberKey',
  type: 'coordinator-key',
  apiKey: 13,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
    memberId: f(string, '0', 'Id of the member.'),
  },
})

export interface ShareGroupTargetAssignmentMemberKey extends MessageOf<typeof shareGroupTargetAssignmentMemberKey> {}
