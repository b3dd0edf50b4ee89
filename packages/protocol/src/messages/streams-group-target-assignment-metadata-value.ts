import { f, int32, int64, type MessageOf, message } from '../table/index.ts'

/** The epoch of the target assignment of a streams group. */
export const streamsGroupTargetAssignmentMetadataValue = message({
  name: 'StreamsGroupTargetAssignmentMetadataValue',
  type: 'coordinator-value',
  apiKey: 20,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    assignmentEpoch: f(int32, '0+', 'Epoch of the target assignment.'),
    assignmentTimestamp: f(int64, '0+', { tag: 0, ignorable: true }),
  },
})

export interface StreamsGroupTargetAssignmentMetadataValue
  extends MessageOf<typeof streamsGroupTargetAssignmentMetadataValue> {}
