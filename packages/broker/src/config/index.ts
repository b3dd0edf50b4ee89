export type { AuthorizerConfig } from './authorizer-config.ts'
export {
  type BrokerConfig,
  type LoadedBrokerConfig,
  type LoadOptions,
  listenerSettingWithoutEffect,
  loadBrokerConfig,
} from './broker-config.ts'
export { parseConnectionOverrides } from './broker-rules.ts'
export {
  isDynamic,
  reconfigurationProblem,
  settingsProblem,
  waitsForRestart,
  withoutListener,
} from './dynamic-rules.ts'
export { logManagerConfigOf, raftConfigOf } from './floor-configs.ts'
export { firstCredentials, formatTarget } from './format-target.ts'
export { groupProblem } from './group-rules.ts'
export { groupSetting } from './group-settings.ts'
export { groupSynonyms } from './group-synonyms.ts'
export { type Endpoint, formatEndpoint, isKnownByName, type SecurityProtocol } from './listeners.ts'
export { type SingleNodeOptions, singleNodeSettings } from './single-node.ts'
export * from './tables/index.ts'
export {
  brokerText,
  type ConfigSource,
  configSources,
  type DynamicSettings,
  resolveTopicConfig,
  type SourcedText,
  type TopicConfig,
  topicSynonyms,
} from './topic-config.ts'
