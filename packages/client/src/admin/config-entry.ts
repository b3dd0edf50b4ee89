import { Codes, type NameIn } from './codes.ts'

/** Who has set a value, as DescribeConfigs numbers it. */
const configSources = new Codes({
  UNKNOWN: 0,
  DYNAMIC_TOPIC_CONFIG: 1,
  DYNAMIC_BROKER_CONFIG: 2,
  DYNAMIC_DEFAULT_BROKER_CONFIG: 3,
  STATIC_BROKER_CONFIG: 4,
  DEFAULT_CONFIG: 5,
  DYNAMIC_BROKER_LOGGER_CONFIG: 6,
  DYNAMIC_CLIENT_METRICS_CONFIG: 7,
  DYNAMIC_GROUP_CONFIG: 8,
})

const configTypes = new Codes({
  UNKNOWN: 0,
  BOOLEAN: 1,
  STRING: 2,
  INT: 3,
  SHORT: 4,
  LONG: 5,
  DOUBLE: 6,
  LIST: 7,
  CLASS: 8,
  PASSWORD: 9,
})

/** Where a value comes from: the default (`DEFAULT_CONFIG`), the file of the broker (`STATIC_BROKER_CONFIG`), or what was set while it ran, for all brokers (`DYNAMIC_DEFAULT_BROKER_CONFIG`), one (`DYNAMIC_BROKER_CONFIG`), a topic (`DYNAMIC_TOPIC_CONFIG`), a group, a logger, or metrics of clients. */
export type ConfigSource = NameIn<typeof configSources>
/** What a setting is: `BOOLEAN`, `STRING`, `INT`, `SHORT`, `LONG`, `DOUBLE`, `LIST` (values separated by commas), `CLASS`, or `PASSWORD`, whose value is never told. */
export type ConfigType = NameIn<typeof configTypes>

/** A value that would hold if the ones before it were not set. */
export interface ConfigSynonym {
  readonly name: string
  readonly value: string | null
  readonly source: ConfigSource
}

/** One setting with its value. */
export interface ConfigEntry {
  readonly name: string
  /** Null when it is secret, or has none. */
  readonly value: string | null
  /** Who has set it; `DEFAULT_CONFIG` when nobody has. */
  readonly source: ConfigSource
  readonly isDefault: boolean
  readonly isReadOnly: boolean
  readonly isSensitive: boolean
  /** Where the value comes from, first come first; empty unless asked for. */
  readonly synonyms: readonly ConfigSynonym[]
  /** `UNKNOWN` from brokers older than Kafka 2.6. */
  readonly type: ConfigType
  /** Null unless asked for. */
  readonly documentation: string | null
}

interface ConfigRow {
  readonly name: string
  readonly value: string | null
  readonly readOnly: boolean
  readonly configSource: number
  readonly isSensitive: boolean
  readonly synonyms?: readonly { readonly name: string; readonly value: string | null; readonly source: number }[]
  readonly configType?: number
  readonly documentation?: string | null
}

/** A setting as DescribeConfigs or CreateTopics answers it. */
export function configEntryOf(row: ConfigRow): ConfigEntry {
  const source = configSources.name(row.configSource)
  return {
    name: row.name,
    value: row.value,
    source,
    isDefault: source === 'DEFAULT_CONFIG',
    isReadOnly: row.readOnly,
    isSensitive: row.isSensitive,
    synonyms: (row.synonyms ?? []).map(synonym => ({
      name: synonym.name,
      value: synonym.value,
      source: configSources.name(synonym.source),
    })),
    type: configTypes.name(row.configType ?? 0),
    documentation: row.documentation ?? null,
  }
}
