import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildBatch } from '@dorsale/protocol'
import { stringSerde } from '@dorsale/serde'
import type { DeserializerSetting } from '../config/serde-settings.ts'
import { memoryUseOf } from '../memory-use.ts'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'
import type { Consumer, ConsumerSettings } from './consumer.ts'
import { createConsumer } from './kafka-consumer.ts'
import type { ConsumerRecord, RecordChunk } from './record-chunk.ts'
import type { RecordDeserializationError } from './record-deserialization-error.ts'

/** Reads t-0, one batch with each fetch. */
function open<Value extends DeserializerSetting = undefined>(
  cluster: FakeCluster,
  world: ClientWorld,
  settings: ConsumerSettings<undefined, Value> = {},
) {
  const byDefault = { 'auto.offset.reset': 'earliest', 'max.partition.fetch.bytes': 1000 }
  const consumer = createConsumer({
    world,
    settings: { 'bootstrap.servers': cluster.bootstrap, ...byDefault, ...settings },
  })
  consumer.assign([{ topic: 't', partition: 0 }])
  return consumer
}

/** Writes a batch of ten records of 20 KB, each full of its number. */
function fill(cluster: FakeCluster, number: number): void {
  const records = Array.from({ length: 10 }, () => ({ value: Buffer.alloc(20_000, number) }))
  const batch = buildBatch(records)
  const { leader } = cluster.partition('t', 0)
  assert.equal(cluster.append(leader, { topic: 't', index: 0, version: 11 }, batch).errorCode, 0)
}

async function next<V>(consumer: Consumer<Uint8Array, V>): Promise<RecordChunk<Uint8Array, V>> {
  const chunk = await consumer.poll({ timeoutMs: 1000 })
  assert.ok(chunk !== undefined)
  return chunk
}

function idleOf<V>(consumer: Consumer<Uint8Array, V>): number {
  const row = memoryUseOf(consumer).find(({ what }) => what === 'bytes of memory for what is fetched next')
  assert.ok(row !== undefined && row.used <= row.bound)
  return row.used
}

const numbersOf = ({ records }: RecordChunk) => records.map(({ value }) => value?.[10_000])
const memoryOf = ({ records }: RecordChunk) => records[0]?.value?.buffer

test('what is not released stays as it is', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    for (const number of [1, 2, 3]) fill(cluster, number)
    const consumer = open(cluster, world)
    const chunks = [await next(consumer), await next(consumer), await next(consumer)]
    assert.deepEqual(
      chunks.map(numbersOf),
      [1, 2, 3].map(number => Array(10).fill(number)),
    )
    assert.equal(new Set(chunks.map(memoryOf)).size, 3)
    await consumer.close()
  }))

test('what is released is filled again, and who has kept a record sees that it is empty', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    for (const number of [1, 2, 3]) fill(cluster, number)
    const consumer = open(cluster, world)
    const first = await next(consumer)
    const capacity = memoryOf(first)?.byteLength
    first.release()
    first.release()
    assert.equal(first.records[5]?.value?.length, 0)
    assert.equal(idleOf(consumer), capacity)
    const second = await next(consumer)
    const third = await next(consumer)
    assert.equal(idleOf(consumer), 0, 'one of them has the memory of the first')
    assert.deepEqual(
      [second, third].map(numbersOf),
      [2, 3].map(number => Array(10).fill(number)),
    )
    assert.equal(first.records[5]?.value?.length, 0)
    second.release()
    third.release()
    assert.equal(idleOf(consumer), (capacity ?? 0) * 2)
    await consumer.close()
    assert.equal(idleOf(consumer), 0)
  }))

test('portions of one answer have its memory until the last of them is released', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 1)
    const consumer = open(cluster, world, { 'max.poll.records': 4 })
    const portions = [await next(consumer), await next(consumer), await next(consumer)] as const
    assert.deepEqual(
      portions.map(({ records }) => records.length),
      [4, 4, 2],
    )
    portions[2].release()
    portions[0].release()
    assert.equal(numbersOf(portions[1])[0], 1)
    portions[1].release()
    for (const { records } of portions) assert.equal(records[0]?.value?.length, 0)
    await consumer.close()
  }))

test('`using` releases', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 1)
    const consumer = open(cluster, world)
    const kept: RecordChunk[] = []
    for await (using chunk of consumer.chunks()) {
      assert.equal(numbersOf(chunk)[9], 1)
      kept.push(chunk)
      break
    }
    assert.equal(kept[0]?.records[0]?.value?.length, 0)
    await consumer.close()
  }))

