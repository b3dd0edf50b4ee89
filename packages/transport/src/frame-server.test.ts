import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type LogFields, type Logger, silentLogger } from '@dorsale/base'
import { ManualClock } from '@dorsale/base/testing'
import { FrameServer, type ServerLimits } from './frame-server.ts'
import { type RequestHandler, rawFrameKey, type ServerRequest } from './server-connection.ts'
import { FakeNet } from './testing/fake-net.ts'

const limitsDefault: ServerLimits = {
  requestBytesMax: 1000,
  openRequestsMax: 4,
  openBytesMax: 1000,
  unsentBytesMax: 500,
  idleMsMax: 60_000,
  connectionsMax: 10,
  connectionsPerIpMax: () => 5,
  connectionDelayMs: () => 0,
  connectionPauseMs: () => 0,
  heldBytesMax: 1_000_000,
}

/** API 0 overlaps, API 1 does not, API 9 is unknown; the test answers by hand. */
async function world(limits: Partial<ServerLimits> = {}, ownHandler: Partial<RequestHandler> = {}) {
  const clock = new ManualClock()
  const net = new FakeNet()
  const begun: ServerRequest[] = []
  const lines: { message: string; fields: LogFields | undefined }[] = []
  const logger: Logger = { ...silentLogger, warn: (message, fields) => lines.push({ message, fields }) }
  const server = new FrameServer({
    clock,
    net,
    logger,
    limits: { ...limitsDefault, ...limits },
    handler: {
      headerVersions: { request: apiKey => (apiKey === 9 ? undefined : 1), response: () => 0 },
      handle: request => begun.push(request),
      overlaps: apiKey => apiKey === 0,
      ...ownHandler,
    },
  })
  server.start()
  await server.listen({ name: 'PLAINTEXT', host: '10.0.0.9', port: 9092 })
  return { clock, net, begun, lines, server }
}

function request(apiKey: number, correlationId: number, body = ''): Buffer {
  const frame = Buffer.alloc(4 + 10 + body.length)
  frame.writeInt32BE(10 + body.length)
  frame.writeInt16BE(apiKey, 4)
  frame.writeInt32BE(correlationId, 8)
  frame.writeInt16BE(-1, 12)
  frame.write(body, 14)
  return frame
}

const reply = (each: ServerRequest, text: string): void => each.reply([Buffer.from(text)], 0)

/** `correlation id, body` of each response. */
function responses(received: Buffer): [number, string][] {
  const out: [number, string][] = []
  for (let position = 0; position < received.length; ) {
    const size = received.readInt32BE(position)
    out.push([received.readInt32BE(position + 4), received.subarray(position + 8, position + 4 + size).toString()])
    position += 4 + size
  }
  return out
}

describe('frame server: memory under a reply', () => {
  test('is free when the kernel has taken it, at once or with what was before it', async () => {
    const { clock, net, begun } = await world()
    const client = net.client()
    const taken: string[] = []
    const answer = (index: number, text: string): void => {
      begun[index]?.reply([Buffer.from(text)], 0, () => taken.push(text))
      clock.turn()
    }
    client.send(Buffer.concat([1, 2, 3, 4].map(id => request(0, id))))
    answer(0, 'a')
    assert.deepEqual(taken, ['a'])
    client.peerReads = false
    answer(1, 'b')
    answer(2, 'c')
    assert.deepEqual(taken, ['a'])
    client.peerReads = true
    client.drain()
    clock.turn()
    assert.deepEqual(taken, ['a', 'b', 'c'])
    answer(3, 'd')
    assert.deepEqual(taken, ['a', 'b', 'c', 'd'])
  })

  test('stays as it is when the socket takes no more, or the connection ends', async () => {
    for (const end of ['ended', 'closed'] as const) {
      const { clock, net, begun } = await world()
      const client = net.client()
      let taken = 0
      client.send(Buffer.concat([1, 2].map(id => request(0, id))))
      client.peerReads = false
      begun[0]?.reply([Buffer.from('a')], 0, () => taken++)
      clock.turn()
      if (end === 'closed') client.close()
      else client.ended = true
      begun[1]?.reply([Buffer.from('b')], 0, () => taken++)
      clock.turn()
      assert.equal(taken, 0)
    }
  })
})

