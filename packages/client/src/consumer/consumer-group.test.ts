import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sleep } from '@dorsale/base'
import { type ConsumerGroupHeartbeatRequest, errorCodes } from '@dorsale/protocol'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import { fill, open, Reader, until } from '../testing/group-reader.ts'
import { SubscriptionPattern } from './subscription.ts'

const modern = { 'group.protocol': 'consumer', 'fetch.max.wait.ms': 50 }

const beats = (cluster: FakeCluster) =>
  cluster.seen
    .filter(({ name }) => name === 'ConsumerGroupHeartbeat')
    .map(({ body }) => body as ConsumerGroupHeartbeatRequest)

test('members share topics as the coordinator says, partitions change hands one by one, each record comes once', () =>
  withCluster({ brokers: 2 }, async (cluster, world) => {
    cluster.createTopic('t', 4, { leaders: [1, 2] })
    for (let partition = 0; partition < 4; partition++) fill(cluster, 25, { partition })
    const one = new Reader(open(cluster, world, modern), ['t'])
    await until(cluster, 'all by one', () => one.owned.length === 4 && one.seen.size === 100)
    const two = new Reader(open(cluster, world, modern), ['t'])
    await until(cluster, 'halves', () => one.owned.length === 2 && two.owned.length === 2)
    for (let partition = 0; partition < 4; partition++) fill(cluster, 25, { partition })
    await until(cluster, 'more', () => one.seen.size + two.seen.size === 200)
    assert.ok(!one.events.includes('revoked t-0 t-1 t-2 t-3'), one.events.join('; '))
    await one.consumer.close()
    await until(cluster, 'the rest', () => two.owned.length === 4, 10_000)
    fill(cluster, 25)
    await until(cluster, 'all', () => one.seen.size + two.seen.size === 225)
    await two.consumer.close()
    assert.ok([...one.seen.values(), ...two.seen.values()].every(times => times === 1))
    assert.equal(cluster.groups.group('g').offsets.get('t-0')?.offset, 75)
    assert.equal(cluster.groups.modern.members('g').size, 0)
  }))

test('a heartbeat tells all when it joins, and then only what has changed', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const settings = {
      ...modern,
      'group.remote.assignor': 'uniform',
      'client.rack': 'r1',
      'max.poll.interval.ms': 70_000,
    }
    const reader = new Reader(open(cluster, world, settings), ['t'])
    await until(cluster, 'joined', () => reader.owned.length === 1)
    await sleep(world.clock, 5000)
    const [first, second, ...rest] = beats(cluster)
    const { memberEpoch, subscribedTopicNames, serverAssignor, rackId, rebalanceTimeoutMs, topicPartitions } = first!
    assert.deepEqual(
      { memberEpoch, subscribedTopicNames, serverAssignor, rackId, rebalanceTimeoutMs, topicPartitions },
      {
        memberEpoch: 0,
        subscribedTopicNames: ['t'],
        serverAssignor: 'uniform',
        rackId: 'r1',
        rebalanceTimeoutMs: 70_000,
        topicPartitions: [],
      },
    )
    assert.ok(second!.memberEpoch > 0)
    assert.deepEqual([second!.topicPartitions?.length, second!.subscribedTopicNames], [1, null])
    assert.ok(rest.length >= 4 && rest.every(each => each.topicPartitions === null && each.rebalanceTimeoutMs === -1))
    reader.consumer.subscribe(['u', 't'])
    await sleep(world.clock, 100)
    assert.deepEqual(beats(cluster).at(-1)!.subscribedTopicNames, ['t', 'u'])
    await reader.consumer.close()
  }))

test('heartbeats go on while a listener or a handler is busy, and a commit in the listener counts', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 2)
    fill(cluster, 10)
    fill(cluster, 10, { partition: 1 })
    const consumer = open(cluster, world, { ...modern, 'enable.auto.commit': false })
    const one = new Reader(consumer, ['t'], {
      listener: {
        revoked: async () => {
          await sleep(world.clock, 120_000)
          await consumer.commit()
        },
      },
    })
    await until(cluster, 'one', () => one.seen.size === 20)
    const two = new Reader(open(cluster, world, modern), ['t'])
    await until(cluster, 'both', () => one.owned.length === 1 && two.owned.length === 1)
    assert.equal(two.seen.size, 0)
    assert.ok(one.events.every(event => !event.startsWith('lost')))
    await two.consumer.close()
    await one.consumer.close({ timeoutMs: 200_000 })
  }))

