import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DorsaleError, sleep } from '@dorsale/base'
import { BatchHeader, readRecords } from '@dorsale/protocol'
import { findMetric } from '../metrics/metrics.ts'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'
import { createProducer } from './kafka-producer.ts'
import { partitionOfKey } from './murmur2.ts'
import type { ProducerSettings } from './producer.ts'

function open(cluster: FakeCluster, world: ClientWorld, settings: ProducerSettings = {}) {
  return createProducer({ world, settings: { 'bootstrap.servers': cluster.bootstrap, ...settings } })
}

test('a record with key, headers and timestamp is written where its key belongs', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 6)
    const producer = open(cluster, world)
    const partition = partitionOfKey(Buffer.from('k'), 6)
    const headers = [
      { key: 'h', value: 'v' },
      { key: 'none', value: null },
    ]
    const metadata = await producer.send({ topic: 't', key: 'k', value: Buffer.from('v'), headers, timestamp: 1234 })
    assert.deepEqual(metadata, { topic: 't', partition, offset: 0, timestamp: 1234 })
    const [batch] = cluster.partition('t', partition).batches
    const [record] = [...readRecords(new BatchHeader(batch!.bytes))]
    assert.equal(Buffer.from(record!.key!).toString(), 'k')
    assert.deepEqual(
      record!.headers.map(({ key, value }) => [key, value && Buffer.from(value).toString()]),
      [
        ['h', 'v'],
        ['none', null],
      ],
    )
    assert.equal((await producer.send({ topic: 't', partition: 5, key: 'k' })).partition, 5)
    await producer.close()
  }))

test('keys are ignored when asked', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 6)
    const producer = open(cluster, world, { 'partitioner.ignore.keys': true, 'batch.size': 200 })
    await producer.sendAll(Array.from({ length: 200 }, () => ({ topic: 't', key: 'same', value: 'x' })))
    assert.ok(cluster.topics.get('t')!.partitions.filter(({ nextOffset }) => nextOffset > 0).length > 3)
    await producer.close()
  }))

test('records of linger.ms travel together; a full batch does not wait', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = open(cluster, world, { 'linger.ms': 1000, 'batch.size': 1000 })
    await producer.partitionsFor('t')
    const began = cluster.clock.monotonic()
    producer.send({ topic: 't', value: 'a' })
    await sleep(world.clock, 500)
    producer.send({ topic: 't', value: 'b' })
    await sleep(world.clock, 1500)
    const [produce] = cluster.seen.filter(({ name }) => name === 'Produce')
    const took = produce!.atMs - began
    assert.ok(took >= 1000 && took < 1200, `${took} ms`)
    assert.deepEqual(cluster.values('t', 0), ['a', 'b'])
    assert.equal(cluster.partition('t', 0).batches.length, 1)
    producer.send({ topic: 't', value: 'x'.repeat(2000) })
    await sleep(world.clock, 300)
    assert.equal(cluster.partition('t', 0).nextOffset, 3)
    await producer.close()
  }))

test('a loop that awaits every send does not wait for linger.ms (the thousandfold slowdown, confluent-kafka-javascript#42)', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = open(cluster, world, { 'linger.ms': 1000 })
    await producer.send({ topic: 't', value: 'first' })
    const began = cluster.clock.monotonic()
    for (let index = 0; index < 100; index++) await producer.send({ topic: 't', value: String(index) })
    const took = cluster.clock.monotonic() - began
    assert.ok(took < 1000, `a hundred sends took ${took} ms`)
    await producer.close()
  }))

test('sends that are awaited side by side share batches', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = open(cluster, world)
    await producer.partitionsFor('t')
    const places = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => producer.send({ topic: 't', value: String(index) })),
    )
    assert.deepEqual(
      places.map(({ offset }) => offset),
      places.map((_, index) => index),
    )
    assert.ok(cluster.count('Produce') < 10)
    await producer.close()
  }))

