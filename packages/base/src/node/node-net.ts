import * as net from 'node:net'
import { assert } from '../assert.ts'
import { NetError } from '../errors.ts'
import type { ConnectOptions, Listener, ListenOptions, Net, Socket, SocketHandler } from '../net.ts'

/**
 * The machine's TCP. Nagle's algorithm is off: what is to travel together is written together. Keep-alive probes are on, so that a peer that
 * vanished is noticed after the kernel's time (two hours by default) even where nobody sets a timer.
 */
export const nodeNet: Net = {
  listen({ host, port, backlog = 511, onError }: ListenOptions, onConnection): Promise<Listener> {
    return new Promise((resolve, reject) => {
      const server = net.createServer(tcpOptions, socket => onConnection(new NodeSocket(socket)))
      server.once('error', error => reject(netErrorOf(error, `cannot listen on ${host}:${port}`)))
      server.listen({ host, port, backlog }, () => {
        server.removeAllListeners('error')
        server.on('error', error => onError?.(netErrorOf(error, `cannot accept a connection on ${host}:${port}`)))
        resolve(new NodeListener(server))
      })
    })
  },

  connect({ host, port }: ConnectOptions, handler: SocketHandler): Socket {
    const socket = new NodeSocket(net.connect({ host, port, ...tcpOptions }), `cannot connect to ${host}:${port}`)
    socket.setHandler(handler)
    return socket
  },
}

const tcpOptions = { noDelay: true, keepAlive: true, allowHalfOpen: false }

class NodeListener implements Listener {
  readonly host: string
  readonly port: number
  readonly #server: net.Server

  constructor(server: net.Server) {
    const address = server.address()
    assert(typeof address === 'object' && address !== null, 'a TCP server has an address')
    this.host = address.address
    this.port = address.port
    this.#server = server
  }

  close(): Promise<void> {
    // The port is free when `close` returns; its callback would wait for the last accepted connection.
    this.#server.close()
    return Promise.resolve()
  }
}

class NodeSocket implements Socket {
  readonly #socket: net.Socket
  #handler: SocketHandler | undefined
  /** What the next error is about. */
  #subject: string
  #localAddress = ''
  #localPort = 0
  #remoteAddress = ''
  #remotePort = 0
  #error: Error | undefined
  /** No byte may be written any more. */
  #ended = false
  /** `write` has answered false and `onDrain` has not been called since. */
  #drainOwed = false

  constructor(socket: net.Socket, subject?: string) {
    this.#socket = socket
    this.#subject = subject ?? ''
    if (!socket.connecting) this.#onOpen()
    else
      socket.once('connect', () => {
        this.#onOpen()
        this.#handler?.onConnect?.()
      })
    // The peer's end: Node sends what is buffered and closes; a write from now on would be an error of its own.
    socket.once('end', () => {
      this.#ended = true
    })
    socket.on('error', error => {
      this.#error ??= error instanceof NetError ? error : netErrorOf(error, this.#subject)
    })
    socket.once('close', () => {
      this.#ended = true
      this.#handler?.onClose(this.#error)
    })
  }

  get localAddress(): string {
    return this.#localAddress
  }

  get localPort(): number {
    return this.#localPort
  }

  get remoteAddress(): string {
    return this.#remoteAddress
  }

  get remotePort(): number {
    return this.#remotePort
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength
  }

  setHandler(handler: SocketHandler): void {
    const first = this.#handler === undefined
    this.#handler = handler
    if (first) this.#socket.on('data', chunk => this.#handler?.onData(chunk as Buffer))
  }

  write(chunks: readonly Uint8Array[]): boolean {
    if (this.#ended || chunks.length === 0) return true
    const socket = this.#socket
    if (chunks.length === 1) {
      socket.write(chunks[0] as Uint8Array, this.#onWritten)
    } else {
      // Corked writes leave together, as one writev.
      socket.cork()
      for (let index = 0; index < chunks.length - 1; index++) socket.write(chunks[index] as Uint8Array)
      socket.write(chunks[chunks.length - 1] as Uint8Array, this.#onWritten)
      socket.uncork()
    }
    // Node tries the kernel at once and counts down before it returns, so what is left now is what the kernel refused.
    // (Node's own answer says only whether more than its high-water mark was given to it.)
    if (socket.writableLength === 0) return true
    this.#drainOwed = true
    return false
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#socket.end()
  }

  destroy(error?: Error): void {
    this.#ended = true
    if (error !== undefined) this.#error ??= error
    this.#socket.destroy()
  }

  #onOpen(): void {
    const socket = this.#socket
    this.#localAddress = plainAddress(socket.localAddress)
    this.#localPort = socket.localPort ?? 0
    this.#remoteAddress = plainAddress(socket.remoteAddress)
    this.#remotePort = socket.remotePort ?? 0
    this.#subject = `the connection with ${this.#remoteAddress}:${this.#remotePort} failed`
  }

  readonly #onWritten = (): void => {
    if (!this.#drainOwed || this.#ended || this.#socket.writableLength > 0) return
    this.#drainOwed = false
    this.#handler?.onDrain?.()
  }
}

/** An IPv4 peer of a socket that listens on `::` is shown as IPv4. */
function plainAddress(address = ''): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}

function netErrorOf(error: Error, subject: string): NetError {
  const errno = 'code' in error ? String(error.code) : 'UNKNOWN'
  return new NetError(errno, `${subject}: ${errno}`, error)
}
