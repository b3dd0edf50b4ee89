import { Alarm, type Clock, DorsaleError, type Net, NetError, type Socket, type TlsClientOptions } from '@dorsale/base'
import { FrameAssembler, type FrameMemory } from './frame-assembler.ts'
import { responseBodyStart, writeRequestHeader } from './request-header.ts'

export interface FrameClientOptions {
  readonly clock: Clock
  readonly net: Net
  readonly host: string
  readonly port: number
  /** See `ConnectOptions.avoidAddress`. */
  readonly avoidAddress?: string
  /** Default: in the clear. */
  readonly tls?: TlsClientOptions
  readonly clientId: string | null
  /** Largest response that is accepted. */
  readonly responseBytesMax: number
  /** Requests that may be sent and unanswered; more wait in the queue of the caller (`send` refuses). */
  readonly inFlightMax: number
  /** Whose memory large responses have. Default: each has memory of its own. */
  readonly memory?: FrameMemory | undefined
  /** Counts what goes over the connection. */
  readonly traffic?: TrafficMeter
  /** The connection is open and takes requests. */
  onOpen?(): void
  /** Everything that was written has left for the kernel, after `unsentBytes` had grown. */
  onDrain?(): void
  /** Called once, last, after every waiting request was failed. */
  onClose?(error: Error): void
}

/** Is told the size of each frame, with the length that stands before it. */
export interface TrafficMeter {
  onSent(bytes: number): void
  onReceived(bytes: number): void
}

/** A request, encoded but for its header. */
export interface ClientRequest {
  readonly apiKey: number
  readonly apiVersion: number
  readonly requestHeaderVersion: number
  readonly responseHeaderVersion: number
  readonly body: readonly Uint8Array[]
  readonly timeoutMs: number
  /** The response's body, a view that pins its frame. Undefined `onReply`: the server sends no response (produce with acks=0). */
  readonly onReply?: ((body: Uint8Array) => void) | undefined
  readonly onError?: ((error: Error) => void) | undefined
}

/**
 * The client's role: one connection that pipelines requests and matches responses by correlation id, which Kafka sends in request order. A
 * response that times out, comes out of order or is damaged ends the connection: what follows it could not be believed.
 */
export class FrameClient {
  readonly #options: FrameClientOptions
  readonly #socket: Socket
  readonly #frames: FrameAssembler
  readonly #alarm: Alarm
  #inFlight: InFlight[] = []
  #out: Uint8Array[] = []
  #outBytes = 0
  #flushDeferred = false
  /** `together` is under way. */
  #isGathering = false
  #nextCorrelationId = 0
  #state: 'connecting' | 'open' | 'closed' = 'connecting'
  /** Nothing has come yet. */
  #isFresh = true

