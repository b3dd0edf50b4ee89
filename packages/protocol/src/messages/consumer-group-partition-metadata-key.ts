import { f, type MessageOf, message, string } from '../table/index.ts'

/** ConsumerGroupPartitionMetadataKey. */
export const consumerGroupPartitionMetadataKey = message({
  name: 'ConsumerGroupPartitionMetadataKey',
  type: 'coordinator-key',
  apiKey: 4,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
  },
})

export interface ConsumerGroupPartitionMetadataKey extends MessageOf<typeof consumerGroupPartitionMetadataKey> {}
