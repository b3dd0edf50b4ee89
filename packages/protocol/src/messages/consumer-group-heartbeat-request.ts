import {
  array,
  f,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uuid,
} from '../table/index.ts'

const topicPartitions = struct('TopicPartitions', {
  topicId: f(uuid, '0+'),
  partitions: f(array(int32), '0+'),
})

/** ConsumerGroupHeartbeatRequest. */
export const consumerGroupHeartbeatRequest = message({
  name: 'ConsumerGroupHeartbeatRequest',
  type: 'request',
  apiKey: 68,
  listeners: ['broker'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    groupId: f(string, '0+', { entityType: 'groupId' }),
    memberId: f(string, '0+'),
    memberEpoch: f(int32, '0+'),
    instanceId: f(nullable(string), '0+', { default: null }),
    rackId: f(nullable(string), '0+', { default: null }),
    rebalanceTimeoutMs: f(int32, '0+', { default: -1 }),
    subscribedTopicNames: f(nullable(array(string)), '0+', { default: null, entityType: 'topicName' }),
    subscribedTopicRegex: f(nullable(string), '1+', { default: null }),
    serverAssignor: f(nullable(string), '0+', { default: null }),
    topicPartitions: f(nullable(array(topicPartitions)), '0+', { default: null }),
  },
})

export interface ConsumerGroupHeartbeatRequest extends MessageOf<typeof consumerGroupHeartbeatRequest> {}

export interface ConsumerGroupHeartbeatRequestTopicPartitions extends StructOf<typeof topicPartitions> {}
