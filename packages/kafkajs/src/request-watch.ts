/**
 * Sees the requests and responses of a client pass by on its sockets, for the events of kafkajs. A frame is a length of four bytes, then the header: of a request key,
 * version and correlation id (2, 2 and 4 bytes), of a response the correlation id.
 */
import { type Clock, delegateSocket, type Net, type Socket, type SocketHandler } from '@dorsale/base'

export interface WatchedRequest {
  readonly host: string
  readonly port: number
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  /** Milliseconds since 1970. */
  readonly sentAt: number
}

export interface RequestObserver {
  onRequest?(request: WatchedRequest, queueSize: number): void
  /** `head`: the first bytes of the response behind its correlation id. `size`: of the response in bytes, without its length. */
  onResponse?(request: WatchedRequest, response: { head: Uint8Array; size: number; queueSize: number }): void
  /** The connection has ended, and this was not answered. */
  onUnanswered?(request: WatchedRequest): void
}

const requestHead = 12
const responseHead = 24
const produceKey = 0
/** Requests without an answer (`acks=0`) are forgotten when so many others were sent since. */
const openMax = 1000

export function watchedNet(net: Net, clock: Clock, observer: RequestObserver): Net {
  return {
    listen: net.listen,
    connect(options, handler) {
      const watch = new SocketWatch(options, clock, observer)
      return watched(net.connect(options, watch.handler(handler)), watch)
    },
  }
}

function watched(socket: Socket, watch: SocketWatch): Socket {
  return delegateSocket(socket, {
    setHandler: handler => socket.setHandler(watch.handler(handler)),
    write(chunks) {
      for (const chunk of chunks) watch.sent(chunk)
      return socket.write(chunks)
    },
  })
}

class SocketWatch {
  readonly #to: { readonly host: string; readonly port: number }
  readonly #clock: Clock
  readonly #observer: RequestObserver
  readonly #open = new Map<number, WatchedRequest>()
  readonly #requests = new FrameHeads(requestHead, head => this.#onRequest(head))
  readonly #responses = new FrameHeads(responseHead, (head, size) => this.#onResponse(head, size))

  constructor(to: { host: string; port: number }, clock: Clock, observer: RequestObserver) {
    this.#to = { host: to.host, port: to.port }
    this.#clock = clock
    this.#observer = observer
  }

  sent(chunk: Uint8Array): void {
    this.#requests.take(chunk)
  }

  handler(handler: SocketHandler): SocketHandler {
    return {
      onConnect: () => handler.onConnect?.(),
      onData: chunk => {
        this.#responses.take(chunk)
        handler.onData(chunk)
      },
      onDrain: () => handler.onDrain?.(),
      onClose: error => {
        for (const request of this.#open.values()) this.#observer.onUnanswered?.(request)
        this.#open.clear()
        handler.onClose(error)
      },
    }
  }

  #onRequest(head: DataView): void {
    const request = {
      ...this.#to,
      apiKey: head.getInt16(4),
      apiVersion: head.getInt16(6),
      correlationId: head.getInt32(8),
      sentAt: this.#clock.now(),
    }
    this.#open.set(request.correlationId, request)
    if (this.#open.size > openMax) this.#forget()
    this.#observer.onRequest?.(request, this.#open.size)
  }

  #onResponse(head: DataView, size: number): void {
    const request = this.#open.get(head.getInt32(4))
    if (request === undefined) return
    this.#open.delete(request.correlationId)
    const bytes = new Uint8Array(head.buffer, head.byteOffset + 8, Math.max(0, head.byteLength - 8))
    this.#observer.onResponse?.(request, { head: bytes, size, queueSize: this.#open.size })
  }

  #forget(): void {
    for (const [id, { apiKey }] of this.#open) {
      if (apiKey !== produceKey) continue
      this.#open.delete(id)
      return
    }
  }
}

/** Cuts a stream into frames and keeps the first bytes of each. */
class FrameHeads {
  readonly #headMax: number
  readonly #onHead: (head: DataView, size: number) => void
  /** Of the frame that is under way. */
  #head: Uint8Array = new Uint8Array(0)
  /** Bytes of it that are still to come; undefined: its length is not known yet. */
  #left: number | undefined

  constructor(headMax: number, onHead: (head: DataView, size: number) => void) {
    this.#headMax = headMax
    this.#onHead = onHead
  }

  take(chunk: Uint8Array): void {
    let position = 0
    while (position < chunk.length) {
      if (this.#left !== undefined) {
        position = this.#goOn(chunk, position, this.#left)
        continue
      }
      const part = chunk.subarray(position, position + 4 - this.#head.length)
      position += part.length
      // A copy: the socket may use the memory of a chunk again.
      this.#head = joined(this.#head, part)
      if (this.#head.length === 4) this.#left = viewOf(this.#head).getInt32(0)
    }
  }

  #goOn(chunk: Uint8Array, position: number, left: number): number {
    const here = Math.min(left, chunk.length - position)
    const wanted = this.#headMax - this.#head.length
    if (wanted > 0) {
      const part = chunk.subarray(position, position + Math.min(wanted, here))
      this.#head = joined(this.#head, part)
    }
    this.#left = left - here
    if (this.#left <= 0) {
      const head = viewOf(this.#head)
      this.#head = new Uint8Array(0)
      this.#left = undefined
      if (head.byteLength >= 8) this.#onHead(head, head.getInt32(0))
    }
    return position + here
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(one.length + other.length)
  bytes.set(one)
  bytes.set(other, one.length)
  return bytes
}
