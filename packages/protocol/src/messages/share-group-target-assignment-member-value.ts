import { array, f, int32, type MessageOf, message, type StructOf, struct, uuid } from '../table/index.ts'

const topicPartition = struct('TopicPartition', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(int32), '0+'),
})

/** The partitions that a member of a share group shall have. */
export const shareGroupTargetAssignmentMemberValue = message({
  name: 'ShareGroupTargetAssignmentMemberValue',
  type: 'coordinator-value',
  apiKey: 13,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    topicPartitions: f(array(topicPartition), '0+', 'Partitions by topic.'),
  },
})

export interface ShareGroupTargetAssignmentMemberValue
  extends MessageOf<typeof shareGroupTargetAssignmentMemberValue> {}

export interface ShareGroupTargetAssignmentMemberValueTopicPartition extends StructOf<typeof topicPartition> {}
