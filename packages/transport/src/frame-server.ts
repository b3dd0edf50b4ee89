import {
  type Clock,
  type Listener,
  type Logger,
  type MemoryUse,
  type Net,
  type Socket,
  TimerWheel,
  type TlsServerOptions,
} from '@dorsale/base'
import {
  type ConnectionHost,
  type ConnectionLimits,
  type RequestHandler,
  readAheadBytesMax,
  ServerConnection,
} from './server-connection.ts'

/** Bounds over all connections of a server, beside those of each. */
export interface ServerLimits extends ConnectionLimits {
  /** `max.connections`: over it new connections are closed at once. */
  readonly connectionsMax: number
  /** `max.connections.per.ip`, and `max.connections.per.ip.overrides`. */
  readonly connectionsPerIpMax: (address: string) => number
  /** Over 0: the address opens connections too fast; this one is let wait so many milliseconds, unread, and closed then (KIP-612). */
  readonly connectionDelayMs: (address: string) => number
  /** Over 0: the server accepts connections too fast; this one is not read for so many milliseconds, and served then (KIP-612). */
  readonly connectionPauseMs: () => number
  /**
   * Bytes that all connections together may hold of half frames, open requests and replies not taken. Over it, those are closed that have
   * made their server wait longest.
   */
  readonly heldBytesMax: number
}

export interface FrameServerOptions {
  readonly clock: Clock
  readonly net: Net
  readonly logger: Logger
  readonly limits: ServerLimits
  /** Serves the connections of every listener that has no handlers of its own. */
  readonly handler: RequestHandler
}

export interface FrameListenOptions {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly backlog?: number
  /** As for `Net.listen`. */
  readonly tls?: (() => TlsServerOptions) | undefined
  /** Makes the handler of each connection: one that must show who it is before anybody serves it. Default: the server's handler. */
  readonly handlerOf?: (() => RequestHandler) | undefined
}

/** A bound listener, as the rest of the broker and its user see it. */
export interface BoundListener {
  readonly name: string
  readonly host: string
  readonly port: number
}

/**
 * The server's role: any number of listeners, whose connections hand whole requests to one handler. TLS is the socket's matter, SASL that of a handler before the
 * handler; neither changes what is here.
 *
 * ```ts
 * const server = new FrameServer({ clock, net, logger, limits, handler })
 * const { port } = await server.listen({ name: 'PLAINTEXT', host: '127.0.0.1', port: 0 })
 * server.start()
 * await server.close({ graceMs: 5000 })
 * ```
 */
export class FrameServer {
  readonly #options: FrameServerOptions
  readonly #host: ConnectionHost
  readonly #idleWheel: TimerWheel
  readonly #listeners: Listener[] = []
  readonly #connections = new Set<ServerConnection>()
  readonly #countByAddress = new Map<string, number>()
  readonly #complaints: Complaints
  /** Sockets that are to be closed a little later. */
  readonly #waiting = new Set<Socket>()
  #flushList: ServerConnection[] = []
  #flushDeferred = false
  #evictionDeferred = false
  #heldBytes = 0
  #nextConnectionId = 0
  #started = false
  #closing = false
  #onEmpty: (() => void) | undefined

