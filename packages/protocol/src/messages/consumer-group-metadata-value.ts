import { exactInt64, f, int32, type MessageOf, message } from '../table/index.ts'

/** A consumer group: its epoch. */
export const consumerGroupMetadataValue = message({
  name: 'ConsumerGroupMetadataValue',
  type: 'coordinator-value',
  apiKey: 3,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    epoch: f(int32, '0+'),
    metadataHash: f(
      exactInt64,
      '0+',
      'Hash of the topics that the group subscribes to: tells whether they have changed.',
      { tag: 0 },
    ),
  },
})

export interface ConsumerGroupMetadataValue extends MessageOf<typeof consumerGroupMetadataValue> {}
