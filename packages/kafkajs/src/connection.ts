/** One client's way to its cluster: settings, network, events of the network, and the cluster as it is seen. */
import { type Clock, NetError, type Prng } from '@dorsale/base'
import type { ClientWorld, ProducerSettings } from '@dorsale/client'
import {
  adminTable,
  type ClientMetrics,
  Cluster,
  clientMetrics,
  connectionConfig,
  loadSettings,
  parseBootstrapServers,
  type TopicInfo,
} from '@dorsale/client/parts'
import { apis, errorCodes } from '@dorsale/protocol'
import { KafkaJSConnectionError, KafkaJSNonRetriableError, KafkaJSTopicMetadataNotLoaded } from './errors.ts'
import type { Emitter } from './events.ts'
import { asKafkaJSError, protocolError } from './failures.ts'
import { clientLogger } from './logger.ts'
import { machine } from './machine/machine.ts'
import { socketNet } from './machine/sockets.ts'
import { type RequestObserver, type WatchedRequest, watchedNet } from './request-watch.ts'
import { type Patience, retrying } from './retry.ts'
import { saslSettingsOf } from './sasl.ts'
import type { KafkaConfig, Logger } from './types.ts'

export interface ConnectionOptions {
  readonly config: KafkaConfig
  readonly logger: Logger
  readonly emitter: Emitter
  /** Of the client: `producer`, for the names of its events. */
  readonly client: 'producer' | 'consumer' | 'admin'
  readonly metadataMaxAge?: number | undefined
  readonly maxInFlightRequests?: number | null | undefined
  readonly allowAutoTopicCreation?: boolean | undefined
  readonly patience: Patience
  /** Sees the requests too. */
  readonly observer?: RequestObserver
  /** Metadata or a connection has changed. */
  onChange?(): void
}

const inFlightMax = 100
const timerMax = 0x7fffffff

export class Connection {
  readonly options: ConnectionOptions
  readonly clock: Clock = machine.clock
  readonly prng: Prng = machine.prng
  readonly world: ClientWorld
  readonly #metrics: ClientMetrics
  #cluster: Cluster | undefined
  #opening: Promise<Cluster> | undefined
  #closings = 0

