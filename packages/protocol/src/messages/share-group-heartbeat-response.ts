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

/** Answers ShareGroupHeartbeatRequest. */
export const shareGroupHeartbeatResponse = message({
  name: 'ShareGroupHeartbeatResponse',
  type: 'response',
  apiKey: 76,
  validVersions: '1',
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

export interface ShareGroupHeartbeatResponse extends MessageOf<typeof shareGroupHeartbeatResponse> {}

export interface ShareGroupHeartbeatResponseTopicPartitions extends StructOf<typeof topicPartitions> {}

export interface ShareGroupHeartbeatResponseAssignment extends StructOf<typeof assignment> {}
