import { f, type MessageOf, message, string } from '../table/index.ts'

/** ShareGroupTargetAssignmentMetadataKey. */
export const shareGroupTargetAssignmentMetadataKey = message({
  name: 'ShareGroupTargetAssignmentMetadataKey',
  type: 'coordinator-key',
  apiKey: 12,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
  },
})

export interface ShareGroupTargetAssignmentMetadataKey
  extends MessageOf<typeof shareGroupTargetAssignmentMetadataKey> {}
