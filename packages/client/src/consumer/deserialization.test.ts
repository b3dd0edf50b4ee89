import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sleep } from '@dorsale/base'
import { buildBatch } from '@dorsale/protocol'
import { type Deserializer, jsonSerde, stringSerde } from '@dorsale/serde'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import type { Consumer } from './consumer.ts'
import { createConsumer } from './kafka-consumer.ts'
import type { RecordDeserializationError } from './record-deserialization-error.ts'

interface Order {
  readonly id: number
}

const p0 = { topic: 't', partition: 0 }
const orders = (count: number) => Array.from({ length: count }, (_, id) => JSON.stringify({ id }))

/** Writes one batch; null is a tombstone. */
function write(cluster: FakeCluster, values: readonly (string | null)[]): void {
  const records = values.map(value => ({
    timestamp: 1000,
    key: Buffer.from('k'),
    value: value === null ? null : Buffer.from(value),
    headers: [{ key: 'h', value: Buffer.from('1') }],
  }))
  const { leader } = cluster.partition('t', 0)
  assert.equal(cluster.append(leader, { topic: 't', index: 0, version: 11 }, buildBatch(records)).errorCode, 0)
}

function settingsOf(cluster: FakeCluster) {
  return { 'bootstrap.servers': cluster.bootstrap, 'auto.offset.reset': 'earliest' } as const
}

async function take<V>(consumer: Consumer<unknown, V>, count: number): Promise<(V | null)[]> {
  const values: (V | null)[] = []
  for await (const { value } of consumer.records()) if (values.push(value) === count) break
  return values
}

test('what the deserializer gives is what a record has, in its type too', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    write(cluster, [...orders(2), null])
    const consumer = createConsumer({
      world,
      settings: {
        ...settingsOf(cluster),
        'key.deserializer': 'org.apache.kafka.common.serialization.StringDeserializer',
        'value.deserializer': jsonSerde<Order>(),
      },
    })
    consumer.assign([p0])
    const seen: [string | null, number | undefined][] = []
    for await (const chunk of consumer.chunks()) {
      for (const { key, value } of chunk) {
        const text: string | null = key
        const order: Order | null = value
        seen.push([text, order?.id])
      }
      if (seen.length === 3) break
    }
    assert.deepEqual(seen, [
      ['k', 0],
      ['k', 1],
      ['k', undefined],
    ])
    await consumer.close()
  }))

test('without a deserializer, and with that of bytes by name, there are bytes', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    write(cluster, ['a'])
    for (const more of [{}, { 'value.deserializer': 'ByteArrayDeserializer' as const }]) {
      const consumer = createConsumer({ world, settings: { ...settingsOf(cluster), ...more } })
      consumer.assign([p0])
      assert.deepEqual(await take(consumer, 1), [Uint8Array.of(97)])
      await consumer.close()
    }
  }))

test('R-04-221: a record that cannot be read is an error that keeps its place and its bytes; what is before it comes first, and the position stays', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    write(cluster, ['{"id":0}', 'no json', '{"id":2}'])
    const consumer = createConsumer({
      world,
      settings: { ...settingsOf(cluster), 'value.deserializer': jsonSerde<Order>() },
    })
    consumer.assign([p0])
    assert.deepEqual(
      [...(await consumer.poll({ timeoutMs: 1000 }))!].map(({ value }) => value),
      [{ id: 0 }],
    )
    for (let again = 0; again < 2; again++) {
      await assert.rejects(consumer.poll({ timeoutMs: 1000 }), (error: RecordDeserializationError) => {
        const { code, topic, partition, offset, isKey, timestamp } = error
        assert.deepEqual(
          { code, topic, partition, offset, isKey, timestamp },
          { code: 'DORSALE_DESERIALIZATION', ...p0, offset: 1, isKey: false, timestamp: 1000 },
        )
        assert.equal(Buffer.from(error.valueBytes!).toString(), 'no json')
        assert.equal(Buffer.from(error.keyBytes!).toString(), 'k')
        assert.equal(Buffer.from(error.headers[0]!.value!).toString(), '1')
        assert.match(error.message, /^t-0 at offset 1: the value of 7 bytes in topic t cannot be read/)
        return true
      })
      assert.equal(await consumer.position(p0), 1)
    }
    consumer.seek({ ...p0, offset: 2 })
    assert.deepEqual(await take(consumer, 1), [{ id: 2 }])
    await consumer.close()
  }))

test('what cannot be read can be sent elsewhere and passed by, and counts as handled', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    write(cluster, ['bad 0', '{"id":1}', 'bad 2', '{"id":3}', 'bad 4'])
    const dead: string[] = []
    const consumer = createConsumer({
      world,
      settings: {
        ...settingsOf(cluster),
        'group.id': 'g',
        'max.poll.records': 1,
        'value.deserializer': jsonSerde<Order>(),
      },
      async onDeserializationError(error) {
        await sleep(world.clock, 10)
        dead.push(`${error.offset} ${Buffer.from(error.valueBytes!)}`)
      },
    })
    consumer.assign([p0])
    for (const id of [1, 3]) {
      const chunk = await consumer.poll({ timeoutMs: 1000 })
      assert.deepEqual(
        chunk?.records.map(({ value }) => value),
        [{ id }],
      )
    }
    assert.equal(await consumer.poll({ timeoutMs: 1000 }), undefined)
    assert.deepEqual(dead, ['0 bad 0', '2 bad 2', '4 bad 4'])
    await consumer.close()
    assert.equal(cluster.groups.group('g').offsets.get('t-0')?.offset, 5)
  }))

test('a deserializer that asks somebody first keeps the order, and a seek meanwhile is obeyed', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    write(cluster, orders(20))
    let asked = 0
    const registry: Deserializer<Order> = {
      async deserialize(bytes, context) {
        asked++
        await sleep(world.clock, 5)
        return jsonSerde<Order>().deserialize(bytes, context)
      },
    }
    const consumer = createConsumer({
      world,
      settings: { ...settingsOf(cluster), 'value.deserializer': registry, 'max.poll.records': 7 },
    })
    consumer.assign([p0])
    assert.deepEqual(
      await take(consumer, 20),
      orders(20).map(text => JSON.parse(text)),
    )
    consumer.seek({ ...p0, offset: 0 })
    asked = 0
    const taking = take(consumer, 1)
    while (asked < 3) await sleep(world.clock, 1)
    consumer.seek({ ...p0, offset: 15 })
    assert.deepEqual(await taking, [{ id: 15 }])
    await consumer.close()
  }))

test('a name that is no class of Kafka, and an object that cannot do it, are refused at once', () =>
  withCluster({}, async (cluster, world) => {
    const open = (deserializer: object | string) =>
      createConsumer({ world, settings: { ...settingsOf(cluster), 'value.deserializer': deserializer as string } })
    assert.throws(() => open('com.example.OrderDeserializer'), /only Kafka's own classes have names here/)
    assert.throws(() => open({ serialize: stringSerde.serialize }), /nor an object with a method deserialize/)
  }))
