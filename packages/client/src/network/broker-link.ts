import { DorsaleError, NetError, randomUnit, type Timer, type TlsClientOptions } from '@dorsale/base'
import {
  apis,
  apiVersionsRequest,
  createMessage,
  decodeMessage,
  EncodeError,
  encodeMessage,
  errorCodes,
  type MessageOf,
  type MessageTable,
  type PartialMessage,
  ProtocolError,
  requestHeaderVersion,
  responseHeaderVersion,
  saslHandshakeRequest,
} from '@dorsale/protocol'
import { FrameClient, type FrameMemory } from '@dorsale/transport'
import { type ConnectionMessage, channels, type RequestMessage } from '../diagnostics/channels.ts'
import type { NodeMetrics } from '../metrics/connection-metrics.ts'
import { type Ask, authenticate } from '../security/authenticate.ts'
import { isSecurityError } from '../security/authentication-error.ts'
import type { SaslSettings } from '../security/sasl-settings.ts'
import type { ClientWorld } from '../world.ts'
import {
  apiVersionsKey,
  apiVersionsVersionMax,
  type BrokerVersions,
  clientSoftware,
  readApiVersions,
} from './api-versions.ts'
import { backoffMs } from './backoff.ts'
import type { ConnectionConfig } from './connection-config.ts'

export interface BrokerLinkOptions {
  readonly world: ClientWorld
  readonly config: ConnectionConfig
  /** Negative for a bootstrap server, whose id is not known yet. */
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly inFlightMax: number
  readonly memory?: FrameMemory | undefined
  readonly metrics?: NodeMetrics | undefined
  /** Of the cluster that is meant, as far as it is known. */
  clusterId(): string | null
  /** The broker is another than was meant (KIP-1242). */
  onMisrouted(): void
  /** The state has changed, or there is room for a request again. */
  onChange(): void
  /** A connection has failed, or could not be had: what the broker led may be led elsewhere. */
  onFailure?(): void
}

/**
 * - `idle`: not connected, and nothing asks for it.
 * - `connecting`: the connection opens, or asks for the broker's versions.
 * - `ready`: requests may be sent.
 * - `resting`: the last connection failed; the pause before the next runs.
 * - `closed`: for good.
 */
export type LinkState = 'idle' | 'connecting' | 'ready' | 'resting' | 'closed'

/** Largest response that is believed: Kafka's clients have no bound below what an int32 says. */
const responseBytesMax = 0x7fffffff

/** Beyond, a connection takes no more requests: with `acks=0` nothing else would hold a producer back. */
const unsentBytesMax = 1024 * 1024

/**
 * The way to one broker: a connection that is opened when it is needed, and opened again, after a pause that grows, when it is lost. It sends
 * nothing twice: what was unanswered when a connection was lost fails, and whoever sent it decides.
 */
export class BrokerLink {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly #options: BrokerLinkOptions
  #state: LinkState = 'idle'
  #frames: FrameClient | undefined
  #versions: BrokerVersions | undefined
  /** Connections in a row that failed before they were ready. */
  #failures = 0
  #lastFailure: Error | undefined
  #inFlightCount = 0
  #isConnected = false
  /** The broker has said something on this connection. */
  #isAnswered = false
  /** Where the last connection was. The next begins at another address of the name if there is one, as with Kafka's client: that one was left, or lost (KAFKA-12193). */
  #lastAddress: string | undefined
  #connectTimer: Timer | undefined
  #restTimer: Timer | undefined
  #throttleTimer: Timer | undefined
  /** The connection shows anew who the client is; other requests wait (KIP-368). */
  #isProvingAgain = false
  #proofTimer: Timer | undefined
  #idleTimer: Timer | undefined
  /** When a request was last sent or answered, on the monotonic clock. */
  #usedMs = 0
  /** Lets the proof go on when an answer has made room for it. */
  #onRoom: (() => void) | undefined
  /** Why the link ends its connection itself, in place of what the transport would say. */
  #reason: Error | undefined
  #waiting: Waiter[] = []

