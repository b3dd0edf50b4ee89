import { DorsaleError, type MemoryUse, sleep } from '@dorsale/base'
import { type ConsumerConfig, consumerTable } from '../config/consumer-config.ts'
import { parseOffsetReset } from '../config/offset-reset.ts'
import { type DeserializerSetting, type ReadBy, takeDeserializers } from '../config/serde-settings.ts'
import { loadSettings } from '../config/settings.ts'
import { clientMetrics } from '../metrics/client-metrics.ts'
import { CommitCallMetrics } from '../metrics/commit-call-metrics.ts'
import { FetchMetrics } from '../metrics/fetch-metrics.ts'
import type { KafkaMetric, MetricName, Metrics } from '../metrics/metrics.ts'
import { PollMetrics } from '../metrics/poll-metrics.ts'
import { requireOffset, requireOptions, requirePlace, requirePlaces, requireTimeout } from '../misuse.ts'
import { parseBootstrapServers } from '../network/addresses.ts'
import { Cluster, closedError, timeoutError } from '../network/cluster.ts'
import { connectionConfig } from '../network/connection-config.ts'
import { TelemetryReporter } from '../telemetry/telemetry-reporter.ts'
import type { ClientWorld } from '../world.ts'
import type { AssignedPartition, PendingReset } from './assigned-partition.ts'
import type { Assignor } from './assignors/assignor.ts'
import type { GroupOffset } from './committed-offsets.ts'
import type { CloseOptions, Consumer, ConsumerOptions } from './consumer.ts'
import { ConsumerInterceptors } from './consumer-interceptor.ts'
import { Fetcher } from './fetcher.ts'
import type { Departure } from './group-link.ts'
import type { GroupMetadata, RebalanceListener } from './group-listener.ts'
import { GroupSide } from './group-side.ts'
import { HandOut } from './hand-out.ts'
import { LendingPool } from './lending-pool.ts'
import {
  type FoundOffset,
  lookUpOffsets,
  nameOf,
  type OffsetQuestion,
  offsetPlaces,
  type TopicPartition,
} from './offset-lookup.ts'
import { type Committable, offsetsToCommit } from './offsets-to-commit.ts'
import { type Assignment, PartitionSet } from './partition-set.ts'
import type { ConsumerRecord, RecordChunk } from './record-chunk.ts'
import { RecordDecoder } from './record-decoder.ts'
import { nothingToReadError, type Topics } from './subscription.ts'
import { Turns } from './turns.ts'

/**
 * Opens a consumer. Throws a `ConfigError` with every problem of the settings; connects when it has partitions. What its deserializers give is what its records have:
 * with `'value.deserializer': jsonSerde<Order>()` a record's value is an `Order`.
 */
export function createConsumer<
  Key extends DeserializerSetting = undefined,
  Value extends DeserializerSetting = undefined,
>(options: ConsumerOptions<Key, Value>): Consumer<ReadBy<Key>, ReadBy<Value>> {
  requireOptions(options, 'createConsumer')
  const { world, settings, assignors = [], interceptors = [], onDeserializationError: onError } = options
  const { texts, key, value } = takeDeserializers(settings)
  const config = loadSettings(consumerTable, texts, world.logger)
  return new KafkaConsumer({
    world,
    config,
    assignors,
    interceptors: interceptors.length === 0 ? undefined : new ConsumerInterceptors(interceptors, world.logger),
    decoder: key === undefined && value === undefined ? undefined : new RecordDecoder({ key, value, onError }),
  })
}

interface Parts<K, V> {
  readonly world: ClientWorld
  readonly config: ConsumerConfig
  readonly assignors: readonly Assignor[]
  readonly interceptors: ConsumerInterceptors<K, V> | undefined
  readonly decoder: RecordDecoder<K, V> | undefined
}

/** Requests on one connection: one long fetch, and lookups beside it. */
const inFlightMax = 100

const closeTimeoutMs = 30_000

/** What may lie idle of the memory that the application has let go of: some answers of 6 MB. */
const idleBytesMax = 32 * 1024 * 1024

/** The consumer of a cluster: what it does is said by `Consumer`; who does it, here. */
class KafkaConsumer<K, V> implements Consumer<K, V> {
  readonly #world: ClientWorld
  readonly #cluster: Cluster
  readonly #fetcher: Fetcher
  readonly #memory = new LendingPool({ idleBytesMax })
  readonly #partitions = new PartitionSet()
  readonly #group: GroupSide | undefined
  readonly #handOut: HandOut<K, V>
  readonly #interceptors: ConsumerInterceptors<K, V> | undefined
  readonly #metrics: Metrics
  readonly #fetchMetrics: FetchMetrics
  readonly #commitCalls: CommitCallMetrics
  readonly #telemetry: TelemetryReporter
  readonly #readCommitted: boolean
  readonly #timeoutMs: number
  #isClosed = false

