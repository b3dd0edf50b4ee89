import type { Clock, Logger, Prng, TimerWheel } from '@dorsale/base'
import {
  configResourceTypes,
  type GroupConfig,
  type GroupRecord,
  GroupShard,
  type GroupStep,
  groupRecordSerde,
  type MetadataDelta,
  type MetadataImage,
  type MigrationPolicy,
  type ModernGroupConfig,
} from '@dorsale/coordinate'
import { errorCodes, ProtocolError, type TransactionMarker } from '@dorsale/protocol'
import { type BrokerConfig, type BrokerValues, groupSetting } from '../config/index.ts'
import type { DynamicConfig } from '../dynamic-config.ts'
import type { Replicas } from '../replicas.ts'
import type { TopicConfigs } from '../topic-configs.ts'
import { codecName } from './codec-name.ts'
import { CoordinatorRuntime } from './coordinator-runtime.ts'
import type { StepProducer } from './record-batches.ts'
import type { ShardHost } from './shard-host.ts'

export const offsetsTopic = '__consumer_offsets'

export interface GroupCoordinatorOptions {
  readonly clock: Clock
  readonly wheel: TimerWheel
  readonly prng: Prng
  readonly logger: Logger
  readonly config: BrokerConfig
  readonly dynamicConfig: DynamicConfig
  readonly topicConfigs: TopicConfigs
  readonly image: MetadataImage
  readonly replicas: Replicas
  onShareMemberLeft(groupId: string, memberId: string, options: { readonly isEmpty: boolean }): void
}

/** The group coordinator of this broker: classic and consumer groups, and the offsets that they commit. */
export class GroupCoordinator {
  readonly #runtime: CoordinatorRuntime<GroupRecord, GroupShard>
  readonly config: GroupConfig
  readonly #options: Pick<GroupCoordinatorOptions, 'dynamicConfig' | 'image'>

  constructor(options: GroupCoordinatorOptions) {
    const { prng, logger, config, dynamicConfig, topicConfigs, image, onShareMemberLeft } = options
    this.config = groupConfigOf(dynamicConfig, image)
    this.#options = options
    const codec = codecName(config.values['offsets.topic.compression.codec'])
    this.#runtime = new CoordinatorRuntime({
      ...options,
      topic: offsetsTopic,
      serde: groupRecordSerde,
      readBytes: config.values['offsets.load.buffer.size'],
      batchOptions: () => ({ bytesMax: topicConfigs.get(offsetsTopic).maxMessageBytes, codec, baseSequence: 0 }),
      createShard: timers => new GroupShard({ config: this.config, timers, prng, logger, image, onShareMemberLeft }),
    })
  }

  /** Whether groups of the consumer protocol (KIP-848) are served: by the cluster's feature level, and by this broker. */
  get servesConsumerGroups(): boolean {
    const { image, dynamicConfig } = this.#options
    const isConfigured = dynamicConfig.values['group.coordinator.rebalance.protocols'].includes('consumer')
    return isConfigured && (image.features.get('group.version') ?? 0) >= 1
  }

  /** Whether share groups (KIP-932) are served, by the cluster's feature level. */
  get servesShareGroups(): boolean {
    return (this.#options.image.features.get('share.version') ?? 0) >= 1
  }

  start(): void {
    this.#runtime.start()
  }

  /** Follows one step of replay; after the partitions did. */
  apply(delta: MetadataDelta): void {
    this.#runtime.apply(delta)
  }

  /** The partition of the offsets topic that a group belongs to; undefined while there is no such topic. */
  partitionOf(groupId: string): number | undefined {
    return this.#runtime.partitionOf(groupId)
  }

  /** Runs a request on the shard of its group; `producer`: what it writes is part of that producer's transaction. */
  run(
    groupId: string,
    operation: (shard: GroupShard, step: GroupStep) => void,
    fail: (error: ProtocolError) => void,
    producer?: StepProducer,
  ): void {
    this.#runtime.run(groupId, operation, fail, producer)
  }

  /** Ends a producer's transaction in a partition of the offsets topic. */
  writeMarker(
    partition: number,
    marker: TransactionMarker,
    transactionVersion: number,
    done: (error: ProtocolError | undefined) => void,
  ): void {
    const host = this.#runtime.hostOf(partition)
    if (host === undefined) done(new ProtocolError(errorCodes.NOT_LEADER_OR_FOLLOWER))
    else host.writeMarker(marker, transactionVersion, done)
  }

  /** Every shard that is here, loading ones included. */
  get hosts(): readonly ShardHost<GroupRecord, GroupShard>[] {
    return this.#runtime.hosts
  }

  close(): void {
    this.#runtime.close()
  }
}

function groupConfigOf(dynamicConfig: DynamicConfig, image: MetadataImage): GroupConfig {
  const { values } = dynamicConfig
  return {
    classicSessionTimeoutMsMin: values['group.min.session.timeout.ms'],
    classicSessionTimeoutMsMax: values['group.max.session.timeout.ms'],
    initialRebalanceDelayMs: values['group.initial.rebalance.delay.ms'],
    classicSizeMax: values['group.max.size'],
    offsetMetadataMax: values['offset.metadata.max.bytes'],
    offsetsRetentionMs: values['offsets.retention.minutes'] * 60_000,
    offsetsRetentionCheckIntervalMs: Number(values['offsets.retention.check.interval.ms']),
    consumerSizeMax: values['group.consumer.max.size'],
    consumerAssignors: values['group.consumer.assignors'].map(assignorName),
    migrationPolicy: values['group.consumer.migration.policy'].toLowerCase() as MigrationPolicy,
    regexRefreshIntervalMs: values['group.consumer.regex.refresh.interval.ms'],
    consumerGroup: groupId => modernGroupConfigOf('consumer', dynamicConfig.values, image, groupId),
    shareSizeMax: values['group.share.max.size'],
    shareInitializeRetryIntervalMs: values['group.share.initialize.retry.interval.ms'],
    shareGroup: groupId => modernGroupConfigOf('share', dynamicConfig.values, image, groupId),
  }
}

/** A group's own settings count, within the bounds that the broker has now. */
function modernGroupConfigOf(
  kind: 'consumer' | 'share',
  broker: BrokerValues,
  image: MetadataImage,
  groupId: string,
): ModernGroupConfig {
  const own = image.configsOf(configResourceTypes.GROUP, groupId)
  return {
    sessionTimeoutMs: groupSetting(own, broker, `${kind}.session.timeout.ms`),
    heartbeatIntervalMs: groupSetting(own, broker, `${kind}.heartbeat.interval.ms`),
    assignmentIntervalMs: groupSetting(own, broker, `${kind}.assignment.interval.ms`),
  }
}

/** Kafka takes a class where it takes a name; of its own classes we know the names. */
function assignorName(configured: string): string {
  const [, name] = /^org\.apache\.kafka\.coordinator\.group\.assignor\.(Uniform|Range)Assignor$/.exec(configured) ?? []
  return name?.toLowerCase() ?? configured
}
