/**
 * The network, handed in (D5): connections as ordered streams of bytes that may be delayed, cut or half-open, and never
 * reorder. Nothing here is a promise per chunk: a socket calls its handler, a writer watches `bufferedBytes`.
 */
export interface Net {
  /** Binds and listens. Port 0 takes a free one. Rejects with a `NetError` (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`). */
  listen(options: ListenOptions, onConnection: (socket: Socket) => void): Promise<Listener>
  /** Begins to connect; the socket's handler hears `onConnect`, or `onClose` with the error. */
  connect(options: ConnectOptions, handler: SocketHandler): Socket
}

export interface ListenOptions {
  host: string
  port: number
  /** Connections that the kernel may hold before they are accepted. Default 511. */
  backlog?: number
}

export interface ConnectOptions {
  host: string
  port: number
}

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
  /** Bytes have arrived. The chunk is handed over: the socket never touches it again. */
  onData(chunk: Uint8Array): void
  /** Everything written so far has left for the kernel, after `write` answered false. */
  onDrain?(): void
  /** Called exactly once, last: by either side's end, an error, or `destroy`. */
  onClose(error?: Error): void
}

export interface Socket {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  /** Bytes written that the kernel has not taken yet. */
  readonly bufferedBytes: number
  /** An accepted socket delivers nothing until its handler is set; set it in the turn of `onConnection`. */
  setHandler(handler: SocketHandler): void
  /**
   * Writes the chunks as one. False: the kernel is full, wait for `onDrain` (the bytes are kept meanwhile, so the caller bounds what it
   * writes). The chunks must not be changed afterwards. Ignored after `end` or `destroy`.
   */
  write(chunks: readonly Uint8Array[]): boolean
  /** Stops, and starts again, the delivery of data; the kernel's window then holds the peer back. */
  pause(): void
  resume(): void
  /** Sends what is buffered, then closes. */
  end(): void
  /** Closes now; what is buffered is lost. */
  destroy(error?: Error): void
}
