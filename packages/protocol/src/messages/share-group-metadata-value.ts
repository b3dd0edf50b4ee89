import { exactInt64, f, int32, type MessageOf, message } from '../table/index.ts'

/** A share group: its epoch. */
export const shareGroupMetadataValue = message({
  name: 'ShareGroupMetadataValue',
  type: 'coordinator-value',
  apiKey: 11,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    epoch: f(int32, '0+'),
    metadataHash: f(
      exactInt64,
      '0+',
      'Hash of the topics that the group subscribes to: tells whether they have changed.',
    ),
  },
})

export interface ShareGroupMetadataValue extends MessageOf<typeof shareGroupMetadataValue> {}
