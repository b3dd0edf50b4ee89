import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sleep } from '@dorsale/base'
import { buildBatch, errorCodes, type FetchRequest } from '@dorsale/protocol'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'
import type { Consumer, ConsumerSettings } from './consumer.ts'
import { createConsumer } from './kafka-consumer.ts'
import { lastHeader } from './record-chunk.ts'

function open(cluster: FakeCluster, world: ClientWorld, settings: ConsumerSettings = {}): Consumer {
  const early = { 'auto.offset.reset': 'earliest' }
  return createConsumer({ world, settings: { 'bootstrap.servers': cluster.bootstrap, ...early, ...settings } })
}

/** Writes batches of ten records into a partition, with their offsets as values. */
function fill(cluster: FakeCluster, count: number, { topic = 't', partition = 0, padding = 0 } = {}): void {
  const { nextOffset } = cluster.partition(topic, partition)
  for (let first = nextOffset; first < nextOffset + count; first += 10) {
    const records = Array.from({ length: 10 }, (_, index) => ({
      timestamp: 1000,
      value: Buffer.from(`${first + index}${' '.repeat(padding)}`),
    }))
    const { leader } = cluster.partition(topic, partition)
    assert.equal(cluster.append(leader, { topic, index: partition, version: 11 }, buildBatch(records)).errorCode, 0)
  }
}

/** The first `count` offsets that come. */
async function take(consumer: Consumer, count: number): Promise<number[]> {
  const offsets: number[] = []
  for await (const record of consumer.records()) {
    assert.equal(Number.parseInt(Buffer.from(record.value!).toString(), 10), record.offset)
    if (offsets.push(record.offset) === count) break
  }
  return offsets
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)
const p0 = { topic: 't', partition: 0 }

test('every record of every partition, in order, and those that come later', () =>
  withCluster({ brokers: 2 }, async (cluster, world) => {
    cluster.createTopic('t', 2, { leaders: [1, 2] })
    fill(cluster, 50)
    fill(cluster, 50, { partition: 1 })
    const consumer = open(cluster, world)
    consumer.assign(await consumer.partitionsFor('t'))
    const offsets: number[][] = [[], []]
    let count = 0
    for await (const chunk of consumer.chunks()) {
      for (const record of chunk) {
        offsets[record.partition]!.push(record.offset)
        count++
      }
      if (count === 100) fill(cluster, 10)
      if (count === 110) break
    }
    assert.deepEqual(offsets, [range(0, 60), range(0, 50)])
    assert.equal(await consumer.position(p0), 60)
    assert.equal(consumer.lag(p0), 0)
    await consumer.close()
  }))

test('a loop that is left goes on after the last record that it had', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 100)
    const consumer = open(cluster, world)
    consumer.assign([p0])
    assert.deepEqual(await take(consumer, 13), range(0, 13))
    assert.equal(await consumer.position(p0), 13)
    assert.deepEqual(await take(consumer, 20), range(13, 33))
    await consumer.close()
  }))

test('seek by offset, to the ends and by time, also in the middle of a loop', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 100)
    const consumer = open(cluster, world)
    consumer.assign([{ ...p0, offset: 95 }])
    assert.deepEqual(await take(consumer, 2), [95, 96])
    consumer.seekToBeginning()
    assert.deepEqual(await take(consumer, 2), [0, 1])
    consumer.seekToEnd()
    assert.equal(await consumer.position(p0), 100)
    consumer.seekToTime(5000)
    assert.equal(await consumer.position(p0), 100, 'no record is that young: the end')
    consumer.seek({ ...p0, offset: 40 })
    const offsets: number[] = []
    for await (const { offset } of consumer.records()) {
      offsets.push(offset)
      if (offset === 42) consumer.seek({ ...p0, offset: 80 })
      if (offset === 81) break
    }
    assert.deepEqual(offsets, [40, 41, 42, 80, 81])
    assert.deepEqual(
      (await consumer.endOffsets([p0])).map(({ offset }) => offset),
      [100],
    )
    assert.throws(() => consumer.seek({ topic: 'other', partition: 0, offset: 1 }), { code: 'DORSALE_NOT_ASSIGNED' })
    await consumer.close()
  }))

