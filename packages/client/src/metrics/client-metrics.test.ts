import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { sleep } from '@dorsale/base'
import { errorCodes } from '@dorsale/protocol'
import { createAdmin } from '../admin/admin.ts'
import { createConsumer } from '../consumer/kafka-consumer.ts'
import { createProducer } from '../producer/kafka-producer.ts'
import { createShareConsumer } from '../share/kafka-share-consumer.ts'
import { withCluster } from '../testing/fake-cluster.ts'
import { fill } from '../testing/group-reader.ts'
import { findMetric, type KafkaMetric, type MetricName } from './metrics.ts'

type All = ReadonlyMap<MetricName, KafkaMetric>

/** The figures that Kafka 4.4.0's own clients keep; recaptured by interop/golden/capture-metrics.ts. */
const kafka: Readonly<Record<'producer' | 'classic' | 'consumer' | 'share' | 'admin', readonly string[]>> = JSON.parse(
  readFileSync(new URL('vectors/names.json', import.meta.url), 'utf8'),
)

/** What Kafka's clients measure of themselves that has no counterpart here. */
const absent: readonly [RegExp, string][] = [
  [/ (io|io-wait)-(ratio|time-ns-avg|time-ns-total) /, 'no thread of its own waits for sockets'],
  [/ select-(rate|total) /, 'no thread of its own waits for sockets'],
  [/ txn-prepare-time-ns-total /, 'transactions are not prepared (KIP-939)'],
  [/^app-info commit-id /, 'a package has a version'],
  [/ (application|background)-event/, 'no queues between two threads'],
  [/ unsent-requests-queue/, 'no queues between two threads'],
  [/ time-between-network-thread-poll/, 'no thread of its own'],
]

const number = (metrics: All, name: string, of: { group?: string; tags?: Record<string, string> } = {}): number => {
  const metric = findMetric(metrics, { name, ...of })
  assert.ok(metric !== undefined, name)
  return metric.metricValue() as number
}

function checkNames(client: keyof typeof kafka, metrics: All): void {
  const ours = new Set(
    [...metrics.keys()].map(({ group, name, tags }) => `${group} ${name} ${Object.keys(tags).sort().join(',')}`),
  )
  const wanted = kafka[client].filter(name => !absent.some(([pattern]) => pattern.test(name)))
  assert.ok(wanted.length > 20)
  assert.deepEqual([...ours].sort(), [...wanted].sort())
  for (const { description } of metrics.keys()) assert.match(description, /^[A-Z].*\.$/)
}

test('a producer has the figures of Kafka and tells what it did', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const settings = { 'bootstrap.servers': cluster.bootstrap, 'client.id': 'c', 'batch.size': 1000 }
    const producer = createProducer({ world, settings })
    const metrics = producer.metrics()
    assert.equal(number(metrics, 'request-latency-avg', { group: 'producer-metrics' }), Number.NaN)
    await producer.sendAll(Array.from({ length: 30 }, (_, index) => ({ topic: 't', value: Buffer.alloc(index * 10) })))
    checkNames('producer', metrics)
    const topic = { group: 'producer-topic-metrics', tags: { topic: 't', 'client-id': 'c' } }
    assert.equal(number(metrics, 'record-send-total', { group: 'producer-metrics' }), 30)
    assert.equal(number(metrics, 'record-send-total', topic), 30)
    const written = cluster.partition('t', 0).batches.reduce((sum, { bytes }) => sum + bytes.length, 0)
    assert.equal(number(metrics, 'byte-total', topic), written)
    assert.ok(number(metrics, 'record-size-max') > 290)
    assert.ok(number(metrics, 'batch-size-max') <= 1000)
    assert.equal(number(metrics, 'compression-rate-avg'), 1)
    assert.equal(number(metrics, 'record-error-total', { group: 'producer-metrics' }), 0)
    assert.equal(number(metrics, 'buffer-total-bytes') - number(metrics, 'buffer-available-bytes'), 0)
    assert.equal(number(metrics, 'requests-in-flight'), 0)
    assert.equal(number(metrics, 'connection-count'), 1, 'the broker by its own name; the bootstrap server was left')
    assert.equal(number(metrics, 'connection-close-total'), 1)
    // Every request of the client, with those that open a connection.
    assert.equal(number(metrics, 'request-total', { group: 'producer-metrics' }), cluster.seen.length)
    assert.equal(number(metrics, 'response-total', { group: 'producer-metrics' }), cluster.seen.length)
    const nodes = ['node--1', 'node-1'].map(id =>
      number(metrics, 'outgoing-byte-total', { group: 'producer-node-metrics', tags: { 'node-id': id } }),
    )
    assert.equal(nodes[0]! + nodes[1]!, number(metrics, 'outgoing-byte-total', { group: 'producer-metrics' }))
    assert.ok(nodes[1]! > written)
    await producer.close()
    assert.equal(number(metrics, 'connection-count'), 0)
    assert.equal(number(metrics, 'connection-close-total'), 2)
  }))

