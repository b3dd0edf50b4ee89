import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: the topics of a consumer group; no longer written. */
export const consumerGroupPartitionMetadataKey = message({
  name: 'ConsumerGroupPartitionMetadataKey',
  type: 'coordinator-key',
  apiKey: 4,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
  },
})

export interface ConsumerGroupPartitionMetadataKey extends MessageOf<typeof consumerGroupPartitionMetadataKey> {}
