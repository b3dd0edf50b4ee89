import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Net, Socket, SocketHandler } from '@dorsale/base'
import { nodeClock } from '@dorsale/base/node'
import { type RequestObserver, watchedNet } from './request-watch.ts'

/** A frame with this body. */
function frame(body: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}

function request(apiKey: number, apiVersion: number, correlationId: number, rest = 'client and body'): Buffer {
  const head = Buffer.alloc(8)
  head.writeInt16BE(apiKey, 0)
  head.writeInt16BE(apiVersion, 2)
  head.writeInt32BE(correlationId, 4)
  return frame(Buffer.concat([head, Buffer.from(rest)]))
}

function response(correlationId: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeInt32BE(correlationId)
  return frame(Buffer.concat([head, body]))
}

interface Seen {
  readonly requests: [apiKey: number, apiVersion: number, correlationId: number, queueSize: number][]
  readonly responses: [correlationId: number, size: number, head: string][]
  readonly unanswered: number[]
}

/** A connection whose bytes a test passes by. */
function watchedConnection(): { seen: Seen; socket: Socket; handler: SocketHandler; received: Buffer[] } {
  const seen: Seen = { requests: [], responses: [], unanswered: [] }
  const observer: RequestObserver = {
    onRequest: ({ apiKey, apiVersion, correlationId }, queueSize) =>
      seen.requests.push([apiKey, apiVersion, correlationId, queueSize]),
    onResponse: ({ correlationId }, { head, size }) =>
      seen.responses.push([correlationId, size, Buffer.from(head).toString()]),
    onUnanswered: ({ correlationId }) => seen.unanswered.push(correlationId),
  }
  let handler: SocketHandler | undefined
  const net = {
    connect(_options: unknown, given: SocketHandler) {
      handler = given
      return { write: () => true } as unknown as Socket
    },
  } as unknown as Net
  const received: Buffer[] = []
  const own = { onData: (chunk: Uint8Array) => received.push(Buffer.from(chunk)), onClose() {} }
  const socket = watchedNet(net, nodeClock, observer).connect({ host: 'a', port: 1 }, own)
  return { seen, socket, handler: handler!, received }
}

test('requests and responses are seen however the bytes are cut', () => {
  const out = Buffer.concat([request(3, 9, 1), request(1, 12, 2, 'x'.repeat(100)), request(18, 4, 3)])
  const back = Buffer.concat([response(1, Buffer.from('short')), response(2, Buffer.from('y'.repeat(50)))])
  for (const step of [1, 2, 3, 5, 7, 11, 64, 1000]) {
    const { seen, socket, handler, received } = watchedConnection()
    for (let at = 0; at < out.length; at += step) socket.write([out.subarray(at, at + step)])
    for (let at = 0; at < back.length; at += step) handler.onData(back.subarray(at, at + step))
    assert.deepEqual(
      seen.requests,
      [
        [3, 9, 1, 1],
        [1, 12, 2, 2],
        [18, 4, 3, 3],
      ],
      `cut every ${step} bytes`,
    )
    assert.deepEqual(seen.responses, [
      [1, 9, 'short'],
      [2, 54, 'y'.repeat(16)],
    ])
    assert.deepEqual(Buffer.concat(received), back)
    handler.onClose()
    assert.deepEqual(seen.unanswered, [3])
  }
})
