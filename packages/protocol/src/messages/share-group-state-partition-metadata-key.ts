import { f, type MessageOf, message, string } from '../table/index.ts'

/** ShareGroupStatePartitionMetadataKey. */
export const shareGroupStatePartitionMetadataKey = message({
  name: 'ShareGroupStatePartitionMetadataKey',
  type: 'coordinator-key',
  apiKey: 15,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
  },
})

export interface ShareGroupStatePartitionMetadataKey extends MessageOf<typeof shareGroupStatePartitionMetadataKey> {}
