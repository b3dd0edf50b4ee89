import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FrameServer } from '@dorsale/transport'
import { loadBrokerConfig } from './config/index.ts'
import { bindListeners } from './listeners.ts'

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
  await bindListeners(server as unknown as FrameServer, loaded.config)
  assert.deepEqual(asked, [
    { name: 'OUT', host: '127.0.0.1', port: 9092, backlog: 77 },
    { name: 'LAN', host: '::1', port: 9094, backlog: 77 },
  ])
})
