import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sleep } from '@dorsale/base'
import { jsonSerde, longSerde, type Serializer } from '@dorsale/serde'
import { withCluster } from '../testing/fake-cluster.ts'
import { createProducer } from './kafka-producer.ts'

interface Order {
  readonly id: number
}

test('what the serializer takes is what a record has, in its type too; null stays a tombstone', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = createProducer({
      world,
      settings: {
        'bootstrap.servers': cluster.bootstrap,
        'key.serializer': 'org.apache.kafka.common.serialization.StringSerializer',
        'value.serializer': jsonSerde<Order>(),
      },
    })
    await producer.send({ topic: 't', key: 'a', value: { id: 1 } })
    await producer.send({ topic: 't', key: 'a', value: null })
    // @ts-expect-error a text is no order
    await producer.send({ topic: 't', value: 'text' })
    assert.deepEqual(cluster.values('t', 0), ['{"id":1}', '', '"text"'])
    await producer.close()
  }))

test('R-03-011: what a serializer throws is thrown to the caller, and nothing is sent', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const heard: unknown[] = []
    const producer = createProducer({
      world,
      settings: { 'bootstrap.servers': cluster.bootstrap, 'value.serializer': longSerde },
      interceptors: [{ onAcknowledgement: (_, error) => heard.push(error) }],
    })
    const wrong = 'text' as unknown as bigint
    assert.throws(() => producer.send({ topic: 't', value: wrong }), {
      code: 'DORSALE_SERIALIZATION',
      topic: 't',
      isKey: false,
    })
    assert.equal(heard.length, 1)
    await producer.flush()
    assert.equal(cluster.count('Produce'), 0)
    await producer.close()
  }))

/** Asks a registry for the first few values, which takes longer for the earlier ones. */
function slowSerializer(sleepMs: (id: number) => Promise<void>): Serializer<Order> {
  return {
    serialize(value, { headers }) {
      headers.push({ key: 'schema', value: Buffer.from('7') })
      const bytes = Buffer.from(String(value.id))
      if (value.id > 3) return bytes
      return sleepMs(value.id).then(() => {
        if (value.id === 2) throw new Error('no such schema')
        return bytes
      })
    },
  }
}

test('records whose serializer asks somebody first stay in the order in which they were sent; flush and close wait for them', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const serializer = slowSerializer(id => sleep(world.clock, 100 - 30 * id))
    const lost: string[] = []
    const producer = createProducer({
      world,
      settings: { 'bootstrap.servers': cluster.bootstrap, 'value.serializer': serializer },
      onDeliveryError: error => lost.push(error.message),
    })
    for (let id = 0; id < 6; id++) producer.send({ topic: 't', value: { id } })
    await producer.flush()
    assert.deepEqual(cluster.values('t', 0), ['0', '1', '3', '4', '5'])
    assert.match(lost.join(), /^the value for topic t cannot be written: no such schema$/)
    const { offset } = await producer.send({ topic: 't', value: { id: 1 } })
    assert.equal(offset, 5)
    await assert.rejects(
      producer.send({ topic: 't', value: { id: 2 } }).finally(() => {}),
      {
        code: 'DORSALE_SERIALIZATION',
      },
    )
    producer.send({ topic: 't', value: { id: 0 } })
    await producer.close()
    assert.equal(cluster.values('t', 0).at(-1), '0')
  }))

test('an abort leaves nothing behind that waits for its serializer', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = createProducer({
      world,
      settings: {
        'bootstrap.servers': cluster.bootstrap,
        'transactional.id': 'x',
        'value.serializer': slowSerializer(() => sleep(world.clock, 1000)),
      },
    })
    await producer.initTransactions()
    producer.beginTransaction()
    const delivery = producer.send({ topic: 't', value: { id: 0 } })
    const heard = assert.rejects(
      delivery.finally(() => {}),
      { code: 'DORSALE_TRANSACTION_ABORTED' },
    )
    await producer.abortTransaction()
    await heard
    await producer.transaction(async () => {
      producer.send({ topic: 't', value: { id: 5 } })
      await sleep(world.clock, 2000)
    })
    assert.deepEqual(cluster.values('t', 0), ['5'])
    await producer.close()
  }))

test('so many records at most wait for their serializers', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const { promise, resolve } = Promise.withResolvers<void>()
    const producer = createProducer({
      world,
      settings: { 'bootstrap.servers': cluster.bootstrap, 'value.serializer': slowSerializer(() => promise) },
      onDeliveryError: () => {},
    })
    for (let count = 0; count < 20_000; count++) {
      assert.equal(producer.isFull, count >= 10_000)
      producer.send({ topic: 't', value: { id: 0 } })
    }
    await assert.rejects(
      producer.send({ topic: 't', value: { id: 0 } }).finally(() => {}),
      { code: 'DORSALE_BUFFER_FULL' },
    )
    resolve()
    await producer.room()
    await producer.close()
    assert.equal(cluster.values('t', 0).length, 20_000)
  }))