test('records that are sent again and records that are lost are counted', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    let refusals = 1
    cluster.script = ({ name }) =>
      name === 'Produce' && refusals-- > 0 ? { errorCode: errorCodes.NOT_LEADER_OR_FOLLOWER } : undefined
    const producer = createProducer({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    await producer.send({ topic: 't', value: 'a' })
    const metrics = producer.metrics()
    const topic = { group: 'producer-topic-metrics', tags: { topic: 't' } }
    assert.equal(number(metrics, 'record-retry-total', topic), 1)
    assert.equal(number(metrics, 'record-send-total', topic), 2)
    refusals = 1
    cluster.script = ({ name }) =>
      name === 'Produce' && refusals-- > 0 ? { errorCode: errorCodes.INVALID_RECORD } : undefined
    await assert.rejects(Promise.resolve(producer.send({ topic: 't', value: 'b' })))
    assert.equal(number(metrics, 'record-error-total', topic), 1)
    assert.equal(number(metrics, 'record-error-total', { group: 'producer-metrics' }), 1)
    await producer.close()
  }))

test('metrics.num.samples and metrics.sample.window.ms say how far rates look back', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const windows = { 'metrics.num.samples': 3, 'metrics.sample.window.ms': 1000 }
    const producer = createProducer({ world, settings: { 'bootstrap.servers': cluster.bootstrap, ...windows } })
    await producer.sendAll(Array.from({ length: 40 }, () => ({ topic: 't', value: 'x' })))
    const rate = () => number(producer.metrics(), 'record-send-rate', { group: 'producer-metrics' })
    assert.ok(rate() > 15 && rate() <= 20, `${rate()}: 40 records over two windows of a second`)
    await sleep(world.clock, 3100)
    assert.equal(rate(), 0)
    assert.equal(number(producer.metrics(), 'record-send-total', { group: 'producer-metrics' }), 40)
    await producer.close()
  }))

for (const protocol of ['classic', 'consumer'] as const) {
  test(`a consumer in a group of the ${protocol} protocol has the figures of Kafka and tells what it did`, () =>
    withCluster({}, async (cluster, world) => {
      cluster.createTopic('t', 1)
      fill(cluster, 100)
      const consumer = createConsumer({
        world,
        settings: {
          'bootstrap.servers': cluster.bootstrap,
          'client.id': 'c',
          'group.id': 'g',
          'group.protocol': protocol,
          'auto.offset.reset': 'earliest',
        },
      })
      consumer.subscribe(['t'])
      const metrics = consumer.metrics()
      assert.equal(number(metrics, 'last-poll-seconds-ago'), -1)
      assert.equal(number(metrics, 'last-rebalance-seconds-ago'), -1)
      let count = 0
      while (count < 100) for (const _ of (await consumer.poll({ timeoutMs: 1000 })) ?? []) count++
      await consumer.commit()
      await consumer.poll({ timeoutMs: 7000 })
      checkNames(protocol, metrics)
      const group = 'consumer-fetch-manager-metrics'
      assert.equal(number(metrics, 'records-consumed-total', { group }), 100)
      assert.equal(number(metrics, 'records-consumed-total', { group, tags: { topic: 't' } }), 100)
      const partition = { group, tags: { topic: 't', partition: '0' } }
      assert.equal(number(metrics, 'records-lag', partition), 0)
      assert.equal(number(metrics, 'records-lead', partition), 100)
      assert.equal(number(metrics, 'preferred-read-replica', partition), -1)
      assert.ok(number(metrics, 'fetch-total') > 1)
      assert.ok(number(metrics, 'bytes-consumed-total', { group }) > 0)
      assert.equal(number(metrics, 'assigned-partitions'), 1)
      assert.equal(number(metrics, 'rebalance-total'), 1)
      assert.ok(number(metrics, 'commit-total') >= 1)
      assert.ok(number(metrics, 'heartbeat-total') >= 1)
      if (protocol === 'classic') {
        assert.equal(number(metrics, 'join-total'), 1)
        assert.equal(number(metrics, 'sync-total'), 1)
      }
      assert.equal(number(metrics, 'last-rebalance-seconds-ago'), 7)
      await consumer.close()
      assert.equal(findMetric(metrics, { name: 'records-lag' }), undefined, 'a partition that is given up has none')
    }))
}

