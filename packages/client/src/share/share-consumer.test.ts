import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sleep } from '@dorsale/base'
import { buildBatch, errorCodes, type ProtocolError, type ShareFetchRequest } from '@dorsale/protocol'
import { jsonSerde } from '@dorsale/serde'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'
import type { AcknowledgementOutcome } from './acknowledgement.ts'
import type { ShareRecord } from './acquired-chunk.ts'
import { createShareConsumer } from './kafka-share-consumer.ts'
import type { ShareConsumer, ShareConsumerSettings } from './share-consumer.ts'

const explicit = { 'share.acknowledgement.mode': 'explicit' } as const

function open(cluster: FakeCluster, world: ClientWorld, settings: ShareConsumerSettings = {}): ShareConsumer {
  const consumer = createShareConsumer({
    world,
    settings: { 'bootstrap.servers': cluster.bootstrap, 'group.id': 'g', ...settings },
  })
  consumer.subscribe(['t'])
  return consumer
}

function fill(cluster: FakeCluster, values: readonly string[], partition = 0): void {
  const records = values.map(value => ({ timestamp: 1000, value: Buffer.from(value) }))
  const { leader } = cluster.partition('t', partition)
  assert.equal(cluster.append(leader, { topic: 't', index: partition, version: 11 }, buildBatch(records)).errorCode, 0)
}

const textOf = ({ value, deliveryCount }: ShareRecord) => `${Buffer.from(value!)} #${deliveryCount}`

function errorNameOf(outcome: AcknowledgementOutcome | undefined): string | undefined {
  return (outcome?.error as ProtocolError | undefined)?.errorName
}

async function poll(consumer: ShareConsumer, timeoutMs = 5000): Promise<ShareRecord[]> {
  return [...((await consumer.poll({ timeoutMs })) ?? [])]
}

test('asking for more accepts what was handed out before, and no more', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, ['a', 'b', 'c'])
    const consumer = open(cluster, world, { 'max.poll.records': 2 })
    assert.deepEqual((await poll(consumer)).map(textOf), ['a #1', 'b #1'])
    assert.deepEqual(cluster.shareGroups.acknowledged, [])
    assert.deepEqual((await poll(consumer)).map(textOf), ['c #1'])
    assert.deepEqual(cluster.shareGroups.acknowledged, ['t-0@0 accept', 't-0@1 accept'])
    assert.throws(() => consumer.acknowledge({ topic: 't', partition: 0, offset: 2 }), { code: 'DORSALE_NOT_HELD' })
    await consumer.close()
    assert.equal(cluster.shareGroups.acknowledged.length, 2, 'what was not handled is given back')
    assert.equal(cluster.shareGroups.memberCount, 0)
    const other = open(cluster, world)
    assert.deepEqual((await poll(other)).map(textOf), ['c #2'])
    await other.close()
  }))

test('a loop that is left accepts what it has handled, and releases the rest', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, ['a', 'b', 'c'])
    const consumer = open(cluster, world)
    for await (const { offset } of consumer.records()) if (offset === 1) break
    assert.deepEqual((await poll(consumer)).map(textOf), ['b #2', 'c #2'])
    for await (const _ of consumer.chunks()) break
    assert.deepEqual(cluster.shareGroups.acknowledged.slice(0, 3), ['t-0@0 accept', 't-0@1 release', 't-0@2 release'])
    await consumer.close()
  }))

test('with explicit acknowledgement each record has its own fate, and every record must have one', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, ['a', 'b', 'c', 'd'])
    const heard: AcknowledgementOutcome[] = []
    const consumer = createShareConsumer({
      world,
      settings: { 'bootstrap.servers': cluster.bootstrap, 'group.id': 'g', ...explicit },
      onAcknowledged: outcomes => heard.push(...outcomes),
    })
    consumer.subscribe(['t'])
    const [a, b, c, d] = (await poll(consumer)) as [ShareRecord, ShareRecord, ShareRecord, ShareRecord]
    consumer.acknowledge(a)
    consumer.acknowledge(b, 'release')
    consumer.acknowledge(c)
    consumer.acknowledge(c, 'reject')
    const settled = { topic: 't', partition: 0, offsets: [0, 1, 2], error: undefined }
    assert.deepEqual(await consumer.commit(), [settled])
    assert.deepEqual(heard, [settled])
    assert.deepEqual(cluster.shareGroups.acknowledged, ['t-0@0 accept', 't-0@1 release', 't-0@2 reject'])
    assert.throws(() => consumer.acknowledge(a), { code: 'DORSALE_NOT_HELD' })
    await assert.rejects(consumer.poll({ timeoutMs: 100 }), { code: 'DORSALE_UNACKNOWLEDGED' })
    consumer.acknowledge(d)
    assert.deepEqual((await poll(consumer)).map(textOf), ['b #2'])
    await consumer.close()
    assert.equal(consumer.acquisitionLockTimeoutMs, 30_000)
  }))

