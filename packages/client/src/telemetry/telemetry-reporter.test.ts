import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DorsaleError, sleep } from '@dorsale/base'
import {
  codecs,
  errorCodes,
  type GetTelemetrySubscriptionsRequest,
  type getTelemetrySubscriptionsResponse,
  type PartialMessage,
  type PushTelemetryRequest,
  zeroUuid,
} from '@dorsale/protocol'
import { createAdmin } from '../admin/admin.ts'
import { findMetric, type KafkaMetric } from '../metrics/metrics.ts'
import { createProducer } from '../producer/kafka-producer.ts'
import type { ProducerSettings } from '../producer/producer.ts'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'

const instanceId = 'c5n8KaKcTm-yVQT2iVbPqA'

type Answer = PartialMessage<typeof getTelemetrySubscriptionsResponse>

/** Brokers that want metrics: `subscription` is what they answer, `pushError` what they answer to pushes. */
function collecting(cluster: FakeCluster, subscription: Answer = {}) {
  const state = { subscription, pushError: 0 }
  cluster.takesTelemetry = true
  cluster.script = ({ name }) => {
    if (name === 'PushTelemetry') return { answer: { throttleTimeMs: 0, errorCode: state.pushError } }
    if (name !== 'GetTelemetrySubscriptions') return undefined
    return {
      answer: {
        throttleTimeMs: 0,
        errorCode: 0,
        clientInstanceId: instanceId,
        subscriptionId: 7,
        acceptedCompressionTypes: [4, 3, 1, 2],
        pushIntervalMs: 10_000,
        telemetryMaxBytes: 1_000_000,
        deltaTemporality: true,
        requestedMetrics: ['*'],
        ...state.subscription,
      },
    }
  }
  return state
}

const asked = (cluster: FakeCluster) =>
  cluster.seen
    .filter(({ name }) => name === 'GetTelemetrySubscriptions')
    .map(({ body, atMs }) => ({ ...(body as GetTelemetrySubscriptionsRequest), atMs }))
const pushed = (cluster: FakeCluster) =>
  cluster.seen
    .filter(({ name }) => name === 'PushTelemetry')
    .map(({ body, atMs }) => ({ ...(body as PushTelemetryRequest), atMs }))

function plainOf({ metrics, compressionType }: PushTelemetryRequest): Buffer {
  assert.equal(compressionType, codecs.zstd.id)
  return Buffer.from(codecs.zstd.decompress(metrics, 1 << 20))
}

const textIn = (push: PushTelemetryRequest) => plainOf(push).toString('latin1')

/** The value of a metric that stands in a push with one point of that name. */
function valueIn(push: PushTelemetryRequest, name: string): number {
  const plain = plainOf(push)
  const at = plain.indexOf(name)
  assert.ok(at >= 0, name)
  // The double follows the tag of field 4, wire type 1, behind the two times.
  const tag = plain.indexOf(0x21, at + name.length + 20)
  return plain.readDoubleLE(tag + 1)
}

function open(cluster: FakeCluster, world: ClientWorld, settings: ProducerSettings = {}) {
  cluster.createTopic('t', 1)
  return createProducer({ world, settings: { 'bootstrap.servers': cluster.bootstrap, ...settings } })
}

test('a client asks once what is wanted, pushes at the interval, and once more when it closes', () =>
  withCluster({}, async (cluster, world) => {
    collecting(cluster)
    const producer = open(cluster, world)
    await producer.send({ topic: 't', value: 'a' })
    assert.equal(await producer.clientInstanceId({ timeoutMs: 1000 }), instanceId)
    await sleep(world.clock, 40_000)
    assert.deepEqual(
      asked(cluster).map(each => each.clientInstanceId),
      [zeroUuid],
    )
    const pushes = pushed(cluster)
    assert.ok(pushes.length >= 3, `${pushes.length}`)
    const firstMs = pushes[0]!.atMs - asked(cluster)[0]!.atMs
    assert.ok(firstMs >= 5000 && firstMs <= 15_100, `the first comes at any moment: ${firstMs} ms`)
    const nextMs = pushes[1]!.atMs - pushes[0]!.atMs
    assert.ok(nextMs >= 10_000 && nextMs < 10_100)
    assert.ok(pushes.every(({ subscriptionId, terminating }) => subscriptionId === 7 && !terminating))
    await producer.close()
    const last = pushed(cluster).at(-1)!
    assert.equal(pushed(cluster).length, pushes.length + 1)
    assert.equal(last.terminating, true)
  }))

