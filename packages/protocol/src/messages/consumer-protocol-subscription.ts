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
  topic: f(string, '1+', { mapKey: true, entityType: 'topicName' }),
  partitions: f(array(int32), '1+'),
})

/** What a member of a classic consumer group tells the leader: inside the metadata of JoinGroup. */
export const consumerProtocolSubscription = message({
  name: 'ConsumerProtocolSubscription',
  type: 'data',
  validVersions: '0-3',
  flexibleVersions: 'none',
  fields: {
    topics: f(array(string), '0+'),
    userData: f(nullable(bytes), '0+', { default: null }),
    ownedPartitions: f(array(topicPartition), '1+', { ignorable: true }),
    generationId: f(int32, '2+', 'Generation of the group, -1 outside of one.', { default: -1, ignorable: true }),
    rackId: f(nullable(string), '3+', 'Rack, to read from a replica nearby.', { default: null, ignorable: true }),
  },
})

export interface ConsumerProtocolSubscription extends MessageOf<typeof consumerProtocolSubscription> {}

export interface ConsumerProtocolSubscriptionTopicPartition extends StructOf<typeof topicPartition> {}
