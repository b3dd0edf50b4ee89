import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FrameServer } from '@dorsale/transport'
import { loadBrokerConfig } from './config/index.ts'
import { bindEndpoints, type ListenersOptions } from './listeners.ts'

test('every client listener is bound, with the backlog that was asked for', async () => {
  const listeners = 'OUT://127.0.0.1:9092,LAN://[::1]:9094,CONTROLLER://127.0.0.1:9093'
  const loaded = loadBrokerConfig({
    dataDirectory: 'unused',
    overrides: new Map([
      ['listeners', listeners],
      ['listener.security.protocol.map', 'OUT:PLAINTEXT,LAN:PLAINTEXT,CONTROLLER:PLAINTEXT'],
      ['inter.broker.listener.name', 'LAN'],
      ['socket.listen.backlog.size', '77'],
    ]),
  })
  assert.ok('config' in loaded)
  const asked: unknown[] = []
  const server = {
    listen: (options: { name: string; host: string; port: number }) => {
      asked.push(options)
      return Promise.resolve(options)
    },
  }
  const { config } = loaded
  const options = { config, doors: undefined } as ListenersOptions
  await bindEndpoints(server as unknown as FrameServer, config.listeners, options)
  const plain = { backlog: 77, tls: undefined, handlerOf: undefined }
  assert.deepEqual(asked, [
    { name: 'OUT', host: '127.0.0.1', port: 9092, ...plain },
    { name: 'LAN', host: '::1', port: 9094, ...plain },
  ])
})
