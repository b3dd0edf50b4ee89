import { array, f, int16, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const topicConfig = struct('TopicConfig', {
  key: f(string, '0+'),
  value: f(string, '0+'),
})

const topicInfo = struct('TopicInfo', {
  name: f(string, '0+'),
  partitions: f(int32, '0+'),
  replicationFactor: f(int16, '0+', 'Count of replicas; -1 lets the broker, or the assignments, decide.'),
  topicConfigs: f(array(topicConfig), '0+'),
})

const copartitionGroup = struct('CopartitionGroup', {
  sourceTopics: f(array(int16), '0+', 'Topics that are read.'),
  sourceTopicRegex: f(array(int16), '0+', 'Patterns of topics that are read.'),
  repartitionSourceTopics: f(array(int16), '0+', 'Repartition topics that are read.'),
})

const subtopology = struct('Subtopology', {
  subtopologyId: f(string, '0+', 'Name of the subtopology.'),
  sourceTopics: f(array(string), '0+', 'Topics that are read.'),
  sourceTopicRegex: f(array(string), '0+', 'Patterns of topics that are read.'),
  stateChangelogTopics: f(array(topicInfo), '0+', 'Changelogs of the state stores.'),
  repartitionSinkTopics: f(array(string), '0+', 'Repartition topics that are written.'),
  repartitionSourceTopics: f(array(topicInfo), '0+', 'Repartition topics that are read.'),
  copartitionGroups: f(array(copartitionGroup), '0+', 'Topics that must have the same partitions.'),
})

/** The topology of a streams group. */
export const streamsGroupTopologyValue = message({
  name: 'StreamsGroupTopologyValue',
  type: 'coordinator-value',
  apiKey: 23,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    epoch: f(int32, '0+'),
    subtopologies: f(array(subtopology), '0+'),
  },
})

export interface StreamsGroupTopologyValue extends MessageOf<typeof streamsGroupTopologyValue> {}

export interface StreamsGroupTopologyValueTopicConfig extends StructOf<typeof topicConfig> {}

export interface StreamsGroupTopologyValueTopicInfo extends StructOf<typeof topicInfo> {}

export interface StreamsGroupTopologyValueCopartitionGroup extends StructOf<typeof copartitionGroup> {}

export interface StreamsGroupTopologyValueSubtopology extends StructOf<typeof subtopology> {}
