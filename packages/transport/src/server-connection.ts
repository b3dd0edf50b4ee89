import { type Clock, type Logger, releaseMemory, type Socket, type SocketHandler, type Timer } from '@dorsale/base'
import { FrameReader } from './frame-reader.ts'
import { type HeaderVersions, type RequestHeader, readRequestHeader, writeResponseHeader } from './request-header.ts'

/** What the layer above does with requests. */
export interface RequestHandler {
  readonly headerVersions: HeaderVersions
  /**
   * Serves one request: calls `reply`, `replyNothing` or `refuse` on it exactly once, now or later. Called in arrival order. May not throw: a
   * throw is taken for a bug and costs the connection.
   */
  handle(request: ServerRequest): void
  /**
   * Whether requests of this API may begin while earlier ones of the same kind are unanswered: produces, whose appends then share a write. Every
   * other request waits until all before it are answered.
   */
  overlaps(apiKey: number): boolean
  /**
   * The next frame is no request with a header, but bytes of a log-in that have none: `handle` is given them with the key `rawFrameKey`. Default: false. With it
   * goes a `frameBytesMax`, since what a frame is depends on the answer before it.
   */
  readonly takesRawFrames?: boolean
  /** Bytes of the largest frame that it takes at the moment: then no frame is looked at while a request is open. Default: `requestBytesMax`. */
  readonly frameBytesMax?: number | undefined
}

/** The API key of a frame that is no request, and that of its answer. */
export const rawFrameKey = -1

/** Bounds of one connection (D8). At a bound its socket is not read. */
export interface ConnectionLimits {
  /** `socket.request.max.bytes` */
  readonly requestBytesMax: number
  /** Requests that were begun and not answered. */
  readonly openRequestsMax: number
  /** Bytes of those requests; one request always begins. */
  readonly openBytesMax: number
  /** Bytes of replies that the peer has not taken; no request begins above it. A single reply may exceed it. */
  readonly unsentBytesMax: number
  /** `connections.max.idle.ms` */
  readonly idleMsMax: number
}

/** What a connection needs of its server. */
export interface ConnectionHost {
  readonly clock: Clock
  readonly logger: Logger
  readonly limits: ConnectionLimits
  /** Asks for one call of `connection.flush` at the end of this turn. */
  scheduleFlush(connection: ServerConnection): void
  /** The connection holds so many bytes more or fewer in memory. */
  addHeldBytes(difference: number): void
  /** One line about a connection that is closed for its peer's fault; rate-limited. */
  complain(connection: ServerConnection, reason: string): void
  scheduleIdleCheck(delayMs: number, callback: () => void): Timer
  forget(connection: ServerConnection): void
}

/**
 * One client's connection: order and limits (D8).
 *
 * `#advance` alone decides what proceeds; arriving bytes, replies, a drained socket all end in it. A request that may not begin yet waits in
 * `#next`, what follows it stays as bytes in the reader, and when those pile up the socket is paused: the kernel's window then holds the
 * peer back. Replies leave in arrival order, those of one turn in one vectored write.
 */
export class ServerConnection implements SocketHandler {
  readonly id: number
  readonly listenerName: string
  readonly #host: ConnectionHost
  readonly #socket: Socket
  readonly #reader: FrameReader
  readonly #handler: RequestHandler
  /** Begun and not yet handed to the socket, in arrival order. */
  #open: ServerRequest[] = []
  #openBytes = 0
  /** Of replies that wait in `#open` for those before them. */
  #replyBytes = 0
  /** Arrived whole, waits for those in `#open`. */
  #next: ServerRequest | undefined
  /** Replies of this turn. */
  #out: Uint8Array[] = []
  /** Told when everything that was moved to `#out` so far has been taken by the kernel. */
  #untaken: (() => void)[] | undefined
  #outBytes = 0
  #heldBytes = 0
  #flushScheduled = false
  #advancing = false
  #paused = false
  #held = false
  /** Set once: no further request begins; the connection ends when the open ones are answered. */
  #ending = false
  /** The last reply is with the socket, which ends; only the peer's own end is waited for. */
  #ended = false
  #closed = false
  #onClosed: (() => void)[] | undefined
  #idleTimer: Timer | undefined
  /** Until then no request begins; undefined: the client is not held back. */
  #throttle: { readonly untilMs: number; readonly timer: Timer } | undefined
  #lastActiveMs: number
  #lastProgressMs: number

