import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Consumer, Producer, ShareConsumer } from '@dorsale/client'
import { longSerde } from '@dorsale/serde'
import { MockConsumer } from './mock-consumer.ts'
import { MockProducer } from './mock-producer.ts'
import { MockShareConsumer } from './mock-share-consumer.ts'

interface Order {
  readonly id: number
}

const p0 = { topic: 'orders', partition: 0 }
const p1 = { topic: 'orders', partition: 1 }

/** An application, written once: it takes the interfaces, whoever stands behind them. */
async function ship(consumer: Consumer<string, Order>, producer: Producer<string, Order>): Promise<void> {
  consumer.subscribe(['orders'])
  for await (const record of consumer.records()) {
    if (record.value === null) continue
    await producer.send({ topic: 'shipments', key: record.key, value: record.value })
    await consumer.commit(record)
  }
  await consumer.close()
}

test('an application is tested without a cluster', async () => {
  const consumer = new MockConsumer<string, Order>({ offsetReset: 'earliest' })
  const producer = new MockProducer<string, Order>({ partitions: { shipments: 3 } })
  consumer.updateBeginningOffsets([{ ...p0, offset: 0 }])
  consumer.schedulePollTask(async () => {
    await consumer.rebalance([p0])
    consumer.addRecord({ ...p0, offset: 0, key: 'a', value: { id: 1 } })
    consumer.addRecord({ ...p0, offset: 1, key: 'a', value: null })
    consumer.addRecord({ ...p0, offset: 2, key: 'b', value: { id: 2 } })
  })
  consumer.schedulePollTask(() => consumer.stop())
  await ship(consumer, producer)
  assert.deepEqual(
    producer.history.map(({ key, value }) => [key, value?.id]),
    [
      ['a', 1],
      ['b', 2],
    ],
  )
  assert.deepEqual(
    (await consumer.committed([p0])).map(({ offset }) => offset),
    [3],
  )
  assert.ok(consumer.isClosed)
})

test('without autoComplete a test decides what becomes of each record, in order', async () => {
  const producer = new MockProducer({ autoComplete: false })
  const deliveries = ['a', 'b', 'c'].map(value => producer.send({ topic: 't', value }))
  assert.ok(!producer.isFlushed)
  assert.ok(producer.completeNext())
  assert.ok(producer.errorNext(new Error('lost')))
  assert.deepEqual(await deliveries[0], { topic: 't', partition: 0, offset: 0, timestamp: -1 })
  await assert.rejects(Promise.resolve(deliveries[1]), /lost/)
  await producer.flush()
  assert.equal((await deliveries[2])?.offset, 2)
  assert.ok(!producer.completeNext() && !producer.errorNext(new Error('none')))
  assert.equal(producer.history.length, 3)
})

test('a transaction shows what it sent when it is committed, and nothing when it is aborted', async () => {
  const producer = new MockProducer({ transactionalId: 'x' })
  assert.throws(() => producer.beginTransaction(), { code: 'DORSALE_TRANSACTION_STATE' })
  await producer.initTransactions()
  assert.throws(() => producer.send({ topic: 't', value: 'early' }), { code: 'DORSALE_TRANSACTION_STATE' })
  const group = { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: null }
  const offsets = [{ topic: 'in', partition: 0, offset: 7 }]
  await producer.transaction(async () => {
    producer.send({ topic: 't', value: 'a' })
    await producer.sendOffsetsToTransaction(offsets, group)
    assert.deepEqual([producer.history.length, producer.uncommittedRecords.length], [0, 1])
  })
  assert.deepEqual(producer.consumerGroupOffsetsHistory, [{ group, offsets }])
  await assert.rejects(
    producer.transaction(async () => {
      producer.send({ topic: 't', value: 'b' })
      throw new Error('no')
    }),
    /no/,
  )
  assert.deepEqual(
    producer.history.map(({ value }) => value),
    ['a'],
  )
  assert.deepEqual([producer.commitCount, producer.abortCount], [1, 1])
})

test('a producer that is fenced can do nothing any more', async () => {
  const producer = new MockProducer({ transactionalId: 'x' })
  await producer.initTransactions()
  producer.beginTransaction()
  producer.fenceProducer()
  const fenced = { code: 'DORSALE_TRANSACTION_FATAL', severity: 'fatal' }
  assert.throws(() => producer.send({ topic: 't', value: 'a' }), fenced)
  await assert.rejects(producer.commitTransaction(), fenced)
  await assert.rejects(producer.abortTransaction(), fenced)
})

test('calls fail when a test says so, once; serializers are called; keys are placed as by the real producer', async () => {
  const producer = new MockProducer<string, bigint | number>({ partitions: { t: 6 }, valueSerializer: longSerde })
  producer.failNext('send', new Error('full'))
  assert.throws(() => producer.send({ topic: 't', value: 1 }), /full/)
  assert.throws(() => producer.send({ topic: 't', value: 'text' as unknown as bigint }), {
    code: 'DORSALE_SERIALIZATION',
  })
  // Kafka: murmur2 of "42", modulo 6.
  assert.equal((await producer.send({ topic: 't', key: '42', value: 1 })).partition, 4)
  assert.throws(() => producer.send({ topic: 't', partition: 6, value: 1 }), /partitions 0 to 5/)
  assert.equal((await producer.partitionsFor('t')).length, 6)
  await producer.close()
  assert.throws(() => producer.send({ topic: 't', value: 1 }), { code: 'DORSALE_CLOSED' })
})

