import { DorsaleError, sleep, type Timer } from '@dorsale/base'
import { type DeserializerSetting, type ReadBy, takeDeserializers } from '../config/serde-settings.ts'
import { loadSettings } from '../config/settings.ts'
import { type ShareConsumerConfig, shareConsumerTable } from '../config/share-consumer-config.ts'
import { stoppedPauseMs } from '../consumer/hand-out.ts'
import type { Reading } from '../consumer/portion.ts'
import { type OnDeserializationError, RecordDecoder } from '../consumer/record-decoder.ts'
import { RecordDeserializationError } from '../consumer/record-deserialization-error.ts'
import { checkTopics, nothingToReadError } from '../consumer/subscription.ts'
import { Turns } from '../consumer/turns.ts'
import { clientMetrics } from '../metrics/client-metrics.ts'
import type { KafkaMetric, MetricName, Metrics } from '../metrics/metrics.ts'
import { PollMetrics } from '../metrics/poll-metrics.ts'
import { type FetchTally, ShareFetchMetrics, ShareGroupMetrics } from '../metrics/share-metrics.ts'
import { describe, invalidArgument, requireOptions, requireTimeout } from '../misuse.ts'
import { parseBootstrapServers } from '../network/addresses.ts'
import { Cluster, closedError, timeoutError } from '../network/cluster.ts'
import { connectionConfig } from '../network/connection-config.ts'
import { TelemetryReporter } from '../telemetry/telemetry-reporter.ts'
import type { ClientWorld } from '../world.ts'
import {
  AcknowledgementGroup,
  type AcknowledgementOutcome,
  type AcknowledgeType,
  isAcknowledgeType,
} from './acknowledgement.ts'
import type { AcquiredChunk, ShareRecord } from './acquired-chunk.ts'
import { Acquired, HeldRecords, type ShareChunk } from './held-records.ts'
import type { HeldPlace, ShareConsumer, ShareConsumerOptions } from './share-consumer.ts'
import { ShareFetcher } from './share-fetcher.ts'
import { ShareGroup } from './share-group.ts'

/** Opens a share consumer. Throws a `ConfigError` with every problem of the settings; connects when records are asked for. */
export function createShareConsumer<
  Key extends DeserializerSetting = undefined,
  Value extends DeserializerSetting = undefined,
>(options: ShareConsumerOptions<Key, Value>): ShareConsumer<ReadBy<Key>, ReadBy<Value>> {
  requireOptions(options, 'createShareConsumer')
  const { world, settings } = options
  const { texts, key, value } = takeDeserializers(settings)
  const config = loadSettings(shareConsumerTable, texts, world.logger)
  return new KafkaShareConsumer({
    world,
    config,
    onAcknowledged: options.onAcknowledged,
    decoderOf: onError =>
      key === undefined && value === undefined ? undefined : new RecordDecoder({ key, value, onError }),
    onDeserializationError: options.onDeserializationError,
  })
}

interface Parts<K, V> {
  readonly world: ClientWorld
  readonly config: ShareConsumerConfig
  readonly onAcknowledged: ShareConsumerOptions['onAcknowledged'] | undefined
  readonly decoderOf: (onError: OnDeserializationError | undefined) => RecordDecoder<K, V> | undefined
  readonly onDeserializationError: OnDeserializationError | undefined
}

const inFlightMax = 100

const closeTimeoutMs = 30_000

/** The share consumer of a cluster: what it does is said by `ShareConsumer`; who does it, here. */
class KafkaShareConsumer<K, V> implements ShareConsumer<K, V> {
  readonly #world: ClientWorld
  readonly #cluster: Cluster
  readonly #group: ShareGroup
  readonly #fetcher: ShareFetcher
  readonly #reading: Reading<K, V>
  readonly #metrics: Metrics
  readonly #pollMetrics: PollMetrics
  readonly #telemetry: TelemetryReporter
  readonly #turns: Turns
  readonly #isExplicit: boolean
  readonly #timeoutMs: number
  readonly #pollIntervalMs: number
  readonly #onAcknowledged: ShareConsumerOptions['onAcknowledged'] | undefined
  /** Acquired, and not all handed out. */
  #buffered: Acquired<K, V>[] = []
  /** Handed out, and not all settled. */
  readonly #held = new Set<HeldRecords<K, V>>()
  /** Renewed, to be handed out again. */
  #renewed: HeldRecords<K, V>[] = []
  #polled: HeldRecords<K, V> | undefined
  /** Places of records that could not be read and were passed by, of portions that are being read. */
  readonly #passedBy = new Set<string>()
  /** Groups whose outcome is open. */
  readonly #open = new Set<AcknowledgementGroup>()
  #errors: Error[] = []
  #isClosed = false
  #isStopping = false
  #waiting: (() => void)[] = []
  #awayTimer: Timer | undefined

