import type { NetError } from './errors.ts'

/**
 * The network, handed in (D5): connections as ordered streams of bytes that may be delayed, cut or half-open, and never
 * reorder. Nothing here is a promise per chunk: a socket calls its handler, a writer watches `bufferedBytes`.
 *
 * Chunks arrive split and joined as the network likes. A peer that vanished says nothing at all: bytes written to it pile up and
 * no handler is called, so whoever waits sets a timer. That holds for `connect` and `end` too; only `destroy` is sure to
 * close. Handlers are never called from inside a method of the socket.
 */
export interface Net {
  /** Binds and listens. Port 0 takes a free one. Rejects with a `NetError` (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`). */
  listen(options: ListenOptions, onConnection: (socket: Socket) => void): Promise<Listener>
  /** Begins to connect; the socket's handler hears `onConnect`, or `onClose` with the error. */
  connect(options: ConnectOptions, handler: SocketHandler): Socket
  /** What keeps a listener from speaking TLS so, in a sentence; undefined: nothing. Default: nothing ever does. */
  tlsProblem?(options: TlsServerOptions): string | undefined
}

export interface ListenOptions {
  host: string
  port: number
  /** Connections that the kernel may hold before they are accepted. Default 511. */
  backlog?: number
  /**
   * Speaks TLS with what this answers when a connection comes: another object than before is taken for other settings. The connection is handed over before the handshake, and
   * delivers bytes after it. What cannot be used rejects `listen`. Default: bytes as they are.
   */
  tls?: () => TlsServerOptions
  /** A connection could not be accepted (`EMFILE`, `ECONNABORTED`); the listener goes on. */
  onError?(error: NetError): void
}

export interface ConnectOptions {
  host: string
  port: number
  /**
   * Says where what arrives next is put, memory of one byte at least; asked before each read. The chunks of `onData` then are the beginning of what was last named, and the socket never looks at them
   * again: reading allocates nothing. A network may disregard it. Default: each chunk has memory of its own.
   */
  readInto?(): Uint8Array
  /** An address of the host that is tried last where it would be first and the host has others. Default: their order is that of the resolver. A simulated host has one. */
  avoidAddress?: string
  /** Speaks TLS: `onConnect` comes when the peer has shown who it is. Default: bytes as they are. */
  tls?: TlsClientOptions
}

/** What either side brings to TLS. Certificates and keys are PEM. */
export interface TlsMaterial {
  /** Whom to trust. Default: the authorities that the runtime brings. */
  readonly trustedCertificates?: string
  /** Who one is. A server has one; a client, for a peer that asks. */
  readonly identity?:
    | { readonly certificateChain: string; readonly privateKey: string; readonly passphrase?: string }
    /** PKCS #12. */
    | { readonly pfx: Uint8Array; readonly passphrase?: string }
  readonly versionMin: TlsVersion
  readonly versionMax: TlsVersion
  /** By OpenSSL's names, separated by colons. Default: the runtime's. */
  readonly ciphers?: string
}

/**
 * TLS as a client speaks it. What the two sides cannot agree on, and a peer that is not trusted, end the connection with a `TlsError`. A simulated network may pass
 * the bytes as they are.
 */
export interface TlsClientOptions extends TlsMaterial {
  /** Whether the peer's certificate must name the host that was asked for. */
  readonly verifiesHost: boolean
}

/** TLS as a listener speaks it. */
export interface TlsServerOptions extends TlsMaterial {
  /** Whether clients must show a certificate, or may; one that is shown must be trusted either way. */
  readonly clientAuth: 'none' | 'requested' | 'required'
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'

export interface Listener {
  readonly host: string
  /** The port that was bound. */
  readonly port: number
  /** Stops accepting and frees the port; connections already accepted live on. */
  close(): Promise<void>
}

export interface SocketHandler {
  /** The connection is open (only for sockets made by `connect`). */
  onConnect?(): void
  /** Bytes have arrived. The chunk is handed over, and the socket never touches it again, unless `ConnectOptions.readInto` names its memory again. */
  onData(chunk: Uint8Array): void
  /** Everything written so far has left for the kernel, after `write` answered false. */
  onDrain?(): void
  /**
   * Called exactly once, last. Without an error: this side's `end` or `destroy`, or the peer's orderly end (there is no half-closed state: when the
   * peer has ended, what is buffered here is still sent, then this side closes). With one: a `NetError`, or what `destroy` was given.
   */
  onClose(error?: Error): void
}

/** Addresses and ports are `''` and 0 until the connection is open, and stay readable after it has closed. */
export interface Socket {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  /** Bytes written that the kernel has not taken yet; a chunk that it took in part may count whole. */
  readonly bufferedBytes: number
  /** Over TLS, on the side that accepted: the certificate that the peer has shown and that is trusted, as DER. Known with the first chunk of `onData`. */
  readonly peerCertificate?: Uint8Array | undefined
  /** Each chunk of `onData` fills memory of its own, of which nobody else has kept anything: who was handed one may let it go by `releaseMemory`. Default: he may not. */
  readonly givesMemoryAway?: boolean
  /** An accepted socket delivers nothing until its handler is set; set it in the turn of `onConnection`. */
  setHandler(handler: SocketHandler): void
  /**
   * Writes the chunks as one, in one system call where the kernel takes them. False: it did not take everything; the rest is kept until
   * `onDrain` (so the caller bounds what it writes). The chunks must not be changed before everything has left: `write` answered true, or `onDrain` was called. Allowed before `onConnect`. Ignored
   * after `end`, `destroy` or `onClose`.
   */
  write(chunks: readonly Uint8Array[]): boolean
  /**
   * Stops the delivery of data; the kernel's window then holds the peer back. One chunk may still come. While paused, the peer's end may
   * go unnoticed.
   */
  pause(): void
  /** Starts it again; the chunks come in later turns. */
  resume(): void
  /** Sends what is buffered, then closes, however long the peer takes to read it. */
  end(): void
  /** Closes now; what is buffered is lost. */
  destroy(error?: Error): void
}
