/**
 * What users of other clients of JavaScript complain of again and again, and that ours does not have it. Each test names the complaint; more of them, named likewise, stand beside what they are about:
 * heartbeats starved by a rebalance (kafkajs#1527), await that makes a loop a thousand times slower (confluent-kafka-javascript#42), dead bootstrap servers (platformatic/kafka#232), a deadlock of
 * re-authentication (platformatic/kafka#226), producers that eat all memory (confluent-kafka-javascript#263).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sleep } from '@dorsale/base'
import { errorCodes } from '@dorsale/protocol'
import { createConsumer } from './consumer/kafka-consumer.ts'
import { createProducer } from './producer/kafka-producer.ts'
import { type FakeCluster, withCluster } from './testing/fake-cluster.ts'
import { fill, open, Reader, until } from './testing/group-reader.ts'
import type { ClientWorld } from './world.ts'

function reader(cluster: FakeCluster, world: ClientWorld, settings: object = {}) {
  return createConsumer({
    world,
    settings: { 'bootstrap.servers': cluster.bootstrap, 'auto.offset.reset': 'earliest', ...settings },
  })
}

test('silent stall (kafkajs#659, platformatic/kafka#228): a broker that falls silent in the middle of reading is given up, and reading goes on', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    let fetches = 0
    cluster.script = ({ name }) => (name === 'Fetch' && ++fetches % 5 === 0 ? 'silence' : undefined)
    const consumer = reader(cluster, world, { 'request.timeout.ms': 2000 })
    consumer.assign([{ topic: 't', partition: 0 }])
    const seen: number[] = []
    const reading = (async () => {
      for await (const { offset } of consumer.records()) if (seen.push(offset) === 100) break
    })()
    for (let batch = 0; batch < 20; batch++) {
      fill(cluster, 5)
      await sleep(world.clock, 700)
    }
    await reading
    assert.deepEqual(
      seen,
      Array.from({ length: 100 }, (_, index) => index),
    )
    assert.ok(fetches >= 15, `the broker fell silent ${Math.floor(fetches / 5)} times`)
    await consumer.close()
  }))

for (const [name, settings] of Object.entries({
  eager: { 'partition.assignment.strategy': 'range' },
  cooperative: { 'partition.assignment.strategy': 'cooperative-sticky' },
  'KIP-848': { 'group.protocol': 'consumer' },
})) {
  test(`endless rebalances (kafkajs#1720, #1593): members that start at once settle soon, and stay so: ${name}`, () =>
    withCluster({}, async (cluster, world) => {
      cluster.createTopic('t', 8)
      const members = Array.from({ length: 4 }, () => new Reader(open(cluster, world, settings), ['t']))
      await until(cluster, 'each has two partitions', () => members.every(({ owned }) => owned.length === 2), 60_000)
      const rebalances = () => cluster.groups.group('g').generationId + cluster.groups.modern.epoch('g')
      const settled = rebalances()
      assert.ok(settled <= 2 * members.length, `${settled} rebalances for ${members.length} members`)
      await sleep(world.clock, 60_000)
      assert.equal(rebalances(), settled)
      for (const { consumer } of members) await consumer.close()
    }))
}

test('unfair partitions (platformatic/kafka#128, #260): a long backlog of one does not hold up the others', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 2)
    for (let batch = 0; batch < 200; batch++) fill(cluster, 100)
    fill(cluster, 10, { partition: 1 })
    const consumer = reader(cluster, world)
    consumer.assign(await consumer.partitionsFor('t'))
    let before = 0
    for await (const { partition, records } of consumer.chunks()) {
      if (partition === 1) break
      before += records.length
    }
    assert.ok(before <= 1000, `${before} records of the other came first`)
    await consumer.close()
  }))

test('pauses without a reason (kafkajs#1260): a record is handed out when it is written, not at the next interval', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const consumer = reader(cluster, world)
    consumer.assign([{ topic: 't', partition: 0 }])
    for (let round = 0; round < 20; round++) {
      const polled = consumer.poll({ timeoutMs: 10_000 })
      await sleep(world.clock, 733)
      const writtenMs = cluster.clock.monotonic()
      fill(cluster, 1)
      assert.equal((await polled)?.records[0]?.offset, round)
      assert.ok(cluster.clock.monotonic() - writtenMs < 50)
    }
    await consumer.close()
  }))

test('stale epochs (platformatic/kafka#267, #248): a leader that moves, and refusals for an epoch, are got over by reader and writer', () =>
  withCluster({ brokers: 2 }, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const consumer = reader(cluster, world)
    const producer = createProducer({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    consumer.assign([{ topic: 't', partition: 0 }])
    const partition = cluster.partition('t', 0)
    const refusals = [
      errorCodes.FENCED_LEADER_EPOCH,
      errorCodes.UNKNOWN_LEADER_EPOCH,
      errorCodes.NOT_LEADER_OR_FOLLOWER,
    ]
    for (let round = 0; round < 6; round++) {
      partition.leader = 1 + (round % 2)
      partition.epoch++
      const errorCode = refusals[round % refusals.length]!
      let isRefused = false
      cluster.script = ({ name }) => {
        if (name !== 'Fetch' || isRefused) return undefined
        isRefused = true
        return { errorCode }
      }
      const { offset } = await producer.send({ topic: 't', value: String(round) })
      assert.equal(offset, round)
      const chunk = await consumer.poll({ timeoutMs: 20_000 })
      assert.equal(chunk?.records[0]?.offset, round)
    }
    await producer.close()
    await consumer.close()
  }))