test('a share consumer has the figures of Kafka and tells what it did', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 2)
    fill(cluster, 6)
    fill(cluster, 4, { partition: 1 })
    const consumer = createShareConsumer({
      world,
      settings: {
        'bootstrap.servers': cluster.bootstrap,
        'client.id': 'c',
        'group.id': 'g',
        'max.poll.records': 10,
        'share.acknowledgement.mode': 'explicit',
      },
    })
    const metrics = consumer.metrics()
    const fetches = { group: 'consumer-share-fetch-manager-metrics' }
    const next = async () => {
      const records = [...((await consumer.poll({ timeoutMs: 10_000 })) ?? [])]
      for (const record of records) consumer.acknowledge(record, record.offset === 0 ? 'reject' : 'accept')
      return records.length
    }
    assert.equal(number(metrics, 'last-poll-seconds-ago', { group: 'consumer-share-metrics' }), -1)
    consumer.subscribe(['t'])
    let count = await next()
    assert.equal(number(metrics, 'records-consumed-total', fetches), 0, 'a fetch counts when all of it was handed out')
    while (count < 10) count += await next()
    await consumer.commit()
    checkNames('share', metrics)
    assert.equal(number(metrics, 'records-consumed-total', fetches), 10)
    assert.equal(number(metrics, 'bytes-consumed-total', fetches), 10)
    assert.equal(number(metrics, 'records-per-request-max', fetches), 10)
    assert.equal(number(metrics, 'acknowledgements-send-total', fetches), 10)
    assert.equal(number(metrics, 'acknowledgements-error-total', fetches), 0)
    assert.ok(number(metrics, 'fetch-total', fetches) >= 1)
    const member = { group: 'consumer-share-coordinator-metrics' }
    assert.equal(number(metrics, 'rebalance-total', member), 1)
    assert.ok(number(metrics, 'heartbeat-total', member) >= 1)
    fill(cluster, 2)
    cluster.script = ({ name }) => (name === 'ShareAcknowledge' ? { errorCode: errorCodes.INVALID_REQUEST } : undefined)
    assert.equal(await next(), 2)
    await consumer.commit()
    assert.equal(number(metrics, 'acknowledgements-send-total', fetches), 12)
    assert.equal(number(metrics, 'acknowledgements-error-total', fetches), 2)
    assert.equal(number(metrics, 'records-consumed-total', fetches), 12)
    await sleep(world.clock, 3000)
    assert.ok(number(metrics, 'last-poll-seconds-ago', { group: 'consumer-share-metrics' }) >= 3)
    cluster.script = () => undefined
    await consumer.close()
  }))

test('an admin client has the figures of Kafka', () =>
  withCluster({}, async (cluster, world) => {
    const admin = createAdmin({ world, settings: { 'bootstrap.servers': cluster.bootstrap, 'client.id': 'c' } })
    await admin.listTopics()
    checkNames('admin', admin.metrics())
    assert.equal(number(admin.metrics(), 'request-total', { group: 'admin-client-metrics' }), cluster.seen.length)
    assert.equal(findMetric(admin.metrics(), { name: 'version' })?.metricValue(), '0.1.0')
    await admin.close()
  }))
