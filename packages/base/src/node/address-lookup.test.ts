import assert from 'node:assert/strict'
import type { lookup } from 'node:dns'
import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { test } from 'node:test'
import { lookupAvoiding } from './address-lookup.ts'

/** A name with these addresses. */
function named(...addresses: string[]): () => typeof lookup {
  const found = addresses.map(address => ({ address, family: 4 }))
  const resolve = (_: string, __: object, done: (error: Error | null, found: object) => void) => done(null, found)
  return () => resolve as unknown as typeof lookup
}

function ask(avoided: string, resolve: () => typeof lookup, all: boolean): Promise<unknown> {
  return new Promise((resolved, reject) =>
    lookupAvoiding(avoided, resolve)('broker.test', { all }, (error, found) =>
      error === null ? resolved(found) : reject(error),
    ),
  )
}

test('an address that would come first comes last, and only then', async () => {
  const three = named('10.0.0.1', '10.0.0.2', '10.0.0.3')
  const order = async (avoided: string) =>
    ((await ask(avoided, three, true)) as { address: string }[]).map(({ address }) => address.slice(-1)).join('')
  assert.equal(await order('10.0.0.1'), '231')
  assert.equal(await order('10.0.0.2'), '123')
  assert.equal(await order(''), '123')
  assert.equal(await ask('10.0.0.1', three, false), '10.0.0.2')
  assert.equal(await ask('10.0.0.1', named('10.0.0.1'), false), '10.0.0.1', 'the only one')
})

test('a name that has no address is an error', async () => {
  const failing = () => ((_: string, __: object, done: (error: Error) => void) => done(new Error('ENOTFOUND'))) as never
  await assert.rejects(ask('10.0.0.1', failing, true), /ENOTFOUND/)
})

test('a socket goes to the next address, and to the avoided one where nobody listens at the others', async () => {
  const servers: Server[] = []
  const listen = async (host: string, port = 0) => {
    const server = createServer(socket => socket.destroy())
    servers.push(server)
    server.listen({ host, port })
    await once(server, 'listening')
    return (server.address() as { port: number }).port
  }
  const reached = async (port: number, avoided: string) => {
    const socket = connect({
      host: 'broker.test',
      port,
      lookup: lookupAvoiding(avoided, named('127.0.0.1', '127.0.0.2')),
    })
    await once(socket, 'connect')
    const { remoteAddress } = socket
    socket.destroy()
    return remoteAddress
  }
  const both = await listen('127.0.0.1')
  await listen('127.0.0.2', both)
  assert.equal(await reached(both, ''), '127.0.0.1')
  assert.equal(await reached(both, '127.0.0.1'), '127.0.0.2')
  assert.equal(await reached(await listen('127.0.0.1'), '127.0.0.1'), '127.0.0.1')
  for (const server of servers) server.close()
})
