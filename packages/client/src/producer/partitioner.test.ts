import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'
import { createProducer } from './kafka-producer.ts'
import { roundRobinClass, roundRobinPartitioner } from './partitioner.ts'
import type { Producer, ProducerOptions, ProducerSettings } from './producer.ts'

function open(
  cluster: FakeCluster,
  world: ClientWorld,
  settings: ProducerSettings = {},
  options: Partial<ProducerOptions> = {},
): Producer {
  const small = { 'batch.size': 100, 'linger.ms': 0 }
  return createProducer({
    world,
    settings: { 'bootstrap.servers': cluster.bootstrap, ...small, ...settings },
    ...options,
  })
}

const counts = (cluster: FakeCluster, partitions: number) =>
  Array.from({ length: partitions }, (_, index) => cluster.values('t', index).length)

test('a partitioner of the application decides by topic, key, value and headers', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 3)
    const producer = open(
      cluster,
      world,
      {},
      {
        partitioner: ({ topic, key, value, headers, partitions }) => {
          assert.equal(topic, 't')
          assert.equal(partitions.length, 3)
          assert.equal(headers[0]!.key, 'h')
          return (key!.length + value!.length) % 3
        },
      },
    )
    const headers = [{ key: 'h', value: null }]
    assert.equal((await producer.send({ topic: 't', key: 'a', value: 'b', headers })).partition, 2)
    assert.equal((await producer.send({ topic: 't', partition: 1, key: 'a', value: 'b', headers })).partition, 1)
    await producer.close()
  }))

test('a partitioner that throws, or names no partition, loses that record alone', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 2)
    const answers: (number | Error)[] = [new Error('no region'), 2, -1, 0.5, 1]
    const partitioner = () => {
      const answer = answers.shift()!
      if (typeof answer === 'number') return answer
      throw answer
    }
    const producer = open(cluster, world, {}, { partitioner })
    await assert.rejects(producer.send({ topic: 't', value: 'x' }).then(), /no region/)
    for (const wrong of [2, -1, 0.5]) {
      await assert.rejects(producer.send({ topic: 't', value: 'x' }).then(), {
        code: 'DORSALE_PARTITIONER',
        message: `the partitioner answered ${wrong}; t has partitions 0 to 1`,
      })
    }
    assert.equal((await producer.send({ topic: 't', value: 'x' })).partition, 1)
    await producer.close()
  }))

test('round robin takes the partitions in turn, keys or not, and passes over one without a leader', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 4, { leaders: [1, 1, 7, 1] })
    const producer = open(cluster, world, { 'partitioner.class': roundRobinClass })
    const places = []
    for (let index = 0; index < 6; index++) {
      places.push((await producer.send({ topic: 't', key: 'same', value: 'x' })).partition)
    }
    assert.deepEqual(places, [0, 1, 3, 0, 1, 3])
    await producer.close()
    const partition = { leaderEpoch: 0, replicas: [], isr: [], offlineReplicas: [], leaderId: -1 }
    const partitions = [0, 1].map(index => ({ ...partition, index }))
    const question = { topic: 't', key: null, value: null, headers: [], partitions }
    const next = roundRobinPartitioner()
    assert.deepEqual([next(question), next(question), next(question)], [0, 1, 0])
  }))

test('a class that is not here is refused with what to do', () =>
  withCluster({}, async (cluster, world) => {
    assert.throws(
      () => open(cluster, world, { 'partitioner.class': 'com.example.Mine' }),
      /give a function as `partitioner`/,
    )
  }))

test('records without a key stay in the rack while it leads partitions (KIP-1123)', () =>
  withCluster({ brokers: 2 }, async (cluster, world) => {
    cluster.createTopic('t', 4, { leaders: [1, 2] })
    cluster.racks.set(1, 'near').set(2, 'far')
    const settings = { 'partitioner.rack.aware': true, 'client.rack': 'near' }
    const producer = open(cluster, world, settings)
    for (let index = 0; index < 40; index++) await producer.send({ topic: 't', value: 'x'.repeat(100) })
    const [first, second, third, fourth] = counts(cluster, 4)
    assert.deepEqual([second, fourth], [0, 0])
    assert(first! > 0 && third! > 0)
    await producer.close()

    const elsewhere = open(cluster, world, { ...settings, 'client.rack': 'nowhere' })
    for (let index = 0; index < 40; index++) await elsewhere.send({ topic: 't', value: 'x'.repeat(100) })
    assert(counts(cluster, 4)[1]! > 0)
    await elsewhere.close()
  }))

for (const timeoutMs of [0, 500]) {
  test(`a broker that takes nothing ${timeoutMs > 0 ? 'gets nothing more' : 'is waited for'} with partitioner.availability.timeout.ms=${timeoutMs} (KIP-794)`, () =>
    withCluster({ brokers: 2 }, async (cluster, world) => {
      cluster.createTopic('t', 2, { leaders: [1, 2] })
      const settings = {
        'partitioner.availability.timeout.ms': BigInt(timeoutMs),
        'partitioner.adaptive.partitioning.enable': false,
        'max.in.flight.requests.per.connection': 1,
      }
      const producer = open(cluster, world, settings)
      for (const partition of [0, 1]) await producer.send({ topic: 't', partition, value: 'warm' })
      cluster.script = ({ name, nodeId }) => (name === 'Produce' && nodeId === 2 ? 'silence' : undefined)
      for (let index = 0; index < 4; index++) producer.send({ topic: 't', partition: 1, value: 'x'.repeat(100) })
      await new Promise<void>(resolve => world.clock.setTimer(1000, resolve))
      const before = producer.bufferedBytes
      for (let index = 0; index < 60; index++) producer.send({ topic: 't', value: 'x'.repeat(100) })
      await new Promise<void>(resolve => world.clock.setTimer(1000, resolve))
      assert.equal(producer.bufferedBytes === before, timeoutMs > 0)
      await producer.close({ timeoutMs: 0 })
    }))
}
