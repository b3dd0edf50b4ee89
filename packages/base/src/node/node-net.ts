import { createRequire } from 'node:module'
import * as net from 'node:net'
import type * as tls from 'node:tls'
import { assert } from '../assert.ts'
import { NetError, TlsError } from '../errors.ts'
import { lazily } from '../lazily.ts'
import type { ConnectOptions, Listener, ListenOptions, Net, Socket, SocketHandler, TlsClientOptions } from '../net.ts'
import { lookupAvoiding } from './address-lookup.ts'

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

  connect({ host, port, avoidAddress, tls: tlsOptions, readInto }: ConnectOptions, handler: SocketHandler): Socket {
    let socket: NodeSocket
    const onread = readInto && {
      buffer: () => {
        const { buffer, byteOffset, length } = readInto()
        return Buffer.from(buffer, byteOffset, length)
      },
      callback: (count: number, buffer: Uint8Array) => {
        socket.deliver(buffer.subarray(0, count))
        return true
      },
    }
    const more = {
      ...(onread !== undefined && { onread }),
      ...(avoidAddress !== undefined && { lookup: lookupAvoiding(avoidAddress) }),
    }
    const subject = `cannot connect to ${host}:${port}`
    socket =
      tlsOptions === undefined
        ? outgoing(net.connect({ host, port, ...tcpOptions, ...more }), 'connect', subject)
        : outgoing(connectTls({ host, port, ...more }, tlsOptions), 'secureConnect', subject)
    socket.setHandler(handler)
    return socket
  },
}

/**
 * A connection over a socket that somebody else opens, with whatever stands between: `open` makes it, and is given what to call when bytes may be written. Its handler
 * hears what that of `Net.connect` does.
 */
export function adoptSocket(
  open: (onConnect: () => void) => net.Socket,
  subject: string,
  handler: SocketHandler,
): Socket {
  let onOpen: (() => void) | undefined
  let isOpen = false
  const raw = open(() => {
    isOpen = true
    onOpen?.()
  })
  const socket = new NodeSocket(raw, {
    subject,
    whenOpen(listener) {
      onOpen = listener
      // Handlers are called in later turns.
      if (isOpen) queueMicrotask(listener)
    },
  })
  socket.setHandler(handler)
  return socket
}

const tcpOptions = { noDelay: true, keepAlive: true, allowHalfOpen: false }

/** Loaded with the first connection that asks for it: 12 of the 135 ms of CPU that the start of a broker took, which makes none. */
const nodeTls = lazily((): typeof tls => createRequire(import.meta.url)('node:tls'))

function connectTls(peer: tls.ConnectionOptions & { host: string }, options: TlsClientOptions): net.Socket {
  const { host } = peer
  try {
    const socket = nodeTls().connect({
      ...peer,
      // An address is no name that a peer could be asked for.
      servername: net.isIP(host) === 0 ? host : '',
      minVersion: options.versionMin,
      maxVersion: options.versionMax,
      ...(options.trustedCertificates !== undefined && { ca: options.trustedCertificates }),
      ...(options.ciphers !== undefined && { ciphers: options.ciphers }),
      ...(!options.verifiesHost && { checkServerIdentity: () => undefined }),
      ...(options.identity !== undefined && identityOf(options.identity)),
    })
    socket.setNoDelay(true)
    socket.setKeepAlive(true)
    return socket
  } catch (error) {
    // A key that cannot be read, a cipher that nobody knows: heard like any other failure of the connection.
    return new net.Socket().destroy(error as Error)
  }
}

function identityOf(identity: NonNullable<TlsClientOptions['identity']>): tls.SecureContextOptions {
  const passphrase = identity.passphrase === undefined ? {} : { passphrase: identity.passphrase }
  if ('pfx' in identity) return { pfx: Buffer.from(identity.pfx), ...passphrase }
  return { cert: identity.certificateChain, key: identity.privateKey, ...passphrase }
}

function outgoing(socket: net.Socket, openEvent: 'connect' | 'secureConnect', subject: string): NodeSocket {
  return new NodeSocket(socket, { subject, whenOpen: listener => socket.once(openEvent, listener) })
}

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
function plainAddress(address = ''): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}

/** What the system calls by its name is a matter of the network, everything else one of TLS, and so is EPROTO: Node's name for an alert in the handshake. */
function socketErrorOf(error: Error, subject: string): NetError | TlsError {
  const code = 'code' in error ? String(error.code) : 'UNKNOWN'
  if (/^E[A-Z0-9]+$/.test(code) && code !== 'EPROTO') return netErrorOf(error, subject)
  return new TlsError(code, `${subject}: ${error.message}`, error)
}

function netErrorOf(error: Error, subject: string): NetError {
  const errno = 'code' in error ? String(error.code) : 'UNKNOWN'
  return new NetError(errno, `${subject}: ${errno}`, error)
}