  constructor(options: BrokerLinkOptions) {
    this.nodeId = options.nodeId
    this.host = options.host
    this.port = options.port
    this.#options = options
  }

  get state(): LinkState {
    return this.#state
  }

  /** Whether one more request may be sent now. */
  get hasRoom(): boolean {
    if (this.#state !== 'ready' || this.#throttleTimer !== undefined || this.#isProvingAgain) return false
    return this.#frames!.hasRoom && this.#frames!.unsentBytes < unsentBytesMax
  }

  /** Requests without an answer yet. */
  get inFlightCount(): number {
    return this.#inFlightCount
  }

  /** Bytes of requests that the kernel has not taken yet. */
  get unsentBytes(): number {
    return this.#frames?.unsentBytes ?? 0
  }

  /** Failures in a row; 0 once a connection is ready. */
  get failures(): number {
    return this.#failures
  }

  /** What ended the last connection, or kept it from being one; undefined while one is ready. */
  get lastFailure(): Error | undefined {
    return this.#lastFailure
  }

  /** The broker's versions; only a ready link has them. */
  get versions(): BrokerVersions {
    if (this.#versions === undefined) throw new DorsaleError('DORSALE_CLOSED', 'the connection is not ready')
    return this.#versions
  }

  /** Opens the connection if it is idle. */
  connect(): void {
    if (this.#state !== 'idle') return
    const { world, config, host, port, inFlightMax, memory, metrics } = this.#options
    this.#state = 'connecting'
    this.#isAnswered = false
    this.#reason = undefined
    let tls: TlsClientOptions | undefined
    try {
      tls = config.security.tls()
    } catch (error) {
      // A file that was there when the client was made.
      this.#onClose(error as Error)
      return
    }
    const frames = new FrameClient({
      clock: world.clock,
      net: world.net,
      host,
      port,
      ...(this.#lastAddress !== undefined && { avoidAddress: this.#lastAddress }),
      ...(tls !== undefined && { tls }),
      clientId: config.clientId,
      responseBytesMax,
      inFlightMax,
      memory,
      ...(metrics !== undefined && { traffic: metrics }),
      onOpen: () => {
        this.#isConnected = true
        this.#lastAddress = frames.remoteAddress
        metrics?.connections.onConnected()
      },
      onDrain: () => {
        this.#wake()
        this.#options.onChange()
      },
      onClose: error => {
        if (this.#frames === frames) this.#onClose(this.#reason ?? error)
      },
    })
    this.#frames = frames
    const timeoutMs = backoffMs(config.connectTimeout, this.#failures + 1, world.prng)
    this.#connectTimer = world.clock.setTimer(timeoutMs, () =>
      this.#drop(new NetError('ETIMEDOUT', `no connection to ${host}:${port} within ${Math.round(timeoutMs)} ms`)),
    )
    this.#askVersions(frames, apiVersionsVersionMax)
  }

  /** Settles when the link is ready; rejects when the attempt fails. Waits for the end of a pause. */
  ready(): Promise<void> {
    if (this.#state === 'ready') return Promise.resolve()
    if (this.#state === 'closed') return Promise.reject(closedError())
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.connect()
    })
  }

  /**
   * Sends an encoded request; false when there is no room. `onReply` undefined: the broker does not answer. Exactly one of `onReply` and `onError` is
   * called, later.
   */
  send(request: LinkRequest): boolean {
    if (!this.hasRoom) return false
    const { table, version } = request
    const apiKey = table.apiKey as number
    const answered = request.onReply !== undefined
    if (answered) this.#inFlightCount++
    const sentMs = this.#options.world.clock.monotonic()
    this.#usedMs = sentMs
    if (channels.requestSent.hasSubscribers) channels.requestSent.publish(this.#told(apiKey, version))
    return this.#frames!.send({
      apiKey,
      apiVersion: version,
      requestHeaderVersion: requestHeaderVersion(apiKey, version),
      responseHeaderVersion: responseHeaderVersion(apiKey, version),
      body: request.body,
      timeoutMs: request.timeoutMs,
      onReply: answered ? bytes => this.#onReply(request, sentMs, bytes) : undefined,
      onError: answered ? error => this.#onLost(request, sentMs, error) : undefined,
    })
  }

  #onReply({ table, version, onReply }: LinkRequest, sentMs: number, bytes: Uint8Array): void {
    const wasFull = this.#inFlightCount >= this.#options.inFlightMax
    this.#inFlightCount--
    const nowMs = this.#options.world.clock.monotonic()
    this.#usedMs = nowMs
    const tookMs = nowMs - sentMs
    this.#options.metrics?.onAnswered(tookMs, nowMs)
    if (channels.requestAnswered.hasSubscribers) {
      channels.requestAnswered.publish({ ...this.#told(table.apiKey as number, version), tookMs })
    }
    // Who sent the request hears of its answer; who found no room for one, of the room. First, so that what it defers comes before what the answer defers, and no turn is added.
    if (wasFull) this.#options.onChange()
    onReply?.(bytes)
    this.#letProofGoOn()
    if (this.#waiting.length > 0) this.#wake()
  }

  #onLost({ table, version, onError }: LinkRequest, sentMs: number, error: Error): void {
    this.#inFlightCount--
    const reason = this.#reason ?? error
    if (channels.requestFailed.hasSubscribers) {
      const tookMs = this.#options.world.clock.monotonic() - sentMs
      channels.requestFailed.publish({ ...this.#told(table.apiKey as number, version), tookMs, error: reason })
    }
    onError?.(this.#state === 'closed' ? reason : asRetriable(reason, this.host, this.port))
  }

  /** As `FrameClient.together`, for a link that is ready. */
  together(sends: () => void): void {
    if (this.#frames === undefined) sends()
    else this.#frames.together(sends)
  }

  /** Sends a request when the link is ready and answers its response. Rejects when a connection fails, and for an answer that cannot be read. */
  async call<Request extends MessageTable, Response extends MessageTable>(
    request: Request,
    response: Response,
    value: PartialMessage<Request> | ((version: number) => PartialMessage<Request>),
    options: { readonly timeoutMs?: number; readonly versionMax?: number } = {},
  ): Promise<MessageOf<Response>> {
    await this.ready()
    while (!this.hasRoom) {
      await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }))
    }
    const version = this.versions.require(request, options.versionMax)
    const partial = typeof value === 'function' ? value(version) : value
    const body = encodeFor(request, version, partial)
    return new Promise((resolve, reject) => {
      this.send({
        table: request,
        version,
        body,
        timeoutMs: options.timeoutMs ?? this.#options.config.requestTimeoutMs,
        onReply: bytes => {
          // Others may wait until nothing is under way.
          this.#options.onChange()
          try {
            resolve(decodeMessage(response, version, bytes))
          } catch (error) {
            reject(error)
          }
        },
        onError: reject,
      })
    })
  }

  /** Sends nothing for a while, as the broker asked in its answer because of a quota (KIP-219). */
  throttle(ms: number): void {
    if (ms <= 0 || this.#state !== 'ready') return
    this.#throttleTimer?.cancel()
    this.#throttleTimer = this.#options.world.clock.setTimer(ms, () => {
      this.#throttleTimer = undefined
      this.#wake()
      this.#options.onChange()
    })
  }

  /** Gives the connection up; what is unanswered fails with `error`, and a new one may be opened after the pause. */
  drop(error: Error): void {
    if (this.#state === 'connecting' || this.#state === 'ready') this.#drop(error)
  }

  /** Ends the link. What is unanswered fails with `reason`. */
  close(reason: Error = closedError()): void {
    if (this.#state === 'closed') return
    this.#reason = reason
    this.#state = 'closed'
    this.#restTimer?.cancel()
    const frames = this.#frames
    this.#tellEnd(undefined)
    this.#letGo()
    frames?.close()
    this.#fail(reason)
  }

  #askVersions(frames: FrameClient, version: number): void {
    const { config, clusterId } = this.#options
    const id = clusterId()
    // Of a bootstrap server nobody knows yet who it is; a coordinator may be known before the cluster is, and one without the other is INVALID_REQUEST.
    const isMeant = config.checksCluster && this.nodeId >= 0 && id !== null
    const meant = isMeant ? { clusterId: id, nodeId: this.nodeId } : {}
    frames.send({
      apiKey: apiVersionsKey,
      apiVersion: version,
      requestHeaderVersion: requestHeaderVersion(apiVersionsKey, version),
      responseHeaderVersion: responseHeaderVersion(apiVersionsKey, version),
      body: encodeMessage(
        apiVersionsRequest,
        version,
        createMessage(apiVersionsRequest, { ...clientSoftware, ...meant }),
      ),
      timeoutMs: config.requestTimeoutMs,
      onReply: body => {
        this.#isAnswered = true
        const answer = readApiVersions(body, version)
        if ('isMisrouted' in answer) this.#onMisrouted()
        else if ('askVersion' in answer) this.#askVersions(frames, answer.askVersion)
        else this.#onVersions(frames, answer.versions)
      },
      onError: () => {
        // The connection has ended, and says so.
      },
    })
  }

  #onMisrouted(): void {
    const { host, port, nodeId, onMisrouted } = this.#options
    this.#drop(new NetError('ECONNREFUSED', `at ${host}:${port} is another broker than ${nodeId}, or another cluster`))
    onMisrouted()
  }

  #onVersions(frames: FrameClient, versions: BrokerVersions): void {
    if (this.#options.config.security.sasl === undefined) {
      this.#onReady(versions)
      return
    }
    const connections = this.#options.metrics?.connections
    this.#prove(frames, versions).then(
      lifetimeMs => {
        if (this.#frames !== frames) return
        connections?.onAuthenticated({ asksAgain: lifetimeMs > 0 })
        this.#onReady(versions)
        this.#proveAgainIn(frames, lifetimeMs)
      },
      error => {
        if (isSecurityError(error)) connections?.onRefused()
        this.#onProofFailed(frames, error)
      },
    )
  }

  /** Shows the broker who the client is; answers for how long it believes that, in milliseconds, or 0. */
  async #prove(frames: FrameClient, versions: BrokerVersions): Promise<number> {
    const { mechanism, begin } = this.#options.config.security.sasl as SaslSettings
    if (versions.pick(saslHandshakeRequest) === undefined) {
      const advice = 'security.protocol=PLAINTEXT, or SSL, is for such a listener'
      throw new NetError('EPROTO', `${this.host}:${this.port} asks nobody who they are (SASL): ${advice}`)
    }
    const ask: Ask = async (request, response, value) => {
      // What is under way is answered first; who may send one request at a time has no room until then.
      while (frames.state === 'open' && !frames.hasRoom) {
        await new Promise<void>(resolve => {
          this.#onRoom = resolve
        })
      }
      return this.#exchange(frames, versions.require(request), { request, response, value })
    }
    return authenticate(ask, mechanism, await begin({ host: this.host, port: this.port }))
  }

  #exchange<Request extends MessageTable, Response extends MessageTable>(
    frames: FrameClient,
    version: number,
    { request, response, value }: { request: Request; response: Response; value: PartialMessage<Request> },
  ): Promise<MessageOf<Response>> {
    const apiKey = request.apiKey as number
    return new Promise((resolve, reject) => {
      const isSent = frames.send({
        apiKey,
        apiVersion: version,
        requestHeaderVersion: requestHeaderVersion(apiKey, version),
        responseHeaderVersion: responseHeaderVersion(apiKey, version),
        body: encodeMessage(request, version, createMessage(request, value)),
        timeoutMs: this.#options.config.requestTimeoutMs,
        onReply: bytes => {
          try {
            resolve(decodeMessage(response, version, bytes))
          } catch (error) {
            reject(error)
          }
        },
        onError: reject,
      })
      if (!isSent) reject(new NetError('ECONNRESET', 'the connection ended'))
    })
  }

  /** Before the broker stops to believe it, at a moment that differs from connection to connection. */
  #proveAgainIn(frames: FrameClient, lifetimeMs: number): void {
    if (lifetimeMs <= 0) return
    const { world } = this.#options
    const part = proofAgainPart.min + proofAgainPart.spread * randomUnit(world.prng)
    this.#proofTimer = world.clock.setTimer(lifetimeMs * part, () => {
      this.#isProvingAgain = true
      const connections = this.#options.metrics?.connections
      const beganMs = world.clock.monotonic()
      this.#prove(frames, this.versions).then(
        nextLifetimeMs => {
          if (this.#frames !== frames) return
          connections?.onAuthenticatedAgain(world.clock.monotonic() - beganMs)
          this.#isProvingAgain = false
          this.#proveAgainIn(frames, nextLifetimeMs)
          this.#wake()
          this.#options.onChange()
        },
        error => {
          if (isSecurityError(error)) connections?.onRefusedAgain()
          this.#onProofFailed(frames, error)
        },
      )
    })
  }

  #onProofFailed(frames: FrameClient, error: Error): void {
    // A connection that has ended has said why.
    if (this.#frames === frames && frames.state !== 'closed') this.#drop(error)
  }

  #onReady(versions: BrokerVersions): void {
    this.#connectTimer?.cancel()
    this.#versions = versions
    this.#state = 'ready'
    if (channels.connectionOpen.hasSubscribers) channels.connectionOpen.publish(this.#toldConnection())
    this.#failures = 0
    this.#lastFailure = undefined
    this.#usedMs = this.#options.world.clock.monotonic()
    this.#watchIdleness()
    this.#wake()
    this.#options.onChange()
  }

  /** Looks again when the connection could have been idle for too long, and closes it when it has been: no failure, so the next is opened at once. */
  #watchIdleness(): void {
    const { world, config } = this.#options
    const { idleMsMax } = config
    if (idleMsMax === undefined) return
    const leftMs = this.#usedMs + idleMsMax - world.clock.monotonic()
    if (leftMs > 0 || this.#inFlightCount > 0 || this.unsentBytes > 0 || this.#isProvingAgain) {
      this.#idleTimer = world.clock.setTimer(leftMs > 0 ? leftMs : idleMsMax, () => this.#watchIdleness())
      return
    }
    const frames = this.#frames
    this.#tellEnd(undefined)
    this.#letGo()
    this.#state = 'idle'
    frames?.close()
    if (this.#waiting.length > 0) this.connect()
    this.#options.onChange()
  }

  /** Of a connection that was there, or could not be opened: the end of a link that had none is no news. */
  #tellEnd(error: Error | undefined): void {
    const { connectionClose } = channels
    if (!connectionClose.hasSubscribers || (error === undefined && this.#frames === undefined)) return
    connectionClose.publish({ ...this.#toldConnection(), error })
  }

  #toldConnection(): ConnectionMessage {
    const { nodeId, host, port, config } = this.#options
    return { clientId: config.clientId, nodeId, host, port }
  }

  #told(apiKey: number, apiVersion: number): RequestMessage {
    return { ...this.#toldConnection(), apiKey, apiName: apis.get(apiKey)?.name ?? '', apiVersion }
  }

  /** Nothing of a connection is left but its memory of failures. */
  #letGo(): void {
    if (this.#isConnected) this.#options.metrics?.connections.onClosed()
    this.#isConnected = false
    this.#connectTimer?.cancel()
    this.#throttleTimer?.cancel()
    this.#throttleTimer = undefined
    this.#idleTimer?.cancel()
    this.#proofTimer?.cancel()
    this.#isProvingAgain = false
    this.#letProofGoOn()
    this.#frames = undefined
    this.#versions = undefined
  }

  #drop(error: Error): void {
    this.#reason = error
    this.#frames?.close()
  }

  #onClose(end: Error): void {
    const { world, config, nodeId, host, port } = this.#options
    const error = this.#state === 'connecting' && !this.#isAnswered && isLoss(end) ? this.#mutenessOf(end) : end
    // Once: it is tried again and again.
    if (this.#failures === 0 && this.#state === 'connecting') {
      world.logger.warn('a broker cannot be reached', { nodeId, host, port, error })
    }
    this.#tellEnd(error)
    this.#letGo()
    this.#failures++
    this.#lastFailure = asRetriable(error, host, port)
    this.#state = 'resting'
    const pauseMs = backoffMs(config.reconnectBackoff, this.#failures, world.prng)
    world.logger.debug('a connection ended', { nodeId, host, port, error, pauseMs })
    this.#restTimer = world.clock.setTimer(pauseMs, () => {
      this.#state = 'idle'
      if (this.#waiting.length > 0) this.connect()
      this.#options.onChange()
    })
    this.#fail(this.#lastFailure)
    this.#options.onFailure?.()
    this.#options.onChange()
  }

  /** Kafka hangs up without a word on who speaks TLS to a listener without, and the other way round. */
  #mutenessOf(end: Error): NetError {
    const { host, port, config } = this.#options
    const way = config.security.isEncrypted ? 'with' : 'without'
    const text = `${host}:${port} hung up instead of answering: is it a Kafka listener ${way} TLS, as security.protocol says?`
    return new NetError('ECONNRESET', text, end)
  }

  #letProofGoOn(): void {
    const go = this.#onRoom
    this.#onRoom = undefined
    go?.()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const { resolve } of waiting) resolve()
  }

  #fail(error: Error): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const { reject } of waiting) reject(error)
  }
}