test('where deserializers copy, memory is filled again without a word, unless headers are views of it', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    for (const number of [65, 66]) fill(cluster, number)
    const consumer = open(cluster, world, { 'value.deserializer': stringSerde })
    const first = await next(consumer)
    assert.ok(idleOf(consumer) >= 200_000)
    const second = await next(consumer)
    assert.deepEqual(
      [first, second].map(({ records }) => records[9]?.value),
      ['A', 'B'].map(letter => letter.repeat(20_000)),
    )
    const headers = [{ key: 'h', value: Buffer.from('of the first record') }]
    const { leader } = cluster.partition('t', 0)
    const batch = buildBatch([{ value: Buffer.alloc(100_000), headers }, { value: Buffer.alloc(1000) }])
    cluster.append(leader, { topic: 't', index: 0, version: 11 }, batch)
    const third = await next(consumer)
    assert.equal(Buffer.from(third.records[0]?.headers[0]?.value ?? []).toString(), 'of the first record')
    third.release()
    assert.equal(third.records[0]?.headers[0]?.value?.length, 0)
    await consumer.close()
  }))

test('a deserializer that does not say that it copies keeps the memory of its values', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    for (const number of [1, 2]) fill(cluster, number)
    const halves = { deserialize: (bytes: Uint8Array) => bytes.subarray(10_000) }
    const consumer = open(cluster, world, { 'value.deserializer': halves })
    const chunks = [await next(consumer), await next(consumer)]
    assert.deepEqual(
      chunks.map(({ records }) => records[0]?.value?.[0]),
      [1, 2],
    )
    assert.equal(idleOf(consumer), 0)
    await consumer.close()
  }))

test('what cannot be read keeps its bytes', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    for (const number of [1, 2]) fill(cluster, number)
    const errors: RecordDeserializationError[] = []
    const none = {
      copies: true,
      deserialize(bytes: Uint8Array) {
        if (bytes[0] === 1) throw new Error('no value')
        return bytes[0]
      },
    }
    const consumer = createConsumer({
      world,
      settings: {
        'bootstrap.servers': cluster.bootstrap,
        'auto.offset.reset': 'earliest',
        'max.partition.fetch.bytes': 1000,
        'value.deserializer': none,
      },
      onDeserializationError: error => void errors.push(error),
    })
    consumer.assign([{ topic: 't', partition: 0 }])
    assert.deepEqual(
      (await next(consumer)).records.map(({ value }) => value),
      Array(10).fill(2),
    )
    assert.deepEqual(
      errors.map(({ valueBytes }) => valueBytes?.[19_999]),
      Array(10).fill(1),
    )
    await consumer.close()
  }))

for (const codec of ['lz4', 'snappy', 'gzip'] as const) {
  test(`records that were compressed with ${codec} have memory of their own: that of their answer is filled again without a word`, () =>
    withCluster({}, async (cluster, world) => {
      cluster.createTopic('t', 1)
      const noise = noiseOf(200_000)
      const { leader } = cluster.partition('t', 0)
      const batch = buildBatch([{ value: noise }], { codec })
      assert.ok(batch.length > 100_000)
      cluster.append(leader, { topic: 't', index: 0, version: 11 }, batch)
      const consumer = open(cluster, world)
      const chunk = await next(consumer)
      const { value } = chunk.records[0] as ConsumerRecord
      assert.deepEqual(Buffer.from(value as Uint8Array), noise)
      const idleBytes = idleOf(consumer)
      assert.ok(idleBytes > 100_000)
      chunk.release()
      // Node decompresses gzip into memory of its own.
      if (codec === 'gzip') assert.deepEqual(Buffer.from(value as Uint8Array), noise)
      else assert.deepEqual([value?.length, idleOf(consumer) >= idleBytes + 200_000], [0, true])
      await consumer.close()
    }))
}

test('batches that were compressed are let go one by one, with the last portion that has records of them', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const { leader } = cluster.partition('t', 0)
    for (const number of [1, 2]) {
      const records = Array.from({ length: 4 }, () => ({ value: Buffer.alloc(20_000, number) }))
      cluster.append(leader, { topic: 't', index: 0, version: 11 }, buildBatch(records, { codec: 'lz4' }))
    }
    const settings = { 'max.poll.records': 3, 'max.partition.fetch.bytes': 1_000_000 }
    const consumer = open(cluster, world, settings)
    const portions = [await next(consumer), await next(consumer), await next(consumer)] as const
    assert.deepEqual(portions.map(numbersOf), [
      [1, 1, 1],
      [1, 2, 2],
      [2, 2],
    ])
    const lengths = () => portions.map(({ records }) => records.map(({ value }) => value?.length))
    const whole = 20_000
    portions[2].release()
    assert.deepEqual(lengths(), [Array(3).fill(whole), Array(3).fill(whole), Array(2).fill(whole)])
    portions[1].release()
    assert.deepEqual(lengths(), [Array(3).fill(whole), [whole, 0, 0], [0, 0]])
    portions[0].release()
    assert.deepEqual(lengths().flat(), Array(8).fill(0))
    await consumer.close()
  }))

/** Nothing that could be compressed. */
function noiseOf(length: number): Buffer {
  let state = 1
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return state >>> 24
    }),
  )
}
