import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: a streams group: its epoch. */
export const streamsGroupMetadataKey = message({
  name: 'StreamsGroupMetadataKey',
  type: 'coordinator-key',
  apiKey: 17,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
  },
})

export interface StreamsGroupMetadataKey extends MessageOf<typeof streamsGroupMetadataKey> {}
