import {
  array,
  f,
  int16,
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

const assignment = struct('Assignment', {
  topicPartitions: f(array(topicPartitions), '0+', 'Partitions by topic.'),
})

/** Answers ConsumerGroupHeartbeatRequest. */
export const consumerGroupHeartbeatResponse = message({
  name: 'ConsumerGroupHeartbeatResponse',
  type: 'response',
  apiKey: 68,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
    memberId: f(nullable(string), '0+', 'Id of the member.', { default: null }),
    memberEpoch: f(int32, '0+', 'Epoch of the member: 0 joins, -1 leaves, -2 leaves for a while as a static member.'),
    heartbeatIntervalMs: f(int32, '0+', 'Milliseconds between heartbeats.'),
    assignment: f(nullable(assignment), '0+', { default: null }),
  },
})

export interface ConsumerGroupHeartbeatResponse extends MessageOf<typeof consumerGroupHeartbeatResponse> {}

export interface ConsumerGroupHeartbeatResponseTopicPartitions extends StructOf<typeof topicPartitions> {}

export interface ConsumerGroupHeartbeatResponseAssignment extends StructOf<typeof assignment> {}
