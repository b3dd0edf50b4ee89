import { saturate } from '@dorsale/base'
import type { LogConfig } from '@dorsale/storage'
import type { BrokerConfig } from './broker-config.ts'
import { brokerTable, type TopicValues, topicTable } from './tables/index.ts'

/**
 * Topic configuration: what the topic overrides, else what the broker says under its own name for the same thing, else the default.
 *
 *     topic override > dynamic value of this broker > dynamic default of all brokers > static broker setting > default
 *
 * Some keys have several synonyms on the broker (`log.retention.ms`, `.minutes`, `.hours`); the finest one that is set anywhere wins, as
 * in Kafka, even over a coarser one from a nearer source.
 */

/** A topic's settings, ready for use: longs are numbers, and Infinity where Kafka has `Long.MAX_VALUE`. */
export interface TopicConfig {
  /** Every key by Kafka's name. */
  readonly values: TopicValues
  readonly log: LogConfig
  /** `max.message.bytes` */
  readonly maxMessageBytes: number
  /** `max.decompressed.message.bytes` */
  readonly maxDecompressedMessageBytes: number
  /** `message.timestamp.type` */
  readonly timestampType: 'CreateTime' | 'LogAppendTime'
  /** `message.timestamp.before.max.ms` */
  readonly timestampBeforeMaxMs: number
  /** `message.timestamp.after.max.ms` */
  readonly timestampAfterMaxMs: number
  /** `min.insync.replicas` */
  readonly minInsyncReplicas: number
  /** `compression.type`: what batches are stored in; `producer` keeps them as they came. */
  readonly compressionType: string
  /** The level of `compression.type`, for those that have one. */
  readonly compressionLevel: number | undefined
  /** `unclean.leader.election.enable` */
  readonly uncleanLeaderElection: boolean
}

/** Dynamic broker settings: those of this broker and those of every broker. */
export interface DynamicSettings {
  readonly broker: ReadonlyMap<string, string>
  readonly cluster: ReadonlyMap<string, string>
}

const noSettings: DynamicSettings = { broker: new Map(), cluster: new Map() }

/** What a topic's partitions obey. Overrides have been validated when they were set; one that no longer holds is left out. */
export function resolveTopicConfig(
  broker: BrokerConfig,
  overrides: ReadonlyMap<string, string>,
  dynamic: DynamicSettings = noSettings,
): TopicConfig {
  const settings = new Map<string, string>()
  for (const key of topicTable.keys) {
    const text = overrides.get(key) ?? brokerText(broker, key, dynamic)?.text
    if (text !== undefined && 'value' in topicTable.parseValue(key, text)) settings.set(key, text)
  }
  return compileTopicConfig(topicTable.parse(settings).config)
}

/** Kafka's numbers for where a value comes from. */
export const configSources = {
  TOPIC: 1,
  DYNAMIC_BROKER: 2,
  DYNAMIC_DEFAULT_BROKER: 3,
  STATIC_BROKER: 4,
  DEFAULT: 5,
  DYNAMIC_BROKER_LOGGER: 6,
  CLIENT_METRICS: 7,
  GROUP: 8,
} as const

export type ConfigSource = (typeof configSources)[keyof typeof configSources]

export interface SourcedText {
  /** The broker's name for the key. */
  readonly name: string
  /** In the topic's unit. */
  readonly text: string
  readonly source: ConfigSource
}

/** What the broker says about a topic's key; undefined when nothing is set and the default holds. */
export function brokerText(
  broker: BrokerConfig,
  topicKey: string,
  dynamic: DynamicSettings = noSettings,
): SourcedText | undefined {
  for (const { name, toTopicUnit } of topicSynonyms[topicKey] ?? []) {
    const found =
      sourced(dynamic.broker, name, configSources.DYNAMIC_BROKER) ??
      sourced(dynamic.cluster, name, configSources.DYNAMIC_DEFAULT_BROKER) ??
      sourced(broker.settings, name, configSources.STATIC_BROKER)
    if (found !== undefined) return { ...found, text: toTopicUnit(found.text) }
  }
  return undefined
}

function sourced(settings: ReadonlyMap<string, string>, name: string, source: ConfigSource): SourcedText | undefined {
  const text = settings.get(name)
  return text === undefined ? undefined : { name, text, source }
}

interface Synonym {
  readonly name: string
  readonly toTopicUnit: (text: string) => string
}

const minute = 60_000n
const hour = 60n * minute