test('an admin client pushes where it is told to, its own figures and those of the application, under the id that it names', () =>
  withCluster({}, async (cluster, world) => {
    collecting(cluster)
    const admin = createAdmin({
      world,
      settings: { 'bootstrap.servers': cluster.bootstrap, 'enable.metrics.push': true },
    })
    const metricName = { group: 'tool-metrics', name: 'runs-total', description: '', tags: {} }
    const metric = { metricName, isCumulative: true, metricValue: () => 5 }
    admin.registerMetricForSubscription(metric)
    // It needs no other call.
    assert.equal(await admin.clientInstanceId(), instanceId)
    assert.equal(await admin.clientInstanceId({ timeoutMs: 10 }), instanceId)
    await sleep(world.clock, 20_000)
    const [first] = pushed(cluster)
    assert.equal(first?.clientInstanceId, instanceId)
    assert.equal(valueIn(first!, 'org.apache.kafka.tool.runs.total'), 5)
    assert.ok(valueIn(first!, 'org.apache.kafka.admin.client.connection.creation.total') >= 1)
    admin.unregisterMetricFromSubscription(metric)
    await admin.close()
    const last = pushed(cluster).at(-1)!
    assert.equal(last.terminating, true)
    assert.ok(!textIn(last).includes('tool.runs'))
    assert.equal(asked(cluster).length, 1)
  }))

