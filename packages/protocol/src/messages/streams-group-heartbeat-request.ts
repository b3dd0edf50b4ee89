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
  replicationFactor: f(int16, '0+', 'Count of replicas; -1 lets the broker, or the assignments, decide.'),
  topicConfigs: f(array(keyValue), '0+'),
})

const copartitionGroup = struct('CopartitionGroup', {
  sourceTopics: f(array(int16), '0+', 'Topics that are read.'),
  sourceTopicRegex: f(array(int16), '0+', 'Patterns of topics that are read.'),
  repartitionSourceTopics: f(array(int16), '0+', 'Repartition topics that are read.'),
})

const subtopology = struct('Subtopology', {
  subtopologyId: f(string, '0+', 'Name of the subtopology.'),
  sourceTopics: f(array(string), '0+', 'Topics that are read.', { entityType: 'topicName' }),
  sourceTopicRegex: f(array(string), '0+', 'Patterns of topics that are read.'),
  stateChangelogTopics: f(array(topicInfo), '0+', 'Changelogs of the state stores.'),
  repartitionSinkTopics: f(array(string), '0+', 'Repartition topics that are written.', { entityType: 'topicName' }),
  repartitionSourceTopics: f(array(topicInfo), '0+', 'Repartition topics that are read.'),
  copartitionGroups: f(array(copartitionGroup), '0+', 'Topics that must have the same partitions.'),
})

const topology = struct('Topology', {
  epoch: f(int32, '0+'),
  subtopologies: f(array(subtopology), '0+'),
})

const taskIds = struct('TaskIds', {
  subtopologyId: f(string, '0+', 'Name of the subtopology.'),
  partitions: f(array(int32), '0+'),
})

const endpoint = struct('Endpoint', {
  host: f(string, '0+', 'Host name or address.'),
  port: f(uint16, '0+', 'TCP port.'),
})

const taskOffset = struct('TaskOffset', {
  subtopologyId: f(string, '0+', 'Name of the subtopology.'),
  partition: f(int32, '0+', 'Number of the partition, from 0.'),
  offset: f(int64, '0+'),
})

/** The heartbeat of a member of a streams group (KIP-1071). */
export const streamsGroupHeartbeatRequest = message({
  name: 'StreamsGroupHeartbeatRequest',
  type: 'request',
  apiKey: 88,
  listeners: ['broker'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
    memberId: f(string, '0+', 'Id of the member.'),
    memberEpoch: f(int32, '0+', 'Epoch of the member: 0 joins, -1 leaves, -2 leaves for a while as a static member.'),
    endpointInformationEpoch: f(int32, '0+'),
    instanceId: f(nullable(string), '0+', 'Id of a static member, or null.', { default: null }),
    rackId: f(nullable(string), '0+', 'Rack, to read from a replica nearby.', { default: null }),
    rebalanceTimeoutMs: f(int32, '0+', 'Milliseconds a member has to give up or take over partitions.', {
      default: -1,
    }),
    topology: f(nullable(topology), '0+', { default: null }),
    activeTasks: f(nullable(array(taskIds)), '0+', 'Tasks that process.', { default: null }),
    standbyTasks: f(nullable(array(taskIds)), '0+', 'Tasks that keep a warm copy of state.', { default: null }),
    warmupTasks: f(nullable(array(taskIds)), '0+', 'Tasks that restore state before they take over.', {
      default: null,
    }),
    processId: f(nullable(string), '0+', 'Id of the process that the member runs in.', { default: null }),
    userEndpoint: f(nullable(endpoint), '0+', 'Where the member answers interactive queries, or null.', {
      default: null,
    }),
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
