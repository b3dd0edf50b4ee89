import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sleep } from '@dorsale/base'
import { memoryUseOf } from '../memory-use.ts'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import { fill } from '../testing/group-reader.ts'
import type { ClientWorld } from '../world.ts'
import type { Consumer, ConsumerSettings } from './consumer.ts'
import { createConsumer } from './kafka-consumer.ts'

const p0 = { topic: 't', partition: 0 }
/** Enough for the fetches of a consumer that nobody asks for records. */
const whileMs = 1000

/** Fetches a batch at a time, of ten records each; nothing is asked of it before the time is up. */
async function left(cluster: FakeCluster, world: ClientWorld, settings: ConsumerSettings = {}): Promise<Consumer> {
  const byDefault = { 'auto.offset.reset': 'earliest', 'max.partition.fetch.bytes': 100 }
  const consumer = createConsumer({
    world,
    settings: { 'bootstrap.servers': cluster.bootstrap, ...byDefault, ...settings },
  })
  consumer.assign([p0])
  await sleep(world.clock, whileMs)
  return consumer
}

function filled(cluster: FakeCluster, batches: number): void {
  cluster.createTopic('t', 1)
  for (let count = 0; count < batches; count++) fill(cluster, 10)
}

async function firstOffset(consumer: Consumer): Promise<number | undefined> {
  return (await consumer.poll({ timeoutMs: whileMs }))?.records[0]?.offset
}

test('what comes next is fetched before it is asked for, and no more than that', () =>
  withCluster({}, async (cluster, world) => {
    filled(cluster, 5)
    const consumer = await left(cluster, world)
    assert.equal(cluster.count('Fetch'), 2)
    const [batch] = cluster.partition('t', 0).batches
    assert.equal(memoryUseOf(consumer)[0]?.used, 2 * (batch?.bytes.length ?? 0))
    const offsets = []
    for (let count = 0; count < 5; count++) offsets.push(await firstOffset(consumer))
    assert.deepEqual(offsets, [0, 10, 20, 30, 40])
    assert.equal(await consumer.position(p0), 50)
    await consumer.close()
  }))

test('a seek lets go of it', () =>
  withCluster({}, async (cluster, world) => {
    filled(cluster, 5)
    const consumer = await left(cluster, world)
    consumer.seek({ ...p0, offset: 40 })
    assert.equal(memoryUseOf(consumer)[0]?.used, 0)
    assert.equal(await firstOffset(consumer), 40)
    await consumer.close()
  }))

test('nothing is fetched ahead of what fills the bound', () =>
  withCluster({}, async (cluster, world) => {
    filled(cluster, 5)
    const consumer = await left(cluster, world, { 'fetch.max.bytes': 100 })
    assert.equal(cluster.count('Fetch'), 1)
    for (const offset of [0, 10, 20]) assert.equal(await firstOffset(consumer), offset)
    await consumer.close()
  }))

test('what cannot be read is heard of when it is the next thing', () =>
  withCluster({}, async (cluster, world) => {
    filled(cluster, 3)
    const magicAt = 16
    const { bytes } = cluster.partition('t', 0).batches[1]!
    bytes[magicAt] = 9
    const consumer = await left(cluster, world)
    assert.equal(await firstOffset(consumer), 0)
    await assert.rejects(firstOffset(consumer), { code: 'DORSALE_DAMAGED' })
    assert.equal(await consumer.position(p0), 10)
    await consumer.close()
  }))

test('a log that is truncated behind what waits takes nothing of that away', () =>
  withCluster({}, async (cluster, world) => {
    filled(cluster, 1)
    const consumer = await left(cluster, world, { 'auto.offset.reset': 'none' })
    consumer.seek({ ...p0, offset: 0 })
    await sleep(world.clock, whileMs)
    const partition = cluster.partition('t', 0)
    partition.batches.length = 0
    Object.assign(partition, { nextOffset: 0, epoch: partition.epoch + 1 })
    await sleep(world.clock, whileMs)
    assert.equal(await firstOffset(consumer), 0)
    await assert.rejects(firstOffset(consumer), { code: 'DORSALE_LOG_TRUNCATED' })
    await consumer.close()
  }))
