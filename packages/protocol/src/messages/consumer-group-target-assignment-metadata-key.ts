import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: the epoch of the target assignment of a consumer group. */
export const consumerGroupTargetAssignmentMetadataKey = message({
  name: 'ConsumerGroupTargetAssignmentMetadataKey',
  type: 'coordinator-key',
  apiKey: 6,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
  },
})

export interface ConsumerGroupTargetAssignmentMetadataKey
  extends MessageOf<typeof consumerGroupTargetAssignmentMetadataKey> {}
