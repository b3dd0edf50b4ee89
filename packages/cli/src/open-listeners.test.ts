import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openListenerWarnings } from './open-listeners.ts'

test('a listener is open when the network reaches it and it asks nobody who they are', () => {
  const cases: [host: string, protocol: 'PLAINTEXT' | 'SSL' | 'SASL_SSL', where: string | undefined][] = [
    ['127.0.0.1', 'PLAINTEXT', undefined],
    ['127.1.2.3', 'PLAINTEXT', undefined],
    ['localhost', 'PLAINTEXT', undefined],
    ['::1', 'PLAINTEXT', undefined],
    ['', 'PLAINTEXT', 'port 9092 of every address'],
    ['0.0.0.0', 'PLAINTEXT', 'port 9092 of every address'],
    ['::', 'SSL', 'port 9092 of every address'],
    ['192.0.2.1', 'PLAINTEXT', '192.0.2.1:9092'],
    ['192.0.2.1', 'SASL_SSL', undefined],
  ]
  for (const [host, securityProtocol, where] of cases) {
    const [warning] = openListenerWarnings([{ listenerName: 'EXT', securityProtocol, host, port: 9092 }], new Map())
    assert.equal(
      warning?.includes(`EXT is open on ${where} without authentication`),
      where && true,
      `${host} ${warning}`,
    )
  }
})

test('a certificate that clients must show is an answer', () => {
  const listener = { listenerName: 'EXT', securityProtocol: 'SSL', host: '', port: 9092 } as const
  const count = (settings: Record<string, string>) =>
    openListenerWarnings([listener], new Map(Object.entries(settings))).length
  assert.equal(count({ 'ssl.client.auth': 'required' }), 0)
  assert.equal(count({ 'ssl.client.auth': 'requested' }), 1)
  assert.equal(count({ 'ssl.client.auth': 'required', 'listener.name.ext.ssl.client.auth': 'none' }), 1)
  assert.equal(count({ 'listener.name.ext.ssl.client.auth': 'required' }), 0)
})
