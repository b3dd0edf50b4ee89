import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: a member of a consumer group, and what it subscribes to. */
export const consumerGroupMemberMetadataKey = message({
  name: 'ConsumerGroupMemberMetadataKey',
  type: 'coordinator-key',
  apiKey: 5,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
    memberId: f(string, '0', 'Id of the member.'),
  },
})

export interface ConsumerGroupMemberMetadataKey extends MessageOf<typeof consumerGroupMemberMetadataKey> {}