test('the buffer is bounded: records wait outside, then are refused, and nothing that was taken is lost (confluent-kafka-javascript#263)', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = open(cluster, world, { 'buffer.memory': 10_000, 'batch.size': 1000, 'linger.ms': 0 })
    await producer.partitionsFor('t')
    const value = 'x'.repeat(900)
    const outcomes = Array.from({ length: 40 }, () =>
      producer.send({ topic: 't', value }).then(
        () => 'delivered',
        (error: unknown) => (error as DorsaleError).code,
      ),
    )
    assert.ok(producer.isFull)
    assert.ok(producer.bufferedBytes <= 10_000)
    const waiting = () => findMetric(producer.metrics(), { name: 'waiting-threads' })?.metricValue()
    assert.equal(waiting(), 10, 'R-03-223: as many records as are in batches')
    const settled = await Promise.all(outcomes)
    const delivered = settled.filter(outcome => outcome === 'delivered').length
    assert.ok(delivered >= 18 && delivered <= 22, `${delivered} delivered`)
    assert.equal(settled.filter(outcome => outcome === 'DORSALE_BUFFER_FULL').length, 40 - delivered)
    assert.equal(cluster.partition('t', 0).nextOffset, delivered)
    assert.ok(!producer.isFull)
    assert.equal(waiting(), 0)
    await producer.close()
  }))

test('sendAll goes no faster than the cluster takes it', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 2)
    const producer = open(cluster, world, { 'buffer.memory': 10_000, 'batch.size': 1000 })
    let most = 0
    async function* records() {
      for (let index = 0; index < 2000; index++) {
        most = Math.max(most, producer.bufferedBytes)
        yield { topic: 't', key: String(index), value: 'x'.repeat(100) }
      }
    }
    assert.equal(await producer.sendAll(records()), 2000)
    assert.ok(most <= 10_000)
    assert.equal(cluster.partition('t', 0).nextOffset + cluster.partition('t', 1).nextOffset, 2000)
    await producer.close()
  }))

test('R-03-255: with max.block.ms=0 what finds no room fails at once, and what has room is delivered', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = open(cluster, world, { 'max.block.ms': 0, 'buffer.memory': 2000, 'linger.ms': 0 })
    const beganMs = cluster.clock.monotonic()
    // Nothing is known of the topic yet, and nothing is waited for.
    await assert.rejects(Promise.resolve(producer.send({ topic: 't', value: 'early' })), { code: 'DORSALE_TIMEOUT' })
    assert.equal(cluster.clock.monotonic(), beganMs)
    await sleep(world.clock, 1000)
    const value = 'x'.repeat(900)
    const sent = [1, 2, 3].map(() =>
      producer.send({ topic: 't', value }).then(
        () => 'delivered',
        error => (error as DorsaleError).code,
      ),
    )
    assert.deepEqual(await Promise.all(sent), ['delivered', 'delivered', 'DORSALE_TIMEOUT'])
    await producer.close()
  }))

test('a topic that never appears fails after max.block.ms and says why', () =>
  withCluster({}, async (cluster, world) => {
    const producer = open(cluster, world, { 'max.block.ms': 2000 })
    const began = cluster.clock.monotonic()
    await assert.rejects(producer.send({ topic: 'nowhere', value: 'x' }).then(), {
      code: 'DORSALE_TIMEOUT',
      message: /metadata of topic nowhere/,
    })
    const took = cluster.clock.monotonic() - began
    assert.ok(took >= 2000 && took < 2500, `${took} ms`)
    await assert.rejects(producer.partitionsFor('nowhere'), { code: 'DORSALE_TIMEOUT' })
    await producer.close()
  }))

test('records for a topic that the broker creates on demand arrive in order', () =>
  withCluster({}, async (cluster, world) => {
    cluster.autoCreatePartitions = 1
    const producer = open(cluster, world)
    for (const value of ['a', 'b', 'c']) producer.send({ topic: 'fresh', value })
    await producer.flush()
    assert.deepEqual(cluster.values('fresh', 0), ['a', 'b', 'c'])
    await producer.close()
  }))

