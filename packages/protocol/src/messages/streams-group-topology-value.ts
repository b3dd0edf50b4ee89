import { array, f, int16, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const topicConfig = struct('TopicConfig', {
  key: f(string, '0+'),
  value: f(string, '0+'),
})

const topicInfo = struct('TopicInfo', {
  name: f(string, '0+'),
  partitions: f(int32, '0+'),
  replicationFactor: f(int16, '0+'),
  topicConfigs: f(array(topicConfig), '0+'),
})

const copartitionGroup = struct('CopartitionGroup', {
  sourceTopics: f(array(int16), '0+'),
  sourceTopicRegex: f(array(int16), '0+'),
  repartitionSourceTopics: f(array(int16), '0+'),
})

const subtopology = struct('Subtopology', {
  subtopologyId: f(string, '0+'),
  sourceTopics: f(array(string), '0+'),
  sourceTopicRegex: f(array(string), '0+'),
  stateChangelogTopics: f(array(topicInfo), '0+'),
  repartitionSinkTopics: f(array(string), '0+'),
  repartitionSourceTopics: f(array(topicInfo), '0+'),
  copartitionGroups: f(array(copartitionGroup), '0+'),
})

/** StreamsGroupTopologyValue. */
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
