import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorCodes } from '@dorsale/protocol'
import { type Deed, type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'
import { createProducer } from './kafka-producer.ts'
import type { ProducerSettings } from './producer.ts'

function open(cluster: FakeCluster, world: ClientWorld, settings: ProducerSettings = {}) {
  return createProducer({ world, settings: { 'bootstrap.servers': cluster.bootstrap, ...settings } })
}

/** Does this to the first `count` produce requests. */
function troubled(cluster: FakeCluster, deed: Deed, count = Number.POSITIVE_INFINITY): void {
  let left = count
  cluster.script = ({ name }) => (name === 'Produce' && left-- > 0 ? deed : undefined)
}

for (const errorCode of [
  errorCodes.NOT_LEADER_OR_FOLLOWER,
  errorCodes.NOT_ENOUGH_REPLICAS,
  errorCodes.KAFKA_STORAGE_ERROR,
  errorCodes.REQUEST_TIMED_OUT,
  errorCodes.CORRUPT_MESSAGE,
]) {
  test(`error ${errorCode} may pass, and is tried again`, () =>
    withCluster({}, async (cluster, world) => {
      cluster.createTopic('t', 1)
      troubled(cluster, { errorCode }, 3)
      const producer = open(cluster, world)
      assert.equal((await producer.send({ topic: 't', value: 'x' })).offset, 0)
      assert.equal(cluster.count('Produce'), 4)
      await producer.close()
    }))
}

test('an error that stays fails the delivery at once, under its name', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    troubled(cluster, { errorCode: errorCodes.TOPIC_AUTHORIZATION_FAILED })
    const producer = open(cluster, world)
    await assert.rejects(producer.send({ topic: 't', value: 'x' }).then(), { errorName: 'TOPIC_AUTHORIZATION_FAILED' })
    assert.equal(cluster.count('Produce'), 1)
    await producer.close()
  }))

test('retries bounds how often', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    troubled(cluster, { errorCode: errorCodes.NOT_ENOUGH_REPLICAS })
    const producer = open(cluster, world, { retries: 2 })
    await assert.rejects(producer.send({ topic: 't', value: 'x' }).then(), { errorName: 'NOT_ENOUGH_REPLICAS' })
    assert.equal(cluster.count('Produce'), 3)
    await producer.close()
  }))

test('delivery.timeout.ms bounds how long, whatever is tried meanwhile', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    for (const deed of [{ errorCode: errorCodes.NOT_ENOUGH_REPLICAS }, 'silence', 'cut'] as const) {
      troubled(cluster, deed)
      const settings = { 'delivery.timeout.ms': 5000, 'request.timeout.ms': 2000, 'linger.ms': 0 }
      const producer = open(cluster, world, settings)
      const began = cluster.clock.monotonic()
      await assert.rejects(producer.send({ topic: 't', value: 'x' }).then(), { code: 'DORSALE_TIMEOUT' })
      const took = cluster.clock.monotonic() - began
      assert.ok(took >= 5000 && took < 5500, `${took} ms`)
      await producer.close()
    }
  }))

test('after a time-out the producer goes on', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const settings = { 'delivery.timeout.ms': 3000, 'request.timeout.ms': 1000, 'linger.ms': 0 }
    const producer = open(cluster, world, settings)
    await producer.send({ topic: 't', value: 'before' })
    troubled(cluster, 'silence')
    await assert.rejects(producer.send({ topic: 't', value: 'lost' }).then(), { code: 'DORSALE_TIMEOUT' })
    cluster.script = () => undefined
    await producer.send({ topic: 't', value: 'after' })
    assert.deepEqual(cluster.values('t', 0), ['before', 'after'])
    assert.equal(producer.bufferedBytes, 0)
    await producer.close()
  }))

test('without idempotence one request at a time keeps the order through retries', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    let count = 0
    cluster.script = ({ name }) =>
      name === 'Produce' && ++count % 3 === 0 ? { errorCode: errorCodes.NOT_ENOUGH_REPLICAS } : undefined
    const producer = open(cluster, world, {
      'enable.idempotence': false,
      'max.in.flight.requests.per.connection': 1,
      'batch.size': 100,
    })
    const values = Array.from({ length: 100 }, (_, index) => String(index))
    await producer.sendAll(values.map(value => ({ topic: 't', value })))
    assert.deepEqual(cluster.values('t', 0), values)
    await producer.close()
  }))
