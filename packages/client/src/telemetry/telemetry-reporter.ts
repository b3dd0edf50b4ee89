import { DorsaleError, randomUnit, type Timer } from '@dorsale/base'
import {
  type Codec,
  codecOf,
  type ErrorCode,
  errorCodes,
  getTelemetrySubscriptionsRequest,
  getTelemetrySubscriptionsResponse,
  ProtocolError,
  pushTelemetryRequest,
  pushTelemetryResponse,
  zeroUuid,
} from '@dorsale/protocol'
import type { KafkaMetric, Metrics } from '../metrics/metrics.ts'
import type { BrokerLink } from '../network/broker-link.ts'
import { type Cluster, closedError, isRetriable, timeoutError } from '../network/cluster.ts'
import type { ClientWorld } from '../world.ts'
import { MetricPoints } from './metric-points.ts'
import { encodeMetricsData } from './otlp.ts'
import { PushedMetrics } from './pushed-metrics.ts'

export interface TelemetryOptions {
  readonly world: ClientWorld
  readonly cluster: Cluster
  readonly metrics: Metrics
  /** `enable.metrics.push` */
  readonly isEnabled: boolean
  readonly requestTimeoutMs: number
  /** What the receiver should know of the client beside its id: `transactional_id`, `group_id`, ... Asked for each push. */
  labels(): Readonly<Record<string, string | null | undefined>>
}

/** What a broker wants of this client. Times in milliseconds. */
interface Subscription {
  readonly id: number
  readonly codec: Codec | undefined
  readonly intervalMs: number
  readonly bytesMax: number
  readonly delta: boolean
  readonly requested: readonly string[]
}

/**
 * - `waiting`: for a connection to a broker.
 * - `asking`: for what the broker wants.
 * - `resting`: until the next question or push is due.
 * - `pushing`: a push is under way.
 * - `off`: for good: the broker takes none, it was turned off, or the client is closed.
 */
type State = 'waiting' | 'asking' | 'resting' | 'pushing' | 'off'

/**
 * Pushes what the client measures to the brokers that ask for it (KIP-714): asks what is wanted when the client has its first connection, pushes at the interval that the broker
 * says, at a moment that differs from client to client, and once more when the client closes. It opens no connection itself, and its failures are none of the application's.
 */
export class TelemetryReporter {
  readonly #options: TelemetryOptions
  readonly #metrics: PushedMetrics
  readonly #points: MetricPoints
  #state: State
  #instanceId = zeroUuid
  #subscription: Subscription | undefined
  #timer: Timer | undefined
  #waiting: { resolve(): void }[] = []

