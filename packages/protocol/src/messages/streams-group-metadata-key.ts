import { f, type MessageOf, message, string } from '../table/index.ts'

/** StreamsGroupMetadataKey. */
export const streamsGroupMetadataKey = message({
  name: 'StreamsGroupMetadataKey',
  type: 'coordinator-key',
  apiKey: 17,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
  },
})

export interface StreamsGroupMetadataKey extends MessageOf<typeof streamsGroupMetadataKey> {}
