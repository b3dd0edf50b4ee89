import {
  array,
  f,
  int8,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  struct,
  uuid,
} from '../table/index.ts'

const topicPartitions = struct('TopicPartitions', {
  topicId: f(uuid, '0+'),
  partitions: f(array(int32), '0+'),
  assignmentEpochs: f(nullable(array(int32)), '0+', { tag: 0 }),
})

/** ConsumerGroupCurrentMemberAssignmentValue. */
export const consumerGroupCurrentMemberAssignmentValue = message({
  name: 'ConsumerGroupCurrentMemberAssignmentValue',
  type: 'coordinator-value',
  apiKey: 8,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    memberEpoch: f(int32, '0+'),
    previousMemberEpoch: f(int32, '0+'),
    state: f(int8, '0+'),
    assignedPartitions: f(array(topicPartitions), '0+'),
    partitionsPendingRevocation: f(array(topicPartitions), '0+'),
  },
})

export interface ConsumerGroupCurrentMemberAssignmentValue
  extends MessageOf<typeof consumerGroupCurrentMemberAssignmentValue> {}

export interface ConsumerGroupCurrentMemberAssignmentValueTopicPartitions extends StructOf<typeof topicPartitions> {}