test('a paused partition gives nothing and keeps nothing in memory; the others go on', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 2)
    fill(cluster, 50)
    fill(cluster, 50, { partition: 1 })
    const consumer = open(cluster, world)
    consumer.assign(await consumer.partitionsFor('t'))
    const seen: string[] = []
    for await (const { partition, offset } of consumer.records()) {
      seen.push(`${partition}@${offset}`)
      if (partition === 0 && offset === 4) consumer.pause([p0])
      if (partition === 1 && offset === 49) break
    }
    assert.deepEqual(consumer.paused, [p0])
    assert.equal(seen.filter(each => each.startsWith('0@')).length, 5)
    assert.equal(await consumer.poll({ timeoutMs: 1000 }), undefined)
    consumer.resume([p0])
    assert.deepEqual(await take(consumer, 45), range(5, 50))
    await consumer.close()
  }))

test('R-04-224: of several headers of one name the last counts', () => {
  const [one, two] = [Buffer.from('1'), Buffer.from('2')]
  const headers = [
    { key: 'a', value: one },
    { key: 'a', value: two },
    { key: 'b', value: null },
  ]
  assert.equal(lastHeader({ headers }, 'a'), two)
  assert.equal(lastHeader({ headers }, 'b'), null)
  assert.equal(lastHeader({ headers }, 'c'), undefined)
})

test('an application that is slow holds the brokers back: memory is bounded (platformatic/kafka#260)', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 4)
    for (let partition = 0; partition < 4; partition++) fill(cluster, 200, { partition, padding: 1000 })
    const limits = { 'max.partition.fetch.bytes': 20_000, 'fetch.max.bytes': 50_000 }
    const consumer = open(cluster, world, limits)
    consumer.assign(await consumer.partitionsFor('t'))
    let count = 0
    for await (const chunk of consumer.chunks()) {
      assert.ok(chunk.sizeInBytes <= 30_000)
      const asked = cluster.count('Fetch')
      await sleep(world.clock, 2000)
      if (count < 600) assert.ok(cluster.count('Fetch') - asked <= 1, 'no fetch while what is there is not taken')
      for (const _ of chunk) count++
      if (count === 800) break
    }
    await consumer.close()
  }))

test('auto.offset.reset says where to begin, and where to go when a position is gone', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 100)
    cluster.partition('t', 0).startOffset = 50
    for (const [reset, position] of [
      ['earliest', 50],
      ['latest', 100],
      ['by_duration:PT1H', 100],
    ] as const) {
      const consumer = open(cluster, world, { 'auto.offset.reset': reset })
      consumer.assign([p0])
      assert.equal(await consumer.position(p0), position, reset)
      consumer.seek({ ...p0, offset: 10 })
      await sleep(world.clock, 1000)
      const at = await consumer.position(p0)
      assert.ok(at >= position, `${reset}: ${at}`)
      await consumer.close()
    }
    const strict = open(cluster, world, { 'auto.offset.reset': 'none' })
    strict.assign([p0])
    await assert.rejects(strict.poll({ timeoutMs: 5000 }), { code: 'DORSALE_NO_POSITION' })
    strict.seek({ ...p0, offset: 10 })
    await assert.rejects(strict.poll({ timeoutMs: 5000 }), { errorName: 'OFFSET_OUT_OF_RANGE' })
    strict.seek({ ...p0, offset: 90 })
    assert.equal((await take(strict, 1))[0], 90)
    await strict.close()
  }))

test('a log that was truncated is noticed by the epoch of the last record (KIP-320)', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 100)
    for (const reset of ['earliest', 'none'] as const) {
      const consumer = open(cluster, world, { 'auto.offset.reset': reset, 'max.partition.fetch.bytes': 100 })
      consumer.assign([{ ...p0, offset: 60 }])
      for await (const { offset } of consumer.records()) if (offset === 99) break
      const partition = cluster.partition('t', 0)
      partition.batches.length = 8
      Object.assign(partition, { nextOffset: 80, epoch: partition.epoch + 1 })
      if (reset === 'none') await assert.rejects(consumer.poll({ timeoutMs: 5000 }), { code: 'DORSALE_LOG_TRUNCATED' })
      else await consumer.poll({ timeoutMs: 1000 })
      assert.equal(await consumer.position(p0), reset === 'none' ? 100 : 80)
      fill(cluster, 20)
      await consumer.close()
    }
  }))

