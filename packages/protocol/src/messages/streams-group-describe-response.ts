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

const subtopology = struct('Subtopology', {
  subtopologyId: f(string, '0+'),
  sourceTopics: f(array(string), '0+', { entityType: 'topicName' }),
  repartitionSinkTopics: f(array(string), '0+', { entityType: 'topicName' }),
  stateChangelogTopics: f(array(topicInfo), '0+'),
  repartitionSourceTopics: f(array(topicInfo), '0+'),
})

const topology = struct('Topology', {
  epoch: f(int32, '0+'),
  subtopologies: f(nullable(array(subtopology)), '0+', { default: null }),
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

const taskIds = struct('TaskIds', {
  subtopologyId: f(string, '0+'),
  partitions: f(array(int32), '0+'),
})

const assignment = struct('Assignment', {
  activeTasks: f(array(taskIds), '0+'),
  standbyTasks: f(array(taskIds), '0+'),
  warmupTasks: f(array(taskIds), '0+'),
})

const member = struct('Member', {
  memberId: f(string, '0+'),
  memberEpoch: f(int32, '0+'),
  instanceId: f(nullable(string), '0+', { default: null }),
  rackId: f(nullable(string), '0+', { default: null }),
  clientId: f(string, '0+'),
  clientHost: f(string, '0+'),
  topologyEpoch: f(int32, '0+'),
  processId: f(string, '0+'),
  userEndpoint: f(nullable(endpoint), '0+', { default: null }),
  clientTags: f(array(keyValue), '0+'),
  taskOffsets: f(array(taskOffset), '0+'),
  taskEndOffsets: f(array(taskOffset), '0+'),
  assignment: f(assignment, '0+'),
  targetAssignment: f(assignment, '0+'),
  isClassic: f(bool, '0+'),
})

const topologyDescriptionNode = struct('TopologyDescriptionNode', {
  name: f(string, '1+'),
  nodeType: f(int8, '1+'),
  sourceTopics: f(array(string), '1+', { entityType: 'topicName' }),
  sinkTopic: f(nullable(string), '1+', { default: null, entityType: 'topicName' }),
  stores: f(array(string), '1+'),
  successors: f(array(string), '1+'),
})

const topologyDescriptionSubtopology = struct('TopologyDescriptionSubtopology', {
  subtopologyId: f(string, '1+'),
  nodes: f(array(topologyDescriptionNode), '1+'),
})

const topologyDescriptionGlobalStore = struct('TopologyDescriptionGlobalStore', {
  source: f(topologyDescriptionNode, '1+'),
  processor: f(topologyDescriptionNode, '1+'),
})

const topologyDescription = struct('TopologyDescription', {
  subtopologies: f(array(topologyDescriptionSubtopology), '1+'),
  globalStores: f(array(topologyDescriptionGlobalStore), '1+'),
})

const describedGroup = struct('DescribedGroup', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', { default: null }),
  groupId: f(string, '0+', { entityType: 'groupId' }),
  groupState: f(string, '0+'),
  groupEpoch: f(int32, '0+'),
  assignmentEpoch: f(int32, '0+'),
  topology: f(nullable(topology), '0+', { default: null }),
  members: f(array(member), '0+'),
  authorizedOperations: f(int32, '0+', { default: -2147483648 }),
  topologyDescription: f(nullable(topologyDescription), '1+', { default: null }),
  topologyDescriptionStatus: f(int8, '1+'),
  assignorName: f(nullable(string), '1+', { default: null, ignorable: true }),
})

/** StreamsGroupDescribeResponse. */
export const streamsGroupDescribeResponse = message({
  name: 'StreamsGroupDescribeResponse',
  type: 'response',
  apiKey: 89,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    groups: f(array(describedGroup), '0+'),
  },
})

export interface StreamsGroupDescribeResponse extends MessageOf<typeof streamsGroupDescribeResponse> {}

export interface StreamsGroupDescribeResponseKeyValue extends StructOf<typeof keyValue> {}

export interface StreamsGroupDescribeResponseTopicInfo extends StructOf<typeof topicInfo> {}

export interface StreamsGroupDescribeResponseSubtopology extends StructOf<typeof subtopology> {}

export interface StreamsGroupDescribeResponseTopology extends StructOf<typeof topology> {}

export interface StreamsGroupDescribeResponseEndpoint extends StructOf<typeof endpoint> {}

export interface StreamsGroupDescribeResponseTaskOffset extends StructOf<typeof taskOffset> {}

export interface StreamsGroupDescribeResponseTaskIds extends StructOf<typeof taskIds> {}

export interface StreamsGroupDescribeResponseAssignment extends StructOf<typeof assignment> {}

export interface StreamsGroupDescribeResponseMember extends StructOf<typeof member> {}

export interface StreamsGroupDescribeResponseTopologyDescriptionNode extends StructOf<typeof topologyDescriptionNode> {}

export interface StreamsGroupDescribeResponseTopologyDescriptionSubtopology
  extends StructOf<typeof topologyDescriptionSubtopology> {}

export interface StreamsGroupDescribeResponseTopologyDescriptionGlobalStore
  extends StructOf<typeof topologyDescriptionGlobalStore> {}

export interface StreamsGroupDescribeResponseTopologyDescription extends StructOf<typeof topologyDescription> {}

export interface StreamsGroupDescribeResponseDescribedGroup extends StructOf<typeof describedGroup> {}
