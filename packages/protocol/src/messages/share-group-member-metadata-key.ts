import { f, type MessageOf, message, string } from '../table/index.ts'

/** ShareGroupMemberMetadataKey. */
export const shareGroupMemberMetadataKey = message({
  name: 'ShareGroupMemberMetadataKey',
  type: 'coordinator-key',
  apiKey: 10,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
    memberId: f(string, '0'),
  },
})

export interface ShareGroupMemberMetadataKey extends MessageOf<typeof shareGroupMemberMetadataKey> {}