for (const answersEpochs of [true, false]) {
  test(`before Kafka 2.7 the leader is asked where the epoch ended, when it is new${answersEpochs ? '' : '; one from before 2.1 cannot say'}`, () =>
    withCluster({}, async (cluster, world) => {
      cluster.apiVersionMax.set(1, 11)
      if (!answersEpochs) cluster.apiVersionMax.set(23, 1)
      cluster.createTopic('t', 1)
      fill(cluster, 100)
      const consumer = open(cluster, world, { 'max.partition.fetch.bytes': 100, 'metadata.max.age.ms': 500 })
      consumer.assign([{ ...p0, offset: 60 }])
      for await (const { offset } of consumer.records()) if (offset === 99) break
      const asked = cluster.count('OffsetForLeaderEpoch')
      const partition = cluster.partition('t', 0)
      partition.batches.length = 8
      Object.assign(partition, { nextOffset: 80, epoch: partition.epoch + 1 })
      fill(cluster, 50)
      await consumer.poll({ timeoutMs: 5000 })
      const expected = answersEpochs ? 80 : 100
      assert.equal(cluster.count('OffsetForLeaderEpoch') - asked, answersEpochs ? 1 : 0)
      consumer.seek({ ...p0, offset: await consumer.position(p0) })
      const [first] = await take(consumer, 1)
      assert.ok(first! >= expected, `${first}`)
      await consumer.close()
    }))
}

test('a leader that moved, and a broker that died and came back, are followed', () =>
  withCluster({ brokers: 2 }, async (cluster, world) => {
    cluster.createTopic('t', 1, { leaders: [2] })
    fill(cluster, 30)
    const consumer = open(cluster, world, { 'request.timeout.ms': 1000 })
    consumer.assign([p0])
    assert.deepEqual(await take(consumer, 5), range(0, 5))
    Object.assign(cluster.partition('t', 0), { leader: 1, epoch: 1 })
    fill(cluster, 10)
    assert.deepEqual(await take(consumer, 35), range(5, 40))
    await cluster.kill(1)
    await sleep(world.clock, 3000)
    await cluster.start(1)
    fill(cluster, 10)
    assert.deepEqual(await take(consumer, 10), range(40, 50))
    let silences = 1
    cluster.script = ({ name }) => (name === 'Fetch' && silences-- > 0 ? 'silence' : undefined)
    fill(cluster, 10)
    assert.deepEqual(await take(consumer, 10), range(50, 60))
    await consumer.close()
  }))

test('damaged bytes are an error with their place, and can be passed over; unless check.crcs is off', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 30)
    const { bytes } = cluster.partition('t', 0).batches[1]!
    bytes[bytes.length - 2]! ^= 1
    const consumer = open(cluster, world)
    consumer.assign([p0])
    const offsets: number[] = []
    await assert.rejects(
      async () => {
        for await (const { offset } of consumer.records()) offsets.push(offset)
      },
      { code: 'DORSALE_DAMAGED', message: /t-0 at offset 10: the checksum/ },
    )
    assert.deepEqual(offsets, range(0, 10))
    consumer.seek({ ...p0, offset: 20 })
    assert.deepEqual(await take(consumer, 10), range(20, 30))
    await consumer.close()
    const trusting = open(cluster, world, { 'check.crcs': false })
    trusting.assign([p0])
    const chunk = await trusting.poll({ timeoutMs: 1000 })
    assert.equal([...chunk!].length, 30)
    await trusting.close()
  }))

