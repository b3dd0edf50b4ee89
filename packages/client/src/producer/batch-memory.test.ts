import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorCodes } from '@dorsale/protocol'
import { memoryUseOf } from '../memory-use.ts'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'
import { createProducer } from './kafka-producer.ts'
import type { Producer, ProducerSettings } from './producer.ts'

function open(cluster: FakeCluster, world: ClientWorld, settings: ProducerSettings = {}) {
  cluster.createTopic('t', 1)
  return createProducer({ world, settings: { 'bootstrap.servers': cluster.bootstrap, ...settings } })
}

function idleBytes(producer: Producer): number {
  return memoryUseOf(producer).find(({ what }) => what === 'bytes of memory that waits for batches')!.used
}

for (const codec of ['none', 'lz4'] as const) {
  test(`memory of a delivered batch is filled again: ${codec}`, () =>
    withCluster({}, async (cluster, world) => {
      const producer = open(cluster, world, { 'compression.type': codec })
      for (let count = 0; count < 20; count++) await producer.send({ topic: 't', value: `value ${count}` })
      const idle = idleBytes(producer)
      // A first guess and what is known after one batch, of each what is plain and what is compressed.
      assert.ok(idle > 0 && idle <= 4 * 1024, `${idle} bytes lie idle`)
      await producer.close()
      assert.equal(idleBytes(producer), 0)
    }))
}

test('not that of a batch of which a copy may still be on its way', () =>
  withCluster({}, async (cluster, world) => {
    const producer = open(cluster, world)
    let left = 1
    cluster.script = ({ name }) =>
      name === 'Produce' && left-- > 0 ? { errorCode: errorCodes.NOT_ENOUGH_REPLICAS } : undefined
    await producer.send({ topic: 't', value: 'x' })
    assert.equal(cluster.count('Produce'), 2)
    assert.equal(idleBytes(producer), 0)
    await producer.close()
  }))

test('not that of a batch that nobody answers', () =>
  withCluster({}, async (cluster, world) => {
    const producer = open(cluster, world, { acks: '0', 'enable.idempotence': false })
    await producer.send({ topic: 't', value: 'x' })
    assert.equal(idleBytes(producer), 0)
    await producer.close()
  }))