  constructor(
    host: ConnectionHost,
    socket: Socket,
    options: { id: number; listenerName: string; handler: RequestHandler },
  ) {
    this.#host = host
    this.#socket = socket
    this.id = options.id
    this.listenerName = options.listenerName
    this.#handler = options.handler
    this.#reader = new FrameReader({ frameBytesMax: host.limits.requestBytesMax, ownsChunks: this.ownsFrames })
    this.#lastActiveMs = host.clock.monotonic()
    this.#lastProgressMs = this.#lastActiveMs
    this.#watchIdle(host.limits.idleMsMax)
    socket.setHandler(this)
  }

  /** The address and port at which the client reached us. */
  get localAddress(): string {
    return this.#socket.localAddress
  }

  get localPort(): number {
    return this.#socket.localPort
  }

  get remoteAddress(): string {
    return this.#socket.remoteAddress
  }

  get remotePort(): number {
    return this.#socket.remotePort
  }

  /** The certificate that the client showed and that is trusted, as DER; undefined: none. */
  get peerCertificate(): Uint8Array | undefined {
    return this.#socket.peerCertificate
  }

  /** Whether the memory of a request is ours alone. */
  get ownsFrames(): boolean {
    return this.#socket.givesMemoryAway === true
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Bytes of this connection in our memory: half frames, open requests, replies that the peer has not taken. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Requests that were begun and whose replies are not with the socket. */
  get openRequestCount(): number {
    return this.#open.length
  }

  /** Bytes of those requests. */
  get openRequestBytes(): number {
    return this.#openBytes
  }

  /** Bytes behind a request that may not begin yet: the paused socket bounds them. */
  get readAheadBytes(): number {
    return this.#readsNoFurther ? this.#reader.bufferedBytes : 0
  }

  /** Whether a whole frame may lie in the reader and stay there: one before it waits, or what it is depends on the answer to one. */
  get #readsNoFurther(): boolean {
    return this.#next !== undefined || (this.#open.length > 0 && this.#handler.frameBytesMax !== undefined)
  }

  /** When a request last began or the peer last took bytes; monotonic. */
  get lastProgressMs(): number {
    return this.#lastProgressMs
  }

  /** Whether it waits for its peer, not for us: a half frame, or replies that are not taken. */
  get waitsForPeer(): boolean {
    return this.#socket.bufferedBytes > 0 || (this.#open.length === 0 && this.#reader.bufferedBytes > 0)
  }

  /** Begins no request and reads nothing until `start`. */
  hold(): void {
    this.#held = true
    this.#setPaused(true)
  }

  start(): void {
    this.#held = false
    this.#advance()
  }

