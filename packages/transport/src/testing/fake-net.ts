import type { ConnectOptions, Listener, ListenOptions, Net, Socket, SocketHandler } from '@dorsale/base'

/** A net whose sockets are moved by hand: the test is the peer. */
export class FakeNet implements Net {
  accept: ((socket: Socket) => void) | undefined
  connected: FakeSocket | undefined

  listen(options: ListenOptions, onConnection: (socket: Socket) => void): Promise<Listener> {
    this.accept = onConnection
    return Promise.resolve({ host: options.host, port: options.port, close: () => Promise.resolve() })
  }

  connect(_options: ConnectOptions, handler: SocketHandler): Socket {
    this.connected = new FakeSocket('10.0.0.1')
    this.connected.setHandler(handler)
    return this.connected
  }

  /** A client connects to the listener. */
  client(remoteAddress = '10.0.0.1', { givesMemoryAway = false } = {}): FakeSocket {
    const socket = new FakeSocket(remoteAddress, givesMemoryAway)
    this.accept!(socket)
    return socket
  }
}

export class FakeSocket implements Socket {
  readonly localAddress = '10.0.0.9'
  readonly localPort = 9092
  readonly remoteAddress: string
  readonly remotePort = 40_000
  bufferedBytes = 0
  /** Each write, as the list of its chunks. */
  readonly writes: Uint8Array[][] = []
  readonly givesMemoryAway: boolean
  paused = false
  closed = false
  ended = false
  /** False: the peer reads nothing, writes pile up. */
  peerReads = true
  /** False: the peer does not answer our end with its own. */
  peerEnds = true
  #handler: SocketHandler | undefined

  constructor(remoteAddress: string, givesMemoryAway = false) {
    this.remoteAddress = remoteAddress
    this.givesMemoryAway = givesMemoryAway
  }

  setHandler(handler: SocketHandler): void {
    this.#handler = handler
  }

  write(chunks: readonly Uint8Array[]): boolean {
    if (this.closed || this.ended) return true
    this.writes.push([...chunks])
    if (this.peerReads) return true
    for (const chunk of chunks) this.bufferedBytes += chunk.length
    return false
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  end(): void {
    if (this.ended) return
    this.ended = true
    if (this.bufferedBytes === 0 && this.peerEnds) this.close()
  }

  destroy(): void {
    this.close()
  }

  /** Everything that was written, joined. */
  get received(): Buffer {
    return Buffer.concat(this.writes.flat())
  }

  /** The peer sends. */
  send(bytes: Uint8Array): void {
    this.#handler!.onData(bytes)
  }

  /** The peer takes what piled up. */
  drain(): void {
    this.bufferedBytes = 0
    this.#handler!.onDrain?.()
  }

  open(): void {
    this.#handler!.onConnect?.()
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.#handler?.onClose()
  }
}
