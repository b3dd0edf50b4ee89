import {
  array,
  f,
  int8,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const topologyDescriptionNode = struct('TopologyDescriptionNode', {
  name: f(string, '0+'),
  nodeType: f(int8, '0+'),
  sourceTopics: f(array(string), '0+', 'Topics that are read.', { entityType: 'topicName' }),
  sinkTopic: f(nullable(string), '0+', { default: null, entityType: 'topicName' }),
  stores: f(array(string), '0+'),
  successors: f(array(string), '0+'),
})

const topologyDescriptionSubtopology = struct('TopologyDescriptionSubtopology', {
  subtopologyId: f(string, '0+', 'Name of the subtopology.'),
  nodes: f(array(topologyDescriptionNode), '0+'),
})

const topologyDescriptionGlobalStore = struct('TopologyDescriptionGlobalStore', {
  source: f(topologyDescriptionNode, '0+'),
  processor: f(topologyDescriptionNode, '0+'),
})

const topologyDescription = struct('TopologyDescription', {
  subtopologies: f(array(topologyDescriptionSubtopology), '0+'),
  globalStores: f(array(topologyDescriptionGlobalStore), '0+'),
})

/** Gives the broker a description of the topology of a streams group. */
export const streamsGroupTopologyDescriptionUpdateRequest = message({
  name: 'StreamsGroupTopologyDescriptionUpdateRequest',
  type: 'request',
  apiKey: 93,
  listeners: ['broker'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
    memberId: f(string, '0+', 'Id of the member.'),
    topologyEpoch: f(int32, '0+', 'Version of the topology.'),
    topologyDescription: f(topologyDescription, '0+'),
  },
})

export interface StreamsGroupTopologyDescriptionUpdateRequest
  extends MessageOf<typeof streamsGroupTopologyDescriptionUpdateRequest> {}

export interface StreamsGroupTopologyDescriptionUpdateRequestTopologyDescriptionNode
  extends StructOf<typeof topologyDescriptionNode> {}

export interface StreamsGroupTopologyDescriptionUpdateRequestTopologyDescriptionSubtopology
  extends StructOf<typeof topologyDescriptionSubtopology> {}

export interface StreamsGroupTopologyDescriptionUpdateRequestTopologyDescriptionGlobalStore
  extends StructOf<typeof topologyDescriptionGlobalStore> {}

export interface StreamsGroupTopologyDescriptionUpdateRequestTopologyDescription
  extends StructOf<typeof topologyDescription> {}
