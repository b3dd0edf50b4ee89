import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: the epoch of the target assignment of a share group. */
export const shareGroupTargetAssignmentMetadataKey = message({
  name: 'ShareGroupTargetAssignmentMetadataKey',
  type: 'coordinator-key',
  apiKey: 12,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
  },
})

export interface ShareGroupTargetAssignmentMetadataKey
  extends MessageOf<typeof shareGroupTargetAssignmentMetadataKey> {}
