import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: the partitions whose state a share group has created, or is about to. */
export const shareGroupStatePartitionMetadataKey = message({
  name: 'ShareGroupStatePartitionMetadataKey',
  type: 'coordinator-key',
  apiKey: 15,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
  },
})

export interface ShareGroupStatePartitionMetadataKey extends MessageOf<typeof shareGroupStatePartitionMetadataKey> {}
