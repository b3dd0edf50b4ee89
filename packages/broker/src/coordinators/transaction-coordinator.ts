import type { Clock, Logger, TimerWheel } from '@dorsale/base'
import {
  type DecidedTransaction,
  type MetadataDelta,
  type MetadataImage,
  needsProducerId,
  type TransactionConfig,
  type TransactionRecord,
  TransactionShard,
  type TransactionStep,
  transactionRecordSerde,
} from '@dorsale/coordinate'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { BrokerConfig } from '../config/index.ts'
import type { ProducerIds } from '../producer-ids.ts'
import type { Replicas } from '../replicas.ts'
import type { TopicConfigs } from '../topic-configs.ts'
import { CoordinatorRuntime } from './coordinator-runtime.ts'
import type { ShardHost } from './shard-host.ts'
import type { TransactionMarkers } from './transaction-markers.ts'

export const transactionsTopic = '__transaction_state'

export interface TransactionCoordinatorOptions {
  readonly clock: Clock
  readonly wheel: TimerWheel
  readonly logger: Logger
  readonly config: BrokerConfig
  readonly topicConfigs: TopicConfigs
  readonly image: MetadataImage
  readonly replicas: Replicas
  readonly producerIds: ProducerIds
  readonly markers: TransactionMarkers
}

/** The transaction coordinator of this broker: transactional ids, their epochs, and the outcome of their transactions. */
export class TransactionCoordinator {
  readonly #options: TransactionCoordinatorOptions
  readonly #runtime: CoordinatorRuntime<TransactionRecord, TransactionShard>

  constructor(options: TransactionCoordinatorOptions) {
    this.#options = options
    const { config, logger, image, topicConfigs } = options
    const transactionConfig = transactionConfigOf(config)
    this.#runtime = new CoordinatorRuntime({
      ...options,
      topic: transactionsTopic,
      serde: transactionRecordSerde,
      readBytes: config.values['transaction.state.log.load.buffer.size'],
      batchOptions: () => ({
        bytesMax: topicConfigs.get(transactionsTopic).maxMessageBytes,
        codec: undefined,
        baseSequence: -1,
      }),
      createShard: timers =>
        new TransactionShard({
          config: transactionConfig,
          timers,
          logger,
          valueVersion: () => ((image.features.get('transaction.version') ?? 0) >= 1 ? 1 : 0),
          writeMarkers: decided => this.#tell(decided),
        }),
    })
  }

  start(): void {
    this.#runtime.start()
  }

  /** Follows one step of replay; after the partitions did. */
  apply(delta: MetadataDelta): void {
    this.#runtime.apply(delta)
  }

  /** The partition of the transactions topic that an id belongs to; undefined while there is no such topic. */
  partitionOf(transactionalId: string): number | undefined {
    return this.#runtime.partitionOf(transactionalId)
  }

  /** Runs a request on the shard of its transactional id; INVALID_REQUEST where that is empty, wherever its shard may be. */
  run(
    transactionalId: string,
    operation: (shard: TransactionShard, step: TransactionStep) => void,
    fail: (error: ProtocolError) => void,
  ): void {
    if (transactionalId === '') fail(new ProtocolError(errorCodes.INVALID_REQUEST, 'the transactional id is empty'))
    else this.#runtime.run(transactionalId, operation, fail)
  }

  /** As `run`, for requests that may need a producer id that nobody has had: the operation runs again with one. */
  runWithProducerId(
    transactionalId: string,
    operation: (
      shard: TransactionShard,
      step: TransactionStep,
      freshId: bigint | undefined,
    ) => typeof needsProducerId | undefined,
    fail: (error: ProtocolError) => void,
  ): void {
    let needsOne = false
    this.run(
      transactionalId,
      (shard, step) => {
        needsOne = operation(shard, step, undefined) === needsProducerId
      },
      fail,
    )
    if (!needsOne) return
    this.#options.producerIds
      .take()
      .then(freshId => this.run(transactionalId, (shard, step) => void operation(shard, step, freshId), fail), fail)
  }

  /** Every shard that is here, loading ones included. */
  get hosts(): readonly ShardHost<TransactionRecord, TransactionShard>[] {
    return this.#runtime.hosts
  }

  close(): void {
    this.#runtime.close()
  }

  #tell(decided: DecidedTransaction): void {
    const { transactionalId } = decided
    this.#options.markers.writeAll(
      decided,
      () => this.#runtime.leaderEpochOf(transactionalId),
      () => this.run(transactionalId, (shard, step) => shard.complete(step, transactionalId, decided), loadedAnew),
    )
  }
}

/** A shard that has lost its state finds the decision in its log, and has the markers written again. */
function loadedAnew(): void {}

function transactionConfigOf({ values }: BrokerConfig): TransactionConfig {
  return {
    timeoutMsMax: values['transaction.max.timeout.ms'],
    idExpirationMs: values['transactional.id.expiration.ms'],
    timeoutCheckIntervalMs: values['transaction.abort.timed.out.transaction.cleanup.interval.ms'],
    expiryCheckIntervalMs: values['transaction.remove.expired.transaction.cleanup.interval.ms'],
  }
}
