import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: a share group: its epoch. */
export const shareGroupMetadataKey = message({
  name: 'ShareGroupMetadataKey',
  type: 'coordinator-key',
  apiKey: 11,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
  },
})

export interface ShareGroupMetadataKey extends MessageOf<typeof shareGroupMetadataKey> {}
