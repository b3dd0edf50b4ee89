import type * as net from 'node:net'
import type * as tls from 'node:tls'
import { TlsError } from '../errors.ts'
import type { Socket, SocketHandler, TlsServerOptions } from '../net.ts'
import { NodeSocket, plainAddress, socketErrorOf } from './node-socket.ts'
import { contextOf, nodeTls, tlsProblem } from './node-tls.ts'

/** Shakes hands on the connections of one listener. */
export class TlsAcceptor {
  readonly #options: () => TlsServerOptions
  readonly #onConnection: (socket: Socket) => void
  /** Those whose handshake is under way, by where they come from: Node tells of its end with a socket of its own. */
  readonly #shaking = new Map<string, AcceptedTlsSocket>()
  #server: { readonly options: TlsServerOptions; readonly tls: tls.Server }

  /** Throws a `TlsError` when the first settings are of no use. */
  constructor(options: () => TlsServerOptions, onConnection: (socket: Socket) => void) {
    this.#options = options
    this.#onConnection = onConnection
    const first = options()
    const problem = tlsProblem(first)
    if (problem !== undefined) throw new TlsError('ERR_TLS_CONTEXT', `cannot speak TLS: ${problem}`)
    this.#server = { options: first, tls: this.#serverOf(first) }
  }

  accept(raw: net.Socket): void {
    const origin = originOf(raw)
    // It was cut before anybody looked at it.
    if (origin === undefined) {
      raw.destroy()
      return
    }
    const options = this.#options()
    if (options !== this.#server.options) this.#server = { options, tls: this.#serverOf(options) }
    const socket = new AcceptedTlsSocket(raw, () => this.#shaking.delete(origin))
    this.#shaking.set(origin, socket)
    this.#onConnection(socket)
    this.#server.tls.emit('connection', raw)
  }

  /** It listens nowhere: connections are put into it. */
  #serverOf(options: TlsServerOptions): tls.Server {
    const server = nodeTls().createServer({
      ...contextOf(options),
      requestCert: options.clientAuth !== 'none',
      rejectUnauthorized: options.clientAuth === 'required',
      handshakeTimeout: handshakeMsMax,
      noDelay: true,
      keepAlive: true,
    })
    server.on('secureConnection', socket => {
      const origin = originOf(socket)
      const shaken = origin === undefined ? undefined : this.#shaking.get(origin)
      if (shaken === undefined) socket.destroy()
      else shaken.secure(socket)
    })
    server.on('tlsClientError', (error, socket) => {
      const origin = originOf(socket)
      if (origin !== undefined) this.#shaking.get(origin)?.fail(error)
      socket.destroy()
    })
    return server
  }
}

function originOf({ remoteAddress, remotePort }: net.Socket): string | undefined {
  return remoteAddress === undefined ? undefined : `${remoteAddress} ${remotePort}`
}

/** Node's own bound of a handshake. */
const handshakeMsMax = 120_000

/** A connection that speaks TLS and may still be shaking hands: until then nothing is delivered, and what is written is kept. */
class AcceptedTlsSocket implements Socket {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly #raw: net.Socket
  readonly #onShaken: () => void
  #secured: NodeSocket | undefined
  #handler: SocketHandler | undefined
  #peerCertificate: Uint8Array | undefined
  #early: Uint8Array[] = []
  #paused = false
  #ended = false
  #error: Error | undefined

  constructor(raw: net.Socket, onShaken: () => void) {
    this.#raw = raw
    this.#onShaken = onShaken
    this.localAddress = plainAddress(raw.localAddress)
    this.localPort = raw.localPort ?? 0
    this.remoteAddress = plainAddress(raw.remoteAddress)
    this.remotePort = raw.remotePort ?? 0
    raw.on('error', error => {
      this.#error ??= socketErrorOf(error, this.#subject)
    })
    raw.on('close', () => {
      this.#onShaken()
      if (this.#secured !== undefined) return
      // Node says nothing in either case, and to a client that nobody vouches for it says nothing either.
      if (!this.#ended) this.#error ??= this.#unshaken('the client went away, or nobody vouches for its certificate')
      this.#handler?.onClose(this.#error)
    })
  }

  get bufferedBytes(): number {
    return this.#secured?.bufferedBytes ?? this.#early.reduce((sum, chunk) => sum + chunk.length, 0)
  }

  get peerCertificate(): Uint8Array | undefined {
    return this.#peerCertificate
  }

  setHandler(handler: SocketHandler): void {
    this.#handler = handler
    this.#secured?.setHandler(handler)
  }

  write(chunks: readonly Uint8Array[]): boolean {
    if (this.#secured !== undefined) return this.#secured.write(chunks)
    if (this.#ended || chunks.length === 0) return true
    this.#early.push(...chunks)
    return false
  }

  pause(): void {
    this.#paused = true
    this.#secured?.pause()
  }

  resume(): void {
    this.#paused = false
    this.#secured?.resume()
  }

  end(): void {
    if (this.#secured !== undefined) this.#secured.end()
    else if (this.#early.length === 0) this.destroy()
    this.#ended = true
  }

  destroy(error?: Error): void {
    this.#ended = true
    if (this.#secured !== undefined) {
      this.#secured.destroy(error)
      return
    }
    this.#error ??= error
    this.#raw.destroy()
  }

  /** The hands are shaken. */
  secure(socket: tls.TLSSocket): void {
    this.#onShaken()
    const certificate = socket.getPeerX509Certificate()
    // Where a certificate is a wish, Node lets one pass that nobody vouches for.
    if (certificate !== undefined && !socket.authorized) {
      this.fail(this.#unshaken(`the client's certificate is not trusted: ${socket.authorizationError}`))
      return
    }
    this.#peerCertificate = certificate?.raw
    const secured = new NodeSocket(socket)
    this.#secured = secured
    if (this.#handler !== undefined) secured.setHandler(this.#handler)
    if (this.#paused) secured.pause()
    const early = this.#early
    this.#early = []
    if (early.length > 0 && secured.write(early)) this.#handler?.onDrain?.()
    if (this.#ended) secured.end()
  }

  /** There will be no handshake. */
  fail(error: Error): void {
    this.#error ??= error instanceof TlsError ? error : socketErrorOf(error, this.#subject)
    this.#raw.destroy()
  }

  #unshaken(reason: string): TlsError {
    return new TlsError('ERR_TLS_HANDSHAKE', `${this.#subject} in its handshake: ${reason}`)
  }

  get #subject(): string {
    return `the connection with ${this.remoteAddress}:${this.remotePort} failed`
  }
}