test('a lock that is renewed lasts, and its record is handed out again', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, ['a', 'b'])
    const consumer = open(cluster, world, explicit)
    const [a, b] = (await poll(consumer)) as [ShareRecord, ShareRecord]
    consumer.acknowledge(b)
    await sleep(world.clock, 20_000)
    consumer.acknowledge(a, 'renew')
    await consumer.commit()
    await sleep(world.clock, 20_000)
    assert.deepEqual((await poll(consumer)).map(textOf), ['a #1'])
    consumer.acknowledge(a)
    assert.deepEqual(await consumer.commit(), [{ topic: 't', partition: 0, offsets: [0], error: undefined }])
    await consumer.close()
  }))

test('acknowledgements that come too late are refused in words, and the records come again', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, ['a'])
    const consumer = open(cluster, world)
    assert.deepEqual((await poll(consumer)).map(textOf), ['a #1'])
    await sleep(world.clock, 40_000)
    const [outcome] = await consumer.commit()
    assert.equal(errorNameOf(outcome), 'INVALID_RECORD_STATE')
    assert.deepEqual((await poll(consumer)).map(textOf), ['a #2'])
    await consumer.close()
  }))

test('what waits to be handed out longer than its lock is not handed out', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, ['a', 'b'])
    const consumer = open(cluster, world, { 'max.poll.records': 1, 'share.acquire.mode': 'batch_optimized' })
    cluster.shareGroups.lockMs = 5000
    // The fake broker takes max.poll.records at its word; ask for two, hand out one.
    cluster.script = ({ name, body }) => {
      if (name === 'ShareFetch') (body as { maxRecords: number }).maxRecords = 2
      return undefined
    }
    assert.deepEqual((await poll(consumer)).map(textOf), ['a #1'])
    await sleep(world.clock, 6000)
    const later = await poll(consumer)
    assert.deepEqual(later.map(textOf), ['a #2'])
    assert.deepEqual((await poll(consumer)).map(textOf), ['b #2'])
    await consumer.close()
  }))

test('a record that cannot be read is released, or what the application says of its place; the others come', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, ['0', 'bad', '2'])
    for (const [index, mode] of ['implicit', 'explicit'].entries()) {
      const settings = { 'bootstrap.servers': cluster.bootstrap, 'group.id': 'g', 'share.acknowledgement.mode': mode }
      const consumer = createShareConsumer({
        world,
        settings: { ...settings, 'value.deserializer': jsonSerde<number>() },
      })
      consumer.subscribe(['t'])
      const take = async () => {
        const chunk = await consumer.poll({ timeoutMs: 5000 })
        for (const record of chunk ?? []) if (mode === 'explicit') consumer.acknowledge(record, 'release')
        return chunk?.records.map(({ value }) => value)
      }
      if (index === 0) assert.deepEqual(await take(), [0])
      const error = await consumer.poll({ timeoutMs: 5000 }).catch(thrown => thrown)
      assert.equal(error.code, 'DORSALE_DESERIALIZATION')
      assert.equal(error.offset, 1)
      if (mode === 'explicit') consumer.acknowledge(error, 'reject')
      assert.deepEqual(await take(), [2])
      await consumer.close()
    }
    const { acknowledged } = cluster.shareGroups
    assert.ok(acknowledged.includes('t-0@1 release'), String(acknowledged))
    assert.ok(acknowledged.includes('t-0@1 reject'), String(acknowledged))
    assert.ok(acknowledged.indexOf('t-0@1 release') < acknowledged.indexOf('t-0@1 reject'))
  }))

test('what is sent elsewhere and passed by is rejected; offsets without a record are gaps', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, ['bad', '1'])
    const partition = cluster.partition('t', 0)
    const marker = buildBatch([{ key: Uint8Array.of(0, 0, 0, 1), value: Uint8Array.of(0, 0, 0, 0, 0, 0) }], {
      baseOffset: 2,
      producerId: 1,
      producerEpoch: 0,
      baseSequence: -1,
      transactional: true,
      control: true,
    })
    partition.batches.push({ baseOffset: 2, nextOffset: 3, bytes: marker })
    partition.nextOffset = 3
    const consumer = createShareConsumer({
      world,
      settings: {
        'bootstrap.servers': cluster.bootstrap,
        'group.id': 'g',
        'value.deserializer': jsonSerde<number>(),
      },
      onDeserializationError: () => {},
    })
    consumer.subscribe(['t'])
    assert.deepEqual(
      (await consumer.poll({ timeoutMs: 5000 }))?.records.map(({ value }) => value),
      [1],
    )
    assert.deepEqual(
      await consumer.commit(),
      [
        { topic: 't', partition: 0, offsets: [0], error: undefined },
        { topic: 't', partition: 0, offsets: [1], error: undefined },
      ].filter(Boolean),
    )
    assert.deepEqual(cluster.shareGroups.acknowledged, ['t-0@0 reject', 't-0@1 accept', 't-0@2 gap'])
    await consumer.close()
  }))

