import { sleep } from '@dorsale/base'
import { nameOf } from '@dorsale/client/parts'
import { describeGroups } from '../admin/group-descriptions.ts'
import { topicNames } from '../admin/topic-names.ts'
import type { Connection } from '../connection.ts'
import { KafkaJSNonRetriableError } from '../errors.ts'
import { consumerEvents, type Emitter } from '../events.ts'
import { asKafkaJSError } from '../failures.ts'
import type { GroupNews } from '../group-news.ts'
import type {
  Assigner,
  Consumer,
  ConsumerConfig,
  ConsumerRunConfig,
  ConsumerSubscribeTopic,
  ConsumerSubscribeTopics,
  Logger,
  TopicPartitionOffset,
  TopicPartitionOffsetAndMetadata,
} from '../types.ts'
import { checkOffset, checkPartition, checkPauses, checkSubscription } from './checks.ts'
import { clusterView } from './cluster-view.ts'
import { PausedPartitions } from './pauses.ts'
import { PartitionAssigners } from './round-robin.ts'
import { Runner } from './runner.ts'

export interface ConsumerOptions {
  readonly connection: Connection
  readonly emitter: Emitter
  readonly logger: Logger
  readonly config: ConsumerConfig
  readonly news: GroupNews
}

const sessionTimeoutDefault = 30_000
const heartbeatIntervalDefault = 3000

/** Throws a `KafkaJSNonRetriableError` for a configuration that cannot work. */
export function createConsumer(options: ConsumerOptions): DoorConsumer {
  const {
    groupId,
    heartbeatInterval = heartbeatIntervalDefault,
    sessionTimeout = sessionTimeoutDefault,
  } = options.config
  if (!groupId) throw new KafkaJSNonRetriableError('Consumer groupId must be a non-empty string.')
  if (heartbeatInterval >= sessionTimeout) {
    throw new KafkaJSNonRetriableError(
      `Consumer heartbeatInterval (${heartbeatInterval}) must be lower than sessionTimeout (${sessionTimeout}). It is recommended to set heartbeatInterval to approximately a third of the sessionTimeout.`,
    )
  }
  return new DoorConsumer(options)
}

export class DoorConsumer {
  readonly #options: ConsumerOptions
  readonly #logger: Logger
  readonly #topics = new Map<string, { readonly fromBeginning: boolean }>()
  readonly #paused = new PausedPartitions()
  readonly #sought = new Map<string, number>()
  readonly #assigners: readonly Assigner[]
  #runner: Runner | undefined
  /** `run` was called, and neither `stop` nor a crash has come since: what is asked of the consumer counts, though it may still be on its way into the group. */
  #isRunning = false
  /** Settles when the consumer is in its group, or cannot get there. */
  #starting: Promise<void> = Promise.resolve()
  #stopping: Promise<void> | undefined
  /** Changes with each run and stop: a restart that was put off is not wanted any more. */
  #run = 0
  #endNews: (() => void) | undefined

  constructor(options: ConsumerOptions) {
    this.#options = options
    const { config, logger, connection } = options
    this.#logger = logger.namespace('Consumer')
    const { groupId, partitionAssigners = [PartitionAssigners.roundRobin] } = config
    const cluster = clusterView(connection)
    this.#assigners = partitionAssigners.map(create => create({ cluster, groupId, logger: this.#logger }))
  }

  /** Cluster metadata has changed. */
  metadataChanged(): void {
    this.#runner?.wake()
  }

  /** For events that the network tells of. */
  get member(): { memberId: string; groupGenerationId: number } | undefined {
    const generation = this.#runner?.generation
    return generation && { memberId: generation.memberId, groupGenerationId: generation.generationId }
  }

