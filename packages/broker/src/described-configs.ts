import type { ConfigRow } from '@dorsale/base'
import {
  type BrokerConfig,
  brokerTable,
  brokerText,
  type ConfigSource,
  configSources,
  type DynamicSettings,
  topicSynonyms,
  topicTable,
} from './config/index.ts'

/** A key of a topic or broker as DescribeConfigs and CreateTopics show it. */
export interface DescribedConfig {
  readonly name: string
  /** Null: no value, or one that is not shown (a password). */
  readonly value: string | null
  readonly readOnly: boolean
  /** Kafka's number of where the value comes from. */
  readonly configSource: ConfigSource
  readonly isSensitive: boolean
  /** Every place where the key has a value, the one in force first. */
  readonly synonyms: readonly ConfigSynonym[]
  /** Kafka's number of the type. */
  readonly configType: number
  readonly documentation: string
}

export interface ConfigSynonym {
  readonly name: string
  readonly value: string | null
  readonly source: ConfigSource
}

/** Every key of a topic, given what it overrides. */
export function describeTopicConfigs(
  broker: BrokerConfig,
  overrides: ReadonlyMap<string, string>,
  dynamic: DynamicSettings,
): DescribedConfig[] {
  return topicTable.keys.flatMap(name => {
    const row = topicTable.row(name)!
    if (row.internal === true) return []
    const override = overrides.get(name)
    const inherited = brokerText(broker, name, dynamic)
    const own = override === undefined ? [] : [{ name, value: override, source: configSources.TOPIC }]
    return describe(name, row, {
      value: override ?? inherited?.text ?? topicTable.defaultText(name),
      source: override === undefined ? (inherited?.source ?? configSources.DEFAULT) : configSources.TOPIC,
      readOnly: false,
      synonyms: [...own, ...brokerSynonyms(broker, topicSynonyms[name]?.[0]?.name, dynamic)],
    })
  })
}

/** Every key of this broker. */
export function describeBrokerConfigs(broker: BrokerConfig, dynamic: DynamicSettings): DescribedConfig[] {
  return brokerTable.keys.flatMap(name => {
    const row = brokerTable.row(name)!
    if (row.internal === true) return []
    const synonyms = brokerSynonyms(broker, name, dynamic)
    const inForce = synonyms[0]
    return describe(name, row, {
      value: inForce?.value ?? null,
      source: inForce?.source ?? configSources.DEFAULT,
      readOnly: row.update === undefined || row.update === 'read-only',
      synonyms,
    })
  })
}

/** What is set as the default of all brokers, and nothing else. */
export function describeClusterDefaults(cluster: ReadonlyMap<string, string>): DescribedConfig[] {
  return [...cluster].flatMap(([name, value]) => {
    const row = brokerTable.row(name)
    const source = configSources.DYNAMIC_DEFAULT_BROKER
    const synonyms = [{ name, value, source }]
    return row === undefined ? [] : describe(name, row, { value, source, readOnly: false, synonyms })
  })
}

function describe(
  name: string,
  row: ConfigRow,
  found: { value: string | null; source: ConfigSource; readOnly: boolean; synonyms: readonly ConfigSynonym[] },
): [DescribedConfig] {
  const isSensitive = row.type === 'password'
  const shown = (value: string | null): string | null => (isSensitive ? null : value)
  return [
    {
      name,
      value: shown(found.value),
      readOnly: found.readOnly,
      configSource: found.source,
      isSensitive,
      synonyms: found.synonyms.map(synonym => ({ ...synonym, value: shown(synonym.value) })),
      configType: configTypes[row.type],
      documentation: row.doc,
    },
  ]
}

function brokerSynonyms(broker: BrokerConfig, name: string | undefined, dynamic: DynamicSettings): ConfigSynonym[] {
  if (name === undefined) return []
  const layers = [
    [dynamic.broker.get(name), configSources.DYNAMIC_BROKER],
    [dynamic.cluster.get(name), configSources.DYNAMIC_DEFAULT_BROKER],
    [broker.settings.get(name), configSources.STATIC_BROKER],
    [brokerDefault(name), configSources.DEFAULT],
  ] as const
  return layers.flatMap(([value, source]) => (value === undefined || value === null ? [] : [{ name, value, source }]))
}

function brokerDefault(name: string): string | null {
  return brokerTable.row(name) === undefined ? null : brokerTable.defaultText(name as keyof typeof brokerTable.rows)
}

/** Kafka's numbers. */
const configTypes: Readonly<Record<ConfigRow['type'], number>> = {
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
}