  constructor({ world, config, onAcknowledged, decoderOf, onDeserializationError }: Parts<K, V>) {
    this.#world = world
    this.#onAcknowledged = onAcknowledged
    this.#timeoutMs = config['default.api.timeout.ms']
    this.#pollIntervalMs = config['max.poll.interval.ms']
    this.#isExplicit = config['share.acknowledgement.mode'] === 'explicit'
    this.#turns = new Turns(world.clock, () => {})
    const groupId = config['group.id'] as string
    const connection = connectionConfig(config, world)
    const { requestTimeoutMs, retryBackoff } = connection
    const { metrics, connections } = clientMetrics(world, 'consumer', config)
    this.#metrics = metrics
    this.#pollMetrics = new PollMetrics(metrics, 'consumer-share-metrics')
    this.#cluster = new Cluster({
      world,
      config: connection,
      bootstrap: parseBootstrapServers(config['bootstrap.servers']),
      inFlightMax,
      allowAutoTopicCreation: config['allow.auto.create.topics'],
      metrics: connections,
      onChange: () => {
        const { finalError } = this.#cluster
        if (finalError !== undefined) this.#raise(finalError)
        this.#telemetry.wake()
        this.#fetcher.wake()
        this.#wake()
      },
    })
    this.#telemetry = new TelemetryReporter({
      world,
      cluster: this.#cluster,
      metrics,
      isEnabled: config['enable.metrics.push'],
      requestTimeoutMs,
      labels: () => ({
        group_id: groupId,
        group_member_id: this.#group.memberId,
        client_rack: config['client.rack'],
      }),
    })
    this.#group = new ShareGroup({
      world,
      cluster: this.#cluster,
      groupId,
      rack: config['client.rack'] === '' ? null : config['client.rack'],
      requestTimeoutMs,
      retryBackoff,
      metrics: new ShareGroupMetrics(metrics),
      onChange: () => this.#wake(),
      onError: error => this.#raise(error),
    })
    this.#fetcher = new ShareFetcher({
      world,
      cluster: this.#cluster,
      groupId,
      memberId: this.#group.memberId,
      minBytes: config['fetch.min.bytes'],
      maxBytes: config['fetch.max.bytes'],
      maxWaitMs: config['fetch.max.wait.ms'],
      recordsMax: config['max.poll.records'],
      limitsRecords: config['share.acquire.mode'].toLowerCase() === 'record_limit',
      checkCrcs: config['check.crcs'],
      requestTimeoutMs,
      retryBackoff,
      metrics: new ShareFetchMetrics(metrics),
      partitions: () => this.#group.partitions,
      onAcquired: (chunk, from) => this.#onAcquired(chunk, from),
      onSettled: outcomes => this.#onSettled(outcomes),
      onError: error => this.#raise(error),
      onChange: () => this.#wake(),
    })
    const onPassedBy: OnDeserializationError | undefined =
      onDeserializationError &&
      (async error => {
        await onDeserializationError(error)
        this.#passedBy.add(placeOf(error))
      })
    this.#reading = { recordsMax: config['max.poll.records'], decoder: decoderOf(onPassedBy), intercept: undefined }
  }

  subscribe(topics: readonly string[]): void {
    this.#assertOpen()
    checkTopics(topics)
    this.#group.subscribe(topics)
    this.#watchAbsence()
    this.#wake()
  }

  async unsubscribe(): Promise<void> {
    this.#awayTimer?.cancel()
    this.#sendSaid()
    await this.#fetcher.close()
    this.#letGo()
    await this.#group.leave()
    this.#group.subscribe([])
  }

  get subscription(): readonly string[] {
    return this.#group.topics
  }

  async *chunks(): AsyncGenerator<ShareChunk<K, V>, void, undefined> {
    for (;;) {
      const held = await this.#next()
      if (held === undefined) return
      this.#turns.hold()
      let isHandled = false
      try {
        yield held.chunk
        isHandled = true
      } finally {
        this.#turns.release()
        this.#settle(held, isHandled)
      }
    }
  }

  async *records(): AsyncGenerator<ShareRecord<K, V>, void, undefined> {
    for (;;) {
      const held = await this.#next()
      if (held === undefined) return
      this.#turns.hold()
      let isHandled = false
      try {
        for (const record of held.chunk) {
          if (this.#isStopping || this.#isClosed) return
          yield record
          this.#turns.asked()
          if (!this.#isExplicit) held.say(record.offset, 'accept')
          else if (held.holds(record.topic, record.partition, record.offset) && !held.hasSaid(record.offset))
            throw unacknowledgedError([record.offset])
          this.#turns.left()
        }
        isHandled = true
      } finally {
        this.#turns.release()
        this.#settle(held, isHandled)
      }
    }
  }

  async poll(options: { timeoutMs: number }): Promise<ShareChunk<K, V> | undefined> {
    this.#assertOpen()
    const timeoutMs = requireTimeout(options, 'poll')
    if (this.#group.topics.length === 0) throw nothingToReadError('subscribe')
    const { clock } = this.#world
    // As of a consumer: a loop that goes on asking must let whatever ends it have its turn.
    if (this.#isStopping) await sleep(clock, Math.min(timeoutMs, stoppedPauseMs))
    if (this.#polled !== undefined) {
      const { unsaid } = this.#polled
      if (this.#isExplicit && unsaid.length > 0) throw unacknowledgedError(unsaid)
      this.#settle(this.#polled, true)
      this.#polled = undefined
      this.#turns.release()
    }
    const endMs = clock.monotonic() + timeoutMs
    const timer = clock.setTimer(timeoutMs, () => this.#wake())
    try {
      this.#polled = await this.#next(endMs)
      if (this.#polled !== undefined) this.#turns.hold()
      return this.#polled?.chunk
    } finally {
      timer.cancel()
    }
  }

  acknowledge({ topic, partition, offset }: HeldPlace, type: AcknowledgeType = 'accept'): void {
    this.#assertOpen()
    if (!this.#isExplicit) {
      throw new DorsaleError(
        'DORSALE_NOT_HELD',
        'records are acknowledged by asking for more: acknowledge needs share.acknowledgement.mode=explicit',
      )
    }
    if (!isAcknowledgeType(type))
      throw invalidArgument(`acknowledge takes accept, release, reject or renew, and was given ${describe(type)}`)
    for (const held of this.#held) {
      if (!held.holds(topic, partition, offset)) continue
      held.say(offset, type)
      return
    }
    const text = `${topic}-${partition} at offset ${offset} is not held: it was never handed out here, or has been acknowledged`
    throw new DorsaleError('DORSALE_NOT_HELD', text)
  }

  async commit(): Promise<readonly AcknowledgementOutcome[]> {
    this.#assertOpen()
    const { clock } = this.#world
    this.#sendSaid({ andHandedOut: true })
    const outcomes = Promise.all([...this.#open].map(({ outcome }) => outcome))
    this.#fetcher.flush()
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = clock.setTimer(this.#timeoutMs, () =>
      reject(timeoutError('the acknowledgements', this.#timeoutMs, this.#cluster.lastError)),
    )
    try {
      return (await Promise.race([outcomes, late])).filter(({ offsets }) => offsets.length > 0)
    } finally {
      timer.cancel()
    }
  }

  commitAsync(): void {
    this.#assertOpen()
    this.#sendSaid({ andHandedOut: true })
    this.#fetcher.flush()
  }

  get acquisitionLockTimeoutMs(): number | undefined {
    return this.#fetcher.lockTimeoutMs
  }

  metrics(): ReadonlyMap<MetricName, KafkaMetric> {
    return this.#metrics.all
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

  stop(): void {
    this.#isStopping = true
    this.#wake()
  }

  async close({ timeoutMs = closeTimeoutMs }: { timeoutMs?: number } = {}): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#awayTimer?.cancel()
    this.#wake()
    this.#sendSaid()
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = this.#world.clock.setTimer(timeoutMs, resolve)
    await Promise.race([this.#leave(), late])
    timer.cancel()
    this.#letGo()
    this.#cluster.close()
  }

  async #leave(): Promise<void> {
    await this.#fetcher.close()
    await this.#group.leave()
    await this.#telemetry.close()
  }

  /** Undefined: closed, or `endMs` has passed. */
  async #next(endMs = Number.POSITIVE_INFINITY): Promise<HeldRecords<K, V> | undefined> {
    this.#turns.asked()
    this.#pollMetrics.asked()
    try {
      return await this.#wait(endMs)
    } finally {
      this.#pollMetrics.left()
      this.#turns.left()
    }
  }

  async #wait(endMs: number): Promise<HeldRecords<K, V> | undefined> {
    const { clock } = this.#world
    for (;;) {
      if (this.#isClosed || this.#isStopping) return undefined
      const error = this.#errors.shift()
      if (error !== undefined) throw error
      this.#group.asked()
      const renewed = this.#renewed.shift()
      if (renewed !== undefined) {
        this.#held.add(renewed)
        return renewed
      }
      const acquired = this.#pick()
      if (acquired !== undefined) {
        const held = await this.#take(acquired)
        if (held !== undefined) return held
        continue
      }
      if (clock.monotonic() >= endMs) return undefined
      this.#fetcher.fetch()
      await new Promise<void>(resolve => {
        this.#waiting.push(resolve)
      })
    }
  }

  /** The oldest that is still this member's. */
  #pick(): Acquired<K, V> | undefined {
    const nowMs = this.#world.clock.monotonic()
    for (const late of this.#buffered.filter(({ deadlineMs }) => deadlineMs <= nowMs)) this.#forget(late)
    return this.#buffered.find(({ isBusy }) => !isBusy)
  }

  /** Undefined: there was nothing for the application. */
  async #take(acquired: Acquired<K, V>): Promise<HeldRecords<K, V> | undefined> {
    try {
      const portion = await acquired.take()
      const records = portion.records as unknown as readonly ShareRecord<K, V>[]
      const found = new Set(records.map(({ offset }) => offset))
      this.#settleMissing(
        acquired,
        acquired.takeOffsets(portion.nextOffset).filter(offset => !found.has(offset)),
      )
      if (acquired.isDone) this.#forget(acquired)
      if (records.length === 0) return undefined
      const held = new HeldRecords(acquired, records)
      this.#held.add(held)
      return held
    } catch (error) {
      if (!(error instanceof RecordDeserializationError)) {
        // A batch that is damaged: whoever has it next may have better luck, until the group gives it up.
        this.#forget(acquired)
        this.#acknowledge(acquired, new Map(acquired.takeOffsets().map(offset => [offset, 'release'])))
        throw error
      }
      const { offset } = error
      this.#settleMissing(acquired, acquired.takeOffsets(offset))
      acquired.takeOffsets(offset + 1)
      acquired.passBy(offset)
      if (acquired.isDone) {
        this.#settleMissing(acquired, acquired.takeOffsets())
        this.#forget(acquired)
      }
      const held = HeldRecords.unreadable(acquired, offset, 'release')
      if (this.#isExplicit) this.#held.add(held)
      else this.#send(held)
      throw error
    }
  }

  /** Offsets without a record, and records that were passed by. */
  #settleMissing(acquired: Acquired<K, V>, offsets: readonly number[]): void {
    const types = new Map(
      offsets.map(offset => {
        const wasPassedBy = this.#passedBy.delete(placeOf({ ...acquired.chunk.of, offset }))
        return [offset, wasPassedBy ? 'reject' : 'gap'] as const
      }),
    )
    this.#acknowledge(acquired, types)
  }

  #acknowledge({ chunk, nodeId }: Acquired<K, V>, types: ReadonlyMap<number, AcknowledgeType | 'gap'>): void {
    if (types.size > 0) this.#commitGroup(nodeId, new AcknowledgementGroup(chunk.of, types))
  }

  #commitGroup(nodeId: number, group: AcknowledgementGroup): void {
    this.#open.add(group)
    void group.outcome.then(() => this.#open.delete(group))
    this.#fetcher.acknowledge(nodeId, group)
  }

  /** The application is done with these: what it has not said is accepted, if it asks for more, and else released. */
  #settle(held: HeldRecords<K, V>, isHandled: boolean): void {
    const { unsaid } = held
    const mustSay = this.#isExplicit && isHandled && unsaid.length > 0
    held.sayOfOthers(isHandled && !this.#isExplicit ? 'accept' : 'release')
    this.#send(held)
    if (mustSay) throw unacknowledgedError(unsaid)
  }

  #sendSaid({ andHandedOut = false } = {}): void {
    for (const held of [...this.#held]) {
      if (andHandedOut && !this.#isExplicit) held.sayOfOthers('accept')
      this.#send(held)
    }
  }

  #send(held: HeldRecords<K, V>): void {
    const taken = held.take()
    if (held.isEmpty) this.#held.delete(held)
    if (taken === undefined) return
    const { group, renewed } = taken
    const { acquired } = held
    this.#commitGroup(acquired.nodeId, group)
    if (renewed.length === 0) return
    void group.outcome.then(({ error }) => {
      if (error === undefined) this.#renewed.push(new HeldRecords(acquired, renewed))
      this.#wake()
    })
  }

  #onAcquired(chunk: AcquiredChunk, from: { readonly nodeId: number; readonly tally: FetchTally }): void {
    const lockMs = this.#fetcher.lockTimeoutMs ?? Number.POSITIVE_INFINITY
    const deadlineMs = this.#world.clock.monotonic() + lockMs
    this.#buffered.push(new Acquired(chunk, { ...from, deadlineMs, reading: this.#reading }))
    this.#wake()
  }

  #onSettled(outcomes: readonly AcknowledgementOutcome[]): void {
    const heard = outcomes.filter(({ offsets }) => offsets.length > 0)
    if (this.#onAcknowledged === undefined || heard.length === 0) return
    try {
      this.#onAcknowledged(heard)
    } catch (error) {
      this.#world.logger.warn('who hears of acknowledgements threw', { error })
    }
  }

  #forget(acquired: Acquired<K, V>): void {
    acquired.close()
    this.#buffered = this.#buffered.filter(each => each !== acquired)
  }

  #letGo(): void {
    for (const acquired of this.#buffered) acquired.close()
    this.#buffered = []
    this.#renewed = []
    this.#held.clear()
  }

  /** Leaves the group when the application is away for too long: others get what it holds. */
  #watchAbsence(): void {
    const { clock, logger } = this.#world
    const limitMs = this.#pollIntervalMs
    this.#awayTimer?.cancel()
    const leftMs = limitMs - this.#turns.awayMs
    this.#awayTimer = clock.setTimer(leftMs > 0 ? leftMs : limitMs, () => {
      if (this.#turns.awayMs >= limitMs) {
        logger.warn('leaving the group: the application has not asked for records within max.poll.interval.ms', {
          limitMs,
        })
        void this.#group.leave()
      }
      this.#watchAbsence()
    })
  }

  #raise(error: Error): void {
    // One of each kind is enough to hear of.
    if (!this.#errors.some(({ message }) => message === error.message)) this.#errors.push(error)
    this.#wake()
  }

  #assertOpen(): void {
    if (this.#isClosed) throw closedError()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}

function placeOf({ topic, partition, offset }: HeldPlace): string {
  return `${topic}-${partition}@${offset}`
}

function unacknowledgedError(offsets: readonly number[]): DorsaleError {
  const text = `nothing has been said of ${offsets.length} records, at offset ${offsets[0]} for one: with share.acknowledgement.mode=explicit acknowledge each before you ask for more`
  return new DorsaleError('DORSALE_UNACKNOWLEDGED', text)
}
