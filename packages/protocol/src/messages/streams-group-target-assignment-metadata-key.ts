import { f, type MessageOf, message, string } from '../table/index.ts'

/** StreamsGroupTargetAssignmentMetadataKey. */
export const streamsGroupTargetAssignmentMetadataKey = message({
  name: 'StreamsGroupTargetAssignmentMetadataKey',
  type: 'coordinator-key',
  apiKey: 20,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
  },
})

export interface StreamsGroupTargetAssignmentMetadataKey
  extends MessageOf<typeof streamsGroupTargetAssignmentMetadataKey> {}