test('a record that is too large is refused at once', () =>
  withCluster({}, async (cluster, world) => {
    const producer = open(cluster, world, { 'max.request.size': 1000 })
    await assert.rejects(producer.send({ topic: 't', value: 'x'.repeat(1001) }).then(), {
      errorName: 'MESSAGE_TOO_LARGE',
    })
    await producer.close()
  }))

for (const acks of ['0', '1', 'all'] as const) {
  test(`acks=${acks}`, () =>
    withCluster({}, async (cluster, world) => {
      cluster.createTopic('t', 1)
      const producer = open(cluster, world, { acks, 'enable.idempotence': acks === 'all' })
      const { offset } = await producer.send({ topic: 't', value: 'x' })
      assert.equal(offset, acks === '0' ? -1 : 0)
      for (let index = 1; index < 50; index++) producer.send({ topic: 't', value: 'x'.repeat(10_000) })
      await producer.close()
      await sleep(world.clock, 100)
      assert.equal(cluster.partition('t', 0).nextOffset, 50)
      assert.equal(cluster.count('InitProducerId'), acks === 'all' ? 1 : 0)
    }))
}

test('acks=0 to a broker that does not read: what leaves is bounded by the socket, the rest by the buffer', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = open(cluster, world, { acks: 0, 'enable.idempotence': false, 'linger.ms': 0 })
    await producer.partitionsFor('t')
    cluster.script = ({ name }) => (name === 'Produce' ? 'deafness' : undefined)
    const value = Buffer.alloc(10_000)
    for (let index = 0; index < 1000; index++) {
      producer.send({ topic: 't', value })
      if (index % 10 === 0) await sleep(world.clock, 1)
    }
    await sleep(world.clock, 1000)
    assert.ok(producer.bufferedBytes > 5_000_000, `${producer.bufferedBytes} bytes wait of ten million`)
    await producer.close({ timeoutMs: 0 })
  }))

for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
  test(`compression.type=${codec}`, () =>
    withCluster({}, async (cluster, world) => {
      cluster.createTopic('t', 1)
      const levels = { 'compression.gzip.level': 1, 'compression.zstd.level': 10 }
      const producer = open(cluster, world, { 'compression.type': codec, ...levels })
      await producer.sendAll(Array.from({ length: 100 }, (_, index) => ({ topic: 't', value: `value ${index}` })))
      assert.deepEqual(
        cluster.values('t', 0),
        Array.from({ length: 100 }, (_, index) => `value ${index}`),
      )
      assert.equal(new BatchHeader(cluster.partition('t', 0).batches[0]!.bytes).codecId !== 0, codec !== 'none')
      await producer.close()
    }))
}

test('a failure that nobody awaits goes to onDeliveryError, once for each batch', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    cluster.script = ({ name }) => (name === 'Produce' ? { errorCode: 29 } : undefined)
    const lost: number[] = []
    const producer = createProducer({
      world,
      settings: { 'bootstrap.servers': cluster.bootstrap },
      onDeliveryError: (_, { recordCount }) => lost.push(recordCount),
    })
    for (let index = 0; index < 10; index++) producer.send({ topic: 't', value: 'x' })
    await producer.flush()
    assert.deepEqual(lost, [10])
    await producer.close()
  }))

test('close delivers what was sent; with a time it gives up and says so', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = open(cluster, world, { 'linger.ms': 10_000 })
    producer.send({ topic: 't', value: 'x' })
    await producer.close()
    assert.equal(cluster.partition('t', 0).nextOffset, 1)
    assert.throws(() => producer.send({ topic: 't', value: 'y' }), { code: 'DORSALE_CLOSED' })

    cluster.script = ({ name }) => (name === 'Produce' ? 'silence' : undefined)
    const second = open(cluster, world)
    const delivery = second.send({ topic: 't', value: 'x' })
    const outcome = assert.rejects(delivery.then(), { code: 'DORSALE_CLOSED' })
    const began = cluster.clock.monotonic()
    await second.close({ timeoutMs: 500 })
    assert.ok(cluster.clock.monotonic() - began < 600)
    await outcome
  }))
