import { crc32 } from 'node:zlib'
import { assert, NetError, Queue, randomBelow, type Socket, type SocketHandler } from '@dorsale/base'
import type { Machine } from './machine.ts'
import type { Process } from './process.ts'
import type { World } from './world.ts'

export interface ConnectionOptions {
  client: Process
  clientPort: number
  serverMachine: Machine
  serverPort: number
  windowBytes: number
  /** Bytes are handed to the reader in small pieces. */
  choppy: boolean
}

/** A sender gives up on bytes that nobody acknowledges after this long, as Linux's TCP does. */
const sendTimeoutMs = 924_000
/** The most that one read hands over, as Node's. */
const readBytesMax = 65_536

/**
 * A TCP connection: two ends, and in each direction a pipe that keeps its order.
 *
 *   write ─ buffered in the process ─ taken by the kernels (at most a window, until it was read) ─ arrived ─ onData
 *
 * The kernels' part survives the death of the writing process, not that of its machine.
 */
export class Connection {
  readonly world: World
  readonly name: string
  readonly client: End
  readonly server: End
  readonly windowBytes: number
  readonly choppy: boolean
  /** Half-open: nothing passes any more, and nobody is told. */
  silent = false

  constructor(world: World, options: ConnectionOptions) {
    this.world = world
    this.windowBytes = options.windowBytes
    this.choppy = options.choppy
    const { client, serverMachine } = options
    const loopback = client.machine === serverMachine ? '127.0.0.1' : undefined
    const clientAddress = { host: loopback ?? client.machine.address, port: options.clientPort }
    const serverAddress = { host: loopback ?? serverMachine.address, port: options.serverPort }
    this.name = `${client.name}:${options.clientPort}-${serverMachine.name}:${options.serverPort}`
    this.client = new End(this, client.machine, client, clientAddress, serverAddress)
    this.server = new End(this, serverMachine, undefined, serverAddress, clientAddress)
    this.client.peer = this.server
    this.server.peer = this.client
  }

  /** The server's kernel accepts. Its process hears of it in its own time. */
  open(process: Process, onConnection: (socket: Socket) => void): void {
    if (this.client.closed) return
    this.server.accept(process)
    this.world.schedule(0, process, `accept ${this.name}`, () => onConnection(this.server))
    this.server.confirm()
  }

  /** Breaks: what is under way is lost, and both sides hear of it, each in its time. */
  reset(): void {
    this.silent = true
    for (const end of [this.client, this.server]) {
      this.world.schedule(this.world.jitterMs(10), undefined, 'reset', () => end.fail('ECONNRESET'))
    }
  }

  /** Becomes half-open in both directions: a cable was pulled behind a switch, and neither kernel knows. */
  silence(): void {
    this.world.trace.tell(this.world.nowMs, `${this.name} goes silent`)
    this.silent = true
  }

  forgetIfClosed(): void {
    if (this.client.closed && this.server.closed) this.world.network.forget(this)
  }
}

interface Address {
  host: string
  port: number
}

type Segment = { kind: 'bytes'; bytes: Uint8Array } | { kind: 'connected' } | { kind: 'end' } | { kind: 'reset' }

/** One side of a connection. */
class End implements Socket {
  peer!: End
  process: Process | undefined
  readonly #connection: Connection
  readonly #machine: Machine
  readonly #bootCount: number
  readonly #local: Address
  readonly #remote: Address
  #handler: SocketHandler | undefined
  #open = false
  #closed = false

  // Outgoing.
  readonly #sendQueue = new Queue<Uint8Array>()
  #bufferedBytes = 0
  /** Taken by the kernels and not read yet. */
  #kernelBytes = 0
  #writable = true
  #drainOwed = false
  #endSent = false
  /** When the last segment sent will arrive: none may overtake it. */
  #lastArrivalMs = 0
  /** Segments stopped by a partition, in order. */
  #held: Segment[] = []
  #timeoutSet = false

  // Incoming.
  readonly #arrived = new Queue<Uint8Array>()
  #arrivedBytes = 0
  #endArrived = false
  /** The peer has ended and its end was read: this side closes once its own has been sent. */
  #peerEnded = false
  #resetArrived = false
  #paused = false
  #readPlanned = false

  constructor(connection: Connection, machine: Machine, process: Process | undefined, local: Address, remote: Address) {
    this.#connection = connection
    this.#machine = machine
    this.#bootCount = machine.bootCount
    this.process = process
    this.#local = local
    this.#remote = remote
  }

  get closed(): boolean {
    return this.#closed
  }

  get localAddress(): string {
    return this.#open ? this.#local.host : ''
  }

  get localPort(): number {
    return this.#open ? this.#local.port : 0
  }

  get remoteAddress(): string {
    return this.#open ? this.#remote.host : ''
  }