test('a member that is fenced or forgotten says what it lost, and joins again under its id; a coordinator that moves is followed', () =>
  withCluster({ brokers: 2 }, async (cluster, world) => {
    cluster.createTopic('t', 2, { leaders: [2] })
    const reader = new Reader(open(cluster, world, modern), ['t'])
    await until(cluster, 'joined', () => reader.owned.length === 2)
    const { memberId } = reader.consumer.groupMetadata()
    cluster.groups.modern.remove('g', memberId)
    await until(cluster, 'again', () => reader.events.length === 3)
    assert.deepEqual(reader.events, ['assigned t-0 t-1', 'lost t-0 t-1', 'assigned t-0 t-1'])
    assert.equal(reader.consumer.groupMetadata().memberId, memberId)
    let fences = 1
    cluster.script = ({ name }) =>
      name === 'ConsumerGroupHeartbeat' && fences-- > 0 ? { errorCode: errorCodes.FENCED_MEMBER_EPOCH } : undefined
    await until(cluster, 'after the fence', () => reader.events.length === 5)
    cluster.coordinators.set('g', 2)
    await cluster.kill(1)
    fill(cluster, 5)
    await until(cluster, 'a commit at the next', () => cluster.groups.group('g').offsets.get('t-0')?.offset === 5)
    assert.equal(reader.events.length, 5)
    await reader.consumer.close()
  }))

test('a commit in an epoch that has passed is made in the next', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 5)
    const reader = new Reader(open(cluster, world, { ...modern, 'enable.auto.commit': false }), ['t'])
    await until(cluster, 'all', () => reader.seen.size === 5)
    let refusals = 2
    cluster.script = ({ name }) =>
      name === 'OffsetCommit' && refusals-- > 0 ? { errorCode: errorCodes.STALE_MEMBER_EPOCH } : undefined
    await reader.consumer.commit()
    assert.equal(cluster.groups.group('g').offsets.get('t-0')?.offset, 5)
    await reader.consumer.close()
  }))

test('max.poll.interval.ms: who is away for too long leaves, cannot commit, and joins again when it asks', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 2)
    const consumer = open(cluster, world, { ...modern, 'max.poll.interval.ms': 10_000, 'enable.auto.commit': false })
    const events: string[] = []
    consumer.subscribe(['t'], { lost: () => void events.push('lost'), assigned: () => void events.push('assigned') })
    const offsets: number[] = []
    for await (const record of consumer.records()) {
      offsets.push(record.offset)
      if (offsets.length === 1) {
        await sleep(world.clock, 20_000)
        assert.equal(cluster.groups.modern.members('g').size, 0)
        await assert.rejects(consumer.commit(record), { code: 'DORSALE_COMMIT_FAILED' })
      }
      if (offsets.length === 3) break
    }
    assert.deepEqual(offsets, [0, 0, 1])
    assert.deepEqual(events, ['assigned', 'lost', 'assigned'])
    await consumer.close()
  }))

test('a pattern is matched by the broker, and topics are known by their ids alone until their names are', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('order-a', 1)
    cluster.createTopic('reorder', 1)
    const reader = new Reader(open(cluster, world, modern), new SubscriptionPattern('order-.*'))
    await until(cluster, 'the first', () => reader.owned.join() === 'order-a-0')
    cluster.createTopic('order-b', 1)
    await until(cluster, 'the second', () => reader.owned.join() === 'order-a-0,order-b-0', 10_000)
    reader.consumer.subscribe(['reorder'])
    await until(cluster, 'names again', () => reader.owned.join() === 'reorder-0', 10_000)
    assert.ok(
      beats(cluster).some(each => each.subscribedTopicRegex === ''),
      'the pattern was taken back',
    )
    await reader.consumer.close()
  }))

test('a static member goes for a while when it closes, for good when asked to; what the coordinator refuses is an error', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const lastEpochOf = async (departure: 'default' | 'leave' | 'remain', settings: object) => {
      const reader = new Reader(open(cluster, world, { ...modern, ...settings }), ['t'])
      await until(cluster, 'joined', () => reader.owned.length === 1)
      const { memberId } = reader.consumer.groupMetadata()
      await reader.consumer.close({ group: departure })
      cluster.groups.modern.remove('g', memberId)
      return beats(cluster).at(-1)!.memberEpoch
    }
    const fixed = { 'group.instance.id': 'i' }
    assert.equal(await lastEpochOf('default', fixed), -2)
    assert.equal(await lastEpochOf('leave', fixed), -1)
    assert.equal(await lastEpochOf('default', {}), -1)
    assert.ok((await lastEpochOf('remain', {})) > 0)
    const refused = open(cluster, world, { ...modern, 'group.remote.assignor': 'none-such' })
    refused.subscribe(['t'])
    await assert.rejects(refused.poll({ timeoutMs: 5000 }), { errorName: 'UNSUPPORTED_ASSIGNOR' })
    await refused.close()
  }))

test('what the broker decides cannot be set, and an assignor of the broker needs the protocol', () =>
  withCluster({}, async (cluster, world) => {
    for (const [settings, sentence] of [
      [{ ...modern, 'session.timeout.ms': 1 }, /session.timeout.ms cannot be set when group.protocol=consumer/],
      [{ ...modern, 'heartbeat.interval.ms': 1 }, /heartbeat.interval.ms cannot be set/],
      [{ ...modern, 'partition.assignment.strategy': 'range' }, /partition.assignment.strategy cannot be set/],
      [{ 'group.remote.assignor': 'uniform' }, /needs group.protocol=consumer/],
      [{ 'heartbeat.interval.ms': 45_000 }, /must be lower than session.timeout.ms/],
    ] as const) {
      assert.throws(() => open(cluster, world, settings), sentence)
    }
  }))
