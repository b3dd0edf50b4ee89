import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: the epoch of the target assignment of a streams group. */
export const streamsGroupTargetAssignmentMetadataKey = message({
  name: 'StreamsGroupTargetAssignmentMetadataKey',
  type: 'coordinator-key',
  apiKey: 20,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
  },
})

export interface StreamsGroupTargetAssignmentMetadataKey
  extends MessageOf<typeof streamsGroupTargetAssignmentMetadataKey> {}
