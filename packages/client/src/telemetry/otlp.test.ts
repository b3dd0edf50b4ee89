import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codecs } from '@dorsale/protocol'
import { isWanted, telemetryName } from './metric-points.ts'
import { encodeMetricsData } from './otlp.ts'

/** What OpenTelemetry's own classes in kafka-clients 4.4.0 make of the same data. */
const golden = {
  delta:
    '0a99030ae5010ae2010a107472616e73616374696f6e616c5f696412cd010aca01c3a9787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787812ae01125a0a2d6f72672e6170616368652e6b61666b612e70726f64756365722e726571756573742e6c6174656e63792e6176672a290a2719c0e4380697e9eb1821000000000000f83f3a130a076e6f64655f696412080a066e6f64652d3112500a2b6f72672e6170616368652e6b61666b612e70726f64756365722e7265636f72642e73656e642e746f74616c3a210a1b1100e8396594e9eb1819c0e4380697e9eb182100000000804f124110011801',
  cumulative:
    '0a99030ae5010ae2010a107472616e73616374696f6e616c5f696412cd010aca01c3a9787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787812ae01125a0a2d6f72672e6170616368652e6b61666b612e70726f64756365722e726571756573742e6c6174656e63792e6176672a290a2719c0e4380697e9eb1821000000000000f83f3a130a076e6f64655f696412080a066e6f64652d3112500a2b6f72672e6170616368652e6b61666b612e70726f64756365722e7265636f72642e73656e642e746f74616c3a210a1b1100e8396594e9eb1819c0e4380697e9eb182100000000804f124110021801',
} as const

test('figures become the bytes of OTLP', () => {
  const points = [
    {
      name: 'org.apache.kafka.producer.request.latency.avg',
      kind: 'gauge',
      value: 1.5,
      attributes: { node_id: 'node-1' },
      startMs: 0,
    },
    {
      name: 'org.apache.kafka.producer.record.send.total',
      kind: 'sum',
      value: 300_000,
      attributes: {},
      startMs: 1_795_785_700_000,
    },
  ] as const
  for (const temporality of ['delta', 'cumulative'] as const) {
    const data = {
      resource: { transactional_id: `é${'x'.repeat(200)}` },
      points,
      timeMs: 1_795_785_711_291,
      temporality,
    }
    assert.equal(Buffer.from(encodeMetricsData(data)).toString('hex'), golden[temporality])
  }
})

test('many figures outgrow the first buffer', () => {
  const points = Array.from({ length: 2000 }, (_, index) => ({
    name: `metric.${index}`,
    kind: 'gauge' as const,
    value: index,
    attributes: { topic: 't'.repeat(249) },
    startMs: 0,
  }))
  const bytes = encodeMetricsData({ resource: {}, points, timeMs: 1, temporality: 'delta' })
  const text = Buffer.from(bytes).toString('latin1')
  for (const index of [0, 999, 1999]) assert.ok(text.includes(`metric.${index}"`) || text.includes(`metric.${index}*`))
  assert.deepEqual(Buffer.from(codecs.zstd.decompress(codecs.zstd.compress(bytes), 1 << 20)), Buffer.from(bytes))
})

test('names are those of the Java client', () => {
  for (const [group, name, expected] of [
    ['producer-metrics', 'record-queue-time-avg', 'org.apache.kafka.producer.record.queue.time.avg'],
    ['producer-node-metrics', 'request-latency-max', 'org.apache.kafka.producer.node.request.latency.max'],
    ['consumer-fetch-manager-metrics', 'records-lag', 'org.apache.kafka.consumer.fetch.manager.records.lag'],
    ['consumer-coordinator-metrics', 'rebalance-total', 'org.apache.kafka.consumer.coordinator.rebalance.total'],
    ['consumer-share-metrics', 'last-poll-seconds-ago', 'org.apache.kafka.consumer.share.last.poll.seconds.ago'],
  ] as const) {
    assert.equal(telemetryName({ group, name }), expected)
  }
})

test('a subscription wants names that begin so, or all', () => {
  assert.ok(isWanted('org.apache.kafka.producer.x', ['*']))
  assert.ok(isWanted('org.apache.kafka.producer.x', ['a', 'org.apache.kafka.producer']))
  assert.ok(!isWanted('org.apache.kafka.consumer.x', ['org.apache.kafka.producer']))
  assert.ok(!isWanted('org.apache.kafka.consumer.x', []))
})
