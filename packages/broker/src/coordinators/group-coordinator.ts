import type { Clock, Logger, Prng, TimerWheel } from '@dorsale/base'
import {
  type GroupConfig,
  type GroupRecord,
  GroupShard,
  type GroupStep,
  groupRecordSerde,
  type MetadataDelta,
  type MetadataImage,
} from '@dorsale/coordinate'
import { errorCodes, ProtocolError, type TransactionMarker } from '@dorsale/protocol'
import type { BrokerConfig } from '../config/index.ts'
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
  readonly topicConfigs: TopicConfigs
  readonly image: MetadataImage
  readonly replicas: Replicas
}

/** The group coordinator of this broker: classic groups, and the offsets that they commit. */
export class GroupCoordinator {
  readonly #runtime: CoordinatorRuntime<GroupRecord, GroupShard>
  readonly config: GroupConfig

  constructor(options: GroupCoordinatorOptions) {
    const { prng, logger, config, topicConfigs } = options
    this.config = groupConfigOf(config)
    const codec = codecName(config.values['offsets.topic.compression.codec'])
    this.#runtime = new CoordinatorRuntime({
      ...options,
      topic: offsetsTopic,
      serde: groupRecordSerde,
      readBytes: config.values['offsets.load.buffer.size'],
      batchOptions: () => ({ bytesMax: topicConfigs.get(offsetsTopic).maxMessageBytes, codec, baseSequence: 0 }),
      createShard: timers => new GroupShard({ config: this.config, timers, prng, logger }),
    })
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

function groupConfigOf({ values }: BrokerConfig): GroupConfig {
  return {
    classicSessionTimeoutMsMin: values['group.min.session.timeout.ms'],
    classicSessionTimeoutMsMax: values['group.max.session.timeout.ms'],
    initialRebalanceDelayMs: values['group.initial.rebalance.delay.ms'],
    classicSizeMax: values['group.max.size'],
    offsetMetadataMax: values['offset.metadata.max.bytes'],
    offsetsRetentionMs: values['offsets.retention.minutes'] * 60_000,
    offsetsRetentionCheckIntervalMs: Number(values['offsets.retention.check.interval.ms']),
  }
}