describe('frame server: memory under a request', () => {
  const frame = request(0, 1, 'x'.repeat(9000))
  const cases = [
    { what: 'joined from chunks that are ours', givesMemoryAway: true, cut: 5000, remains: 0 },
    { what: 'joined from chunks that others may look at', givesMemoryAway: false, cut: 5000, remains: 9000 },
    { what: 'alone in a chunk', givesMemoryAway: true, cut: 0, remains: 0 },
    { what: 'in a chunk before others', givesMemoryAway: true, cut: 0, behind: 1, remains: 9000 },
    { what: 'in a chunk before the size of another', givesMemoryAway: true, cut: 4, behind: 4, remains: 9000 },
    { what: 'in a chunk behind others', givesMemoryAway: true, cut: 0, before: 1, remains: 9000 },
  ]
  for (const { what, givesMemoryAway, cut, before = 0, behind = 0, remains } of cases) {
    test(`${what}: ${remains} bytes remain when it is let go of`, async () => {
      const { begun, net } = await world({ requestBytesMax: 10_000, openBytesMax: 20_000 })
      const client = net.client('10.0.0.1', { givesMemoryAway })
      const others = request(0, 2, 'next')
      const stream = Buffer.concat([before > 0 ? others : Buffer.alloc(0), frame, others.subarray(0, behind)])
      if (cut > 0) client.send(new Uint8Array(stream.subarray(0, cut)))
      client.send(new Uint8Array(stream.subarray(cut)))
      const large = begun.find(({ correlationId }) => correlationId === 1)
      assert.ok(large)
      assert.equal(large.body.length, 9000)
      reply(large, 'done')
      large.release()
      assert.equal(large.body.length, remains)
      large.release()
      client.send(new Uint8Array(others.subarray(behind)))
      assert.equal(Buffer.from(begun.at(-1)!.body).toString(), 'next')
    })
  }
})

describe('frame server: order', () => {
  test('overlapping requests begin together, are answered out of order, and leave in order as one write', async () => {
    const { clock, net, begun } = await world()
    const client = net.client()
    client.send(Buffer.concat([request(0, 1), request(0, 2), request(0, 3)]))
    assert.equal(begun.length, 3)
    reply(begun[1]!, 'b')
    clock.turn()
    assert.equal(client.writes.length, 0)
    reply(begun[0]!, 'a')
    reply(begun[2]!, 'c')
    clock.turn()
    assert.equal(client.writes.length, 1)
    assert.deepEqual(responses(client.received), [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ])
  })

  test('an unanswered request parks what follows, whatever it is', async () => {
    const { clock, net, begun } = await world()
    const client = net.client()
    client.send(Buffer.concat([request(1, 1), request(0, 2), request(0, 3), request(1, 4), request(1, 5)]))
    assert.deepEqual(
      begun.map(each => each.correlationId),
      [1],
    )
    reply(begun[0]!, '')
    clock.turn()
    assert.deepEqual(
      begun.map(each => each.correlationId),
      [1, 2, 3],
    )
    reply(begun[1]!, '')
    clock.turn()
    assert.equal(begun.length, 3)
    reply(begun[2]!, '')
    clock.turn()
    assert.deepEqual(
      begun.map(each => each.correlationId),
      [1, 2, 3, 4],
    )
  })

  test('a request without a response does not hold up the others', async () => {
    const { clock, net, begun } = await world()
    const client = net.client()
    client.send(Buffer.concat([request(0, 1), request(0, 2)]))
    begun[0]!.replyNothing()
    reply(begun[1]!, 'b')
    clock.turn()
    assert.deepEqual(responses(client.received), [[2, 'b']])
  })

  test('a connection reads its own header and body', async () => {
    const { net, begun } = await world()
    net.client().send(request(0, 77, 'body'))
    assert.equal(begun[0]!.correlationId, 77)
    assert.equal(begun[0]!.clientId, null)
    assert.equal(Buffer.from(begun[0]!.body).toString(), 'body')
  })
})

describe('frame server: a handler that says what a frame is', () => {
  test('is given bytes without a header, and answers with such', async () => {
    const { clock, net, begun } = await world({}, { takesRawFrames: true, frameBytesMax: 100 })
    const client = net.client()
    client.send(Buffer.from('00000003616263', 'hex'))
    assert.deepEqual([begun[0]?.apiKey, Buffer.from(begun[0]!.body).toString()], [rawFrameKey, 'abc'])
    begun[0]?.replyRaw(Buffer.from('yes'))
    clock.turn()
    assert.equal(client.received.toString('hex'), '00000003796573')
  })

  test('sees no frame before the one before it is answered, and holds the peer back meanwhile', async () => {
    const own = { takesRawFrames: false, frameBytesMax: 100 as number | undefined }
    const { clock, net, begun } = await world({}, own)
    const client = net.client()
    client.send(Buffer.concat([request(0, 1), Buffer.alloc(70_000)]))
    assert.equal(begun.length, 1)
    assert.equal(client.paused, true)
    begun[0]?.reply([], 0)
    clock.turn()
    // What followed was an empty frame, which is no request.
    assert.equal(client.ended, true)
  })

  test('bounds frames below the bound of the server', async () => {
    const { clock, net, lines } = await world({}, { frameBytesMax: 100 })
    const client = net.client()
    client.send(Buffer.from('00000065', 'hex'))
    clock.turn()
    assert.equal(client.ended, true)
    assert.match(String(lines[0]?.fields?.reason), /101/)
  })
})

