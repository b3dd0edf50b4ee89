import { array, f, int8, int32, type MessageOf, message, type StructOf, struct, uuid } from '../table/index.ts'

const topicPartitions = struct('TopicPartitions', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(int32), '0+'),
})

/** The partitions that a member of a share group has. */
export const shareGroupCurrentMemberAssignmentValue = message({
  name: 'ShareGroupCurrentMemberAssignmentValue',
  type: 'coordinator-value',
  apiKey: 14,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    memberEpoch: f(int32, '0+', 'Epoch of the member: 0 joins, -1 leaves, -2 leaves for a while as a static member.'),
    previousMemberEpoch: f(int32, '0+', 'Epoch of the member before the current one.'),
    state: f(int8, '0+'),
    assignedPartitions: f(array(topicPartitions), '0+'),
  },
})

export interface ShareGroupCurrentMemberAssignmentValue
  extends MessageOf<typeof shareGroupCurrentMemberAssignmentValue> {}

export interface ShareGroupCurrentMemberAssignmentValueTopicPartitions extends StructOf<typeof topicPartitions> {}