test('a consumer hands out what its partitions have, bounded, by position; seek, pause and resume are obeyed', async () => {
  const consumer = new MockConsumer<string, number>({ offsetReset: 'earliest', maxPollRecords: 2 })
  const take = async () => (await consumer.poll({ timeoutMs: 0 }))?.records.map(({ value }) => value)
  assert.throws(() => consumer.addRecord({ ...p0, offset: 0 }), { code: 'DORSALE_NOT_ASSIGNED' })
  consumer.assign([p0, { ...p1, offset: 10 }])
  await assert.rejects(consumer.poll({ timeoutMs: 0 }), /updateBeginningOffsets/)
  consumer.updateBeginningOffsets([{ ...p0, offset: 0 }])
  for (let offset = 0; offset < 3; offset++)
    consumer.addRecord({ ...p0, offset, value: offset, timestamp: offset * 100 })
  consumer.addRecord({ ...p1, offset: 10, value: 10 })
  assert.deepEqual([await take(), await take(), await take(), await take()], [[0, 1], [10], [2], undefined])
  assert.deepEqual([await consumer.position(p0), consumer.lag(p0)], [3, 0])
  consumer.seek({ ...p0, offset: 1 })
  consumer.pause([p0])
  assert.deepEqual([await take(), consumer.paused], [undefined, [p0]])
  consumer.resume([p0])
  assert.deepEqual(await take(), [1, 2])
  consumer.seekToTime(150)
  assert.deepEqual(await take(), [2])
  await consumer.commit([{ ...p0, offset: 2 }])
  assert.deepEqual(await consumer.offsetsForTimes([{ ...p0, timestamp: 100 }]), [
    { ...p0, offset: 1, timestamp: 100, leaderEpoch: -1 },
  ])
  consumer.setPollException(new Error('broken'))
  await assert.rejects(take(), /broken/)
  assert.throws(() => consumer.subscribe(['orders']), { code: 'DORSALE_INVALID_SUBSCRIPTION' })
})

test('a rebalance tells the listener what goes and what comes, and a new owner begins where the group has committed', async () => {
  const consumer = new MockConsumer<string, number>({ offsetReset: 'none' })
  const heard: string[] = []
  const note = (what: string) => (partitions: readonly { partition: number }[]) => {
    heard.push(`${what} ${partitions.map(({ partition }) => partition)}`)
  }
  consumer.subscribe(['orders'], { assigned: note('assigned'), revoked: note('revoked') })
  await consumer.commit([{ ...p0, offset: 5 }])
  await consumer.rebalance([p0, p1])
  await consumer.rebalance([p0])
  assert.deepEqual(heard, ['assigned 0,1', 'revoked 1', 'assigned '])
  assert.equal(await consumer.position(p0), 5)
  await consumer.rebalance([p1])
  await assert.rejects(consumer.poll({ timeoutMs: 0 }), { code: 'DORSALE_NO_POSITION' })
})

test('a share consumer keeps what was said of each record; what is released comes again', async () => {
  const heard: unknown[] = []
  const mock = new MockShareConsumer<string, number>({
    acknowledgementMode: 'explicit',
    onAcknowledged: outcomes => heard.push(...outcomes),
  })
  const consumer: ShareConsumer<string, number> = mock
  consumer.subscribe(['orders'])
  for (let offset = 0; offset < 3; offset++) mock.addRecord({ ...p0, offset, value: offset })
  const [a, b, c] = (await consumer.poll({ timeoutMs: 0 }))!.records
  consumer.acknowledge(a!)
  consumer.acknowledge(b!, 'release')
  await assert.rejects(consumer.poll({ timeoutMs: 0 }), { code: 'DORSALE_UNACKNOWLEDGED' })
  consumer.acknowledge(c!, 'reject')
  const again = await consumer.poll({ timeoutMs: 0 })
  assert.deepEqual(
    again?.records.map(({ offset, deliveryCount }) => [offset, deliveryCount]),
    [[1, 2]],
  )
  assert.deepEqual(
    mock.acknowledged.map(({ offset, type }) => `${offset} ${type}`),
    ['0 accept', '1 release', '2 reject'],
  )
  mock.refuseNext(new Error('too late'))
  consumer.acknowledge(again!.records[0]!)
  const [outcome] = await consumer.commit()
  assert.match(String(outcome?.error), /too late/)
  assert.equal(heard.length, 2)
  await consumer.close()
})

test('with implicit acknowledgement a share consumer accepts what was handled, and releases what a loop leaves', async () => {
  const consumer = new MockShareConsumer<string, number>()
  consumer.subscribe(['orders'])
  for (let offset = 0; offset < 3; offset++) consumer.addRecord({ ...p0, offset, value: offset })
  for await (const { offset } of consumer.records()) if (offset === 1) break
  assert.deepEqual(
    consumer.acknowledged.map(({ offset, type }) => `${offset} ${type}`),
    ['0 accept', '1 release', '2 release'],
  )
  consumer.setPollException(new Error('broken'))
  await assert.rejects(consumer.poll({ timeoutMs: 0 }), /broken/)
})

test('figures that an application registers are seen by its test, until they are taken back', () => {
  const metricName = { group: 'orders-metrics', name: 'sold-total', description: 'Of the application.', tags: {} }
  const sold = { metricName, isCumulative: true, metricValue: () => 1 }
  for (const mock of [new MockProducer(), new MockConsumer(), new MockShareConsumer()]) {
    mock.registerMetricForSubscription(sold)
    assert.deepEqual(mock.subscribedMetrics, [sold])
    mock.unregisterMetricFromSubscription(sold)
    assert.deepEqual(mock.subscribedMetrics, [])
  }
})