describe('frame server: bounds', () => {
  test('at most so many requests are open, and at most so many bytes of them', async () => {
    const { clock, net, begun } = await world()
    const client = net.client()
    client.send(Buffer.concat([1, 2, 3, 4, 5, 6].map(id => request(0, id))))
    assert.equal(begun.length, 4)
    for (const each of begun.slice()) reply(each, '')
    clock.turn()
    assert.equal(begun.length, 6)
    const other = await world({ openBytesMax: 300 })
    other.net.client().send(Buffer.concat([1, 2, 3].map(id => request(0, id, 'x'.repeat(200)))))
    assert.equal(other.begun.length, 1)
  })

  test('the socket is paused while bytes pile up behind a parked request, and resumed after', async () => {
    const { clock, net, begun } = await world({ requestBytesMax: 200_000 })
    const client = net.client()
    client.send(request(1, 1))
    client.send(request(1, 2))
    assert.equal(client.paused, false)
    client.send(request(1, 3, 'x'.repeat(100_000)))
    assert.equal(client.paused, true)
    reply(begun[0]!, '')
    clock.turn()
    reply(begun[1]!, '')
    clock.turn()
    assert.equal(client.paused, false)
    assert.equal(begun.length, 3)
  })

  test('a client that never reads: no request begins above the bound, and it is closed when idle', async () => {
    const { clock, net, begun, server } = await world()
    const client = net.client()
    client.peerReads = false
    for (let id = 0; id < 100; id++) {
      client.send(request(1, id))
      const last = begun.at(-1)!
      if (last.state === 'open') reply(last, 'x'.repeat(100))
      clock.turn()
    }
    assert.ok(begun.length < 10)
    assert.ok(client.bufferedBytes < 700)
    clock.advance(70_000)
    assert.equal(client.closed, true)
    assert.equal(server.connectionCount, 0)
    assert.equal(server.heldBytes, 0)
  })

  test('an idle connection is closed; one that speaks, or waits for us, is not', async () => {
    const { clock, net, begun } = await world()
    const [idle, busy, waiting] = [net.client(), net.client(), net.client()]
    waiting.send(request(1, 1))
    for (let i = 0; i < 4; i++) {
      clock.advance(20_000)
      busy.send(request(0, i))
      reply(begun.at(-1)!, '')
      clock.turn()
    }
    assert.equal(idle.closed, true)
    assert.equal(busy.closed, false)
    assert.equal(waiting.closed, false)
  })

  test('too many connections, in all and from one address', async () => {
    const { net, server, lines } = await world()
    const first = Array.from({ length: 6 }, () => net.client('10.0.0.1'))
    assert.deepEqual(
      first.map(each => each.closed),
      [false, false, false, false, false, true],
    )
    const others = Array.from({ length: 6 }, (_, index) => net.client(`10.0.1.${index}`))
    assert.equal(others[5]!.closed, true)
    assert.equal(server.connectionCount, 10)
    assert.equal(lines.length, 2)
    first[0]!.close()
    assert.equal(net.client('10.0.0.1').closed, false)
  })

  test('when all together hold too much, the one that waits longest for its client goes', async () => {
    const { clock, net, server } = await world({ heldBytesMax: 250_000, requestBytesMax: 1_000_000 })
    const half = request(0, 1, 'x'.repeat(500_000)).subarray(0, 100_000)
    const [first, second, third] = [net.client(), net.client(), net.client()]
    for (const each of [first, second, third]) {
      each.send(half)
      clock.turn()
      clock.advance(10)
    }
    assert.deepEqual([first.closed, second.closed, third.closed], [true, false, false])
    assert.ok(server.heldBytes <= 250_000)
  })
})

