import {
  type ConnectOptions,
  type Listener,
  type ListenOptions,
  type Net,
  NetError,
  type Prng,
  randomUnit,
  type Socket,
  type SocketHandler,
} from '@dorsale/base'
import { Connection } from './connection.ts'
import type { Machine } from './machine.ts'
import type { Process } from './process.ts'
import type { World } from './world.ts'

/** How the network between two machines behaves. */
export interface LinkQuality {
  /** A segment takes from `latencyMs` to twice that, and loopback a hundredth. */
  latencyMs: number
  /** Bytes that a connection takes before its reader has read some: both kernels' buffers together. */
  windowBytes: number
  /** Share of connections whose bytes arrive in small pieces. */
  choppy: number
}

/** A connect that nobody answers gives up after this long, as Linux's does. */
const connectTimeoutMs = 127_000

/** The wires between the machines, and who listens where. */
export class Network {
  readonly #world: World
  readonly prng: Prng
  quality: LinkQuality = { latencyMs: 0.2, windowBytes: 256 * 1024, choppy: 0.2 }
  readonly #listeners = new Map<string, SimListener>()
  readonly #connections = new Set<Connection>()
  /** Directed pairs of machines between which nothing passes. */
  readonly #blocked = new Set<string>()
  readonly #whenHealed: (() => void)[] = []
  #nextPort = 32_768

  constructor(world: World) {
    this.#world = world
    this.prng = world.prng('network')
  }

  get connections(): readonly Connection[] {
    return [...this.#connections]
  }

  /** From now on nothing passes from `a` to `b`, nor back unless `oneWay`. Bytes under way wait, as TCP sends them again, until `heal`. */
  partition(a: Machine, b: Machine, { oneWay = false }: { oneWay?: boolean } = {}): void {
    this.#world.trace.tell(this.#world.nowMs, `the network parts ${a.name} ${oneWay ? 'to' : 'and'} ${b.name}`)
    this.#blocked.add(pairOf(a, b))
    if (!oneWay) this.#blocked.add(pairOf(b, a))
  }

  /** Everything passes again. */
  heal(): void {
    if (this.#blocked.size === 0) return
    this.#world.trace.tell(this.#world.nowMs, 'the network heals')
    this.#blocked.clear()
    for (const retry of this.#whenHealed.splice(0)) retry()
  }

  blocked(from: Machine, to: Machine): boolean {
    return this.#blocked.size > 0 && this.#blocked.has(pairOf(from, to))
  }

  /** Called once when the network is whole again. */
  onceHealed(retry: () => void): void {
    this.#whenHealed.push(retry)
  }

  /** A connection breaks: both sides hear of it, each in its time, and what was under way is lost. */
  cut(connection: Connection): void {
    this.#world.counts.connectionsCut++
    this.#world.trace.tell(this.#world.nowMs, `${connection.name} is cut`)
    connection.reset()
  }

  latencyMs(from: Machine, to: Machine): number {
    const { latencyMs } = this.quality
    return (from === to ? latencyMs / 100 : latencyMs) * (1 + randomUnit(this.prng))
  }

  netFor(process: Process): Net {
    process.onEnd(() => {
      for (const connection of this.#connections) {
        for (const end of [connection.client, connection.server]) if (end.process === process) end.abandon()
      }
    })
    return {
      listen: (options, onConnection) => process.operation(() => this.#listen(process, options, onConnection)),
      connect: (options, handler) => process.operation(() => this.#connect(process, options, handler)),
    }
  }

  forget(connection: Connection): void {
    this.#connections.delete(connection)
  }

  #listen(process: Process, options: ListenOptions, onConnection: (socket: Socket) => void): Promise<Listener> {
    return new Promise((resolve, reject) => {
      const port = options.port === 0 ? this.#freePort() : options.port
      const key = `${process.machine.name}:${port}`
      this.#world.schedule(0, process, `listen on ${options.host}:${port}`, () => {
        if (this.#listeners.has(key)) {
          reject(new NetError('EADDRINUSE', `cannot listen on ${options.host}:${port}: EADDRINUSE`))
          return
        }
        const listener = { host: options.host, port, process, onConnection, close: () => this.#close(key, listener) }
        this.#listeners.set(key, listener)
        process.onEnd(() => this.#close(key, listener))
        resolve(listener)
      })
    })
  }

  #close(key: string, listener: SimListener): Promise<void> {
    if (this.#listeners.get(key) === listener) this.#listeners.delete(key)
    return Promise.resolve()
  }

  #connect(process: Process, { host, port, readInto }: ConnectOptions, handler: SocketHandler): Socket {
    const target = this.#machineAt(process.machine, host)
    const connection = new Connection(this.#world, {
      client: process,
      serverMachine: target ?? process.machine,
      serverPort: port,
      clientPort: this.#freePort(),
      choppy: randomUnit(this.prng) < this.quality.choppy,
      windowBytes: this.quality.windowBytes,
    })
    this.#connections.add(connection)
    connection.client.setHandler(readInto === undefined ? handler : placed(handler, readInto))
    if (target === undefined) {
      connection.client.fail('ENOTFOUND', `cannot connect to ${host}:${port}`)
      return connection.client
    }
    const timeout = this.#world.schedule(connectTimeoutMs, undefined, 'connect times out', () =>
      connection.client.fail('ETIMEDOUT', `cannot connect to ${host}:${port}`),
    )
    const arrive = (): void => {
      if (this.blocked(process.machine, target) || this.blocked(target, process.machine)) {
        this.onceHealed(() =>
          this.#world.schedule(this.latencyMs(process.machine, target), undefined, 'connect again', arrive),
        )
        return
      }
      timeout.cancel()
      const listener = this.#listeners.get(`${target.name}:${port}`)
      if (listener === undefined) connection.client.fail('ECONNREFUSED', `cannot connect to ${host}:${port}`)
      else connection.open(listener.process, listener.onConnection)
    }
    this.#world.schedule(this.latencyMs(process.machine, target), undefined, `connect to ${host}:${port}`, arrive)
    return connection.client
  }

  #machineAt(from: Machine, host: string): Machine | undefined {
    if (host === 'localhost' || host === '127.0.0.1' || host === '::1') return from
    return this.#world.machines.find(machine => machine.name === host || machine.address === host)
  }

  #freePort(): number {
    const port = this.#nextPort
    this.#nextPort = port === 60_999 ? 32_768 : port + 1
    return port
  }
}

interface SimListener extends Listener {
  readonly process: Process
  readonly onConnection: (socket: Socket) => void
}

function pairOf(from: Machine, to: Machine): string {
  return `${from.name}>${to.name}`
}

/** Puts what arrives where its reader says, piece by piece. */
function placed(handler: SocketHandler, readInto: () => Uint8Array): SocketHandler {
  return {
    onConnect: () => handler.onConnect?.(),
    onData: chunk => {
      for (let start = 0; start < chunk.length; ) {
        const room = readInto()
        const piece = room.subarray(0, Math.min(room.length, chunk.length - start))
        piece.set(chunk.subarray(start, start + piece.length))
        start += piece.length
        handler.onData(piece)
      }
    },
    onDrain: () => handler.onDrain?.(),
    onClose: error => handler.onClose(error),
  }
}
