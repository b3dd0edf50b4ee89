import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Logger, ProtobufWriter, silentLogger } from '@dorsale/base'
import { otlpHttpReceiver } from './otlp-http-receiver.ts'
import type { TelemetryContext } from './receiver.ts'

const context: TelemetryContext = {
  clientId: 'c',
  softwareName: 's',
  softwareVersion: '1',
  address: '10.0.0.1',
  port: 4000,
  listenerName: 'PLAINTEXT',
}
const url = 'http://collector:4318/v1/metrics'

function payload(data: Uint8Array) {
  return { clientInstanceId: 'id', isTerminating: false, contentType: 'OTLP' as const, data }
}

/** A MetricsData of resources that hold these bytes. */
function metricsData(...resources: string[]): Uint8Array {
  const out = new ProtobufWriter()
  for (const text of resources) out.text(1, text)
  return out.bytes.slice()
}

/** A collector that answers with these, and is silent after them. */
function collector(...statuses: (number | Error)[]) {
  const posts: { url: string; headers: Record<string, string>; body: Buffer }[] = []
  const lines: string[] = []
  const logger: Logger = { ...silentLogger, warn: line => lines.push(line), info: line => lines.push(line) }
  const fetch = (async (to: string, { headers, body }: { headers: Record<string, string>; body: Uint8Array }) => {
    posts.push({ url: to, headers, body: Buffer.from(body) })
    const status = statuses.shift()
    if (status instanceof Error) throw status
    return status === undefined ? new Promise(() => {}) : new Response('', { status })
  }) as unknown as typeof globalThis.fetch
  return { posts, lines, receiver: otlpHttpReceiver({ url, fetch, logger, headers: { authorization: 'x' } }) }
}

const settled = () => new Promise<void>(resolve => setImmediate(resolve))

test('what is pushed goes to the collector, with who pushed it in each resource', () => {
  const { posts, receiver } = collector(200)
  receiver.exportMetrics(context, payload(metricsData('first', 'second')))
  const [post] = posts
  assert.equal(post!.url, url)
  assert.deepEqual(post!.headers, { 'content-type': 'application/x-protobuf', authorization: 'x' })
  const label = (key: string, value: string) => {
    const out = new ProtobufWriter()
    out.message(1, () => {
      out.text(1, key)
      out.message(2, () => out.text(1, value))
    })
    return Buffer.from(out.bytes).toString('latin1')
  }
  const added = [
    label('client_instance_id', 'id'),
    label('client_id', 'c'),
    label('client_software_name', 's'),
    label('client_software_version', '1'),
    label('client_source_address', '10.0.0.1'),
    label('client_source_port', '4000'),
  ].join('')
  const resource = Buffer.concat([Buffer.from([0x0a, ...varint(added.length)]), Buffer.from(added, 'latin1')])
  const whole = ['first', 'second'].map(text => Buffer.concat([resource, Buffer.from(text)]))
  assert.deepEqual(
    post!.body,
    Buffer.concat(whole.flatMap(bytes => [Buffer.from([0x0a, ...varint(bytes.length)]), bytes])),
  )
})

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]
}

test('bytes that are no MetricsData are refused', () => {
  const { posts, receiver } = collector()
  for (const bytes of [[0x0a, 5, 1], [0x12, 1, 1], [0x0a], [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 1]]) {
    assert.throws(() => receiver.exportMetrics(context, payload(Buffer.from(bytes))), { code: 'DORSALE_DAMAGED' })
  }
  assert.equal(posts.length, 0)
})

test('a collector that does not take them is told of once, and once when it does again', async () => {
  const { lines, receiver } = collector(503, new Error('away'), 200, 200)
  for (let push = 0; push < 4; push++) {
    receiver.exportMetrics(context, payload(metricsData('x')))
    await settled()
    await settled()
  }
  assert.deepEqual(lines, [
    'client metrics are not taken by the collector',
    'client metrics are taken by the collector again',
  ])
})

test('a collector that is silent is asked no further', () => {
  const { posts, lines, receiver } = collector()
  for (let push = 0; push < 100; push++) receiver.exportMetrics(context, payload(metricsData('x')))
  assert.equal(posts.length, 64)
  assert.equal(lines.length, 1)
})