  /**
   * Begins no further request and reads nothing for so long, because the client is over a quota (KIP-219). What has begun goes on and is answered. Never shortens a throttle
   * under way.
   */
  throttle(ms: number): void {
    const { clock } = this.#host
    const untilMs = clock.monotonic() + ms
    if (this.#closed || (this.#throttle !== undefined && this.#throttle.untilMs >= untilMs)) return
    this.#throttle?.timer.cancel()
    const timer = clock.setTimer(ms, () => {
      this.#throttle = undefined
      this.#advance()
    })
    this.#throttle = { untilMs, timer }
    this.#setPaused(true)
  }

  /** Calls back once when the connection is gone, after the requests that are still open have been told; at once if it is gone already. */
  onClosed(callback: () => void): void {
    if (this.#closed) {
      callback()
      return
    }
    this.#onClosed ??= []
    this.#onClosed.push(callback)
  }

  /** Lets open requests be answered, begins no other, then closes. */
  end(): void {
    this.#ending = true
    this.#advance()
  }

  /** Closes now; what it holds is let go at once. */
  destroy(): void {
    this.#shut()
    this.#socket.destroy()
  }

  /** Writes the replies that are ready, then lets waiting requests begin. Called by the server once per turn. */
  flush(): void {
    this.#flushScheduled = false
    if (this.#closed || this.#ended) return
    this.#advance()
    if (this.#outBytes > 0) {
      const chunks = this.#outBytes <= joinedBytesMax ? [joined(this.#out, this.#outBytes)] : this.#out
      this.#out = []
      this.#outBytes = 0
      if (this.#socket.write(chunks)) {
        this.#lastProgressMs = this.#lastActiveMs = this.#host.clock.monotonic()
        // A socket whose peer has ended takes no more and says so; what it had before may still be on its way.
        if (this.#socket.bufferedBytes === 0) this.#tellTaken()
      }
    }
    this.#account()
    if (this.#ending && this.#open.length === 0 && this.#outBytes === 0) {
      this.#ended = true
      this.#socket.end()
      // What the peer still sends is thrown away, so that its end is seen.
      this.#setPaused(false)
    }
  }

  /** Only for `ServerRequest`: one of the open requests has its reply, of so many bytes. */
  answered(replyBytes: number): void {
    if (this.#closed) return
    // Counted here and not when it is written: in one turn many connections may be answered.
    this.#replyBytes += replyBytes
    this.#account()
    if (!this.#advancing) this.#schedule()
  }

  /** Ends the connection for its peer's fault, when what is open is answered; a line of the log says why. */
  refuse(reason: string): void {
    if (this.#closed || this.#ending) return
    this.#host.complain(this, reason)
    this.#ending = true
  }

  /** Only for the socket. */
  onData(chunk: Uint8Array): void {
    // What comes after the connection was given up is not looked at.
    if (this.#closed || this.#ending) return
    this.#lastActiveMs = this.#host.clock.monotonic()
    this.#reader.push(chunk)
    this.#advance()
    this.#account()
  }

  /** Only for the socket. */
  onDrain(): void {
    this.#lastProgressMs = this.#lastActiveMs = this.#host.clock.monotonic()
    // Replies that wait for this turn's write have not left.
    if (this.#outBytes === 0) this.#tellTaken()
    this.#account()
    this.#schedule()
  }

  /** Only for the socket. */
  onClose(): void {
    this.#shut()
  }

  #tellTaken(): void {
    const untaken = this.#untaken
    if (untaken === undefined) return
    this.#untaken = undefined
    for (const onTaken of untaken) onTaken()
  }

  /** The end, whoever brought it; the second of `destroy` and the socket's own does nothing. */
  #shut(): void {
    if (this.#closed) return
    this.#closed = true
    this.#idleTimer?.cancel()
    this.#throttle?.timer.cancel()
    this.#reader.clear()
    const abandoned = this.#open
    this.#open = []
    this.#next = undefined
    this.#out = []
    this.#untaken = undefined
    this.#host.addHeldBytes(-this.#heldBytes)
    this.#heldBytes = 0
    this.#host.forget(this)
    for (const request of abandoned) if (request.state === 'open') request.onAbandoned?.()
    const onClosed = this.#onClosed
    this.#onClosed = undefined
    for (const callback of onClosed ?? []) callback()
  }

  #advance(): void {
    if (this.#advancing || this.#closed || this.#ended) return
    this.#advancing = true
    this.#release()
    while (!this.#ending && !this.#held && this.#throttle === undefined) {
      this.#next ??= this.#readRequest()
      if (this.#next === undefined || !this.#mayBegin(this.#next)) break
      const request = this.#next
      this.#next = undefined
      this.#begin(request)
      this.#release()
    }
    this.#advancing = false
    if (this.#outBytes > 0 || (this.#ending && this.#open.length === 0)) this.#schedule()
    this.#setPaused(
      this.#ending ||
        this.#held ||
        this.#throttle !== undefined ||
        (this.#readsNoFurther && this.#reader.bufferedBytes >= readAheadBytes),
    )
  }

  #begin(request: ServerRequest): void {
    this.#open.push(request)
    this.#openBytes += request.frameBytes
    this.#lastProgressMs = this.#lastActiveMs
    try {
      this.#handler.handle(request)
    } catch (error) {
      this.#host.logger.error('a request handler threw: closing its connection', { error, apiKey: request.apiKey })
      this.destroy()
    }
  }

  #mayBegin(request: ServerRequest): boolean {
    if (this.#socket.bufferedBytes + this.#outBytes > this.#host.limits.unsentBytesMax) return false
    const last = this.#open.at(-1)
    if (last === undefined) return true
    const { limits } = this.#host
    return (
      this.#handler.overlaps(request.apiKey) &&
      this.#handler.overlaps(last.apiKey) &&
      this.#open.length < limits.openRequestsMax &&
      this.#openBytes + request.frameBytes <= limits.openBytesMax
    )
  }

  #readRequest(): ServerRequest | undefined {
    const handler = this.#handler
    if (this.#readsNoFurther) return undefined
    let frame: Uint8Array | undefined
    try {
      frame = this.#reader.next(handler.frameBytesMax)
    } catch (error) {
      this.refuse((error as Error).message)
      return undefined
    }
    if (frame === undefined) return undefined
    const header = handler.takesRawFrames === true ? rawHeader : readRequestHeader(frame, handler.headerVersions)
    if (header === undefined) {
      this.refuse('a frame that is no request of a known API')
      return undefined
    }
    return new ServerRequest(this, header, frame)
  }

  /** Moves the replies at the head of the queue to this turn's write. */
  #release(): void {
    let count = 0
    while (count < this.#open.length && this.#open[count]!.state !== 'open') {
      const request = this.#open[count++]!
      this.#openBytes -= request.frameBytes
      const chunks = request.takeReply()
      if (request.onTaken !== undefined) {
        this.#untaken ??= []
        this.#untaken.push(request.onTaken)
      }
      for (const chunk of chunks) {
        this.#out.push(chunk)
        this.#outBytes += chunk.length
        this.#replyBytes -= chunk.length
      }
      if (request.state === 'refused') {
        // Nothing behind it is answered.
        this.#open.length = 0
        this.#openBytes = 0
        this.#replyBytes = 0
        this.#ending = true
        return
      }
    }
    if (count > 0) this.#open.splice(0, count)
  }

  #schedule(): void {
    if (this.#flushScheduled || this.#ended) return
    this.#flushScheduled = true
    this.#host.scheduleFlush(this)
  }

  #setPaused(paused: boolean): void {
    if (paused === this.#paused) return
    this.#paused = paused
    if (paused) this.#socket.pause()
    else this.#socket.resume()
  }

  #account(): void {
    const held =
      this.#reader.bufferedBytes +
      (this.#next?.frameBytes ?? 0) +
      this.#openBytes +
      this.#replyBytes +
      this.#outBytes +
      this.#socket.bufferedBytes
    if (held === this.#heldBytes || this.#closed) return
    this.#host.addHeldBytes(held - this.#heldBytes)
    this.#heldBytes = held
  }

  /** The timer is not moved at each byte: when it fires it looks at the last activity and waits for the rest. */
  #watchIdle(delayMs: number): void {
    this.#idleTimer = this.#host.scheduleIdleCheck(delayMs, () => {
      const { clock, limits, logger } = this.#host
      const idleMs = clock.monotonic() - this.#lastActiveMs
      // A parked request is our silence, not the peer's; its own deadline ends it.
      const waitsForUs = this.#open.length > 0 && this.#socket.bufferedBytes === 0
      if (idleMs < limits.idleMsMax || waitsForUs) {
        this.#watchIdle(Math.max(limits.idleMsMax - idleMs, idleRecheckMsMin))
        return
      }
      logger.debug('closing an idle connection', { connection: this.id, remoteAddress: this.remoteAddress, idleMs })
      this.destroy()
    })
  }
}

/** One request of a client. Its body, and what is decoded from it, are views that pin the frame. */
export class ServerRequest {
  readonly connection: ServerConnection
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
  readonly body: Uint8Array
  readonly frameBytes: number
  /** `refused`: the connection ends here. */
  state: 'open' | 'answered' | 'refused' = 'open'
  /** Called when the connection closes before the answer: what waits for it (a parked fetch) may be given up. */
  onAbandoned: (() => void) | undefined = undefined
  /** Only for the connection. */
  onTaken: (() => void) | undefined = undefined
  #reply: readonly Uint8Array[] = []

  constructor(connection: ServerConnection, header: RequestHeader, frame: Uint8Array) {
    this.connection = connection
    this.apiKey = header.apiKey
    this.apiVersion = header.apiVersion
    this.correlationId = header.correlationId
    this.clientId = header.clientId
    this.frameBytes = frame.length
    this.body = new Uint8Array(frame.buffer, frame.byteOffset + header.headerBytes, frame.length - header.headerBytes)
  }

  /**
   * Answers with a response body; the chunks are handed over. Ignored when the connection is gone. `onTaken` is called when the kernel has taken
   * them all and they may be changed; never, if the connection ends before.
   */
  reply(body: readonly Uint8Array[], responseHeaderVersion: number, onTaken?: () => void): void {
    this.onTaken = onTaken
    let bodyBytes = 0
    for (const chunk of body) bodyBytes += chunk.length
    this.#settle('answered', [writeResponseHeader(this.correlationId, responseHeaderVersion, bodyBytes), ...body])
  }

  /** Answers a frame that was no request with another. */
  replyRaw(bytes: Uint8Array): void {
    const size = Buffer.allocUnsafe(frameSizeBytes)
    size.writeInt32BE(bytes.length)
    this.#settle('answered', [size, bytes])
  }

  /** The request has had its effect and its sender expects no response (produce with acks=0). */
  replyNothing(): void {
    this.#settle('answered', [])
  }

  /** The request cannot be answered: those before it are, then the connection closes, with the reason in the log. */
  refuse(reason: string): void {
    this.#settle('refused', [])
    this.connection.refuse(reason)
  }

  /** Nobody looks at the request's bytes any more: their memory goes at once, if it holds nothing else and is worth it. */
  release(): void {
    const { body, frameBytes } = this
    if (!this.connection.ownsFrames || frameBytes < releasedBytesMin || body.length === 0) return
    const { buffer, byteOffset, length } = body
    const start = byteOffset + length - frameBytes
    // Where a frame lies in a chunk of the socket, there may be no other behind it, and no more than its own size before it.
    if (start <= frameSizeBytes && start + frameBytes === buffer.byteLength) releaseMemory(buffer)
  }

  /** Only for the connection. */
  takeReply(): readonly Uint8Array[] {
    const reply = this.#reply
    this.#reply = []
    return reply
  }

  #settle(state: 'answered' | 'refused', reply: readonly Uint8Array[]): void {
    if (this.state !== 'open') throw new Error('a request is answered once')
    this.state = state
    this.#reply = reply
    let replyBytes = 0
    for (const chunk of reply) replyBytes += chunk.length
    this.connection.answered(replyBytes)
  }
}

/** One array of small replies: a plain write of it costs the kernel and Node less than a vectored one of its parts. */
function joined(chunks: readonly Uint8Array[], byteCount: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!
  const bytes = Buffer.allocUnsafe(byteCount)
  let position = 0
  for (const chunk of chunks) {
    bytes.set(chunk, position)
    position += chunk.length
  }
  return bytes
}

const rawHeader: RequestHeader = {
  apiKey: rawFrameKey,
  apiVersion: 0,
  correlationId: 0,
  clientId: null,
  headerBytes: 0,
}
const joinedBytesMax = 4096
/** Below it the collector is as quick. */
const releasedBytesMin = 4096
const frameSizeBytes = 4
/** Bytes behind a waiting request at which the socket is paused; up to there a peer that goes away is noticed at once. */
const readAheadBytes = 64 * 1024
/** The chunk that reaches that bound may have come with all that one read of a socket brings. */
export const readAheadBytesMax = readAheadBytes + 64 * 1024
const idleRecheckMsMin = 1000
