import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Clock } from '../clock.ts'
import { NetError } from '../errors.ts'
import type { Listener, Net, Socket, SocketHandler } from '../net.ts'
import { releaseMemory } from '../release-memory.ts'

/**
 * `within` runs the body in a world of its own that has this network; `host` is an address to listen on and to connect to. `takesAtOnce`: what is written while nothing
 * waits has left when `write` returns; over TLS it has not, since it is encrypted first. Default: true.
 */
export function netContract(
  within: (body: (net: Net, host: string, clock: Clock) => Promise<void>) => Promise<void>,
  { takesAtOnce = true }: { takesAtOnce?: boolean } = {},
): void {
  describe('net', () => {
    test('both ends know both addresses', () =>
      within(async (net, host) => {
        const { listener, client, server } = await connectPair(net, host)
        assert.equal(client.socket.remotePort, listener.port)
        assert.equal(server.socket.localPort, listener.port)
        assert.equal(client.socket.localPort, server.socket.remotePort)
        assert.equal(client.socket.remoteAddress, server.socket.localAddress)
        assert.equal(client.socket.localAddress, server.socket.remoteAddress)
        client.socket.destroy()
        await Promise.all([client.closed, server.closed, listener.close()])
        assert.equal(client.socket.remotePort, listener.port)
      }))

    test('bytes arrive in order, both ways, from one chunk or many', () =>
      within(async (net, host) => {
        const { listener, client, server } = await connectPair(net, host)
        assert.equal(client.socket.write([bytes('one ')]), takesAtOnce)
        if (!takesAtOnce) await client.drained
        assert.equal(client.socket.bufferedBytes, 0)
        client.socket.write([bytes('two '), bytes(''), bytes('three')])
        client.socket.write([])
        await server.received('one two three'.length)
        server.socket.write([bytes('back')])
        await client.received(4)
        assert.equal(server.text(), 'one two three')
        assert.equal(client.text(), 'back')
        client.socket.destroy()
        await Promise.all([server.closed, listener.close()])
      }))

    test('chunks that are given away may be let go of, and those that follow are whole', () =>
      within(async (net, host) => {
        const accepted = Promise.withResolvers<LettingGoPeer>()
        const listener = await net.listen({ host, port: 0 }, socket => accepted.resolve(new LettingGoPeer(socket)))
        const client = Peer.connect(net, host, listener.port)
        const sent = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251)
        client.socket.write([sent.subarray(0, 100), sent.subarray(100)])
        const server = await accepted.promise
        await server.received(sent.length)
        assert.deepEqual(server.bytes(), Buffer.from(sent))
        client.socket.destroy()
        await Promise.all([server.closed, listener.close()])
      }))

    test('what arrives is put where the reader says, until the peer ends', () =>
      within(async (net, host) => {
        const accepted = Promise.withResolvers<Peer>()
        const listener = await net.listen({ host, port: 0 }, socket => accepted.resolve(new Peer(socket)))
        const client = new PlacingPeer()
        client.socket = net.connect({ host, port: listener.port, readInto: () => client.room }, client)
        client.socket.write([bytes('hello')])
        const server = await accepted.promise
        await server.received(5)
        const sent = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251)
        server.socket.write([sent])
        client.socket.pause()
        client.socket.resume()
        await client.received(sent.length)
        server.socket.end()
        assert.equal(await client.closed, undefined)
        assert.deepEqual(client.bytes(), Buffer.from(sent))
        await Promise.all([server.closed, listener.close()])
      }))

    test('what is written before the connection is open is sent when it is', () =>
      within(async (net, host) => {
        const accepted = Promise.withResolvers<Peer>()
        const listener = await net.listen({ host, port: 0 }, socket => accepted.resolve(new Peer(socket)))
        const client = Peer.connect(net, host, listener.port)
        client.socket.write([bytes('early')])
        const server = await accepted.promise
        await server.received(5)
        assert.equal(server.text(), 'early')
        client.socket.end()
        assert.deepEqual(await Promise.all([client.closed, server.closed]), [undefined, undefined])
        await listener.close()
      }))

    test('end sends what is buffered; both sides close without an error; writes after it are ignored', () =>
      within(async (net, host) => {
        const { listener, client, server } = await connectPair(net, host)
        const big = new Uint8Array(5_000_000).fill(7)
        client.socket.write([big])
        client.socket.end()
        assert.equal(client.socket.write([bytes('too late')]), true)
        assert.deepEqual(await Promise.all([client.closed, server.closed]), [undefined, undefined])
        assert.equal(server.bytes().length, big.length)
        assert.equal(server.socket.write([bytes('after close')]), true)
        server.socket.end()
        server.socket.destroy()
        await listener.close()
      }))

    test('destroy loses what is buffered and passes its error to its own handler alone', () =>
      within(async (net, host) => {
        const { listener, client, server } = await connectPair(net, host)
        server.socket.pause()
        server.socket.write([new Uint8Array(100)])
        const reason = new Error('enough')
        server.socket.destroy(reason)
        assert.equal(await server.closed, reason)
        const heard = await client.closed
        assert.ok(heard === undefined || heard instanceof NetError)
        await listener.close()
      }))

    test('a reader that pauses holds the writer back; resumed, everything comes and the writer drains', () =>
      within(async (net, host, clock) => {
        const { listener, client, server } = await connectPair(net, host)
        server.socket.pause()
        // Until the kernels on the way are full; each turn lets them take what they can.
        let sent = 0
        const chunk = new Uint8Array(1 << 18).fill(1)
        while (client.socket.write([chunk, chunk])) {
          sent += 2 * chunk.length
          assert.ok(sent < 1 << 28, 'the window closes')
          await new Promise<void>(resolve => clock.defer(resolve))
        }
        sent += 2 * chunk.length
        assert.ok(client.socket.bufferedBytes > 0)
        assert.equal(client.drains, 0)
        server.socket.resume()
        await client.drained
        assert.equal(client.socket.bufferedBytes, 0)
        await server.received(sent)
        assert.equal(client.drains, 1)
        client.socket.destroy()
        await Promise.all([server.closed, listener.close()])
      }))

    test('handlers are not called from inside a method of the socket', () =>
      within(async (net, host) => {
        const { listener, client, server } = await connectPair(net, host)
        let inside = true
        client.onEvent = () => assert.equal(inside, false)
        client.socket.write([bytes('x')])
        client.socket.pause()
        client.socket.resume()
        client.socket.destroy()
        inside = false
        await Promise.all([client.closed, server.closed, listener.close()])
      }))

    test('nobody listens: the handler hears of it once, without onConnect', () =>
      within(async (net, host) => {
        const listener = await net.listen({ host, port: 0 }, () => {})
        await listener.close()
        const client = Peer.connect(net, host, listener.port)
        assert.equal(client.socket.remotePort, 0)
        assert.equal(client.socket.remoteAddress, '')
        const error = await client.closed
        assert.ok(error instanceof NetError)
        assert.equal(error.errno, 'ECONNREFUSED')
        assert.equal(client.connected, false)
      }))

    test('a port is taken once, and free again after close; accepted connections live on', () =>
      within(async (net, host) => {
        const { listener, client, server } = await connectPair(net, host)
        const { port } = listener
        await assert.rejects(
          net.listen({ host, port }, () => {}),
          (error: unknown) => error instanceof NetError && error.errno === 'EADDRINUSE',
        )
        await listener.close()
        client.socket.write([bytes('still')])
        await server.received(5)
        const again = await net.listen({ host, port }, () => {})
        assert.equal(again.port, port)
        client.socket.destroy()
        await Promise.all([server.closed, again.close()])
      }))

    test('many silent connections, closed together', () =>
      within(async (net, host) => {
        const accepted: Peer[] = []
        const all = Promise.withResolvers<void>()
        const listener = await net.listen({ host, port: 0 }, socket => {
          if (accepted.push(new Peer(socket)) === 100) all.resolve()
        })
        const clients = Array.from({ length: 100 }, () => Peer.connect(net, host, listener.port))
        await all.promise
        for (const peer of accepted) peer.socket.end()
        await Promise.all([...clients, ...accepted].map(peer => peer.closed))
        await listener.close()
      }))
  })
}

