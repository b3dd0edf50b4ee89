import { type Clock, crc32c, type Logger, type Prng } from '@dorsale/base'
import { configResourceTypes, type MetadataDelta, type MetadataImage } from '@dorsale/coordinate'
import {
  CompressionError,
  codecs,
  createMessage,
  errorCodes,
  type GetTelemetrySubscriptionsRequest,
  type GetTelemetrySubscriptionsResponse,
  getTelemetrySubscriptionsResponse,
  ProtocolError,
  type PushTelemetryRequest,
  randomUuid,
  zeroUuid,
} from '@dorsale/protocol'
import type { ServerConnection } from '@dorsale/transport'
import { type ClientFacts, parseSubscription, type Subscription } from '../client-metrics.ts'
import { clientMetricsTable } from '../config/index.ts'
import { logUnexpected } from '../unexpected.ts'
import type { TelemetryContext, TelemetryReceiver } from './receiver.ts'

export interface ClientTelemetryOptions {
  readonly clock: Clock
  readonly prng: Prng
  readonly logger: Logger
  readonly image: MetadataImage
  /** `telemetry.max.bytes` */
  readonly bytesMax: number
  readonly receiver: TelemetryReceiver
}

/** One client that asks and pushes. */
interface Instance {
  readonly subscriptionId: number
  readonly metrics: readonly string[]
  readonly intervalMs: number
  /** Of the subscriptions that it was made from. */
  readonly generation: number
  /** On the monotonic clock. */
  askedMs: number
  pushedMs: number
  /** What the last push was refused with: to ask again at once is then what the client should do. */
  lastError: number
  isTerminating: boolean
}

/**
 * Which metrics each client is asked for, and what it pushes (KIP-714). Clients that ask or push more often than they were told to are refused, in Kafka's order of checks. What is
 * remembered of a client is soft state: one that is forgotten is told a subscription anew.
 */
export class ClientTelemetry {
  readonly #options: ClientTelemetryOptions
  #subscriptions: readonly Subscription[] = []
  #generation = 0
  /** The one that was heard of last is last. */
  readonly #instances = new Map<string, Instance>()
  readonly #software = new WeakMap<ServerConnection, { readonly name: string; readonly version: string }>()

  constructor(options: ClientTelemetryOptions) {
    this.#options = options
    this.#load()
  }

  /** Clients that are remembered. */
  get instanceCount(): number {
    return this.#instances.size
  }

  /** Follows one step of replay. */
  apply({ fromSnapshot, changedConfigs }: MetadataDelta): void {
    if (fromSnapshot || changedConfigs.some(({ type }) => type === configResourceTypes.CLIENT_METRICS)) this.#load()
  }

  /** A client has named its software. */
  named(connection: ServerConnection, software: { readonly name: string; readonly version: string }): void {
    this.#software.set(connection, software)
  }

  /** What a client is asked for. Throws THROTTLING_QUOTA_EXCEEDED when it asks too often. */
  subscribe(
    request: GetTelemetrySubscriptionsRequest,
    clientId: string | null,
    connection: ServerConnection,
  ): GetTelemetrySubscriptionsResponse {
    const { clock, prng, bytesMax } = this.#options
    const isNew = reservedIds.has(request.clientInstanceId)
    const id = isNew ? randomUuid(prng) : request.clientInstanceId
    const instance = this.#instance(id, this.#context(clientId, connection))
    const nowMs = clock.monotonic()
    const isDue = nowMs - Math.max(instance.askedMs, instance.pushedMs) >= instance.intervalMs
    if (isDue) instance.askedMs = nowMs
    else if (!asksAgain.has(instance.lastError)) throw tooSoon(id)
    instance.lastError = errorCodes.NONE
    return createMessage(getTelemetrySubscriptionsResponse, {
      clientInstanceId: id,
      subscriptionId: instance.subscriptionId,
      acceptedCompressionTypes: acceptedCodecs.map(codec => codec.id),
      pushIntervalMs: instance.intervalMs,
      telemetryMaxBytes: bytesMax,
      deltaTemporality: true,
      requestedMetrics: [...instance.metrics],
    })
  }

  /** Takes what a client pushes. Throws what it is refused with. */
  push(request: PushTelemetryRequest, clientId: string | null, connection: ServerConnection): void {
    const { clientInstanceId: id, terminating: isTerminating, metrics } = request
    if (reservedIds.has(id)) throw new ProtocolError(errorCodes.INVALID_REQUEST, 'the id of the client is missing')
    const context = this.#context(clientId, connection)
    const instance = this.#instance(id, context)
    instance.lastError = errorCodes.NONE
    try {
      this.#check(request, instance)
      if (metrics.length > 0) {
        const data = this.#open(request)
        this.#export(context, { clientInstanceId: id, isTerminating, contentType: 'OTLP', data })
      }
    } catch (error) {
      if (error instanceof ProtocolError) instance.lastError = error.errorCode
      throw error
    }
  }