  constructor(options: FrameServerOptions) {
    this.#options = options
    this.#idleWheel = new TimerWheel(options.clock, { tickMs: 1000 })
    this.#complaints = new Complaints(options.clock, options.logger)
    this.#host = {
      clock: options.clock,
      logger: options.logger,
      limits: options.limits,
      scheduleFlush: connection => this.#scheduleFlush(connection),
      addHeldBytes: difference => {
        this.#heldBytes += difference
        if (difference > 0 && this.#heldBytes > options.limits.heldBytesMax) this.#scheduleEviction()
      },
      complain: (connection, reason) =>
        this.#complaints.say('closing a connection', {
          reason,
          connection: connection.id,
          remote: `${connection.remoteAddress}:${connection.remotePort}`,
          listener: connection.listenerName,
        }),
      scheduleIdleCheck: (delayMs, callback) => this.#idleWheel.set(delayMs, callback),
      forget: connection => this.#forget(connection),
    }
  }

  get connectionCount(): number {
    return this.#connections.size
  }

  /** Bytes that all connections hold in memory. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Requests of all connections that were begun and not answered. */
  get openRequestCount(): number {
    let count = 0
    for (const { openRequestCount } of this.#connections) count += openRequestCount
    return count
  }

  /** What it keeps for its clients. A connection's own bounds are held against the one that is nearest to them. */
  memoryUse(): readonly MemoryUse[] {
    const { limits } = this.#options
    let readAhead = 0
    let requests = 0
    let requestBytes = 0
    let held = 0
    for (const connection of this.#connections) {
      readAhead = Math.max(readAhead, connection.readAheadBytes)
      requests = Math.max(requests, connection.openRequestCount)
      requestBytes = Math.max(requestBytes, connection.openRequestBytes)
      held += connection.heldBytes
    }
    return [
      { what: 'connections', used: this.#connections.size, bound: limits.connectionsMax },
      { what: 'sockets that are let wait for their end', used: this.#waiting.size, bound: waitingMax },
      {
        what: 'addresses that connections are counted of',
        used: this.#countByAddress.size,
        bound: this.#connections.size,
      },
      { what: 'bytes that all connections hold', used: this.#heldBytes, bound: Math.min(held, limits.heldBytesMax) },
      { what: 'bytes read ahead of a connection', used: readAhead, bound: readAheadBytesMax },
      { what: 'open requests of a connection', used: requests, bound: limits.openRequestsMax },
      {
        what: 'bytes of open requests of a connection',
        used: requestBytes,
        bound: Math.max(limits.openBytesMax, limits.requestBytesMax),
      },
    ]
  }

  /** Binds and begins to accept. Rejects with a `NetError`. */
  async listen({ name, handlerOf, tls, ...where }: FrameListenOptions): Promise<BoundListener> {
    const listener = await this.#options.net.listen({ ...where, ...(tls && { tls }) }, socket =>
      this.#accept({ name, handlerOf }, socket),
    )
    this.#listeners.push(listener)
    return { name, host: listener.host, port: listener.port }
  }

  /** Serves: until then connections are accepted and nothing of them is read, so that ports are known before there is something to say. */
  start(): void {
    this.#started = true
    for (const connection of this.#connections) connection.start()
  }

  /** Accepts no more, lets open requests be answered for up to `graceMs`, then closes every connection. */
  async close(options: { graceMs: number }): Promise<void> {
    this.#closing = true
    for (const socket of this.#waiting) socket.destroy()
    await Promise.all(this.#listeners.map(listener => listener.close()))
    if (this.#connections.size > 0) {
      await new Promise<void>(resolve => {
        const timer = this.#options.clock.setTimer(options.graceMs, () => {
          for (const connection of this.#connections) connection.destroy()
        })
        this.#onEmpty = () => {
          timer.cancel()
          resolve()
        }
        for (const connection of this.#connections) connection.end()
      })
    }
    this.#complaints.close()
  }

  #accept({ name: listenerName, handlerOf }: Pick<FrameListenOptions, 'name' | 'handlerOf'>, socket: Socket): void {
    const { limits } = this.#options
    const address = socket.remoteAddress
    const countOfAddress = this.#countByAddress.get(address) ?? 0
    const refusal = this.#closing
      ? 'the server is closing'
      : this.#connections.size >= limits.connectionsMax
        ? `${limits.connectionsMax} connections are open (max.connections)`
        : countOfAddress >= limits.connectionsPerIpMax(address)
          ? `${countOfAddress} connections are open from this address (max.connections.per.ip)`
          : undefined
    if (refusal !== undefined) {
      socket.setHandler({ onData() {}, onClose() {} })
      socket.destroy()
      this.#complaints.say('refusing a connection', { reason: refusal, remote: address, listener: listenerName })
      return
    }
    const delayMs = limits.connectionDelayMs(address)
    if (delayMs > 0) {
      this.#closeLater(socket, delayMs)
      this.#complaints.say('refusing a connection', {
        reason: 'the address opens more of them than its quota allows (connection_creation_rate)',
        remote: address,
        listener: listenerName,
      })
      return
    }
    this.#countByAddress.set(address, countOfAddress + 1)
    const id = this.#nextConnectionId++
    const handler = handlerOf?.() ?? this.#options.handler
    const connection = new ServerConnection(this.#host, socket, { id, listenerName, handler })
    this.#connections.add(connection)
    const pauseMs = limits.connectionPauseMs()
    if (pauseMs > 0) connection.throttle(pauseMs)
    if (!this.#started) connection.hold()
  }

  /** The peer is slowed down by waiting for its end; nothing of it is read. */
  #closeLater(socket: Socket, delayMs: number): void {
    if (this.#waiting.size >= waitingMax) {
      socket.setHandler({ onData() {}, onClose() {} })
      socket.destroy()
      return
    }
    const timer = this.#idleWheel.set(delayMs, () => socket.destroy())
    this.#waiting.add(socket)
    socket.setHandler({
      onData() {},
      onClose: () => {
        timer.cancel()
        this.#waiting.delete(socket)
      },
    })
    socket.pause()
  }

  #forget(connection: ServerConnection): void {
    if (!this.#connections.delete(connection)) return
    const count = this.#countByAddress.get(connection.remoteAddress)! - 1
    if (count === 0) this.#countByAddress.delete(connection.remoteAddress)
    else this.#countByAddress.set(connection.remoteAddress, count)
    if (this.#connections.size === 0) this.#onEmpty?.()
  }

  #scheduleFlush(connection: ServerConnection): void {
    this.#flushList.push(connection)
    if (this.#flushDeferred) return
    this.#flushDeferred = true
    this.#options.clock.defer(() => {
      const connections = this.#flushList
      this.#flushList = []
      this.#flushDeferred = false
      for (const each of connections) each.flush()
    })
  }

  /** Not at once: the connection that went over the bound is in the middle of something. */
  #scheduleEviction(): void {
    if (this.#evictionDeferred) return
    this.#evictionDeferred = true
    this.#options.clock.defer(() => {
      this.#evictionDeferred = false
      while (this.#heldBytes > this.#options.limits.heldBytesMax && this.#evictOne()) {
        // One after the other, the longest waiting first.
      }
    })
  }

  /** Closes the connection that waits longest for its peer while it holds memory. None may: then each one's own bounds hold. */
  #evictOne(): boolean {
    let victim: ServerConnection | undefined
    for (const connection of this.#connections) {
      if (!connection.waitsForPeer || connection.heldBytes < evictedBytesMin) continue
      if (victim === undefined || connection.lastProgressMs < victim.lastProgressMs) victim = connection
    }
    if (victim === undefined) return false
    this.#complaints.say('closing a connection', {
      reason: `all connections together hold ${this.#heldBytes} bytes; this one holds ${victim.heldBytes} and waits for its client`,
      connection: victim.id,
      remote: `${victim.remoteAddress}:${victim.remotePort}`,
    })
    victim.destroy()
    return true
  }
}

/** Sockets that are let wait before they are closed; beyond, they are closed at once. */
const waitingMax = 1000

/** Lines about misbehaving peers, a bounded number per window: a flood of garbage is no flood of log lines. */
class Complaints {
  readonly #clock: Clock
  readonly #logger: Logger
  #windowStartMs = Number.NEGATIVE_INFINITY
  #saidCount = 0
  #keptCount = 0

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock
    this.#logger = logger
  }

  say(message: string, fields: Readonly<Record<string, unknown>>): void {
    const now = this.#clock.monotonic()
    if (now - this.#windowStartMs >= complaintWindowMs) {
      this.close()
      this.#windowStartMs = now
      this.#saidCount = 0
    }
    if (this.#saidCount < complaintsPerWindowMax) {
      this.#saidCount++
      this.#logger.warn(message, fields)
    } else {
      this.#keptCount++
    }
  }

  /** Tells how many lines were kept back. */
  close(): void {
    if (this.#keptCount > 0) this.#logger.warn('more connections were closed or refused', { count: this.#keptCount })
    this.#keptCount = 0
  }
}

const evictedBytesMin = 64 * 1024
const complaintWindowMs = 10_000
const complaintsPerWindowMax = 20
