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
  replicationFactor: f(int16, '0+', 'Count of replicas; -1 lets the broker, or the assignments, decide.'),
  topicConfigs: f(array(keyValue), '0+'),
})

const subtopology = struct('Subtopology', {
  subtopologyId: f(string, '0+', 'Name of the subtopology.'),
  sourceTopics: f(array(string), '0+', 'Topics that are read.', { entityType: 'topicName' }),
  repartitionSinkTopics: f(array(string), '0+', 'Repartition topics that are written.', { entityType: 'topicName' }),
  stateChangelogTopics: f(array(topicInfo), '0+', 'Changelogs of the state stores.'),
  repartitionSourceTopics: f(array(topicInfo), '0+', 'Repartition topics that are read.'),
})

const topology = struct('Topology', {
  epoch: f(int32, '0+'),
  subtopologies: f(nullable(array(subtopology)), '0+', { default: null }),
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

const taskIds = struct('TaskIds', {
  subtopologyId: f(string, '0+', 'Name of the subtopology.'),
  partitions: f(array(int32), '0+'),
})

const assignment = struct('Assignment', {
  activeTasks: f(array(taskIds), '0+', 'Tasks that process.'),
  standbyTasks: f(array(taskIds), '0+', 'Tasks that keep a warm copy of state.'),
  warmupTasks: f(array(taskIds), '0+', 'Tasks that restore state before they take over.'),
})

const member = struct('Member', {
  memberId: f(string, '0+', 'Id of the member.'),
  memberEpoch: f(int32, '0+', 'Epoch of the member: 0 joins, -1 leaves, -2 leaves for a while as a static member.'),
  instanceId: f(nullable(string), '0+', 'Id of a static member, or null.', { default: null }),
  rackId: f(nullable(string), '0+', 'Rack, to read from a replica nearby.', { default: null }),
  clientId: f(string, '0+', 'What the client calls itself, for logs and quotas.'),
  clientHost: f(string, '0+'),
  topologyEpoch: f(int32, '0+', 'Version of the topology.'),
  processId: f(string, '0+', 'Id of the process that the member runs in.'),
  userEndpoint: f(nullable(endpoint), '0+', 'Where the member answers interactive queries, or null.', {
    default: null,
  }),
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
  sourceTopics: f(array(string), '1+', 'Topics that are read.', { entityType: 'topicName' }),
  sinkTopic: f(nullable(string), '1+', { default: null, entityType: 'topicName' }),
  stores: f(array(string), '1+'),
  successors: f(array(string), '1+'),
})

const topologyDescriptionSubtopology = struct('TopologyDescriptionSubtopology', {
  subtopologyId: f(string, '1+', 'Name of the subtopology.'),
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
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
  groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
  groupState: f(string, '0+', 'State of the group, by name.'),
  groupEpoch: f(int32, '0+', 'Epoch of the group.'),
  assignmentEpoch: f(int32, '0+', 'Epoch of the target assignment.'),
  topology: f(nullable(topology), '0+', { default: null }),
  members: f(array(member), '0+', 'Members of the group.'),
  authorizedOperations: f(
    int32,
    '0+',
    'Bits of the operations that the caller may do; -2147483648 when not asked for.',
    { default: -2147483648 },
  ),
  topologyDescription: f(nullable(topologyDescription), '1+', { default: null }),
  topologyDescriptionStatus: f(int8, '1+'),
  assignorName: f(nullable(string), '1+', 'Name of the assignor.', { default: null, ignorable: true }),
})

/** Answers StreamsGroupDescribeRequest. */
export const streamsGroupDescribeResponse = message({
  name: 'StreamsGroupDescribeResponse',
  type: 'response',
  apiKey: 89,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
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
