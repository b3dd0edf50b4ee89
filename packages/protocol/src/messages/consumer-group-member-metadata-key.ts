import { f, type MessageOf, message, string } from '../table/index.ts'

/** ConsumerGroupMemberMetadataKey. */
export const consumerGroupMemberMetadataKey = message({
  name: 'ConsumerGroupMemberMetadataKey',
  type: 'coordinator-key',
  apiKey: 5,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
    memberId: f(string, '0'),
  },
})

export interface ConsumerGroupMemberMetadataKey extends MessageOf<typeof consumerGroupMemberMetadataKey> {}