/** A socket whose events can be awaited. */
class Peer implements SocketHandler {
  socket!: Socket
  connected = false
  drains = 0
  onEvent: () => void = () => {}
  readonly #chunks: Uint8Array[] = []
  #size = 0
  readonly #waits: { size: number; resolve(): void }[] = []
  readonly #closed = Promise.withResolvers<Error | undefined>()
  readonly #drained = Promise.withResolvers<void>()
  readonly #open = Promise.withResolvers<void>()

  constructor(socket?: Socket) {
    if (socket === undefined) return
    this.socket = socket
    socket.setHandler(this)
  }

  static connect(net: Net, host: string, port: number): Peer {
    const peer = new Peer()
    peer.socket = net.connect({ host, port }, peer)
    return peer
  }

  readonly closed = this.#closed.promise
  readonly drained = this.#drained.promise
  readonly open = this.#open.promise

  onConnect(): void {
    this.connected = true
    this.#open.resolve()
  }

  onData(chunk: Uint8Array): void {
    this.onEvent()
    assert.ok(chunk.length > 0)
    this.#chunks.push(chunk)
    this.#size += chunk.length
    for (const wait of this.#waits) if (this.#size >= wait.size) wait.resolve()
  }

  onDrain(): void {
    this.onEvent()
    this.drains++
    this.#drained.resolve()
  }

  onClose(error?: Error): void {
    this.onEvent()
    this.#closed.resolve(error)
  }

  received(size: number): Promise<void> {
    if (this.#size >= size) return Promise.resolve()
    return new Promise(resolve => this.#waits.push({ size, resolve }))
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks)
  }

  text(): string {
    return new TextDecoder().decode(this.bytes())
  }
}

/** Has what arrives put into two buffers in turn, and keeps none of them. */
class PlacingPeer extends Peer {
  readonly #buffers = [new Uint8Array(1000), new Uint8Array(2000).subarray(100, 800)]
  #index = 0

  get room(): Uint8Array {
    return this.#buffers[this.#index] as Uint8Array
  }

  override onData(chunk: Uint8Array): void {
    const { buffer, byteOffset, length } = this.room
    assert.deepEqual([chunk.buffer === buffer, chunk.byteOffset], [true, byteOffset])
    super.onData(new Uint8Array(chunk))
    // What is read must not depend on what was there.
    new Uint8Array(buffer, byteOffset, length).fill(0xdb)
    this.#index = 1 - this.#index
  }
}

/** Copies what it is handed, and lets go of it if it may. */
class LettingGoPeer extends Peer {
  override onData(chunk: Uint8Array): void {
    super.onData(new Uint8Array(chunk))
    if (this.socket.givesMemoryAway !== true) return
    assert.equal(chunk.length, chunk.buffer.byteLength, 'a chunk that is given away fills its memory')
    releaseMemory(chunk.buffer)
  }
}

async function connectPair(net: Net, host: string): Promise<{ listener: Listener; client: Peer; server: Peer }> {
  const accepted = Promise.withResolvers<Peer>()
  const listener = await net.listen({ host, port: 0 }, socket => accepted.resolve(new Peer(socket)))
  const client = Peer.connect(net, host, listener.port)
  await client.open
  return { listener, client, server: await accepted.promise }
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
