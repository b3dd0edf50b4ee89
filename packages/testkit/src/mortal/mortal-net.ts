import type { ConnectOptions, Listener, ListenOptions, Net, Socket, SocketHandler } from '@dorsale/base'
import type { Life } from './life.ts'

/** A network whose listeners and connections close with the process. */
export function mortalNet(net: Net, life: Life): Net {
  return {
    async listen(options: ListenOptions, onConnection): Promise<Listener> {
      life.assertAlive()
      const accept = (socket: Socket) => {
        if (life.isAlive) onConnection(new MortalSocket(socket, life))
        else socket.destroy()
      }
      const listener = await life.settled(net.listen(options, accept), late => void late.close())
      const forget = life.hold(() => void listener.close())
      return {
        host: listener.host,
        port: listener.port,
        close() {
          forget()
          return listener.close()
        },
      }
    },
    connect(options: ConnectOptions, handler: SocketHandler): Socket {
      life.assertAlive()
      const fate = new MortalHandler(handler, life)
      const socket = net.connect(options, fate)
      fate.forget = life.hold(() => socket.destroy())
      return socket
    },
    tlsProblem: options => net.tlsProblem?.(options),
  }
}

/** Hears nothing after the death, and lets go of its socket when it closes. */
class MortalHandler implements SocketHandler {
  readonly #handler: SocketHandler
  readonly #life: Life
  forget: () => void = () => {}

  constructor(handler: SocketHandler, life: Life) {
    this.#handler = handler
    this.#life = life
  }

  onConnect(): void {
    if (this.#life.isAlive) this.#handler.onConnect?.()
  }

  onData(chunk: Uint8Array): void {
    if (this.#life.isAlive) this.#handler.onData(chunk)
  }

  onDrain(): void {
    if (this.#life.isAlive) this.#handler.onDrain?.()
  }

  onClose(error?: Error): void {
    this.forget()
    if (this.#life.isAlive) this.#handler.onClose(error)
  }
}

/** An accepted connection. */
class MortalSocket implements Socket {
  readonly #socket: Socket
  readonly #life: Life
  readonly #forget: () => void

  constructor(socket: Socket, life: Life) {
    this.#socket = socket
    this.#life = life
    this.#forget = life.hold(() => socket.destroy())
  }

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

  get bufferedBytes(): number {
    return this.#socket.bufferedBytes
  }

  get peerCertificate(): Uint8Array | undefined {
    return this.#socket.peerCertificate
  }

  get givesMemoryAway(): boolean {
    return this.#socket.givesMemoryAway === true
  }

  setHandler(handler: SocketHandler): void {
    const fate = new MortalHandler(handler, this.#life)
    fate.forget = this.#forget
    this.#socket.setHandler(fate)
  }

  write(chunks: readonly Uint8Array[]): boolean {
    return this.#socket.write(chunks)
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    this.#socket.end()
  }

  destroy(error?: Error): void {
    this.#socket.destroy(error)
  }
}
