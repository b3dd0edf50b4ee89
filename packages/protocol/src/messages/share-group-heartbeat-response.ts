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

/** ShareGroupHeartbeatResponse. */
export const shareGroupHeartbeatResponse = message({
  name: 'ShareGroupHeartbeatResponse',
  type: 'response',
  apiKey: 76,
  validVersions: '1',
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

export interface ShareGroupHeartbeatResponse extends MessageOf<typeof shareGroupHeartbeatResponse> {}

export interface ShareGroupHeartbeatResponseTopicPartitions extends StructOf<typeof topicPartitions> {}

export interface ShareGroupHeartbeatResponseAssignment extends StructOf<typeof assignment> {}