test('the settings of a fetch are those of the request', () =>
  withCluster({}, async (cluster, world) => {
    cluster.autoCreatePartitions = 1
    const consumer = open(cluster, world, {
      'fetch.min.bytes': 7,
      'fetch.max.bytes': 70_000,
      'fetch.max.wait.ms': 123,
      'max.partition.fetch.bytes': 700,
      'client.rack': 'r1',
      'isolation.level': 'read_committed',
    })
    consumer.assign([p0])
    assert.equal(await consumer.poll({ timeoutMs: 500 }), undefined)
    const fetch = cluster.seen.find(({ name }) => name === 'Fetch')!.body as FetchRequest
    const { minBytes, maxBytes, maxWaitMs, isolationLevel, rackId } = fetch
    assert.deepEqual(
      { minBytes, maxBytes, maxWaitMs, isolationLevel, rackId },
      {
        minBytes: 7,
        maxBytes: 70_000,
        maxWaitMs: 123,
        isolationLevel: 1,
        rackId: 'r1',
      },
    )
    assert.equal(fetch.topics[0]!.partitions[0]!.partitionMaxBytes, 700)
    await consumer.close()
  }))

test('a question that cannot be answered ends after default.api.timeout.ms', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    cluster.script = ({ name }) => (name === 'ListOffsets' ? { errorCode: errorCodes.LEADER_NOT_AVAILABLE } : undefined)
    const consumer = open(cluster, world, { 'default.api.timeout.ms': 3000 })
    const began = cluster.clock.monotonic()
    await assert.rejects(consumer.endOffsets([p0]), { code: 'DORSALE_TIMEOUT' })
    assert.ok(cluster.clock.monotonic() - began <= 3100)
    await consumer.close()
  }))

test('close ends the loops', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const consumer = open(cluster, world)
    consumer.assign([p0])
    world.clock.setTimer(500, () => consumer.close())
    for await (const _ of consumer.records()) assert.fail('there is nothing')
    await assert.rejects(consumer.endOffsets([p0]), { code: 'DORSALE_CLOSED' })
  }))

test('max.poll.records bounds what is handed out at once; the position follows, and nothing is fetched twice', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 100)
    const consumer = open(cluster, world, { 'max.poll.records': 30 })
    consumer.assign([p0])
    const sizes: number[] = []
    const offsets: number[] = []
    for await (const chunk of consumer.chunks()) {
      sizes.push(chunk.records.length)
      offsets.push(...chunk.records.map(({ offset }) => offset))
      assert.equal(chunk.nextOffset, offsets.at(-1)! + 1)
      assert.equal(await consumer.position(p0), chunk.nextOffset)
      if (offsets.length === 100) break
    }
    assert.deepEqual(sizes, [30, 30, 30, 10])
    assert.deepEqual(offsets, range(0, 100))
    const asked = cluster.seen.flatMap(({ name, body }) =>
      name === 'Fetch' ? (body as FetchRequest).topics.flatMap(({ partitions }) => partitions) : [],
    )
    assert.deepEqual(
      asked.map(({ fetchOffset }) => fetchOffset).filter(offset => offset < 100),
      [0],
    )
    await consumer.close()
  }))

test('interceptors see and change records in their order, and hear of commits', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 10)
    const heard: string[] = []
    const settings = { 'bootstrap.servers': cluster.bootstrap, 'auto.offset.reset': 'earliest', 'group.id': 'g' }
    const consumer = createConsumer({
      world,
      settings,
      interceptors: [
        { onConsume: records => records.filter(({ offset }) => offset % 2 === 0) },
        {
          onConsume() {
            throw new Error('broken')
          },
        },
        {
          onConsume(records) {
            heard.push(`saw ${records.length}`)
            return records
          },
          onCommit: offsets => heard.push(`committed ${offsets.map(({ offset }) => offset)}`),
          close: () => heard.push('closed'),
        },
      ],
    })
    consumer.assign([p0])
    const chunk = await consumer.poll({ timeoutMs: 1000 })
    assert.deepEqual(
      chunk!.records.map(({ offset }) => offset),
      [0, 2, 4, 6, 8],
    )
    await consumer.commit(chunk)
    await consumer.close()
    assert.deepEqual(heard, ['saw 5', 'committed 10', 'closed'])
  }))