/** A topic's key on the broker, finest unit first. Keys without one cannot be set for the whole broker. */
export const topicSynonyms: Readonly<Record<string, readonly Synonym[]>> = {
  'segment.bytes': [same('log.segment.bytes')],
  'segment.ms': [same('log.roll.ms'), span('log.roll.hours', hour)],
  'segment.jitter.ms': [same('log.roll.jitter.ms'), span('log.roll.jitter.hours', hour)],
  'segment.index.bytes': [same('log.index.size.max.bytes')],
  'flush.messages': [same('log.flush.interval.messages')],
  'flush.ms': [same('log.flush.interval.ms'), same('log.flush.scheduler.interval.ms')],
  'retention.bytes': [same('log.retention.bytes')],
  'retention.ms': [
    span('log.retention.ms', 1n),
    span('log.retention.minutes', minute),
    span('log.retention.hours', hour),
  ],
  'max.message.bytes': [same('message.max.bytes')],
  'max.decompressed.message.bytes': [same('max.decompressed.message.bytes')],
  'index.interval.bytes': [same('log.index.interval.bytes')],
  'delete.retention.ms': [same('log.cleaner.delete.retention.ms')],
  'min.compaction.lag.ms': [same('log.cleaner.min.compaction.lag.ms')],
  'max.compaction.lag.ms': [same('log.cleaner.max.compaction.lag.ms')],
  'file.delete.delay.ms': [same('log.segment.delete.delay.ms')],
  'min.cleanable.dirty.ratio': [same('log.cleaner.min.cleanable.ratio')],
  'cleanup.policy': [same('log.cleanup.policy')],
  'unclean.leader.election.enable': [same('unclean.leader.election.enable')],
  'min.insync.replicas': [same('min.insync.replicas')],
  'compression.type': [same('compression.type')],
  'compression.gzip.level': [same('compression.gzip.level')],
  'compression.lz4.level': [same('compression.lz4.level')],
  'compression.zstd.level': [same('compression.zstd.level')],
  preallocate: [same('log.preallocate')],
  'message.timestamp.type': [same('log.message.timestamp.type')],
  'message.timestamp.before.max.ms': [same('log.message.timestamp.before.max.ms')],
  'message.timestamp.after.max.ms': [same('log.message.timestamp.after.max.ms')],
  'local.retention.ms': [same('log.local.retention.ms')],
  'local.retention.bytes': [same('log.local.retention.bytes')],
  'remote.copy.lag.ms': [same('log.remote.copy.lag.ms')],
  'remote.copy.lag.bytes': [same('log.remote.copy.lag.bytes')],
}

function same(name: keyof typeof brokerTable.rows): Synonym {
  return { name, toTopicUnit: text => text }
}

/** A count of minutes or hours. A negative one means no limit, which is -1 in every unit. */
function span(name: keyof typeof brokerTable.rows, millis: bigint): Synonym {
  const toTopicUnit = (text: string): string => {
    const parsed = brokerTable.parseValue(name, text)
    if ('problem' in parsed) return text
    const count = BigInt(parsed.value as number | bigint)
    return String(count < 0n ? -1n : count * millis)
  }
  return { name, toTopicUnit }
}

function compileTopicConfig(values: TopicValues): TopicConfig {
  const compressionType = values['compression.type']
  const policies = values['cleanup.policy']
  return {
    values,
    log: {
      segmentBytes: values['internal.segment.bytes'] ?? values['segment.bytes'],
      segmentMs: saturate(values['segment.ms']),
      segmentJitterMs: saturate(values['segment.jitter.ms']),
      segmentIndexBytes: values['segment.index.bytes'],
      indexIntervalBytes: values['index.interval.bytes'],
      retentionMs: saturate(values['retention.ms']),
      retentionBytes: saturate(values['retention.bytes']),
      flushMessages: saturate(values['flush.messages']),
      flushMs: saturate(values['flush.ms']),
      fileDeleteDelayMs: saturate(values['file.delete.delay.ms']),
      cleanupDelete: policies.includes('delete'),
      cleanupCompact: policies.includes('compact'),
      minCleanableDirtyRatio: values['min.cleanable.dirty.ratio'],
      minCompactionLagMs: saturate(values['min.compaction.lag.ms']),
      maxCompactionLagMs: saturate(values['max.compaction.lag.ms']),
      deleteRetentionMs: saturate(values['delete.retention.ms']),
    },
    maxMessageBytes: values['max.message.bytes'],
    maxDecompressedMessageBytes: values['max.decompressed.message.bytes'],
    timestampType: values['message.timestamp.type'] === 'LogAppendTime' ? 'LogAppendTime' : 'CreateTime',
    timestampBeforeMaxMs: saturate(values['message.timestamp.before.max.ms']),
    timestampAfterMaxMs: saturate(values['message.timestamp.after.max.ms']),
    minInsyncReplicas: values['min.insync.replicas'],
    compressionType,
    compressionLevel: compressionLevels(values)[compressionType],
    uncleanLeaderElection: values['unclean.leader.election.enable'],
  }
}

function compressionLevels(values: TopicValues): Readonly<Record<string, number>> {
  return {
    gzip: values['compression.gzip.level'],
    lz4: values['compression.lz4.level'],
    zstd: values['compression.zstd.level'],
  }
}
