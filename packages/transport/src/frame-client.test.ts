import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ManualClock } from '@dorsale/base/testing'
import { type ClientRequest, FrameClient } from './frame-client.ts'
import { writeResponseHeader } from './request-header.ts'
import { FakeNet } from './testing/fake-net.ts'

function world() {
  const clock = new ManualClock()
  const net = new FakeNet()
  const events: string[] = []
  const client = new FrameClient({
    clock,
    net,
    host: '10.0.0.1',
    port: 9092,
    clientId: 'c',
    responseBytesMax: 1000,
    inFlightMax: 3,
    onOpen: () => events.push('open'),
    onClose: error => events.push(`closed: ${error.message}`),
  })
  const send = (name: string, options: Partial<ClientRequest> = {}) =>
    client.send({
      apiKey: 3,
      apiVersion: 1,
      requestHeaderVersion: 1,
      responseHeaderVersion: 0,
      body: [Buffer.from(name)],
      timeoutMs: 1000,
      onReply: body => events.push(`${name}: ${Buffer.from(body).toString()}`),
      onError: error => events.push(`${name} failed: ${error.message}`),
      ...options,
    })
  const answer = (correlationId: number, text: string) =>
    net.connected!.send(Buffer.concat([writeResponseHeader(correlationId, 0, text.length), Buffer.from(text)]))
  return { clock, net, client, events, send, answer }
}

describe('frame client', () => {
  test('requests wait for the connection, leave together, and are answered in order', () => {
    const { clock, net, events, send, answer } = world()
    send('a')
    send('b')
    clock.turn()
    assert.equal(net.connected!.writes.length, 0)
    net.connected!.open()
    assert.equal(net.connected!.writes.length, 1)
    assert.equal(
      net.connected!.received.toString('hex'),
      '0000000c0003000100000000000163610000000c000300010000000100016362',
    )
    answer(0, 'A')
    answer(1, 'B')
    assert.deepEqual(events, ['open', 'a: A', 'b: B'])
  })

  test('a body of several pieces follows its header, whether they leave in one piece or in several', () => {
    for (const largeBytes of [3, 5000]) {
      const { clock, net, send } = world()
      net.connected!.open()
      const body = [Buffer.alloc(largeBytes, 'x'), new Uint8Array(0), Buffer.from('yz')]
      send('a', { body, requestHeaderVersion: 2 })
      clock.turn()
      const { received } = net.connected!
      assert.equal(received.readInt32BE(0), received.length - 4)
      // The client id, no tagged fields, the body.
      assert.equal(received.subarray(12).toString('latin1'), `\x00\x01c\x00${'x'.repeat(largeBytes)}yz`)
    }
  })

  test('a request without a response takes no place', () => {
    const { clock, net, client, events, send, answer } = world()
    net.connected!.open()
    const silent = { apiKey: 0, apiVersion: 9, requestHeaderVersion: 1, responseHeaderVersion: 0, timeoutMs: 1000 }
    assert.ok(client.send({ ...silent, body: [Buffer.from('quiet')] }))
    send('a')
    clock.turn()
    answer(1, 'A')
    clock.advance(5000)
    assert.deepEqual(events, ['open', 'a: A'])
  })

  test('at most so many are in flight', () => {
    const { client, net, send, answer, clock } = world()
    net.connected!.open()
    assert.deepEqual([send('a'), send('b'), send('c'), send('d')], [true, true, true, false])
    assert.equal(client.hasRoom, false)
    clock.turn()
    answer(0, '')
    assert.equal(client.hasRoom, true)
  })

  const ends: [string, (at: ReturnType<typeof world>) => void, RegExp][] = [
    ['a response that does not come', ({ clock }) => clock.advance(1100), /no response from \S+:\d+ within 1000 ms/],
    ['a response out of order', ({ answer }) => answer(1, 'B'), /response 1 came when 0 was due/],
    ['a response that is too large', ({ net }) => net.connected!.send(Buffer.from('7fffffff', 'hex')), /at most 1000/],
    [
      'a response too short for a header',
      ({ net }) => net.connected!.send(Buffer.from('000000020000', 'hex')),
      /damaged/,
    ],
    ['the peer’s end', ({ net }) => net.connected!.close(), /:\d+ closed the connection/],
    [
      'HTTP',
      ({ net }) => net.connected!.send(Buffer.from('HTTP/1.1 400 Bad Request')),
      /speaks HTTP, not Kafka's protocol/,
    ],
    [
      'an alert of TLS',
      ({ net }) => net.connected!.send(Buffer.from('15030300020246', 'hex')),
      /speaks TLS, and was spoken to in the clear/,
    ],
    ['the owner’s', ({ client }) => client.close(), /closed by its owner/],
  ]
  for (const [name, end, reason] of ends) {
    test(`${name}: everything that waits fails, once`, () => {
      const at = world()
      at.net.connected!.open()
      at.send('a')
      at.send('b')
      at.clock.turn()
      end(at)
      const [, a, b, closed, ...more] = at.events
      assert.match(a!, new RegExp(`^a failed: .*${reason.source}`))
      assert.match(b!, new RegExp(`^b failed: .*${reason.source}`))
      assert.match(closed!, new RegExp(`^closed: .*${reason.source}`))
      assert.deepEqual(more, [])
      assert.equal(at.net.connected!.closed, true)
      assert.equal(at.client.state, 'closed')
      assert.equal(at.send('c'), false)
    })
  }
})