  constructor(options: ConnectionOptions) {
    this.options = options
    const { config, logger } = options
    const { clock, prng } = this
    const sasl = config.sasl ? saslSettingsOf(config.sasl, { prng, logger }) : undefined
    this.world = {
      clock,
      prng,
      net: watchedNet(socketNet(config), clock, this.#observer()),
      logger: clientLogger(logger.namespace('Client')),
      ...(sasl !== undefined && { sasl }),
    }
    this.#metrics = clientMetrics(this.world, options.client === 'admin' ? 'admin-client' : options.client, {
      ...loadSettings(adminTable, {}, this.world.logger),
      'client.id': config.clientId ?? 'kafkajs',
    })
  }

  /** The connection's settings under Kafka's keys. */
  async settings(): Promise<ProducerSettings> {
    const { config, metadataMaxAge, patience } = this.options
    const { requestTimeout = 30_000, enforceRequestTimeout = true, connectionTimeout = 1000 } = config
    const setupMs = Math.ceil(connectionTimeout + (config.sasl ? (config.authenticationTimeout ?? 10_000) : 0))
    return {
      'bootstrap.servers': await this.#brokers(),
      'client.id': config.clientId ?? 'kafkajs',
      'request.timeout.ms': enforceRequestTimeout ? Math.ceil(requestTimeout) : timerMax,
      'socket.connection.setup.timeout.ms': setupMs,
      'socket.connection.setup.timeout.max.ms': setupMs,
      'retry.backoff.ms': Math.ceil(Math.min(patience.initialRetryTime, patience.maxRetryTime)),
      'retry.backoff.max.ms': Math.ceil(patience.maxRetryTime),
      'metadata.max.age.ms': Math.ceil(metadataMaxAge ?? 300_000),
      // TLS is the socket's business here, as in kafkajs.
      'security.protocol': config.sasl ? 'SASL_PLAINTEXT' : 'PLAINTEXT',
    }
  }

  /** The cluster, as far as it is open; throws when it is not. */
  get cluster(): Cluster {
    if (this.#cluster === undefined) throw new KafkaJSConnectionError('the client is not connected')
    return this.#cluster
  }

  get isOpen(): boolean {
    return this.#cluster !== undefined && !this.#cluster.isClosed
  }

  /** What the client counts and measures of itself. */
  get metrics(): ClientMetrics['metrics'] {
    return this.#metrics.metrics
  }

  /** The cluster, opened when it is not. Rejects as kafkajs does when no broker can be reached. */
  open(make: () => Promise<Cluster> = () => this.#makeCluster()): Promise<Cluster> {
    if (this.isOpen) return Promise.resolve(this.cluster)
    if (this.#opening !== undefined) return this.#opening
    const opening = this.#open(make).finally(() => {
      if (this.#opening === opening) this.#opening = undefined
    })
    this.#opening = opening
    return opening
  }

  /** Ends the connections, and those that are about to open. The next `open` begins anew. */
  close(): void {
    this.#closings++
    this.#opening = undefined
    this.#cluster?.close()
    this.#cluster = undefined
  }

  /** Tries again as the client's `retry` says. */
  retrying<Value>(attempt: (retryCount: number) => Promise<Value>, options?: { bails?(error: Error): boolean }) {
    return retrying(this, this.options.patience, attempt, options)
  }

  /** A topic's partitions, as soon as they are known. Rejects when its metadata cannot be had, with what the brokers say of it. */
  async topic(name: string, patience: Patience = this.options.patience): Promise<TopicInfo> {
    const { cluster } = this
    const known = cluster.metadata.topic(name)
    if (known !== undefined) return known
    try {
      return await retrying(this, patience, async () => {
        cluster.addTopic(name)
        await cluster.refreshed()
        const info = cluster.metadata.topic(name)
        if (info !== undefined) return info
        const errorCode = cluster.metadata.errorOf(name)
        if (errorCode === errorCodes.LEADER_NOT_AVAILABLE || errorCode === undefined) {
          if (cluster.lastError !== undefined) throw asKafkaJSError(cluster.lastError)
          throw new KafkaJSTopicMetadataNotLoaded(`Topic metadata not loaded: ${name}`, { topic: name })
        }
        throw protocolError(errorCode)
      })
    } catch (error) {
      // What cannot be had is not asked for again with everything else.
      cluster.removeTopic(name)
      throw error
    }
  }

  async #open(make: () => Promise<Cluster>): Promise<Cluster> {
    const closings = this.#closings
    const cluster = await make()
    // Why a broker cannot be reached says more than that none is left.
    let reason: Error | undefined
    try {
      await this.retrying(async () => {
        await cluster.refreshed()
        const { lastError } = cluster
        if (lastError === undefined) return
        if (reason === undefined || !isNobodyLeft(lastError)) reason = lastError
        throw asKafkaJSError(reason)
      })
    } catch (error) {
      cluster.close()
      throw error
    }
    if (closings !== this.#closings) {
      cluster.close()
      throw new KafkaJSConnectionError('the client was disconnected before it was connected')
    }
    this.#cluster = cluster
    return cluster
  }

  async #makeCluster(): Promise<Cluster> {
    const { logger } = this.world
    const { allowAutoTopicCreation = true, maxInFlightRequests, onChange } = this.options
    const config = loadSettings(adminTable, await this.settings(), logger)
    return new Cluster({
      world: this.world,
      config: connectionConfig(config, this.world),
      bootstrap: parseBootstrapServers(config['bootstrap.servers']),
      inFlightMax: maxInFlightRequests ?? inFlightMax,
      allowAutoTopicCreation,
      metrics: this.#metrics.connections,
      onChange: () => onChange?.(),
    })
  }

  async #brokers(): Promise<string[]> {
    const { brokers } = this.options.config
    const found = typeof brokers === 'function' ? await this.#askForBrokers(brokers) : brokers
    if (!Array.isArray(found)) throw new KafkaJSNonRetriableError('Failed to connect: "brokers" array is missing')
    if (found.length === 0) throw new KafkaJSNonRetriableError('Failed to connect: "brokers" array is empty')
    const wrong = found.find(broker => typeof broker !== 'string' || !/:\d+$/.test(broker))
    if (wrong !== undefined) {
      throw new KafkaJSNonRetriableError(`Failed to connect: ${String(wrong)} is not host:port`)
    }
    return found
  }

  async #askForBrokers(find: () => string[] | Promise<string[]>): Promise<string[]> {
    try {
      return await find()
    } catch (error) {
      throw new KafkaJSConnectionError(
        `Failed to connect: "config.brokers" function threw: ${(error as Error).message}`,
      )
    }
  }

  #observer(): RequestObserver {
    const { emitter, client, observer, config } = this.options
    const { requestTimeout = 30_000, clientId = 'kafkajs' } = config
    const queueSizeEvent = `${client}.network.request_queue_size`
    const requestEvent = `${client}.network.request`
    const timeoutEvent = `${client}.network.request_timeout`
    const payloadOf = (request: WatchedRequest) => ({
      broker: `${request.host}:${request.port}`,
      clientId,
      correlationId: request.correlationId,
      createdAt: request.sentAt,
      sentAt: request.sentAt,
      // Requests are encoded when they are sent.
      pendingDuration: 0,
      apiName: apis.get(request.apiKey)?.name ?? String(request.apiKey),
      apiKey: request.apiKey,
      apiVersion: request.apiVersion,
    })
    const tellQueueSize = ({ host, port }: WatchedRequest, queueSize: number) => {
      if (emitter.hears(queueSizeEvent))
        emitter.emit(queueSizeEvent, { broker: `${host}:${port}`, clientId, queueSize })
    }
    return {
      onRequest(request, queueSize) {
        tellQueueSize(request, queueSize)
        observer?.onRequest?.(request, queueSize)
      },
      onResponse: (request, response) => {
        if (emitter.hears(requestEvent)) {
          const duration = this.clock.now() - request.sentAt
          emitter.emit(requestEvent, { ...payloadOf(request), size: response.size, duration })
        }
        tellQueueSize(request, response.queueSize)
        observer?.onResponse?.(request, response)
      },
      onUnanswered: request => {
        if (this.clock.now() - request.sentAt >= requestTimeout) emitter.emit(timeoutEvent, payloadOf(request))
        observer?.onUnanswered?.(request)
      },
    }
  }
}

function isNobodyLeft(error: Error): boolean {
  return error instanceof NetError && error.errno === 'EHOSTUNREACH'
}