  constructor(options: TelemetryOptions) {
    this.#options = options
    this.#metrics = new PushedMetrics(options.metrics.all)
    this.#points = new MetricPoints(this.#metrics, (error, { group, name }) =>
      options.world.logger.warn('a figure of the application did not tell its value', { error, group, name }),
    )
    this.#state = options.isEnabled ? 'waiting' : 'off'
  }

  /** A connection may be there that was not before. */
  wake(): void {
    if (this.#state !== 'waiting') return
    const link = this.#readyLink()
    if (link !== undefined) void this.#next(link)
  }

  /** The id under which the brokers know this client. Rejects when they take no metrics, and when it is not known in time. */
  async clientInstanceId({ timeoutMs }: { timeoutMs: number }): Promise<string> {
    if (!this.#options.isEnabled) {
      throw new DorsaleError('DORSALE_NO_TELEMETRY', 'the client has no id of its own: enable.metrics.push is false')
    }
    const { clock } = this.#options.world
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = clock.setTimer(timeoutMs, resolve)
    const endMs = clock.monotonic() + timeoutMs
    if (this.#state === 'waiting') this.#connect()
    while (this.#instanceId === zeroUuid && this.#state !== 'off' && clock.monotonic() < endMs) {
      await Promise.race([late, new Promise<void>(wake => this.#waiting.push({ resolve: wake }))])
    }
    timer.cancel()
    if (this.#instanceId !== zeroUuid) return this.#instanceId
    if (this.#options.cluster.isClosed) throw closedError()
    if (this.#state !== 'off') throw timeoutError('the id of the client', timeoutMs)
    throw new DorsaleError(
      'DORSALE_NO_TELEMETRY',
      'the client has no id of its own: the brokers take no client metrics',
    )
  }

  /** Tells the brokers of a figure of the application's as well (KIP-1076). As in Kafka, one that is called as one of the client's own is passed over. */
  register(metric: KafkaMetric): void {
    if (!this.#metrics.add(metric)) this.#passOver(metric)
  }

  /** They hear of it no more. */
  unregister(metric: KafkaMetric): void {
    if (!this.#metrics.remove(metric)) this.#passOver(metric)
  }

  #passOver({ metricName: { group, name } }: KafkaMetric): void {
    this.#options.world.logger.debug('a figure of the client itself stays as it is', { group, name })
  }

  /** The last push, if the brokers want any. Settles when it is answered, or cannot be. Idempotent. */
  async close(): Promise<void> {
    const wasUnderWay = this.#state === 'pushing'
    const subscription = this.#subscription
    const isWanted = this.#state !== 'off' && subscription !== undefined && subscription.requested.length > 0
    this.#turnOff()
    if (!isWanted || wasUnderWay) return
    const link = this.#readyLink()
    if (link === undefined) return
    try {
      await this.#push(link, subscription, { isTerminating: true })
    } catch (error) {
      this.#options.world.logger.debug('the last metrics were not taken', { error })
    }
  }

  /** For who asks for the id of a client that has not been used yet. */
  #connect(): void {
    const { cluster } = this.#options
    cluster.refreshed().then(
      () => cluster.anyLink()?.connect(),
      error => this.#options.world.logger.debug('no broker to ask for the id of the client', { error }),
    )
  }

  #readyLink(): BrokerLink | undefined {
    const link = this.#options.cluster.anyLink()
    return link?.state === 'ready' && link.nodeId >= 0 ? link : undefined
  }

  /** What is due: a question, or a push. Never rejects. */
  async #next(link: BrokerLink): Promise<void> {
    const subscription = this.#subscription
    try {
      if (subscription === undefined) {
        if (link.versions.pick(getTelemetrySubscriptionsRequest) === undefined) return this.#turnOff()
        this.#state = 'asking'
        await this.#ask(link)
      } else {
        this.#state = 'pushing'
        await this.#push(link, subscription, { isTerminating: false })
        this.#restFor(subscription.intervalMs)
      }
    } catch (error) {
      this.#onFailure(error as Error)
    }
  }

  async #ask(link: BrokerLink): Promise<void> {
    const { world, requestTimeoutMs } = this.#options
    const answer = await link.call(
      getTelemetrySubscriptionsRequest,
      getTelemetrySubscriptionsResponse,
      { clientInstanceId: this.#instanceId },
      { timeoutMs: requestTimeoutMs },
    )
    link.throttle(answer.throttleTimeMs)
    refuse(answer.errorCode)
    if (this.#state === 'off') return
    this.#instanceId = answer.clientInstanceId
    const intervalMs = answer.pushIntervalMs > 0 ? answer.pushIntervalMs : intervalMsDefault
    const { requestedMetrics: requested } = answer
    if (requested.length === 0) {
      this.#restFor(intervalMs)
      return
    }
    const [codecId] = answer.acceptedCompressionTypes.filter(id => id === 0 || codecOf(id) !== undefined)
    this.#subscription = {
      id: answer.subscriptionId,
      codec: codecId === undefined ? undefined : codecOf(codecId),
      intervalMs,
      bytesMax: answer.telemetryMaxBytes,
      delta: answer.deltaTemporality,
      requested,
    }
    world.logger.debug('the broker asks for client metrics', { intervalMs, requested })
    // Clients that begin together do not push together.
    this.#restFor(intervalMs * (firstPush.min + firstPush.spread * randomUnit(world.prng)))
  }

  async #push(
    link: BrokerLink,
    subscription: Subscription,
    { isTerminating }: { isTerminating: boolean },
  ): Promise<void> {
    const { world, requestTimeoutMs, labels } = this.#options
    const { requested, delta, codec, bytesMax } = subscription
    const nowMs = world.clock.now()
    const { points, onTaken } = this.#points.collect({ requested, delta, nowMs })
    const resource: Record<string, string> = {}
    for (const [key, value] of Object.entries(labels())) if (value) resource[key] = value
    const plain = encodeMetricsData({ resource, points, timeMs: nowMs, temporality: delta ? 'delta' : 'cumulative' })
    const metrics = codec === undefined ? plain : codec.compress(plain)
    if (metrics.length > bytesMax) throw new ProtocolError(errorCodes.TELEMETRY_TOO_LARGE)
    const answer = await link.call(
      pushTelemetryRequest,
      pushTelemetryResponse,
      {
        clientInstanceId: this.#instanceId,
        subscriptionId: subscription.id,
        terminating: isTerminating,
        compressionType: codec?.id ?? 0,
        metrics,
      },
      { timeoutMs: requestTimeoutMs },
    )
    link.throttle(answer.throttleTimeMs)
    refuse(answer.errorCode)
    onTaken()
  }

  /** As Kafka's clients: what the broker does not know any more is asked for at once, what may pass is tried at the next interval, and anything else ends it. */
  #onFailure(error: Error): void {
    if (this.#state === 'off') return
    const { world } = this.#options
    world.logger.debug('client metrics could not be pushed', { error })
    const errorCode = error instanceof ProtocolError ? error.errorCode : undefined
    const intervalMs = this.#subscription?.intervalMs ?? intervalMsDefault
    if (errorCode === errorCodes.UNKNOWN_SUBSCRIPTION_ID || errorCode === errorCodes.UNSUPPORTED_COMPRESSION_TYPE) {
      this.#subscription = undefined
      this.#restFor(0)
    } else if (
      errorCode === errorCodes.THROTTLING_QUOTA_EXCEEDED ||
      errorCode === errorCodes.TELEMETRY_TOO_LARGE ||
      isRetriable(error)
    ) {
      this.#restFor(intervalMs)
    } else {
      world.logger.warn('client metrics are not pushed any more', { error })
      this.#turnOff()
    }
  }

  #restFor(ms: number): void {
    if (this.#state === 'off') return
    this.#state = 'resting'
    this.#wakeWaiting()
    this.#timer = this.#options.world.clock.setTimer(ms, () => {
      this.#state = 'waiting'
      this.wake()
    })
  }

  #turnOff(): void {
    this.#state = 'off'
    this.#timer?.cancel()
    this.#wakeWaiting()
  }

  #wakeWaiting(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const { resolve } of waiting) resolve()
  }
}

function refuse(errorCode: number): void {
  if (errorCode !== errorCodes.NONE) throw new ProtocolError(errorCode as ErrorCode)
}

const intervalMsDefault = 300_000
/** The part of an interval after which the first push comes. */
const firstPush = { min: 0.5, spread: 1 } as const
