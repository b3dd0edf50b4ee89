import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NetError, Socket } from '@dorsale/base'
import type { Process } from './process.ts'
import { World } from './world.ts'

/** A server that keeps what it hears and a client that writes, on two machines. */
class Pair {
  readonly world: World
  readonly serverProcess: Process
  readonly clientProcess: Process
  serverHeard = ''
  clientHeard = ''
  serverClosed: Error | 'in order' | undefined
  clientClosed: Error | 'in order' | undefined
  server: Socket | undefined
  client: Socket | undefined

  constructor(seed: number) {
    this.world = new World({ seed })
    this.serverProcess = this.world.machine('s').spawn('server', ({ net }) => {
      void net.listen({ host: '0.0.0.0', port: 9 }, socket => {
        this.server = socket
        socket.setHandler({
          onData: chunk => {
            this.serverHeard += Buffer.from(chunk)
          },
          onClose: error => {
            this.serverClosed = error ?? 'in order'
          },
        })
      })
    })
    this.clientProcess = this.world.machine('c').spawn('client', ({ net, clock }) => {
      clock.setTimer(1, () => {
        this.client = net.connect(
          { host: 's', port: 9 },
          {
            onData: chunk => {
              this.clientHeard += Buffer.from(chunk)
            },
            onClose: error => {
              this.clientClosed = error ?? 'in order'
            },
          },
        )
      })
    })
  }

  async open(): Promise<this> {
    await this.world.runUntil('the connection is open', () => this.server !== undefined, { withinMs: 100 })
    await this.world.run({ forMs: 1 })
    return this
  }

  send(text: string): void {
    this.client?.write([Buffer.from(text)])
  }
}

const errnoOf = (closed: Error | 'in order' | undefined): string | undefined =>
  closed instanceof Error ? (closed as NetError).errno : closed

test('a partition holds bytes back and lets them come later, whole and in order', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const pair = await new Pair(seed).open()
    const { world } = pair
    pair.send('1')
    world.network.partition(world.machine('c'), world.machine('s'))
    for (const text of ['2', '3', '4']) {
      pair.send(text)
      await world.run({ forMs: 10 })
    }
    assert.ok(pair.serverHeard.length <= 1)
    world.network.heal()
    pair.send('5')
    await world.run({ forMs: 0.1 })
    pair.send('6')
    await world.run({ forMs: 1000 })
    assert.equal(pair.serverHeard, '123456')
  }
})

test('a partition of one direction lets the other pass', async () => {
  const pair = await new Pair(1).open()
  const { world } = pair
  world.network.partition(world.machine('c'), world.machine('s'), { oneWay: true })
  pair.send('lost')
  pair.server?.write([Buffer.from('heard')])
  await world.run({ forMs: 100 })
  assert.equal(pair.serverHeard, '')
  assert.equal(pair.clientHeard, 'heard')
})

test('a silent connection says nothing to anybody, until the sender’s kernel gives up', async () => {
  const pair = await new Pair(1).open()
  const { world } = pair
  world.network.connections[0]?.silence()
  pair.send('into the void')
  await world.run({ forMs: 600_000 })
  assert.equal(pair.serverHeard, '')
  assert.equal(pair.clientClosed, undefined)
  await world.run({ forMs: 600_000 })
  assert.equal(errnoOf(pair.clientClosed), 'ETIMEDOUT')
  // It wrote nothing, so nothing tells it: half-open, for ever.
  assert.equal(pair.serverClosed, undefined)
})

test('a cut reaches both sides', async () => {
  const pair = await new Pair(1).open()
  const { world } = pair
  world.network.cut(world.network.connections[0]!)
  await world.run({ forMs: 100 })
  assert.equal(errnoOf(pair.clientClosed), 'ECONNRESET')
  assert.equal(errnoOf(pair.serverClosed), 'ECONNRESET')
  assert.equal(world.network.connections.length, 0)
})

test('what a process had given to the kernel arrives after its death, then the end', async () => {
  const pair = await new Pair(1).open()
  const { world } = pair
  pair.send('last words')
  pair.clientProcess.kill()
  await world.run({ forMs: 100 })
  assert.equal(pair.serverHeard, 'last words')
  assert.equal(pair.serverClosed, 'in order')
  assert.equal(pair.clientClosed, undefined)
})

test('a machine that loses power says nothing; whoever writes to it later is reset', async () => {
  const pair = await new Pair(1).open()
  const { world } = pair
  world.machine('s').crash()
  await world.run({ forMs: 10_000 })
  assert.equal(pair.clientClosed, undefined)
  pair.send('anybody?')
  await world.run({ forMs: 100 })
  assert.equal(errnoOf(pair.clientClosed), 'ECONNRESET')
})

test('connecting: nobody there, nobody of that name, nobody answering', async () => {
  const world = new World({ seed: 1 })
  const ends = new Map<string, [string, number]>()
  const [there, here] = [world.machine('there'), world.machine('here')]
  const dial = (host: string): void => {
    here.spawn(`to ${host}`, ({ net }) => {
      net.connect(
        { host, port: 1 },
        {
          onData() {},
          onClose: error => ends.set(host, [(error as NetError).errno, world.nowMs]),
        },
      )
    })
  }
  dial('there')
  dial('nowhere')
  await world.run({ forMs: 100 })
  assert.equal(ends.get('there')?.[0], 'ECONNREFUSED')
  assert.equal(ends.get('nowhere')?.[0], 'ENOTFOUND')
  world.network.partition(here, there)
  dial(there.address)
  await world.run({ forMs: 200_000 })
  assert.equal(ends.get(there.address)?.[0], 'ETIMEDOUT')
})

test('a choppy connection hands over the same bytes in pieces', async () => {
  const world = new World({ seed: 5 })
  world.network.quality = { ...world.network.quality, choppy: 1 }
  const text = Array.from({ length: 2000 }, (_, index) => String(index % 10)).join('')
  let heard = ''
  let pieces = 0
  await world.within(async ({ net }) => {
    const done = Promise.withResolvers<void>()
    const listener = await net.listen({ host: '127.0.0.1', port: 0 }, socket =>
      socket.setHandler({
        onData(chunk) {
          heard += Buffer.from(chunk)
          pieces++
        },
        onClose: () => done.resolve(),
      }),
    )
    const client = net.connect({ host: '127.0.0.1', port: listener.port }, { onData() {}, onClose() {} })
    client.write([Buffer.from(text)])
    client.end()
    await done.promise
  })
  assert.equal(heard, text)
  assert.ok(pieces > 2, `${pieces} pieces`)
})