  constructor({ world, config, assignors, interceptors, decoder }: Parts<K, V>) {
    this.#world = world
    this.#interceptors = interceptors
    this.#timeoutMs = config['default.api.timeout.ms']
    this.#readCommitted = config['isolation.level'] === 'read_committed'
    const connection = connectionConfig(config, world)
    const assigned = this.#partitions.byName
    const { metrics, connections } = clientMetrics(world, 'consumer', config)
    const fetchMetrics = new FetchMetrics(metrics, { readCommitted: this.#readCommitted })
    this.#metrics = metrics
    this.#fetchMetrics = fetchMetrics
    this.#commitCalls = new CommitCallMetrics(metrics)
    this.#cluster = new Cluster({
      world,
      config: connection,
      bootstrap: parseBootstrapServers(config['bootstrap.servers']),
      inFlightMax,
      memory: this.#memory,
      allowAutoTopicCreation: config['allow.auto.create.topics'],
      metrics: connections,
      onChange: () => this.#onClusterChange(),
    })
    const groupId = config['group.id']
    this.#telemetry = new TelemetryReporter({
      world,
      cluster: this.#cluster,
      metrics,
      isEnabled: config['enable.metrics.push'],
      requestTimeoutMs: connection.requestTimeoutMs,
      labels: () => ({
        group_id: groupId,
        group_instance_id: config['group.instance.id'],
        group_member_id: this.#group?.memberId,
        client_rack: config['client.rack'],
      }),
    })
    if (groupId !== null) {
      this.#group = new GroupSide({
        world,
        cluster: this.#cluster,
        config,
        connection,
        groupId,
        assigned,
        assignors,
        metrics,
        fetchMetrics,
        onCommitted: offsets => interceptors?.onCommit(offsets),
        onError: error => this.#handOut.raise(error),
        onChange: () => {
          this.#fetcher.wake()
          this.#handOut.wake()
        },
      })
    }
    const group = this.#group
    this.#handOut = new HandOut({
      clock: world.clock,
      assigned,
      turns: group?.turns ?? new Turns(world.clock, () => {}),
      reading: {
        recordsMax: config['max.poll.records'],
        decoder,
        intercept: interceptors && (records => interceptors.onConsume(records)),
      },
      metrics: { fetch: fetchMetrics, poll: new PollMetrics(metrics, 'consumer-metrics') },
      onAsked: () => group?.asked(),
      onTaken: () => this.#fetcher.wake(),
    })
    this.#fetcher = new Fetcher({
      world,
      cluster: this.#cluster,
      assigned,
      minBytes: config['fetch.min.bytes'],
      maxBytes: config['fetch.max.bytes'],
      maxWaitMs: config['fetch.max.wait.ms'],
      partitionMaxBytes: config['max.partition.fetch.bytes'],
      readCommitted: this.#readCommitted,
      checkCrcs: config['check.crcs'],
      readsAhead: true,
      rack: config['client.rack'],
      offsetReset: parseOffsetReset(config['auto.offset.reset']),
      requestTimeoutMs: connection.requestTimeoutMs,
      metadataMaxAgeMs: connection.metadataMaxAgeMs,
      retryBackoff: connection.retryBackoff,
      metrics: fetchMetrics,
      memory: this.#memory,
      committed: group && (partitions => group.fetchCommitted(partitions, connection.requestTimeoutMs)),
      onChunk: () => this.#handOut.wake(),
      onError: (error, partition) => this.#handOut.raise(error, partition),
    })
  }

  subscribe(topics: Topics, listener: RebalanceListener = {}): void {
    this.#assertOpen()
    const group = this.#requireGroup()
    if (!group.isSubscribed && this.#partitions.size > 0) throw mixedError()
    group.subscribe(topics, listener)
  }

  async unsubscribe(): Promise<void> {
    await this.#group?.unsubscribe()
    if (!this.#isClosed) this.#assign([])
  }

  get subscription(): readonly string[] {
    return this.#group?.topics ?? []
  }

  enforceRebalance(reason = 'rebalance enforced by the application'): void {
    this.#requireGroup().rejoin(reason)
  }

  groupMetadata(): GroupMetadata {
    return this.#requireGroup().metadata()
  }

  assign(assignments: readonly Assignment[]): void {
    this.#assertOpen()
    requirePlaces(assignments, 'assign')
    for (const { offset } of assignments) if (offset !== undefined) requireOffset(offset, 'the offset of assign')
    if (this.#group?.isSubscribed) throw mixedError()
    this.#assign(assignments)
  }

  #assign(assignments: readonly Assignment[]): void {
    for (const before of this.#partitions.all) this.#handOut.forgive(before)
    for (const gone of this.#partitions.replace(assignments, this.#cluster)) this.#fetchMetrics.forget(gone)
    this.#fetcher.wake()
  }

  get assignment(): readonly TopicPartition[] {
    return this.#partitions.places
  }

  async partitionsFor(topic: string): Promise<TopicPartition[]> {
    this.#assertOpen()
    const { partitions } = await this.#cluster.topic(topic, this.#timeoutMs)
    return partitions.map(({ index }) => ({ topic, partition: index }))
  }

  chunks(): AsyncGenerator<RecordChunk<K, V>, void, undefined> {
    return this.#handOut.chunks()
  }

  records(): AsyncGenerator<ConsumerRecord<K, V>, void, undefined> {
    return this.#handOut.records()
  }

  async poll(options: { timeoutMs: number }): Promise<RecordChunk<K, V> | undefined> {
    this.#assertOpen()
    const timeoutMs = requireTimeout(options, 'poll')
    if (!this.#group?.isSubscribed && this.#partitions.size === 0) throw nothingToReadError('subscribe or assign')
    return this.#handOut.poll(timeoutMs)
  }

  async commit(what?: Committable, options?: { timeoutMs?: number }): Promise<void> {
    this.#assertOpen()
    const timeoutMs = options?.timeoutMs === undefined ? this.#timeoutMs : requireTimeout(options, 'commit')
    const offsets = offsetsToCommit(what, this.#partitions.all)
    const beganMs = this.#world.clock.monotonic()
    try {
      await this.#requireGroup().commit(offsets, timeoutMs)
    } finally {
      this.#commitCalls.onCommit(this.#world.clock.monotonic() - beganMs)
    }
    for (const offset of offsets) this.#partitions.byName.get(nameOf(offset))?.noteCommitted(offset)
  }

  commitAsync(what?: Committable, done?: (error?: Error) => void): void {
    this.commit(what).then(
      () => done?.(),
      error => {
        if (done === undefined) this.#world.logger.warn('a commit failed', { error })
        else done(error)
      },
    )
  }

  async committed(partitions: readonly TopicPartition[]): Promise<GroupOffset[]> {
    this.#assertOpen()
    requirePlaces(partitions, 'committed')
    const beganMs = this.#world.clock.monotonic()
    try {
      return await this.#requireGroup().fetchCommitted(partitions, this.#timeoutMs)
    } finally {
      this.#commitCalls.onCommitted(this.#world.clock.monotonic() - beganMs)
    }
  }

  metrics(): ReadonlyMap<MetricName, KafkaMetric> {
    return this.#metrics.all
  }

  /** See `memoryUseOf`. */
  memoryUse(): readonly MemoryUse[] {
    const { bufferedBytes, bufferedBytesMax } = this.#fetcher
    return [
      { what: 'bytes fetched and not handed out', used: bufferedBytes, bound: bufferedBytesMax },
      { what: 'bytes of memory for what is fetched next', used: this.#memory.idleBytes, bound: idleBytesMax },
      { what: 'requests in flight', used: this.#cluster.inFlightCount, bound: this.#cluster.inFlightMax },
    ]
  }

  clientInstanceId(options: { timeoutMs: number }): Promise<string> {
    return this.#telemetry.clientInstanceId(options)
  }

  registerMetricForSubscription(metric: KafkaMetric): void {
    this.#telemetry.register(metric)
  }

  unregisterMetricFromSubscription(metric: KafkaMetric): void {
    this.#telemetry.unregister(metric)
  }

  seek(place: TopicPartition & { offset: number }): void {
    requirePlace(place, 'seek')
    requireOffset(place.offset, 'the offset of seek')
    this.#move(place, place.offset)
    this.#fetcher.wake()
  }

  seekToBeginning(partitions: readonly TopicPartition[] = this.assignment): void {
    this.#reset(partitions, 'earliest')
  }

  seekToEnd(partitions: readonly TopicPartition[] = this.assignment): void {
    this.#reset(partitions, 'latest')
  }

  seekToTime(timestamp: number, partitions: readonly TopicPartition[] = this.assignment): void {
    requireOffset(timestamp, 'the timestamp of seekToTime')
    this.#reset(partitions, { timestamp })
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of this.#assigned(partitions, 'pause')) {
      partition.isPaused = true
      partition.drop()
    }
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of this.#assigned(partitions, 'resume')) partition.isPaused = false
    this.#fetcher.wake()
  }

  get paused(): readonly TopicPartition[] {
    return this.assignment.filter(each => this.#partitions.find(each).isPaused)
  }

  async position(of: TopicPartition): Promise<number> {
    requirePlace(of, 'position')
    const endMs = this.#world.clock.monotonic() + this.#timeoutMs
    for (;;) {
      this.#assertOpen()
      const { position } = this.#partitions.find(of)
      if (position !== undefined) return position
      if (this.#world.clock.monotonic() >= endMs)
        throw timeoutError(`the position of ${nameOf(of)}`, this.#timeoutMs, this.#cluster.lastError)
      await sleep(this.#world.clock, positionPollMs)
    }
  }

  lag(of: TopicPartition): number | undefined {
    const { position, highWatermark, lastStableOffset } = this.#partitions.find(of)
    const end = this.#readCommitted ? lastStableOffset : highWatermark
    return position === undefined || end < 0 ? undefined : Math.max(0, end - position)
  }

  async beginningOffsets(partitions: readonly TopicPartition[]): Promise<FoundOffset[]> {
    requirePlaces(partitions, 'beginningOffsets')
    return this.#lookUp(partitions.map(each => ({ ...each, timestamp: offsetPlaces.earliest })))
  }

  async endOffsets(partitions: readonly TopicPartition[]): Promise<FoundOffset[]> {
    requirePlaces(partitions, 'endOffsets')
    return this.#lookUp(partitions.map(each => ({ ...each, timestamp: offsetPlaces.latest })))
  }

  async offsetsForTimes(questions: readonly (TopicPartition & { timestamp: number })[]): Promise<FoundOffset[]> {
    requirePlaces(questions, 'offsetsForTimes')
    for (const { timestamp } of questions) requireOffset(timestamp, 'the timestamp of offsetsForTimes')
    return this.#lookUp(questions)
  }

  #lookUp(questions: readonly OffsetQuestion[]): Promise<FoundOffset[]> {
    this.#assertOpen()
    return lookUpOffsets(this.#cluster, questions, { readCommitted: this.#readCommitted, timeoutMs: this.#timeoutMs })
  }

  stop(): void {
    this.#handOut.stop()
  }

  async close({ timeoutMs = closeTimeoutMs, group: departure = 'default' }: CloseOptions = {}): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#fetcher.stop()
    this.#handOut.close()
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = this.#world.clock.setTimer(timeoutMs, resolve)
    await Promise.race([this.#leave(departure), late])
    timer.cancel()
    this.#group?.stop()
    this.#cluster.close()
    this.#interceptors?.close()
    this.#memory.clear()
  }

  async #leave(departure: Departure): Promise<void> {
    await this.#group?.close(departure)
    await this.#telemetry.close()
  }

  #onClusterChange(): void {
    this.#group?.metadataChanged()
    this.#telemetry.wake()
    this.#fetcher.wake()
    // A group hears of it by the answer to its own question. Partitions that were assigned by hand would wait for ever.
    const { finalError } = this.#cluster
    if (finalError !== undefined && !this.#group?.isSubscribed && this.#partitions.size > 0) {
      this.#handOut.raise(finalError)
    }
  }

  #requireGroup(): GroupSide {
    if (this.#group !== undefined) return this.#group
    throw new DorsaleError('DORSALE_NO_GROUP', 'this needs a group: set group.id')
  }

  /** Throws before the first of them is touched. */
  #assigned(places: readonly TopicPartition[], call: string): AssignedPartition[] {
    requirePlaces(places, call)
    return places.map(each => this.#partitions.find(each))
  }

  #reset(partitions: readonly TopicPartition[], reset: PendingReset): void {
    requirePlaces(partitions, 'a seek')
    for (const each of partitions) this.#move(each, undefined, reset)
    this.#fetcher.wake()
  }

  #move(of: TopicPartition, position: number | undefined, reset?: PendingReset): void {
    this.#partitions.find(of).moveTo(position, reset)
    this.#handOut.forgive(of)
  }

  #assertOpen(): void {
    if (this.#isClosed) throw closedError()
  }
}

const positionPollMs = 10

function mixedError(): DorsaleError {
  return new DorsaleError(
    'DORSALE_INVALID_SUBSCRIPTION',
    'a consumer either subscribes or is assigned partitions by hand: unsubscribe comes between the two',
  )
}