describe('frame server: bad input', () => {
  const cases: [string, Buffer][] = [
    ['garbage', Buffer.from('GET / HTTP/1.1\r\nHost: broker\r\n\r\n')],
    ['a negative size', Buffer.from('ffffffff00', 'hex')],
    ['a frame of 2 GB', Buffer.from('7fffffff00', 'hex')],
    ['a frame too short for a header', Buffer.from('0000000300000000', 'hex')],
    ['an empty frame', Buffer.from('00000000', 'hex')],
    ['an unknown API', request(9, 1)],
    ['a client id that runs past the frame', Buffer.from('0000000a0000000000000001' + '7fff', 'hex')],
    ['a client id of negative length', Buffer.from('0000000a0000000000000001' + 'fffe', 'hex')],
  ]
  for (const [name, bytes] of cases) {
    test(`${name}: closed with one line, others unmoved`, async () => {
      const { clock, net, begun, lines } = await world()
      const other = net.client()
      const client = net.client()
      client.send(bytes)
      clock.turn()
      assert.equal(client.closed, true)
      assert.equal(lines.length, 1)
      other.send(request(0, 1))
      reply(begun.at(-1)!, 'fine')
      clock.turn()
      assert.deepEqual(responses(other.received), [[1, 'fine']])
    })
  }

  test('what was asked before the garbage is answered first', async () => {
    const { clock, net, begun } = await world()
    const client = net.client()
    client.send(Buffer.concat([request(0, 1), Buffer.from('ffffffff', 'hex')]))
    clock.turn()
    assert.equal(client.closed, false)
    reply(begun[0]!, 'a')
    clock.turn()
    assert.deepEqual(responses(client.received), [[1, 'a']])
    assert.equal(client.closed, true)
  })

  test('a refused request ends the connection after the replies before it', async () => {
    const { clock, net, begun } = await world()
    const client = net.client()
    client.send(Buffer.concat([request(0, 1), request(0, 2), request(0, 3)]))
    begun[1]!.refuse('not decodable')
    reply(begun[2]!, 'c')
    clock.turn()
    reply(begun[0]!, 'a')
    clock.turn()
    assert.deepEqual(responses(client.received), [[1, 'a']])
    assert.equal(client.closed, true)
  })

  // Found by the simulated world: the connection asked for a flush in each turn until its peer closed.
  test('a peer that does not close after our end costs nothing, is listened to, and goes when idle', async () => {
    const { clock, net } = await world()
    const client = net.client()
    client.peerEnds = false
    client.send(Buffer.from('ffffffff', 'hex'))
    clock.turn()
    assert.deepEqual([client.ended, client.closed, client.paused], [true, false, false])
    client.send(Buffer.alloc(10_000))
    clock.turn()
    clock.advance(120_000)
    assert.equal(client.closed, true)
  })

  test('a flood of garbage is not a flood of lines', async () => {
    const { clock, net, lines } = await world()
    for (let i = 0; i < 1000; i++) {
      net.client().send(Buffer.from('ffffffff', 'hex'))
      clock.turn()
    }
    assert.equal(lines.length, 20)
  })

  test('closing the server answers what is open, then closes', async () => {
    const { clock, net, begun, server } = await world()
    const [idle, busy] = [net.client(), net.client()]
    busy.send(request(0, 1))
    const closed = server.close({ graceMs: 5000 })
    await Promise.resolve()
    await Promise.resolve()
    clock.turn()
    assert.deepEqual([idle.closed, busy.closed], [true, false])
    reply(begun[0]!, 'a')
    clock.turn()
    await closed
    assert.deepEqual(responses(busy.received), [[1, 'a']])
  })
})

describe('frame server: a client that is held back', () => {
  test('is answered and not read until its time is over; a shorter pause does not end a longer one', async () => {
    const { clock, net, begun } = await world()
    const client = net.client()
    client.send(request(1, 1))
    begun[0]!.connection.throttle(500)
    begun[0]!.connection.throttle(100)
    reply(begun[0]!, 'a')
    clock.turn()
    assert.deepEqual(responses(client.received), [[1, 'a']])
    client.send(request(1, 2))
    clock.advance(499)
    assert.equal(begun.length, 1)
    clock.advance(1)
    assert.equal(begun.length, 2)
  })

  test('a connection that comes when the server has accepted too many is served later', async () => {
    const { clock, net, begun } = await world({ connectionPauseMs: () => 300 })
    net.client().send(request(1, 1))
    clock.advance(299)
    assert.equal(begun.length, 0)
    clock.advance(1)
    assert.equal(begun.length, 1)
  })

  test('an address that connects too fast is let wait unread, then closed', async () => {
    const { clock, net, begun, server } = await world({ connectionDelayMs: () => 700 })
    const client = net.client()
    client.send(request(1, 1))
    clock.advance(600)
    assert.equal(client.closed, false)
    clock.advance(2000)
    assert.equal(client.closed, true)
    assert.equal(begun.length, 0)
    assert.equal(server.connectionCount, 0)
  })
})
