import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BatchCursor, errorCodes, type ProduceRequest } from '@dorsale/protocol'
import { type Deed, type FakeCluster, type Seen, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'
import { CompressionRatio } from './compression-ratio.ts'
import { createProducer } from './kafka-producer.ts'
import type { ProducerSettings } from './producer.ts'

function open(cluster: FakeCluster, world: ClientWorld, settings: ProducerSettings = {}) {
  return createProducer({
    world,
    settings: { 'bootstrap.servers': cluster.bootstrap, 'linger.ms': 5n, ...settings },
    onDeliveryError() {},
  })
}

/** Batches of a request of one partition. */
function batchOf({ body }: Seen): Uint8Array {
  return (body as ProduceRequest).topicData[0]!.partitionData[0]!.records!
}

/** As a topic whose max.message.bytes is that. */
const refuseAbove =
  (bytesMax: number) =>
  (request: Seen): Deed =>
    request.name === 'Produce' && batchOf(request).length > bytesMax
      ? { errorCode: errorCodes.MESSAGE_TOO_LARGE }
      : undefined

for (const idempotent of [true, false]) {
  test(`a batch that is too large for its topic is split until it fits, in order, once; idempotence ${idempotent}`, () =>
    withCluster({}, async (cluster, world) => {
      cluster.createTopic('t', 1)
      cluster.script = refuseAbove(300)
      const producer = open(cluster, world, {
        'enable.idempotence': idempotent,
        'max.in.flight.requests.per.connection': idempotent ? 5 : 1,
      })
      const values = Array.from({ length: 60 }, (_, index) => `value ${index} ${'x'.repeat(20)}`)
      const places = await Promise.all(values.map(value => producer.send({ topic: 't', value })))
      assert.deepEqual(cluster.values('t', 0), values)
      assert.deepEqual(
        places.map(({ offset }) => offset),
        values.map((_, index) => index),
      )
      assert.equal(producer.bufferedBytes, 0)
      await producer.close()
    }))
}

test('a record that is too large by itself fails alone', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    cluster.script = refuseAbove(300)
    const producer = open(cluster, world)
    const small = Array.from({ length: 4 }, (_, index) => producer.send({ topic: 't', value: `${index}` }).then())
    const large = producer.send({ topic: 't', value: 'x'.repeat(400) }).then()
    const isRefused = assert.rejects(large, { errorName: 'MESSAGE_TOO_LARGE' })
    await Promise.all(small)
    await isRefused
    await producer.send({ topic: 't', value: 'after' })
    assert.deepEqual(cluster.values('t', 0), ['0', '1', '2', '3', 'after'])
    assert.equal(producer.bufferedBytes, 0)
    await producer.close()
  }))

test('batch.size is the size after compression, as the batches before tell it', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = open(cluster, world, { 'batch.size': 2000, 'compression.type': 'gzip' })
    const counts: number[] = []
    cluster.script = request => {
      if (request.name !== 'Produce') return undefined
      const cursor = new BatchCursor(batchOf(request))
      assert(cursor.next())
      counts.push(cursor.header.recordCount)
      return undefined
    }
    for (let round = 0; round < 200; round++) {
      await Promise.all(Array.from({ length: 50 }, () => producer.send({ topic: 't', value: 'y'.repeat(100) })))
    }
    // The estimate starts without hope and gets better by half a hundredth a batch.
    assert(Math.max(...counts.slice(0, 10)) < 25)
    assert.equal(Math.max(...counts.slice(-10)), 50)
    await producer.close()
  }))

test('the estimate of compression believes worse at once and better slowly', () => {
  const ratio = new CompressionRatio()
  const estimates: number[] = []
  for (const observed of [0.5, 0.5, 1.2, 0.2]) {
    ratio.observe(observed)
    estimates.push(Number((ratio.estimate / 1.05).toFixed(3)))
  }
  ratio.reset()
  assert.deepEqual([...estimates, ratio.estimate], [0.995, 0.99, 1.2, 1.195, 1.05])
})
