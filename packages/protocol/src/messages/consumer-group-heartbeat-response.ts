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
  topicId: f(uuid, '0+'),
  partitions: f(array(int32), '0+'),
})

const assignment = struct('Assignment', {
  topicPartitions: f(array(topicPartitions), '0+'),
})

/** ConsumerGroupHeartbeatResponse. */
export const consumerGroupHeartbeatResponse = message({
  name: 'ConsumerGroupHeartbeatResponse',
  type: 'response',
  apiKey: 68,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', { default: null }),
    memberId: f(nullable(string), '0+', { default: null }),
    memberEpoch: f(int32, '0+'),
    heartbeatIntervalMs: f(int32, '0+'),
    assignment: f(nullable(assignment), '0+', { default: null }),
  },
})

export interface ConsumerGroupHeartbeatResponse extends MessageOf<typeof consumerGroupHeartbeatResponse> {}

export interface ConsumerGroupHeartbeatResponseTopicPartitions extends StructOf<typeof topicPartitions> {}

export interface ConsumerGroupHeartbeatResponseAssignment extends StructOf<typeof assignment> {}
