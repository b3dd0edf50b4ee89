import { f, int32, int64, type MessageOf, message } from '../table/index.ts'

/** The epoch of the target assignment of a consumer group. */
export const consumerGroupTargetAssignmentMetadataValue = message({
  name: 'ConsumerGroupTargetAssignmentMetadataValue',
  type: 'coordinator-value',
  apiKey: 6,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    assignmentEpoch: f(int32, '0+', 'Epoch of the target assignment.'),
    assignmentTimestamp: f(int64, '0+', { tag: 0, ignorable: true }),
  },
})

export interface ConsumerGroupTargetAssignmentMetadataValue
  extends MessageOf<typeof consumerGroupTargetAssignmentMetadataValue> {}
