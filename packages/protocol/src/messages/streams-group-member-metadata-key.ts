import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: a member of a streams group. */
export const streamsGroupMemberMetadataKey = message({
  name: 'StreamsGroupMemberMetadataKey',
  type: 'coordinator-key',
  apiKey: 19,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
    memberId: f(string, '0', 'Id of the member.'),
  },
})

export interface StreamsGroupMemberMetadataKey extends MessageOf<typeof streamsGroupMemberMetadataKey> {}
