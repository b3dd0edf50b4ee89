import type { AnyConfigTable, ConfigRow } from '@dorsale/base'
import {
  type BrokerConfig,
  brokerQuotaTable,
  brokerTable,
  brokerText,
  type ConfigSource,
  clientMetricsTable,
  configSources,
  type DynamicSettings,
  groupSynonyms,
  groupTable,
  isDynamic,
  topicSynonyms,
  topicTable,
  withoutListener,
} from './config/index.ts'

/** A key of a resource as DescribeConfigs and CreateTopics show it. */
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
  /** Kafka's number of the type; 0: unknown. */
  readonly configType: number
  readonly documentation: string | null
}

export interface ConfigSynonym {
  readonly name: string
  readonly value: string | null
  readonly source: ConfigSource
}

/** A broker's settings, static and dynamic, as text. */
export interface BrokerSettings {
  readonly config: BrokerConfig
  readonly dynamic: DynamicSettings
}

/** Every key of a topic, given what it overrides. */
export function describeTopicConfigs(
  broker: BrokerSettings,
  overrides: ReadonlyMap<string, string>,
): DescribedConfig[] {
  return visibleKeys(topicTable).map(([name, row]) => {
    const override = overrides.get(name)
    const inherited = brokerText(broker.config, name, broker.dynamic)
    const synonyms = [
      ...ownSynonym(name, override, configSources.TOPIC),
      ...brokerSynonyms(broker, topicSynonyms[name]?.[0]?.name),
    ]
    return describe(name, row, {
      value: override ?? inherited?.text ?? defaultText(topicTable, name),
      source: synonyms[0]?.source ?? configSources.DEFAULT,
      readOnly: false,
      synonyms,
    })
  })
}

/** Every key of this broker, and what was set for it that no table knows. */
export function describeBrokerConfigs(broker: BrokerSettings): DescribedConfig[] {
  const { config, dynamic } = broker
  const given = new Set([...dynamic.broker.keys(), ...dynamic.cluster.keys(), ...config.settings.keys()])
  const strangers = [...given].filter(name => brokerTable.row(name) === undefined)
  const known = visibleKeys(brokerTable).map(([name, row]) => {
    const synonyms = brokerSynonyms(broker, name)
    const inForce = synonyms[0]
    return describe(name, row, {
      value: inForce?.value ?? null,
      source: inForce?.source ?? configSources.DEFAULT,
      readOnly: !isDynamic(name),
      synonyms,
    })
  })
  return [...known, ...strangers.flatMap(name => describeStranger(name, brokerSynonyms(broker, name)))]
}

/** What is set as the default of all brokers, and nothing else. */
export function describeClusterDefaults(cluster: ReadonlyMap<string, string>): DescribedConfig[] {
  return [...cluster].flatMap(([name, value]) => {
    const synonyms = [{ name, value, source: configSources.DYNAMIC_DEFAULT_BROKER }]
    const row = brokerTable.row(name)
    if (row === undefined) return describeStranger(name, synonyms)
    return describe(name, row, { value, source: configSources.DYNAMIC_DEFAULT_BROKER, readOnly: false, synonyms })
  })
}

/** Every key of a group, given what it overrides. */
export function describeGroupConfigs(
  broker: BrokerSettings,
  overrides: ReadonlyMap<string, string>,
): DescribedConfig[] {
  return visibleKeys(groupTable).map(([name, row]) => {
    const own = ownSynonym(name, overrides.get(name), configSources.GROUP)
    const synonym = groupSynonyms[name]
    const inherited =
      synonym === undefined
        ? ownSynonym(name, defaultText(groupTable, name) ?? undefined, configSources.DEFAULT)
        : brokerSynonyms(broker, synonym)
    const synonyms = [...own, ...inherited]
    return describe(name, row, {
      value: synonyms[0]?.value ?? null,
      source: synonyms[0]?.source ?? configSources.DEFAULT,
      readOnly: false,
      synonyms,
    })
  })
}