test('two members share a partition: each record goes to one of them', () =>
  withCluster({ brokers: 2 }, async (cluster, world) => {
    cluster.createTopic('t', 2, { leaders: [1, 2] })
    for (let batch = 0; batch < 20; batch++) fill(cluster, ['a', 'b', 'c', 'd', 'e'], batch % 2)
    const seen: string[] = []
    const members = [0, 1].map(() =>
      open(cluster, world, { 'max.poll.records': 3, 'share.acquire.mode': 'record_limit' }),
    )
    await Promise.all(
      members.map(async member => {
        for await (const { partition, offset, deliveryCount } of member.records()) {
          assert.equal(deliveryCount, 1)
          seen.push(`${partition}@${offset}`)
          await sleep(world.clock, 10)
          if (seen.length === 100) for (const each of members) each.stop()
        }
      }),
    )
    await Promise.all(members.map(member => member.close()))
    assert.equal(new Set(seen).size, 100)
    assert.equal(seen.length, 100)
  }))

test('a session that the broker has forgotten is begun anew, and so is a membership', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, ['a'])
    const consumer = open(cluster, world)
    assert.deepEqual((await poll(consumer)).map(textOf), ['a #1'])
    cluster.shareGroups.loseSessions()
    cluster.shareGroups.loseMembers()
    const [outcome] = await consumer.commit()
    assert.equal(errorNameOf(outcome), 'SHARE_SESSION_NOT_FOUND')
    fill(cluster, ['b'])
    assert.deepEqual((await poll(consumer)).map(textOf), ['b #1'])
    await sleep(world.clock, 2000)
    assert.equal(cluster.shareGroups.memberCount, 1)
    const epochs = cluster.seen.flatMap(({ name, body }) =>
      name === 'ShareFetch' ? (body as ShareFetchRequest).shareSessionEpoch : [],
    )
    assert.equal(epochs.filter(epoch => epoch === 0).length, 2)
    await consumer.close()
  }))

test('connections that are cut lose no record: what was acquired comes again', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, ['a', 'b', 'c', 'd', 'e'])
    cluster.shareGroups.lockMs = 2000
    let count = 0
    cluster.script = ({ name }) =>
      name.startsWith('Share') && ++count % 4 === 0 ? (count % 8 === 0 ? 'cut' : 'cut after') : undefined
    const consumer = open(cluster, world, { 'max.poll.records': 1 })
    const seen = new Set<string>()
    for await (const { offset } of consumer.records()) {
      seen.add(String(offset))
      if (seen.size === 5) break
    }
    await consumer.close()
    assert.equal(seen.size, 5)
  }))

test('a refusal of the group reaches whoever asks, and absence for max.poll.interval.ms leaves it', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, ['a'])
    cluster.script = ({ name }) =>
      name === 'ShareGroupHeartbeat' ? { errorCode: errorCodes.GROUP_AUTHORIZATION_FAILED } : undefined
    const consumer = open(cluster, world, { 'max.poll.interval.ms': 10_000 })
    await assert.rejects(consumer.poll({ timeoutMs: 60_000 }), { errorName: 'GROUP_AUTHORIZATION_FAILED' })
    cluster.script = () => undefined
    assert.equal((await poll(consumer)).length, 1)
    await sleep(world.clock, 15_000)
    assert.equal(cluster.shareGroups.memberCount, 0)
    await poll(consumer, 1000)
    assert.equal(cluster.shareGroups.memberCount, 1)
    await consumer.close()
  }))

test('settings that the group decides are refused, with where to set them', () =>
  withCluster({}, async (cluster, world) => {
    for (const [settings, sentence] of [
      [{ 'group.id': '' }, /group.id must be set/],
      [{ 'auto.offset.reset': 'earliest' }, /share.auto.offset.reset/],
      [{ 'enable.auto.commit': false }, /see share.acknowledgement.mode/],
      [{ 'group.instance.id': 'a' }, /no static members/],
    ] as const) {
      assert.throws(() => open(cluster, world, settings), { code: 'DORSALE_CONFIG', message: sentence })
    }
  }))
