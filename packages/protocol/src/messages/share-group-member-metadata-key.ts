import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: a member of a share group, and what it subscribes to. */
export const shareGroupMemberMetadataKey = message({
  name: 'ShareGroupMemberMetadataKey',
  type: 'coordinator-key',
  apiKey: 10,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
    memberId: f(string, '0', 'Id of the member.'),
  },
})

export interface ShareGroupMemberMetadataKey extends MessageOf<typeof shareGroupMemberMetadataKey> {}
