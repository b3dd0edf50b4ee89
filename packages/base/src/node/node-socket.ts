import type * as net from 'node:net'
import { NetError, TlsError } from '../errors.ts'
import type { Socket, SocketHandler } from '../net.ts'

/** A socket of Node as one of `Net`. */
export class NodeSocket implements Socket {
  readonly #socket: net.Socket
  #handler: SocketHandler | undefined
  /** What an error is about while the connection is being made; undefined from then on, when it is about the connection. */
  #attempt: string | undefined
  #localAddress = ''
  #localPort = 0
  #remoteAddress = ''
  #remotePort = 0
  #error: Error | undefined
  /** No byte may be written any more. */
  #ended = false
  /** `write` has answered false and `onDrain` has not been called since. */
  #drainOwed = false
  readonly #isAccepted: boolean

  constructor(socket: net.Socket, connecting?: { subject: string; whenOpen: (listener: () => void) => void }) {
    this.#socket = socket
    this.#attempt = connecting?.subject
    this.#isAccepted = connecting === undefined
    if (connecting === undefined) this.#onOpen()
    else
      connecting.whenOpen(() => {
        this.#onOpen()
        this.#handler?.onConnect?.()
      })
    // The peer's end: Node sends what is buffered and closes; a write from now on would be an error of its own. (Both come once; `once` would keep 100 bytes more for each.)
    socket.on('end', () => {
      this.#ended = true
    })
    socket.on('error', error => {
      this.#error ??= error instanceof NetError ? error : socketErrorOf(error, this.#subject)
    })
    socket.on('close', () => {
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

  /** Node reads each chunk of an accepted connection into memory that it asks for then. */
  get givesMemoryAway(): boolean {
    return this.#isAccepted
  }

  /** What has arrived in a read buffer: for such a socket Node has no event. */
  deliver(chunk: Uint8Array): void {
    this.#handler?.onData(chunk)
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
    this.#attempt = undefined
  }

  get #subject(): string {
    return this.#attempt ?? `the connection with ${this.#remoteAddress}:${this.#remotePort} failed`
  }

  readonly #onWritten = (): void => {
    if (!this.#drainOwed || this.#ended || this.#socket.writableLength > 0) return
    this.#drainOwed = false
    this.#handler?.onDrain?.()
  }
}

/** An IPv4 peer of a socket that listens on `::` is shown as IPv4. */
export function plainAddress(address = ''): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}

/** What the system calls by its name is a matter of the network, everything else one of TLS, and so is EPROTO: Node's name for an alert in the handshake. */
export function socketErrorOf(error: Error, subject: string): NetError | TlsError {
  const code = 'code' in error ? String(error.code) : 'UNKNOWN'
  if (/^E[A-Z0-9]+$/.test(code) && code !== 'EPROTO') return netErrorOf(error, subject)
  return new TlsError(code, `${subject}: ${error.message}`, error)
}

export function netErrorOf(error: Error, subject: string): NetError {
  const errno = 'code' in error ? String(error.code) : 'UNKNOWN'
  return new NetError(errno, `${subject}: ${errno}`, error)
}
