import {
  array,
  bytes,
  f,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const topicPartition = struct('TopicPartition', {
  topic: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  partitions: f(array(int32), '0+'),
})

/** What the leader of a classic consumer group gives a member: inside the assignment of SyncGroup. */
export const consumerProtocolAssignment = message({
  name: 'ConsumerProtocolAssignment',
  type: 'data',
  validVersions: '0-3',
  flexibleVersions: 'none',
  fields: {
    assignedPartitions: f(array(topicPartition), '0+'),
    userData: f(nullable(bytes), '0+', { default: null }),
  },
})

export interface ConsumerProtocolAssignment extends MessageOf<typeof consumerProtocolAssignment> {}

export interface ConsumerProtocolAssignmentTopicPartition extends StructOf<typeof topicPartition> {}