test('an admin client pushes nothing and has no id unless it is told to, as in Kafka', () =>
  withCluster({}, async (cluster, world) => {
    collecting(cluster)
    const admin = createAdmin({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    await admin.listTopics()
    await assert.rejects(admin.clientInstanceId(), { code: 'DORSALE_NO_TELEMETRY' })
    await sleep(world.clock, 40_000)
    await admin.close()
    assert.deepEqual([asked(cluster), pushed(cluster)], [[], []])
  }))

test('sums are told as what came since the last push that was taken', () =>
  withCluster({}, async (cluster, world) => {
    const state = collecting(cluster)
    const producer = open(cluster, world)
    const name = 'org.apache.kafka.producer.record.send.total'
    const until = async (count: number) => {
      while (pushed(cluster).length < count) await sleep(world.clock, 100)
      return valueIn(pushed(cluster)[count - 1]!, name)
    }
    await producer.send({ topic: 't', value: 'a' })
    assert.equal(await until(1), 1)
    await producer.sendAll([1, 2].map(() => ({ topic: 't', value: 'b' })))
    state.pushError = errorCodes.THROTTLING_QUOTA_EXCEEDED
    assert.equal(await until(2), 2)
    state.pushError = 0
    assert.equal(await until(3), 2, 'the second push was not taken')
    assert.equal(await until(4), 0)
    await producer.close()
  }))

/** A figure of an application. */
function figure(name: string, metricValue: () => number) {
  const metricName = { group: 'orders-metrics', name, description: 'Of the application.', tags: { 'shop-id': '5' } }
  return { metricName, isCumulative: true, metricValue } satisfies KafkaMetric
}

test('figures of the application are pushed beside those of the client, until they are taken back (KIP-1076)', () =>
  withCluster({}, async (cluster, world) => {
    collecting(cluster)
    const producer = open(cluster, world)
    let sold = 3
    const orders = figure('sold-total', () => sold)
    producer.registerMetricForSubscription(figure('bought-total', () => 1))
    producer.registerMetricForSubscription(figure('bought-total', () => 12))
    producer.registerMetricForSubscription(
      figure('broken', () => {
        throw new DorsaleError('DORSALE_CLOSED', 'the shop is closed')
      }),
    )
    producer.registerMetricForSubscription(orders)
    await producer.send({ topic: 't', value: 'a' })
    const push = async (count: number) => {
      while (pushed(cluster).length < count) await sleep(world.clock, 100)
      return pushed(cluster)[count - 1]!
    }
    const first = await push(1)
    assert.equal(valueIn(first, 'org.apache.kafka.orders.bought.total'), 12)
    assert.equal(valueIn(first, 'org.apache.kafka.orders.sold.total'), 3)
    assert.equal(textIn(first).includes('org.apache.kafka.orders.broken'), false)
    assert.ok(textIn(first).includes('shop_id'))
    sold = 10
    assert.equal(valueIn(await push(2), 'org.apache.kafka.orders.sold.total'), 7, 'what came since')
    assert.equal(findMetric(producer.metrics(), { name: 'bought-total' }), undefined)
    producer.unregisterMetricFromSubscription(figure('sold-total', () => 0))
    assert.equal(textIn(await push(3)).includes('orders.sold'), false, 'by its name, as in Kafka')
    await producer.close()
  }))

test("a figure that is called as one of the client's own neither replaces nor removes it (KIP-1076)", () =>
  withCluster({}, async (cluster, world) => {
    collecting(cluster)
    const producer = open(cluster, world)
    await producer.send({ topic: 't', value: 'a' })
    const own = findMetric(producer.metrics(), { name: 'record-send-total', group: 'producer-metrics' })!
    producer.registerMetricForSubscription({ ...own, metricValue: () => 999 })
    producer.unregisterMetricFromSubscription(own)
    while (pushed(cluster).length < 1) await sleep(world.clock, 100)
    assert.equal(valueIn(pushed(cluster)[0]!, 'org.apache.kafka.producer.record.send.total'), 1)
    await producer.close()
  }))

test('a subscription that the broker does not know any more is asked for anew, under the same id', () =>
  withCluster({}, async (cluster, world) => {
    const state = collecting(cluster)
    const producer = open(cluster, world)
    await producer.send({ topic: 't', value: 'a' })
    while (asked(cluster).length < 1) await sleep(world.clock, 1)
    state.pushError = errorCodes.UNKNOWN_SUBSCRIPTION_ID
    state.subscription = { subscriptionId: 8 }
    while (pushed(cluster).length < 1) await sleep(world.clock, 100)
    state.pushError = 0
    while (pushed(cluster).length < 2) await sleep(world.clock, 100)
    assert.deepEqual(
      asked(cluster).map(each => each.clientInstanceId),
      [zeroUuid, instanceId],
    )
    assert.equal(pushed(cluster)[1]!.subscriptionId, 8)
    await producer.close()
  }))

test('who is asked for nothing asks again later and pushes nothing, at the end neither', () =>
  withCluster({}, async (cluster, world) => {
    collecting(cluster, { requestedMetrics: [] })
    const producer = open(cluster, world)
    await producer.send({ topic: 't', value: 'a' })
    await sleep(world.clock, 25_000)
    assert.equal(asked(cluster).length, 3)
    await producer.close()
    assert.equal(pushed(cluster).length, 0)
  }))

test('brokers that take no metrics, a refusal for good, and enable.metrics.push=false end it', () =>
  withCluster({}, async (cluster, world) => {
    const refused = (promise: Promise<unknown>) =>
      assert.rejects(promise, (error: DorsaleError) => error.code === 'DORSALE_NO_TELEMETRY')
    const without = open(cluster, world)
    await without.send({ topic: 't', value: 'a' })
    await refused(without.clientInstanceId({ timeoutMs: 1000 }))
    await without.close()
    const state = collecting(cluster)
    const off = open(cluster, world, { 'enable.metrics.push': false })
    await off.send({ topic: 't', value: 'a' })
    await refused(off.clientInstanceId({ timeoutMs: 1000 }))
    await off.close()
    assert.equal(asked(cluster).length, 0)
    const producer = open(cluster, world)
    await producer.send({ topic: 't', value: 'a' })
    state.pushError = errorCodes.INVALID_RECORD
    await sleep(world.clock, 60_000)
    assert.equal(pushed(cluster).length, 1)
    await producer.close()
    assert.equal(pushed(cluster).length, 1)
  }))

test('an id is known before anything is sent, and waited for no longer than asked', () =>
  withCluster({}, async (cluster, world) => {
    collecting(cluster)
    const producer = open(cluster, world)
    assert.equal(await producer.clientInstanceId({ timeoutMs: 1000 }), instanceId)
    await producer.close()
    cluster.script = () => 'silence'
    const late = open(cluster, world)
    await assert.rejects(
      late.clientInstanceId({ timeoutMs: 500 }),
      (error: DorsaleError) => error.code === 'DORSALE_TIMEOUT',
    )
    await late.close()
  }))