/** Every key of a client metrics subscription, given what it says. */
export function describeClientMetrics(settings: ReadonlyMap<string, string>): DescribedConfig[] {
  return visibleKeys(clientMetricsTable).map(([name, row]) => {
    const synonyms = ownSynonym(name, settings.get(name), configSources.CLIENT_METRICS)
    return describe(name, row, {
      value: synonyms[0]?.value ?? defaultText(clientMetricsTable, name),
      source: synonyms[0]?.source ?? configSources.DEFAULT,
      readOnly: false,
      synonyms,
    })
  })
}

/** The level of each logger, by name. */
export function describeLoggers(levels: ReadonlyMap<string, string>): DescribedConfig[] {
  return [...levels].map(([name, value]) => ({
    name,
    value,
    readOnly: false,
    configSource: configSources.DYNAMIC_BROKER_LOGGER,
    isSensitive: false,
    synonyms: [],
    configType: 0,
    documentation: null,
  }))
}

function visibleKeys(table: AnyConfigTable): [name: string, row: ConfigRow][] {
  return table.keys.flatMap(name => {
    const row = table.row(name) as ConfigRow
    return row.internal === true ? [] : [[name, row] as [string, ConfigRow]]
  })
}

function describe(
  name: string,
  row: ConfigRow,
  found: { value: string | null; source: ConfigSource; readOnly: boolean; synonyms: readonly ConfigSynonym[] },
): DescribedConfig {
  const isSensitive = row.type === 'password'
  return {
    name,
    value: isSensitive ? null : found.value,
    readOnly: found.readOnly,
    configSource: found.source,
    isSensitive,
    synonyms: isSensitive ? found.synonyms.map(withoutValue) : found.synonyms,
    configType: configTypes[row.type],
    documentation: row.doc,
  }
}

/** A key of one listener has its base's type. Of any other nobody knows whether it is a secret, so its value is not shown. */
function describeStranger(name: string, synonyms: readonly ConfigSynonym[]): DescribedConfig[] {
  const inForce = synonyms[0]
  if (inForce === undefined) return []
  const row = brokerTable.row(withoutListener(name)) ?? brokerQuotaTable.row(name)
  const isSensitive = row === undefined || row.type === 'password'
  return [
    {
      name,
      value: isSensitive ? null : inForce.value,
      readOnly: true,
      configSource: inForce.source,
      isSensitive,
      synonyms: isSensitive ? synonyms.map(withoutValue) : synonyms,
      configType: row === undefined ? 0 : configTypes[row.type],
      documentation: null,
    },
  ]
}

function withoutValue(synonym: ConfigSynonym): ConfigSynonym {
  return { ...synonym, value: null }
}

function ownSynonym(name: string, value: string | undefined, source: ConfigSource): ConfigSynonym[] {
  return value === undefined ? [] : [{ name, value, source }]
}

/**
 * Where a broker's key has a value, by that name or by one of another unit, nearest source first. What stands before the key itself is left out: it
 * is what the other name would show.
 */
function brokerSynonyms({ config, dynamic }: BrokerSettings, key: string | undefined): ConfigSynonym[] {
  if (key === undefined) return []
  const names = brokerNames.get(key) ?? [key]
  const layers = [
    [dynamic.broker, configSources.DYNAMIC_BROKER],
    [dynamic.cluster, configSources.DYNAMIC_DEFAULT_BROKER],
    [config.settings, configSources.STATIC_BROKER],
  ] as const
  const set = layers.flatMap(([texts, source]) => names.flatMap(name => ownSynonym(name, texts.get(name), source)))
  const defaults = names.flatMap(name =>
    ownSynonym(name, defaultText(brokerTable, name) ?? undefined, configSources.DEFAULT),
  )
  const all = [...set, ...defaults]
  const first = all.findIndex(({ name }) => name === key)
  return first < 0 ? [] : all.slice(first)
}

/** Names of one setting in several units, by each of them. */
const brokerNames: ReadonlyMap<string, readonly string[]> = new Map(
  Object.values(topicSynonyms).flatMap(synonyms => {
    const names = synonyms.map(({ name }) => name)
    return names.map(name => [name, names] as const)
  }),
)

/** Null: no default, or no such key. */
function defaultText(table: AnyConfigTable, name: string): string | null {
  return table.row(name) === undefined ? null : table.defaultText(name)
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