  /** Begins to connect; requests may be sent at once and leave when the connection is open. */
  constructor(options: FrameClientOptions) {
    this.#options = options
    this.#frames = new FrameAssembler({
      frameBytesMax: options.responseBytesMax,
      onFrame: frame => this.#onFrame(frame),
      memory: options.memory,
      readBufferBytes,
    })
    this.#alarm = new Alarm(options.clock, () => this.#onAlarm())
    this.#socket = options.net.connect(
      {
        host: options.host,
        port: options.port,
        readInto: () => this.#frames.room,
        ...(options.avoidAddress !== undefined && { avoidAddress: options.avoidAddress }),
        ...(options.tls !== undefined && { tls: options.tls }),
      },
      {
        onConnect: () => {
          this.#state = 'open'
          this.#flush()
          options.onOpen?.()
        },
        onData: chunk => this.#onData(chunk),
        onDrain: () => options.onDrain?.(),
        onClose: error =>
          this.#onClose(error ?? new NetError('ECONNRESET', `${options.host}:${options.port} closed the connection`)),
      },
    )
  }

  get state(): 'connecting' | 'open' | 'closed' {
    return this.#state
  }

  /** Of the server; `''` until the connection is open. */
  get remoteAddress(): string {
    return this.#socket.remoteAddress
  }

  /** Whether one more request may be sent now. */
  get hasRoom(): boolean {
    return this.#state !== 'closed' && this.#inFlight.length < this.#options.inFlightMax
  }

  /** Bytes that the kernel has not taken yet: what bounds a sender whose requests have no response. */
  get unsentBytes(): number {
    return this.#outBytes + this.#socket.bufferedBytes
  }

  /** Sends the request; requests of one turn share a write. False when there is no room: nothing was sent and nothing will be called. */
  send(request: ClientRequest): boolean {
    if (!this.hasRoom) return false
    const correlationId = this.#nextCorrelationId
    this.#nextCorrelationId = (correlationId + 1) & 0x7fffffff
    let bodyBytes = 0
    for (const chunk of request.body) bodyBytes += chunk.length
    const { apiKey, apiVersion } = request
    const header = { apiKey, apiVersion, correlationId, clientId: this.#options.clientId }
    const frame =
      bodyBytes <= joinedBytesMax
        ? joined(writeRequestHeader(header, request.requestHeaderVersion, bodyBytes, bodyBytes), request.body)
        : [writeRequestHeader(header, request.requestHeaderVersion, bodyBytes), ...request.body]
    let frameBytes = 0
    for (const chunk of frame) frameBytes += chunk.length
    if (this.#out.length === 0) this.#out = frame
    else this.#out.push(...frame)
    this.#outBytes += frameBytes
    this.#options.traffic?.onSent(frameBytes)
    if (request.onReply !== undefined) {
      const dueMs = this.#options.clock.monotonic() + request.timeoutMs
      this.#alarm.ringBy(dueMs)
      this.#inFlight.push({ correlationId, request, dueMs })
    }
    if (!this.#flushDeferred && !this.#isGathering) {
      this.#flushDeferred = true
      this.#options.clock.defer(() => {
        this.#flushDeferred = false
        if (this.#state === 'open') this.#flush()
      })
    }
    return true
  }

  /**
   * What is sent meanwhile leaves when `sends` returns, in one write, not at the end of the turn: for who has gathered all that the turn brought. One more turn of the
   * loop is 3 of the 50 microseconds that a record costs which is sent alone and awaited (a ping-pong of Node's own sockets with one turn and with two).
   */
  together(sends: () => void): void {
    this.#isGathering = true
    try {
      sends()
    } finally {
      this.#isGathering = false
      if (this.#state === 'open') this.#flush()
    }
  }

  /** Closes now; what waits for a response fails. Idempotent. */
  close(): void {
    this.#fail(new DorsaleError('DORSALE_CLOSED', 'the connection was closed by its owner'))
  }

  #flush(): void {
    if (this.#out.length === 0) return
    const chunks = this.#out
    this.#out = []
    this.#outBytes = 0
    this.#socket.write(chunks)
  }

  #onData(chunk: Uint8Array): void {
    if (this.#state === 'closed') return
    try {
      if (this.#isFresh) this.#greet(chunk)
      this.#frames.push(chunk)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  /** Throws for a first word that is another protocol's: taken for the size of a frame, it would be waited for until the request is out of time. */
  #greet(chunk: Uint8Array): void {
    this.#isFresh = false
    const other = foreignProtocol(chunk)
    if (other === undefined) return
    const { host, port } = this.#options
    throw new NetError('EPROTO', `${host}:${port} ${other}`)
  }

  #onFrame(frame: Uint8Array): void {
    const first = this.#inFlight[0]
    if (first === undefined) throw new DorsaleError('DORSALE_PROTOCOL', 'a response to no request')
    const start = responseBodyStart(frame, first.request.responseHeaderVersion)
    if (start === undefined) throw new DorsaleError('DORSALE_PROTOCOL', 'a response with a damaged header')
    const correlationId = (frame[0]! << 24) | (frame[1]! << 16) | (frame[2]! << 8) | frame[3]!
    if (correlationId !== first.correlationId) {
      const text = `response ${correlationId} came when ${first.correlationId} was due`
      throw new DorsaleError('DORSALE_PROTOCOL', text)
    }
    this.#inFlight.shift()
    this.#options.traffic?.onReceived(lengthBytes + frame.length)
    first.request.onReply?.(new Uint8Array(frame.buffer, frame.byteOffset + start, frame.length - start))
  }

  #onAlarm(): void {
    const nowMs = this.#options.clock.monotonic()
    let nextMs = Number.POSITIVE_INFINITY
    for (const { dueMs, request } of this.#inFlight) {
      if (dueMs <= nowMs) {
        const text = `no response from ${this.#options.host}:${this.#options.port} within ${request.timeoutMs} ms`
        this.#fail(new DorsaleError('DORSALE_TIMEOUT', text, { retriable: true }))
        return
      }
      nextMs = Math.min(nextMs, dueMs)
    }
    this.#alarm.ringBy(nextMs)
  }

  #fail(error: Error): void {
    if (this.#state === 'closed') return
    this.#onClose(error)
    this.#socket.destroy()
  }

  #onClose(error: Error): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#alarm.cancel()
    this.#frames.clear()
    this.#out = []
    const waiting = this.#inFlight
    this.#inFlight = []
    for (const { request } of waiting) request.onError?.(error)
    this.#options.onClose?.(error)
  }
}

/** What is wrong with a server by what it says first: HTTP's status line, or TLS's alert to who speaks in the clear. */
function foreignProtocol(chunk: Uint8Array): string | undefined {
  const [first, second] = chunk
  if (first === 0x15 && second === 0x03) return 'speaks TLS, and was spoken to in the clear'
  return Buffer.from(chunk.subarray(0, 5)).toString('latin1') === 'HTTP/'
    ? "speaks HTTP, not Kafka's protocol"
    : undefined
}

/** What one read takes at most of frames that are not large. */
const readBufferBytes = 256 * 1024

/** Requests up to here leave in one piece, larger ones in that of the header and those of the body: Node takes two microseconds more for two pieces than for one. */
const joinedBytesMax = 4096

/** The body, put at the end of a chunk that has room for it behind the header. */
function joined(chunk: Uint8Array, body: readonly Uint8Array[]): Uint8Array[] {
  let position = chunk.length
  for (let index = body.length - 1; index >= 0; index--) {
    const piece = body[index]!
    position -= piece.length
    chunk.set(piece, position)
  }
  return [chunk]
}

/** Of the length before each frame. */
const lengthBytes = 4

interface InFlight {
  readonly correlationId: number
  readonly request: ClientRequest
  /** On the monotonic clock. */
  readonly dueMs: number
}
