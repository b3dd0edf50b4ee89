import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomBelow, seededPrng, silentLogger } from '@dorsale/base'
import { errorCodes } from '@dorsale/protocol'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'
import { createProducer } from './kafka-producer.ts'
import type { ProducerSettings } from './producer.ts'

function open(cluster: FakeCluster, world: ClientWorld, settings: ProducerSettings = {}) {
  const small = { 'batch.size': 100, 'linger.ms': 0, 'request.timeout.ms': 1000 }
  return createProducer({ world, settings: { 'bootstrap.servers': cluster.bootstrap, ...small, ...settings } })
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index))

test('R-03-089: idempotence gives way to a setting that excludes it, aloud, unless it was asked for', () =>
  withCluster({}, async (cluster, each) => {
    cluster.createTopic('t', 1)
    const warnings: string[] = []
    const world = { ...each, logger: { ...silentLogger, warn: (message: string) => void warnings.push(message) } }
    for (const [key, value] of [
      ['acks', 1],
      ['acks', '0'],
      ['retries', 0],
      ['max.in.flight.requests.per.connection', 6],
    ] as const) {
      const settings = { 'bootstrap.servers': cluster.bootstrap, [key]: value }
      const producer = createProducer({ world, settings })
      await producer.send({ topic: 't', value: 'x' })
      await producer.close()
      assert.equal(cluster.count('InitProducerId'), 0)
      assert.equal(warnings.pop(), `idempotence is off because of ${key}`)
      const refused = new RegExp(`enable\\.idempotence needs ${key.replaceAll('.', '\\.')}`)
      assert.throws(() => createProducer({ world, settings: { ...settings, 'enable.idempotence': true } }), refused)
      assert.throws(() => createProducer({ world, settings: { ...settings, 'transactional.id': 'x' } }), refused)
    }
    const safe = { 'bootstrap.servers': cluster.bootstrap, acks: '-1', retries: 5 }
    const producer = createProducer({ world, settings: safe })
    await producer.send({ topic: 't', value: 'x' })
    await producer.close()
    assert.equal(cluster.count('InitProducerId'), 1)
    assert.deepEqual(warnings, [])
  }))

test('five batches are under way at once, and no more', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = open(cluster, world, { 'request.timeout.ms': 60_000 })
    await producer.send({ topic: 't', value: 'first' })
    const before = cluster.arrived
    cluster.script = ({ name }) => (name === 'Produce' ? 'silence' : undefined)
    for (let index = 0; index < 20; index++) producer.send({ topic: 't', value: 'x'.repeat(100) })
    await new Promise<void>(resolve => world.clock.setTimer(500, resolve))
    assert.equal(cluster.arrived - before, 5)
    await producer.close({ timeoutMs: 0 })
  }))

test('an answer that is lost leads to no duplicate', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = open(cluster, world)
    await producer.send({ topic: 't', value: '0' })
    let cuts = 1
    cluster.script = ({ name }) => (name === 'Produce' && cuts-- > 0 ? 'cut after' : undefined)
    assert.equal((await producer.send({ topic: 't', value: '1' })).offset, 1)
    assert.deepEqual(cluster.values('t', 0), ['0', '1'])
    await producer.close()
  }))

test('when one of five fails, those after it wait their turn and the order holds', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    let count = 0
    cluster.script = ({ name }) =>
      name === 'Produce' && ++count === 3 ? { errorCode: errorCodes.NOT_ENOUGH_REPLICAS } : undefined
    const producer = open(cluster, world)
    const values = numbers(200)
    await producer.sendAll(values.map(value => ({ topic: 't', value })))
    assert.deepEqual(cluster.values('t', 0), values)
    await producer.close()
  }))

