import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: a consumer group: its epoch. */
export const consumerGroupMetadataKey = message({
  name: 'ConsumerGroupMetadataKey',
  type: 'coordinator-key',
  apiKey: 3,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
  },
})

export interface ConsumerGroupMetadataKey extends MessageOf<typeof consumerGroupMetadataKey> {}
