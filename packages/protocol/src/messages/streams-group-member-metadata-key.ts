import { f, type MessageOf, message, string } from '../table/index.ts'

/** StreamsGroupMemberMetadataKey. */
export const streamsGroupMemberMetadataKey = message({
  name: 'StreamsGroupMemberMetadataKey',
  type: 'coordinator-key',
  apiKey: 19,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
    memberId: f(string, '0'),
  },
})

export interface StreamsGroupMemberMetadataKey extends MessageOf<typeof streamsGroupMemberMetadataKey> {}
