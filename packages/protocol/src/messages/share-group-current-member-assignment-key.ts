import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: the partitions that a member of a share group has. */
export const shareGroupCurrentMemberAssignmentKey = message({
  name: 'ShareGroupCurrentMemberAssignmentKey',
  type: 'coordinator-key',
  apiKey: 14,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
    memberId: f(string, '0', 'Id of the member.'),
  },
})

export interface ShareGroupCurrentMemberAssignmentKey extends MessageOf<typeof shareGroupCurrentMemberAssignmentKey> {}
