import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createConsumer } from '../consumer/kafka-consumer.ts'
import { createProducer } from '../producer/kafka-producer.ts'
import { withCluster } from '../testing/fake-cluster.ts'
import { prometheusText } from './prometheus.ts'

const metricName = { group: 'producer-metrics', name: 'a-total', description: 'A \\ b\nc.', tags: {} }

test('R-03-233, R-04-195 to R-04-197: the names and labels of the exporter that dashboards are written for', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const settings = { 'bootstrap.servers': cluster.bootstrap, 'client.id': 'shop' }
    const producer = createProducer({ world, settings })
    for (const value of ['a', 'b', 'c']) await producer.send({ topic: 't', value })
    const consumer = createConsumer({
      world,
      settings: { ...settings, 'group.id': 'g', 'auto.offset.reset': 'earliest' },
    })
    consumer.subscribe(['t'])
    assert.equal((await consumer.poll({ timeoutMs: 10_000 }))?.records.length, 3)
    const text = prometheusText([producer, consumer], { labels: { group: 'g' } })
    const lines = text.split('\n')
    for (const line of [
      '# TYPE kafka_producer_record_send_total counter',
      'kafka_producer_record_send_total{group="g",client_id="shop"} 3',
      'kafka_producer_topic_record_send_total{group="g",client_id="shop",topic="t"} 3',
      '# TYPE kafka_producer_buffer_available_bytes gauge',
      'kafka_producer_buffer_total_bytes{group="g",client_id="shop"} 33554432',
      'kafka_producer_waiting_threads{group="g",client_id="shop"} 0',
      'kafka_consumer_records_lag{group="g",client_id="shop",topic="t",partition="0"} 0',
      'kafka_consumer_records_consumed_total{group="g",client_id="shop"} 3',
      'kafka_consumer_topic_records_consumed_total{group="g",client_id="shop",topic="t"} 3',
      'kafka_consumer_rebalance_total{group="g",client_id="shop"} 1',
    ]) {
      assert.ok(lines.includes(line), `${line}\n\n${text}`)
    }
    const labels = new Map<string, Set<string>>()
    for (const [, name, inside] of text.matchAll(/^(\w+)\{(.*)\} \S+$/gm)) {
      const keys = (inside as string).replaceAll(/="[^"]*"/g, '')
      labels.set(name as string, (labels.get(name as string) ?? new Set()).add(keys))
    }
    assert.ok(labels.size > 100)
    for (const [name, sets] of labels) assert.equal(sets.size, 1, `${name} has the labels ${[...sets].join(' and ')}`)
    await producer.close()
    await consumer.close()
  }))

test('values, labels and texts as the format has them; what is no number is left out', () => {
  const figure = (value: number | string, tags: Record<string, string> = {}) => {
    const named = { ...metricName, tags }
    return { metrics: () => new Map([[named, { metricName: named, isCumulative: true, metricValue: () => value }]]) }
  }
  const odd = { 'client-id': 'a"b\\c\nd' }
  const clients = [figure(1.5, odd), figure(Number.POSITIVE_INFINITY), figure(Number.NaN), figure('4.4')]
  assert.equal(
    prometheusText(clients),
    [
      '# HELP kafka_producer_a_total A \\\\ b\\nc.',
      '# TYPE kafka_producer_a_total counter',
      'kafka_producer_a_total{client_id="a\\"b\\\\c\\nd"} 1.5',
      'kafka_producer_a_total{} +Inf',
      '',
    ].join('\n'),
  )
  assert.equal(prometheusText([]), '')
})
