import type { Clock, Logger, Timer, TimerWheel } from '@dorsale/base'
import type { Replier } from '@dorsale/coordinate'
import {
  type MetadataDelta,
  type MetadataImage,
  type SharePartitionKey,
  type ShareState,
  type ShareStateRecord,
  ShareStateShard,
  type ShareStateStep,
  type ShareStateWrite,
  sharePartitionText,
  shareStateRecordSerde,
} from '@dorsale/coordinate'
import type { ProtocolError } from '@dorsale/protocol'
import type { BrokerConfig } from '../config/index.ts'
import type { Replicas } from '../replicas.ts'
import type { TopicConfigs } from '../topic-configs.ts'
import { codecName } from './codec-name.ts'
import { CoordinatorRuntime } from './coordinator-runtime.ts'

export const shareStateTopic = '__share_group_state'

export interface ShareCoordinatorOptions {
  readonly clock: Clock
  readonly wheel: TimerWheel
  readonly logger: Logger
  readonly config: BrokerConfig
  readonly topicConfigs: TopicConfigs
  readonly image: MetadataImage
  readonly replicas: Replicas
}

/**
 * The share coordinator of this broker (KIP-932): how far share groups are in the partitions of topics. Its topic is not compacted: state that later snapshots repeat is
 * cleared from its beginning, every `share.coordinator.state.topic.prune.interval.ms`.
 *
 * Every method answers once: with COORDINATOR_LOAD_IN_PROGRESS or NOT_COORDINATOR when the key's partition does not serve here, else as `ShareStateShard` says.
 */
export class ShareCoordinator {
  readonly #options: ShareCoordinatorOptions
  readonly #runtime: CoordinatorRuntime<ShareStateRecord, ShareStateShard>
  #pruneTimer: Timer | undefined

  constructor(options: ShareCoordinatorOptions) {
    this.#options = options
    const { config, logger, image, topicConfigs } = options
    const codec = codecName(config.values['share.coordinator.state.topic.compression.codec'])
    const shareStateConfig = {
      updatesPerSnapshot: config.values['share.coordinator.snapshot.update.records.per.snapshot'],
      coldSnapshotIntervalMs: config.values['share.coordinator.cold.partition.snapshot.interval.ms'],
    }
    this.#runtime = new CoordinatorRuntime({
      ...options,
      topic: shareStateTopic,
      serde: shareStateRecordSerde,
      readBytes: config.values['share.coordinator.load.buffer.size'],
      batchOptions: () => ({ bytesMax: topicConfigs.get(shareStateTopic).maxMessageBytes, codec, baseSequence: 0 }),
      createShard: timers =>
        new ShareStateShard({
          config: shareStateConfig,
          timers,
          logger,
          hasPartition: (topicId, partition) => image.topicsById.get(topicId)?.partitions[partition] !== undefined,
        }),
    })
  }

  start(): void {
    this.#runtime.start()
    this.#pruneLater()
  }

  /** Follows one step of replay; after the partitions did. */
  apply(delta: MetadataDelta): void {
    this.#runtime.apply(delta)
  }

  get isTopicThere(): boolean {
    return this.#runtime.partitionCount !== undefined
  }

  /** The partition of the state topic that a key (`group:topicId:partition`) belongs to; undefined while there is no such topic. */
  partitionOf(key: string): number | undefined {
    return this.#runtime.partitionOf(key)
  }

  initialize(
    key: SharePartitionKey,
    start: { readonly stateEpoch: number; readonly startOffset: number },
    replier: Replier<void>,
  ): void {
    this.#run(key, (shard, step) => shard.initialize(step, key, start, replier), replier)
  }

  read(key: SharePartitionKey, leaderEpoch: number, replier: Replier<ShareState>): void {
    this.#run(key, (shard, step) => shard.read(step, key, leaderEpoch, replier), replier)
  }

  write(key: SharePartitionKey, write: ShareStateWrite, replier: Replier<void>): void {
    this.#run(key, (shard, step) => shard.write(step, key, write, replier), replier)
  }

  readSummary(key: SharePartitionKey, replier: Replier<ShareState>): void {
    this.#run(key, (shard, step) => shard.readSummary(step, key, replier), replier)
  }

  delete(key: SharePartitionKey, replier: Replier<void>): void {
    this.#run(key, (shard, step) => shard.delete(step, key, replier), replier)
  }

  close(): void {
    this.#pruneTimer?.cancel()
    this.#runtime.close()
  }

  #run(
    key: SharePartitionKey,
    operation: (shard: ShareStateShard, step: ShareStateStep) => void,
    replier: { fail(error: ProtocolError): void },
  ): void {
    this.#runtime.run(sharePartitionText(key), operation, error => replier.fail(error))
  }

  #pruneLater(): void {
    const { wheel, config } = this.#options
    this.#pruneTimer = wheel.set(config.values['share.coordinator.state.topic.prune.interval.ms'], () => {
      this.#pruneLater()
      this.#prune()
    })
  }

  /** Clears what says nothing any more from the beginning of each log, once what makes it redundant is committed. */
  #prune(): void {
    const { replicas, logger } = this.#options
    for (let index = 0; index < (this.#runtime.partitionCount ?? 0); index++) {
      const place = { topic: shareStateTopic, partition: index }
      const fail = (error: ProtocolError) => logger.warn('a log of share state was not cleared', { ...place, error })
      const answer = (offset: number) => {
        const partition = replicas.get(shareStateTopic, index)
        if (partition === undefined || offset <= partition.log.logStartOffset) return
        partition.deleteRecordsBefore(offset)
        logger.debug('redundant share state was cleared', { ...place, before: offset })
      }
      const host = this.#runtime.hostOf(index)
      if (host?.isActive) host.run((shard, step) => shard.redundantBefore(step, { answer, fail }), fail)
    }
  }
}
