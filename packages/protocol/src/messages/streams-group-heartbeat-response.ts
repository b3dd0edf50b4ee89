import {
  array,
  bool,
  f,
  int8,
  int16,
  int32,
  int64,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uint16,
} from '../table/index.ts'

const status = struct('Status', {
  statusCode: f(int8, '0+'),
  statusDetail: f(string, '0+'),
})

const taskIds = struct('TaskIds', {
  subtopologyId: f(string, '0+', 'Name of the subtopology.'),
  partitions: f(array(int32), '0+'),
})

const endpoint = struct('Endpoint', {
  host: f(string, '0+', 'Host name or address.'),
  port: f(uint16, '0+', 'TCP port.'),
})

const topicPartition = struct('TopicPartition', {
  topic: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(int32), '0+'),
})

const endpointToPartitions = struct('EndpointToPartitions', {
  userEndpoint: f(endpoint, '0+', 'Where the member answers interactive queries, or null.'),
  activePartitions: f(array(topicPartition), '0+'),
  standbyPartitions: f(array(topicPartition), '0+'),
})

/** Answers StreamsGroupHeartbeatRequest. */
export const streamsGroupHeartbeatResponse = message({
  name: 'StreamsGroupHeartbeatResponse',
  type: 'response',
  apiKey: 88,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
    memberId: f(string, '0+', 'Id of the member.'),
    memberEpoch: f(int32, '0+', 'Epoch of the member: 0 joins, -1 leaves, -2 leaves for a while as a static member.'),
    heartbeatIntervalMs: f(int32, '0+', 'Milliseconds between heartbeats.'),
    acceptableRecoveryLagLegacy: f(int32, '0'),
    taskOffsetIntervalMs: f(int32, '0+'),
    acceptableRecoveryLag: f(int64, '1+', { default: -1, ignorable: true }),
    status: f(nullable(array(status)), '0+'),
    activeTasks: f(nullable(array(taskIds)), '0+', 'Tasks that process.', { default: null }),
    standbyTasks: f(nullable(array(taskIds)), '0+', 'Tasks that keep a warm copy of state.', { default: null }),
    warmupTasks: f(nullable(array(taskIds)), '0+', 'Tasks that restore state before they take over.', {
      default: null,
    }),
    topologyDescriptionRequired: f(bool, '1+'),
    endpointInformationEpoch: f(int32, '0+'),
    partitionsByUserEndpoint: f(nullable(array(endpointToPartitions)), '0+', { default: null }),
  },
})

export interface StreamsGroupHeartbeatResponse extends MessageOf<typeof streamsGroupHeartbeatResponse> {}

export interface StreamsGroupHeartbeatResponseStatus extends StructOf<typeof status> {}

export interface StreamsGroupHeartbeatResponseTaskIds extends StructOf<typeof taskIds> {}

export interface StreamsGroupHeartbeatResponseEndpoint extends StructOf<typeof endpoint> {}

export interface StreamsGroupHeartbeatResponseTopicPartition extends StructOf<typeof topicPartition> {}

export interface StreamsGroupHeartbeatResponseEndpointToPartitions extends StructOf<typeof endpointToPartitions> {}
