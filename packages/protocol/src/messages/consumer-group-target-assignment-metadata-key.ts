import { f, type MessageOf, message, string } from '../table/index.ts'

/** ConsumerGroupTargetAssignmentMetadataKey. */
export const consumerGroupTargetAssignmentMetadataKey = message({
  name: 'ConsumerGroupTargetAssignmentMetadataKey',
  type: 'coordinator-key',
  apiKey: 6,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
  },
})

export interface ConsumerGroupTargetAssignmentMetadataKey
  extends MessageOf<typeof consumerGroupTargetAssignmentMetadataKey> {}
