import {
  array,
  bool,
  f,
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

const keyValue = struct('KeyValue', {
  key: f(string, '0+'),
  value: f(string, '0+'),
})

const topicInfo = struct('TopicInfo', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(int32, '0+'),
  replicationFactor: f(int16, '0+'),
  topicConfigs: f(array(keyValue), '0+'),
})

const copartitionGroup = struct('CopartitionGroup', {
  sourceTopics: f(array(int16), '0+'),
  sourceTopicRegex: f(array(int16), '0+'),
  repartitionSourceTopics: f(array(int16), '0+'),
})

const subtopology = struct('Subtopology', {
  subtopologyId: f(string, '0+'),
  sourceTopics: f(array(string), '0+', { entityType: 'topicName' }),
  sourceTopicRegex: f(array(string), '0+'),
  stateChangelogTopics: f(array(topicInfo), '0+'),
  repartitionSinkTopics: f(array(string), '0+', { entityType: 'topicName' }),
  repartitionSourceTopics: f(array(topicInfo), '0+'),
  copartitionGroups: f(array(copartitionGroup), '0+'),
})

const topology = struct('Topology', {
  epoch: f(int32, '0+'),
  subtopologies: f(array(subtopology), '0+'),
})

const taskIds = struct('TaskIds', {
  subtopologyId: f(string, '0+'),
  partitions: f(array(int32), '0+'),
})

const endpoint = struct('Endpoint', {
  host: f(string, '0+'),
  port: f(uint16, '0+'),
})

const taskOffset = struct('TaskOffset', {
  subtopologyId: f(string, '0+'),
  partition: f(int32, '0+'),
  offset: f(int64, '0+'),
})

/** StreamsGroupHeartbeatRequest. */
export const streamsGroupHeartbeatRequest = message({
  name: 'StreamsGroupHeartbeatRequest',
  type: 'request',
  apiKey: 88,
  listeners: ['broker'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    groupId: f(string, '0+', { entityType: 'groupId' }),
    memberId: f(string, '0+'),
    memberEpoch: f(int32, '0+'),
    endpointInformationEpoch: f(int32, '0+'),
    instanceId: f(nullable(string), '0+', { default: null }),
    rackId: f(nullable(string), '0+', { default: null }),
    rebalanceTimeoutMs: f(int32, '0+', { default: -1 }),
    topology: f(nullable(topology), '0+', { default: null }),
    activeTasks: f(nullable(array(taskIds)), '0+', { default: null }),
    standbyTasks: f(nullable(array(taskIds)), '0+', { default: null }),
    warmupTasks: f(nullable(array(taskIds)), '0+', { default: null }),
    processId: f(nullable(string), '0+', { default: null }),
    userEndpoint: f(nullable(endpoint), '0+', { default: null }),
    clientTags: f(nullable(array(keyValue)), '0+', { default: null }),
    taskOffsets: f(nullable(array(taskOffset)), '0+', { default: null }),
    taskEndOffsets: f(nullable(array(taskOffset)), '0+', { default: null }),
    shutdownApplication: f(bool, '0+'),
  },
})

export interface StreamsGroupHeartbeatRequest extends MessageOf<typeof streamsGroupHeartbeatRequest> {}

export interface StreamsGroupHeartbeatRequestKeyValue extends StructOf<typeof keyValue> {}

export interface StreamsGroupHeartbeatRequestTopicInfo extends StructOf<typeof topicInfo> {}

export interface StreamsGroupHeartbeatRequestCopartitionGroup extends StructOf<typeof copartitionGroup> {}

export interface StreamsGroupHeartbeatRequestSubtopology extends StructOf<typeof subtopology> {}

export interface StreamsGroupHeartbeatRequestTopology extends StructOf<typeof topology> {}

export interface StreamsGroupHeartbeatRequestTaskIds extends StructOf<typeof taskIds> {}

export interface StreamsGroupHeartbeatRequestEndpoint extends StructOf<typeof endpoint> {}

export interface StreamsGroupHeartbeatRequestTaskOffset extends StructOf<typeof taskOffset> {}