  #check({ clientInstanceId: id, terminating, ...request }: PushTelemetryRequest, instance: Instance): void {
    if (instance.isTerminating) {
      throw new ProtocolError(errorCodes.INVALID_REQUEST, `client ${id} has said that it was its last push`)
    }
    const nowMs = this.#options.clock.monotonic()
    const isDue = instance.askedMs > instance.pushedMs || nowMs - instance.pushedMs >= instance.intervalMs
    if (isDue) instance.pushedMs = nowMs
    else if (!terminating) throw tooSoon(id)
    instance.isTerminating = terminating
    if (request.subscriptionId !== instance.subscriptionId) throw new ProtocolError(errorCodes.UNKNOWN_SUBSCRIPTION_ID)
    if (request.compressionType !== 0 && codecWith(request.compressionType) === undefined) {
      throw new ProtocolError(errorCodes.UNSUPPORTED_COMPRESSION_TYPE)
    }
    if (request.metrics.length > this.#options.bytesMax) throw new ProtocolError(errorCodes.TELEMETRY_TOO_LARGE)
  }

  #open({ compressionType, metrics }: PushTelemetryRequest): Uint8Array {
    if (compressionType === 0) return metrics
    const { bytesMax } = this.#options
    try {
      return codecWith(compressionType)!.decompress(metrics, bytesMax)
    } catch (error) {
      if (!(error instanceof CompressionError)) throw error
      throw new ProtocolError(errorCodes.INVALID_RECORD, error.message)
    }
  }

  #export(context: TelemetryContext, payload: Parameters<TelemetryReceiver['exportMetrics']>[1]): void {
    try {
      this.#options.receiver.exportMetrics(context, payload)
    } catch (error) {
      logUnexpected(this.#options.logger, error, { clientInstanceId: payload.clientInstanceId })
      throw new ProtocolError(errorCodes.INVALID_RECORD, 'the receiver of client metrics has refused them')
    }
  }

  #context(clientId: string | null, connection: ServerConnection): TelemetryContext {
    const software = this.#software.get(connection) ?? { name: 'unknown', version: 'unknown' }
    return {
      clientId,
      softwareName: software.name,
      softwareVersion: software.version,
      address: connection.remoteAddress,
      port: connection.remotePort,
      listenerName: connection.listenerName,
    }
  }

  #instance(id: string, context: TelemetryContext): Instance {
    const known = this.#instances.get(id)
    this.#instances.delete(id)
    const instance = known?.generation === this.#generation ? known : this.#make(id, context)
    this.#instances.set(id, instance)
    if (this.#instances.size > instancesMax) this.#instances.delete(this.#instances.keys().next().value!)
    return instance
  }

  #make(id: string, context: TelemetryContext): Instance {
    const facts: ClientFacts = {
      client_instance_id: id,
      client_id: context.clientId ?? '',
      client_software_name: context.softwareName,
      client_software_version: context.softwareVersion,
      client_source_address: context.address,
      client_source_port: String(context.port),
    }
    const wanted = this.#subscriptions.filter(subscription => subscription.matches(facts))
    const names = new Set(wanted.flatMap(({ metrics }) => metrics))
    const metrics = names.has('') ? ['*'] : [...names].sort()
    const intervalMs = Math.min(...wanted.map(subscription => subscription.intervalMs), intervalMsDefault)
    return {
      subscriptionId: crc32c(Buffer.from(JSON.stringify([metrics, intervalMs, id]))) | 0,
      metrics,
      intervalMs,
      generation: this.#generation,
      askedMs: Number.NEGATIVE_INFINITY,
      pushedMs: Number.NEGATIVE_INFINITY,
      lastError: errorCodes.NONE,
      isTerminating: false,
    }
  }

  #load(): void {
    const { image, logger } = this.#options
    this.#generation++
    this.#subscriptions = [...image.configResources()].flatMap(({ type, name }) => {
      if (type !== configResourceTypes.CLIENT_METRICS) return []
      try {
        return [parseSubscription(name, image.configsOf(type, name))]
      } catch (error) {
        // Another release may have written it.
        logger.warn('a subscription to client metrics is passed over', { name, error })
        return []
      }
    })
  }
}

/** In the order in which clients should prefer them: Kafka's. */
const acceptedCodecs = [codecs.zstd, codecs.lz4, codecs.gzip, codecs.snappy]

function codecWith(id: number) {
  return acceptedCodecs.find(codec => codec.id === id)
}

function tooSoon(id: string): ProtocolError {
  return new ProtocolError(errorCodes.THROTTLING_QUOTA_EXCEEDED, `client ${id} comes before its push interval is over`)
}

/** Kafka's Uuid.RESERVED: ids that nobody has. */
const reservedIds: ReadonlySet<string> = new Set([zeroUuid, 'AAAAAAAAAAAAAAAAAAAAAQ'])
/** Errors after which a client is to ask again at once. */
const asksAgain: ReadonlySet<number> = new Set([
  errorCodes.UNKNOWN_SUBSCRIPTION_ID,
  errorCodes.UNSUPPORTED_COMPRESSION_TYPE,
])
const intervalMsDefault = clientMetricsTable.rows['interval.ms'].default
/** As in Kafka; the one that has been silent for the longest is forgotten first. */
const instancesMax = 16_384