test('a topic that its broker does not know yet gets its first batch first, whatever number a broker would begin with', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    let refusals = 1
    cluster.script = ({ name }) =>
      name === 'Produce' && refusals-- > 0 ? { errorCode: errorCodes.UNKNOWN_TOPIC_OR_PARTITION } : undefined
    const producer = open(cluster, world)
    const values = numbers(200)
    await producer.sendAll(values.map(value => ({ topic: 't', value })))
    assert.deepEqual(cluster.values('t', 0), values)
    await producer.close()
  }))

test('a batch that is given up leaves a gap in the numbers, and the next epoch closes it', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 2)
    const producer = open(cluster, world)
    await producer.send({ topic: 't', partition: 0, value: 'a' })
    await producer.send({ topic: 't', partition: 1, value: 'other' })
    let refusals = 1
    cluster.script = ({ name }) =>
      name === 'Produce' && refusals-- > 0 ? { errorCode: errorCodes.INVALID_RECORD } : undefined
    await assert.rejects(producer.send({ topic: 't', partition: 0, value: 'bad' }).then(), {
      errorName: 'INVALID_RECORD',
    })
    await producer.send({ topic: 't', partition: 0, value: 'b' })
    await producer.send({ topic: 't', partition: 1, value: 'more' })
    assert.deepEqual(cluster.values('t', 0), ['a', 'b'])
    assert.deepEqual(cluster.values('t', 1), ['other', 'more'])
    assert.deepEqual(
      [...cluster.partition('t', 0).producers.values()].map(({ epoch }) => epoch),
      [1],
    )
    await producer.close()
  }))

test('a broker that has forgotten the producer is told the numbers anew', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = open(cluster, world)
    await producer.send({ topic: 't', value: 'a' })
    let refusals = 1
    cluster.script = ({ name }) =>
      name === 'Produce' && refusals-- > 0 ? { errorCode: errorCodes.UNKNOWN_PRODUCER_ID } : undefined
    cluster.partition('t', 0).producers.clear()
    await producer.send({ topic: 't', value: 'b' })
    assert.deepEqual(cluster.values('t', 0), ['a', 'b'])
    await producer.close()
  }))

// Goal: whatever happens on the way, what was acknowledged is there once, in order. Method: requests are cut before and after they take effect, refused and
// left unanswered at random, and the broker dies and comes back with its logs.
for (let seed = 1; seed <= 12; seed++) {
  test(`nothing is lost, doubled or reordered through trouble of every kind, seed ${seed}`, () =>
    withCluster({ seed, brokers: 2 }, async (cluster, world) => {
      const prng = seededPrng(seed, 'script')
      cluster.createTopic('t', 3, { leaders: [1, 2] })
      const deeds = [
        'cut',
        'cut after',
        'silence',
        { errorCode: errorCodes.NOT_LEADER_OR_FOLLOWER },
        { errorCode: errorCodes.NOT_ENOUGH_REPLICAS },
      ] as const
      let isTroubled = true
      cluster.script = ({ name }) =>
        isTroubled && name === 'Produce' && randomBelow(prng, 4) === 0
          ? deeds[randomBelow(prng, deeds.length)]
          : undefined
      const producer = open(cluster, world)
      const values = numbers(600)
      const sending = producer.sendAll(values.map(value => ({ topic: 't', key: value, value })))
      const trouble = (async () => {
        for (let death = 0; death < 3; death++) {
          await new Promise<void>(resolve => world.clock.setTimer(300, resolve))
          await cluster.kill(1 + (death % 2))
          await new Promise<void>(resolve => world.clock.setTimer(400, resolve))
          await cluster.start(1 + (death % 2))
        }
        isTroubled = false
      })()
      assert.equal(await sending, values.length)
      await trouble
      const all = [0, 1, 2].map(index => cluster.values('t', index).map(Number))
      for (const each of all)
        assert.deepEqual(
          each,
          each.toSorted((a, b) => a - b),
        )
      assert.deepEqual(
        all.flat().toSorted((a, b) => a - b),
        values.map(Number),
      )
      await producer.close()
    }))
}
