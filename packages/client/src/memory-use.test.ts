import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createConsumer } from './consumer/kafka-consumer.ts'
import { memoryUseOf } from './memory-use.ts'
import { createProducer } from './producer/kafka-producer.ts'
import type { Producer } from './producer/producer.ts'
import { withCluster } from './testing/fake-cluster.ts'
import { fill } from './testing/group-reader.ts'

const usedOf = (client: Parameters<typeof memoryUseOf>[0], wanted: string) => {
  const row = memoryUseOf(client).find(({ what }) => what === wanted)
  assert.ok(row !== undefined, wanted)
  return { used: row.used, bound: row.bound }
}

test('a producer tells what its buffer holds and what waits beside it, until it is delivered', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const settings = { 'bootstrap.servers': cluster.bootstrap, 'buffer.memory': 1000, 'linger.ms': 50 }
    const producer = createProducer({ world, settings })
    await producer.send({ topic: 't', value: 'the metadata is known from here on' })
    const sent = [700, 700].map(size => Promise.resolve(producer.send({ topic: 't', value: Buffer.alloc(size) })))
    const inBatches = usedOf(producer, 'bytes of records in batches')
    const waiting = usedOf(producer, 'bytes of records that wait for room')
    assert.ok(inBatches.used > 700 && inBatches.used < 800, String(inBatches.used))
    assert.equal(waiting.used, inBatches.used, 'the other one found no room')
    assert.deepEqual([inBatches.bound, waiting.bound], [1000, 1000])
    await Promise.all(sent)
    await producer.close()
    for (const { used } of memoryUseOf(producer)) assert.equal(used, 0)
  }))

test('a consumer tells what it has fetched and nobody has taken', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 100)
    const settings = {
      'bootstrap.servers': cluster.bootstrap,
      'auto.offset.reset': 'earliest',
      'fetch.max.bytes': 5000,
    }
    const consumer = createConsumer({ world, settings })
    consumer.assign([{ topic: 't', partition: 0 }])
    const fetched = 'bytes fetched and not handed out'
    assert.deepEqual(usedOf(consumer, fetched), { used: 0, bound: 5000 })
    let most = 0
    for await (const { nextOffset } of consumer.chunks()) {
      if (nextOffset === 100) break
      most = Math.max(most, usedOf(consumer, fetched).used)
    }
    assert.equal(usedOf(consumer, fetched).used, 0, 'all of it is handed out')
    await consumer.close()
    assert.equal(usedOf(consumer, 'requests in flight').used, 0)
  }))

test('what is no client of this package keeps nothing', () => {
  assert.deepEqual(memoryUseOf({} as Producer), [])
})