  get remotePort(): number {
    return this.#open ? this.#remote.port : 0
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  /** What arrives is copied from what was sent: a use after it was let go finds nothing. */
  get givesMemoryAway(): boolean {
    return true
  }

  setHandler(handler: SocketHandler): void {
    this.#handler = handler
    this.#planRead()
  }

  write(chunks: readonly Uint8Array[]): boolean {
    return this.#operation(() => {
      if (!this.#writable || chunks.length === 0) return true
      for (const chunk of chunks) {
        if (chunk.length === 0) continue
        // The kernel's own copy: whoever wrote may use the memory again once everything was taken.
        this.#sendQueue.push(chunk.slice())
        this.#bufferedBytes += chunk.length
      }
      this.#pump()
      if (this.#bufferedBytes === 0) return true
      this.#drainOwed = true
      return false
    })
  }

  pause(): void {
    this.#operation(() => {
      this.#paused = true
    })
  }

  resume(): void {
    this.#operation(() => {
      this.#paused = false
      this.#planRead()
    })
  }

  end(): void {
    this.#operation(() => {
      if (!this.#writable) return
      this.#writable = false
      this.#pump()
    })
  }

  destroy(error?: Error): void {
    this.#operation(() => {
      if (this.#closed) return
      this.hangUp()
      this.#close(error)
    })
  }

  /** Server: a listener has taken the connection. */
  accept(process: Process): void {
    this.process = process
    this.#open = true
  }

  /** Server: tells the client that it is connected. */
  confirm(): void {
    this.#send({ kind: 'connected' })
  }

  /** The kernel closes in the name of a process: what it has taken still goes out, unless something was left unread. */
  hangUp(): void {
    this.#sendQueue.clear()
    this.#bufferedBytes = 0
    if (!this.#endSent) this.#send({ kind: this.#arrivedBytes > 0 ? 'reset' : 'end' })
  }

  /** The process of this end has died. */
  abandon(): void {
    if (this.#closed) return
    // With its machine it vanishes without a word.
    if (this.#machine.bootCount === this.#bootCount) this.hangUp()
    this.#closed = true
    this.#connection.forgetIfClosed()
  }

  /** Closes with an error, which the handler hears of in a later turn. */
  fail(errno: string, subject = `the connection with ${this.#remote.host}:${this.#remote.port} failed`): void {
    if (this.#closed) return
    this.#close(new NetError(errno, `${subject}: ${errno}`))
  }

  #operation<T>(run: () => T): T {
    assert(this.process !== undefined, 'a socket belongs to a process')
    return this.process.operation(run)
  }

  #close(error?: Error): void {
    assert(!this.#closed, 'an end closes once')
    this.#closed = true
    this.#writable = false
    this.#sendQueue.clear()
    this.#bufferedBytes = 0
    this.#arrived.clear()
    this.#connection.forgetIfClosed()
    // An end that no listener has taken has nobody to tell.
    if (this.process === undefined) return
    this.#plan(0, `close ${this.#connection.name}`, () => this.#handler?.onClose(error))
  }

  /** Gives the kernel what it has room for, then whatever was waiting for that. */
  #pump(): void {
    if (!this.#open) return
    while (this.#sendQueue.length > 0 && this.#kernelBytes < this.#connection.windowBytes) {
      const chunk = this.#sendQueue.peek() as Uint8Array
      const room = this.#connection.windowBytes - this.#kernelBytes
      const taken = Math.min(chunk.length, room)
      this.#sendQueue.shift()
      if (taken < chunk.length) this.#sendQueue.unshift(chunk.subarray(taken))
      this.#bufferedBytes -= taken
      this.#kernelBytes += taken
      // The kernel copies; what the process does to its buffer afterwards is not seen.
      this.#send({ kind: 'bytes', bytes: chunk.slice(0, taken) })
    }
    if (this.#sendQueue.length > 0) return
    if (this.#drainOwed) {
      this.#drainOwed = false
      this.#plan(0, `drain ${this.#connection.name}`, () => {
        if (!this.#closed) this.#handler?.onDrain?.()
      })
    }
    if (!this.#writable && !this.#endSent) {
      this.#endSent = true
      this.#send({ kind: 'end' })
      if (this.#peerEnded) this.#close()
    }
  }

  #send(segment: Segment): void {
    const { world } = this.#connection
    const arrivalMs = Math.max(
      world.nowMs + world.network.latencyMs(this.#machine, this.peer.#machine),
      this.#lastArrivalMs,
    )
    this.#lastArrivalMs = arrivalMs
    const text =
      segment.kind === 'bytes' ? `${segment.bytes.length} bytes crc ${crc32(segment.bytes).toString(16)}` : segment.kind
    world.schedule(arrivalMs - world.nowMs, undefined, `${this.#connection.name} carries ${text}`, () =>
      this.#arrive(segment),
    )
  }

  #arrive(segment: Segment): void {
    const { world, silent } = this.#connection
    if (silent) {
      this.#giveUpLater()
      return
    }
    if (this.#held.length > 0 || world.network.blocked(this.#machine, this.peer.#machine)) {
      if (this.#held.push(segment) > 1) return
      this.#giveUpLater()
      world.network.onceHealed(() => {
        world.schedule(world.jitterMs(200), undefined, `${this.#connection.name} sends again`, () => {
          for (const held of this.#held.splice(0)) this.#deliver(held)
        })
      })
      return
    }
    this.#deliver(segment)
  }

  /** Bytes that cannot get through are sent again for a long time, then the sender's kernel gives up. */
  #giveUpLater(): void {
    if (this.#timeoutSet) return
    this.#timeoutSet = true
    this.#connection.world.schedule(sendTimeoutMs, undefined, 'send times out', () => {
      this.#timeoutSet = false
      if (this.#connection.silent || this.#held.length > 0) this.fail('ETIMEDOUT')
    })
  }

  #deliver(segment: Segment): void {
    const { peer } = this
    const { world } = this.#connection
    if (peer.#closed) {
      // A machine that has restarted knows nothing of the connection, and one that closed it wants no more bytes.
      const vanished = peer.#machine.bootCount !== peer.#bootCount
      if (segment.kind === 'bytes' || (vanished && segment.kind === 'end')) {
        world.schedule(world.network.latencyMs(peer.#machine, this.#machine), undefined, 'reset', () => {
          if (!this.#connection.silent) this.fail('ECONNRESET')
        })
      }
      return
    }
    switch (segment.kind) {
      case 'connected':
        peer.#open = true
        peer.#plan(0, `connected ${this.#connection.name}`, () => {
          if (peer.#closed) return
          peer.#handler?.onConnect?.()
        })
        peer.#pump()
        return
      case 'bytes':
        peer.#arrived.push(segment.bytes)
        peer.#arrivedBytes += segment.bytes.length
        break
      case 'end':
        peer.#endArrived = true
        break
      case 'reset':
        peer.#resetArrived = true
        break
    }
    peer.#planRead()
  }

  #planRead(): void {
    if (this.#readPlanned || this.#paused || this.#closed || this.#handler === undefined) return
    if (this.#arrivedBytes === 0 && !this.#endArrived && !this.#resetArrived) return
    this.#readPlanned = true
    this.#plan(0, `read ${this.#connection.name}`, () => {
      this.#readPlanned = false
      if (!this.#paused && !this.#closed) this.#read()
    })
  }

  #read(): void {
    const { world } = this.#connection
    // A reset may or may not throw away what was there to be read.
    if (this.#resetArrived && (this.#arrivedBytes === 0 || randomBelow(world.network.prng, 2) === 0)) {
      this.fail('ECONNRESET')
      return
    }
    if (this.#arrivedBytes > 0) {
      const chunk = this.#take(this.#readSize())
      this.#acknowledge(chunk.length)
      this.#planRead()
      this.#handler?.onData(chunk)
      return
    }
    this.#onPeerEnd()
  }

  /** As much as there is, or, on a choppy connection, a piece of it: often a large one, sometimes a few bytes. */
  #readSize(): number {
    const size = Math.min(this.#arrivedBytes, readBytesMax)
    if (!this.#connection.choppy) return size
    const { prng } = this.#connection.world.network
    const piece = randomBelow(prng, 4) === 0 ? 1 + randomBelow(prng, 16) : size >> randomBelow(prng, 3)
    return Math.min(Math.max(piece, 1), size)
  }

  #take(size: number): Uint8Array {
    const chunk = new Uint8Array(size)
    let filled = 0
    while (filled < size) {
      const bytes = this.#arrived.shift() as Uint8Array
      const taken = Math.min(bytes.length, size - filled)
      chunk.set(bytes.subarray(0, taken), filled)
      if (taken < bytes.length) this.#arrived.unshift(bytes.subarray(taken))
      filled += taken
    }
    this.#arrivedBytes -= size
    return chunk
  }

  /** Opens the peer's window again by what was read. */
  #acknowledge(size: number): void {
    const { peer } = this
    const { world } = this.#connection
    const arrive = (): void => {
      if (this.#connection.silent || peer.#closed) return
      if (world.network.blocked(this.#machine, peer.#machine)) {
        world.network.onceHealed(() => world.schedule(world.jitterMs(200), undefined, 'acknowledge again', arrive))
        return
      }
      peer.#kernelBytes -= size
      peer.#pump()
    }
    world.schedule(world.network.latencyMs(this.#machine, peer.#machine), undefined, 'acknowledge', arrive)
  }

  /** The peer sends no more: what is buffered here goes out, and then this side closes. */
  #onPeerEnd(): void {
    this.#peerEnded = true
    this.#writable = false
    this.#pump()
    if (this.#endSent && !this.#closed) this.#close()
  }

  #plan(delayMs: number, label: string, run: () => void): void {
    this.#connection.world.schedule(delayMs, this.process, label, run)
  }
}
