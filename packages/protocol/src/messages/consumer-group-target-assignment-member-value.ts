import { array, f, int32, type MessageOf, message, type StructOf, struct, uuid } from '../table/index.ts'

const topicPartition = struct('TopicPartition', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(int32), '0+'),
})

/** The partitions that a member of a consumer group shall have. */
export const consumerGroupTargetAssignmentMemberValue = message({
  name: 'ConsumerGroupTargetAssignmentMemberValue',
  type: 'coordinator-value',
  apiKey: 7,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    topicPartitions: f(array(topicPartition), '0+', 'Partitions by topic.'),
  },
})

export interface ConsumerGroupTargetAssignmentMemberValue
  extends MessageOf<typeof consumerGroupTargetAssignmentMemberValue> {}

export interface ConsumerGroupTargetAssignmentMemberValueTopicPartition extends StructOf<typeof topicPartition> {}