  face(): Consumer {
    const { emitter } = this.#options
    return {
      connect: () => this.#connect(),
      disconnect: () => this.#disconnect(),
      subscribe: subscription => this.#subscribe(subscription),
      stop: () => this.#stop(),
      run: config => this.#runWith(config),
      commitOffsets: offsets => this.#commitOffsets(offsets),
      seek: place => this.#seek(place),
      describeGroup: () => this.#describeGroup(),
      pause: (topics = []) => {
        checkPauses(topics, 'pause')
        this.#requireRunning()
        if (this.#runner === undefined) this.#paused.pause(topics)
        else this.#runner.pause(topics)
      },
      paused: () => (this.#runner === undefined ? [] : this.#paused.among(this.#runner.assigned)),
      resume: (topics = []) => {
        checkPauses(topics, 'resume')
        this.#requireRunning()
        if (this.#runner === undefined) this.#paused.resume(topics)
        else this.#runner.resume(topics)
      },
      on: emitter.on as Consumer['on'],
      logger: () => this.#logger,
      events: consumerEvents,
    }
  }

  async #connect(): Promise<void> {
    const { connection, emitter } = this.#options
    await connection.open()
    emitter.emit(consumerEvents.CONNECT)
  }

  async #disconnect(): Promise<void> {
    const { connection, emitter } = this.#options
    await this.#stop()
    connection.close()
    emitter.emit(consumerEvents.DISCONNECT)
  }

  #stop(): Promise<void> {
    this.#stopping ??= this.#stopNow().finally(() => {
      this.#stopping = undefined
    })
    return this.#stopping
  }

  async #stopNow(): Promise<void> {
    const { emitter, config } = this.#options
    this.#run++
    const runner = this.#runner
    const wasRunning = this.#isRunning
    if (runner !== undefined) {
      await runner.stop()
      this.#endNews?.()
    }
    this.#runner = undefined
    this.#isRunning = false
    if (wasRunning) emitter.emit(consumerEvents.STOP)
    this.#logger.info('Stopped', { groupId: config.groupId })
  }

  async #subscribe(subscription: ConsumerSubscribeTopics | ConsumerSubscribeTopic): Promise<void> {
    const { connection } = this.#options
    if (this.#isRunning) {
      throw new KafkaJSNonRetriableError('Cannot subscribe to topic while consumer is running')
    }
    const wanted = checkSubscription(subscription)
    const { fromBeginning = false } = subscription
    // Topics that are named count at once: an application may run the consumer without waiting.
    for (const each of wanted) if (typeof each === 'string') this.#topics.set(each, { fromBeginning })
    await connection.open()
    const names = wanted.some(each => each instanceof RegExp) ? await topicNames(connection) : []
    for (const each of wanted) {
      const found = each instanceof RegExp ? names.filter(name => matches(each, name)) : [each]
      for (const name of found) this.#topics.set(name, { fromBeginning })
      await Promise.all(found.map(name => connection.topic(name)))
    }
  }

  async #runWith(config: ConsumerRunConfig = {}): Promise<void> {
    const { groupId } = this.#options.config
    if (this.#isRunning) {
      this.#logger.warn('consumer#run was called, but the consumer is already running', { groupId })
      return
    }
    await this.#start(config, ++this.#run)
  }

  async #start(run: ConsumerRunConfig, id: number): Promise<void> {
    const { config } = this.#options
    this.#logger.info('Starting', { groupId: config.groupId })
    this.#isRunning = true
    let crash: Promise<void> | undefined
    const onCrash = (error: Error) => {
      crash ??= this.#crashed(error, run)
    }
    const started = this.#makeRunner(run, id, onCrash).then(runner => runner?.start())
    this.#starting = started.catch(() => undefined)
    try {
      await started
    } catch (error) {
      onCrash(asKafkaJSError(error))
    }
    await crash
  }

  /** Undefined: the consumer was stopped meanwhile. Rejects when the cluster, or a topic, cannot be had. */
  async #makeRunner(run: ConsumerRunConfig, id: number, onCrash: (error: Error) => void): Promise<Runner | undefined> {
    const { connection, emitter, logger, config, news } = this.#options
    await connection.open()
    await Promise.all([...this.#topics.keys()].map(topic => connection.topic(topic)))
    if (id !== this.#run) return undefined
    const runner = new Runner({
      connection,
      emitter,
      logger,
      config,
      run,
      topics: this.#topics,
      assigners: this.#assigners,
      paused: this.#paused,
      sought: this.#sought,
      onCrash,
    })
    this.#runner = runner
    this.#endNews = news.listen(config.groupId, topics => {
      for (const { topic, partitions } of topics) {
        for (const { partition, offset } of partitions)
          runner.noteCommitted(nameOf({ topic, partition: Number(partition) }), Number(offset))
      }
    })
    return runner
  }

  async #crashed(error: Error, run: ConsumerRunConfig): Promise<void> {
    const { connection, config, emitter } = this.#options
    const { groupId } = config
    const { retryCount, retryTime: failedTime } = error as { retryCount?: number; retryTime?: number }
    this.#logger.error(`Crash: ${error.name}: ${error.message}`, { groupId, retryCount, stack: error.stack })
    await this.#disconnect()
    const restart =
      (error.name === 'KafkaJSNumberOfRetriesExceeded' || rootOf(error).retriable === true) &&
      (await this.#mayRestart(error))
    const id = this.#run
    emitter.emit(consumerEvents.CRASH, { error, groupId, restart })
    if (!restart) return
    const retryTime = failedTime ?? connection.options.patience.initialRetryTime
    this.#logger.error(`Restarting the consumer in ${retryTime}ms`, { retryCount, retryTime, groupId })
    void this.#restartIn(retryTime, run, id)
  }

  async #restartIn(timeMs: number, run: ConsumerRunConfig, id: number): Promise<void> {
    await sleep(this.#options.connection.clock, timeMs)
    if (id !== this.#run) return
    await this.#start(run, ++this.#run)
  }

  async #mayRestart(error: Error): Promise<boolean> {
    const { restartOnFailure } = this.#options.config.retry ?? {}
    if (restartOnFailure === undefined) return true
    try {
      return await restartOnFailure(error)
    } catch (thrown) {
      this.#logger.error(
        'Caught error when invoking user-provided "restartOnFailure" callback. Defaulting to restarting.',
        { error: (thrown as Error).message, cause: error.message, groupId: this.#options.config.groupId },
      )
      return true
    }
  }

  async #commitOffsets(offsets: readonly TopicPartitionOffsetAndMetadata[] = []): Promise<void> {
    const { connection } = this.#options
    for (const { topic, partition, offset, metadata = null } of offsets) {
      if (!topic) throw new KafkaJSNonRetriableError(`Invalid topic ${topic}`)
      checkPartition(partition)
      if (checkOffset(offset) < 0) throw new KafkaJSNonRetriableError('Offset must not be a negative number')
      if (metadata !== null && typeof metadata !== 'string') {
        throw new KafkaJSNonRetriableError(
          `Invalid offset metadata, expected string or null, received ${metadata as unknown}`,
        )
      }
    }
    this.#requireRunning()
    await this.#starting
    await connection.retrying(async () => this.#runner?.commit(offsets))
  }

  #seek({ topic, partition, offset }: TopicPartitionOffset): void {
    if (!topic) throw new KafkaJSNonRetriableError(`Invalid topic ${topic}`)
    checkPartition(partition)
    const place = checkOffset(offset)
    // -1 and -2 are the end and the beginning.
    if (place < -2) throw new KafkaJSNonRetriableError('Offset must not be a negative number')
    this.#requireRunning()
    if (this.#runner === undefined) this.#sought.set(nameOf({ topic, partition: Number(partition) }), place)
    else this.#runner.seek(topic, Number(partition), place)
  }

  async #describeGroup() {
    const { connection, config } = this.#options
    await connection.open()
    const [group] = await connection.retrying(() => describeGroups(connection, [config.groupId]))
    return group!
  }

  #requireRunning(): void {
    if (this.#isRunning) return
    throw new KafkaJSNonRetriableError('Consumer group was not initialized, consumer#run must be called first')
  }
}

function matches(pattern: RegExp, name: string): boolean {
  // A pattern that is global or sticky remembers where it was.
  pattern.lastIndex = 0
  return pattern.test(name)
}

function rootOf(error: Error): { retriable?: boolean } {
  return error.cause instanceof Error ? rootOf(error.cause) : (error as { retriable?: boolean })
}