/** After which part of the time that the broker allows a connection shows anew who it is: as Kafka's clients. */
const proofAgainPart = { min: 0.85, spread: 0.1 } as const

/** An encoded request, by its table. */
export interface LinkRequest {
  readonly table: MessageTable
  readonly version: number
  readonly body: readonly Uint8Array[]
  readonly timeoutMs: number
  readonly onReply?: ((body: Uint8Array) => void) | undefined
  readonly onError?: ((error: Error) => void) | undefined
}

interface Waiter {
  resolve(): void
  reject(error: Error): void
}

function closedError(): Error {
  return new DorsaleError('DORSALE_CLOSED', 'the client is closed')
}

/** The other side hung up. */
function isLoss(error: Error): boolean {
  return error instanceof NetError && error.errno === 'ECONNRESET'
}

/** What ended a connection may pass, whatever it was, but wrong credentials and wrong trust: the next one may do better. */
function asRetriable(error: Error, host: string, port: number): Error {
  if ((error instanceof DorsaleError && error.retriable) || isSecurityError(error)) return error
  return new NetError('EPROTO', `the connection to ${host}:${port} failed: ${error.message}`, error)
}

/** A request for a broker that may be too old for what it says; throws UNSUPPORTED_VERSION with a sentence, as Kafka's client does. */
function encodeFor<Request extends MessageTable>(
  request: Request,
  version: number,
  value: PartialMessage<Request>,
): readonly Uint8Array[] {
  try {
    return encodeMessage(request, version, createMessage(request, value))
  } catch (error) {
    if (!(error instanceof EncodeError)) throw error
    const name = request.name.replace(/Request$/, '')
    const field = error.path.replace(/^.*\./, '')
    const text = `the broker serves ${name} up to version ${version}, which does not know ${field}`
    throw new ProtocolError(errorCodes.UNSUPPORTED_VERSION, text, { cause: error })
  }
}
