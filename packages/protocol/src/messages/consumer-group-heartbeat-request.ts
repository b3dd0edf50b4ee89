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
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(int32), '0+'),
})

/**
 * The one request of a member of a consumer group (KIP-848): joins, reports, takes its assignment, leaves. What has
 * not changed is left null. v1 brings patterns and client-made member ids.
 */
export const consumerGroupHeartbeatRequest = message({
  name: 'ConsumerGroupHeartbeatRequest',
  type: 'request',
  apiKey: 68,
  listeners: ['broker'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
    memberId: f(string, '0+', 'Id of the member.'),
    memberEpoch: f(int32, '0+', 'Epoch of the member: 0 joins, -1 leaves, -2 leaves for a while as a static member.'),
    instanceId: f(nullable(string), '0+', 'Id of a static member, or null.', { default: null }),
    rackId: f(nullable(string), '0+', 'Rack, to read from a replica nearby.', { default: null }),
    rebalanceTimeoutMs: f(int32, '0+', 'Milliseconds a member has to give up or take over partitions.', {
      default: -1,
    }),
    subscribedTopicNames: f(
      nullable(array(string)),
      '0+',
      'Topics that the member subscribes to; null when unchanged.',
      { default: null, entityType: 'topicName' },
    ),
    subscribedTopicRegex: f(
      nullable(string),
      '1+',
      'Pattern (RE2) of topics that the member subscribes to; null when unchanged.',
      { default: null },
    ),
    serverAssignor: f(
      nullable(string),
      '0+',
      'Assignor of the broker to be used; null when the broker chooses, or when unchanged.',
      { default: null },
    ),
    topicPartitions: f(nullable(array(topicPartitions)), '0+', 'Partitions by topic.', { default: null }),
  },
})

export interface ConsumerGroupHeartbeatRequest extends MessageOf<typeof consumerGroupHeartbeatRequest> {}

export interface ConsumerGroupHeartbeatRequestTopicPartitions extends StructOf<typeof topicPartitions> {}
