import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger, sleep } from '@dorsale/base'
import { errorCodes } from '@dorsale/protocol'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import { fill, open, Reader, until } from '../testing/group-reader.ts'
import type { Assignor } from './assignors/assignor.ts'
import { rangeAssignor } from './assignors/range.ts'
import { createConsumer } from './kafka-consumer.ts'
import { SubscriptionPattern } from './subscription.ts'

const offsetOf = (cluster: FakeCluster, name: string, group = 'g') =>
  cluster.groups.group(group).offsets.get(name)?.offset
const p0 = { topic: 't', partition: 0 }

for (const strategy of ['range', 'roundrobin', 'sticky', 'cooperative-sticky']) {
  test(`two members share a topic with ${strategy}, each record comes once, and who closes leaves its part to the other at once`, () =>
    withCluster({ brokers: 2 }, async (cluster, world) => {
      cluster.createTopic('t', 4, { leaders: [1, 2] })
      const settings = { 'partition.assignment.strategy': strategy, 'fetch.max.wait.ms': 50 }
      const one = new Reader(open(cluster, world, settings), ['t'])
      await until(cluster, 'all by one', () => one.owned.length === 4)
      for (let partition = 0; partition < 4; partition++) fill(cluster, 25, { partition })
      await until(cluster, 'records', () => one.seen.size === 100)
      const two = new Reader(open(cluster, world, settings), ['t'])
      await until(cluster, 'halves', () => one.owned.length === 2 && two.owned.length === 2)
      for (let partition = 0; partition < 4; partition++) fill(cluster, 25, { partition })
      await until(cluster, 'more records', () => one.seen.size + two.seen.size === 200)
      const began = cluster.clock.monotonic()
      await one.consumer.close()
      await until(cluster, 'the rest', () => two.owned.length === 4)
      assert.ok(cluster.clock.monotonic() - began < 10_000, 'long before the session of the other ends')
      for (let partition = 0; partition < 4; partition++) fill(cluster, 25, { partition })
      await until(cluster, 'all records', () => one.seen.size + two.seen.size === 300)
      await two.consumer.close()
      assert.ok([...one.seen.values(), ...two.seen.values()].every(times => times === 1))
      assert.deepEqual(
        [0, 1, 2, 3].map(index => offsetOf(cluster, `t-${index}`)),
        [75, 75, 75, 75],
      )
      const isStopped = one.events.includes('revoked t-0 t-1 t-2 t-3')
      assert.equal(isStopped, strategy !== 'cooperative-sticky', one.events.join('; '))
    }))
}

for (const [name, settings] of Object.entries({
  eager: { 'partition.assignment.strategy': 'range' },
  cooperative: { 'partition.assignment.strategy': 'cooperative-sticky' },
  'KIP-848': { 'group.protocol': 'consumer' },
})) {
  test(`heartbeats go on while a listener takes longer than the session: nobody falls out, and the group settles (kafkajs#1527): ${name}`, () =>
    withCluster({}, async (cluster, world) => {
      cluster.createTopic('t', 2)
      const isSlow = () => sleep(world.clock, 120_000)
      const one = new Reader(open(cluster, world, settings), ['t'], { listener: { revoked: isSlow, assigned: isSlow } })
      await until(cluster, 'one', () => one.owned.length === 2)
      const { memberId } = one.consumer.groupMetadata()
      const two = new Reader(open(cluster, world, settings), ['t'])
      await until(cluster, 'both', () => one.owned.length === 1 && two.owned.length === 1)
      await sleep(world.clock, 300_000)
      // Who falls out comes back under another id, where the coordinator gives them out, and is told that it lost what it had.
      assert.equal(one.consumer.groupMetadata().memberId, memberId)
      assert.equal(one.events.filter(event => event.startsWith('lost')).length, 0)
      const rebalances = () => cluster.groups.group('g').generationId + cluster.groups.modern.epoch('g')
      const settled = rebalances()
      await sleep(world.clock, 600_000)
      assert.equal(rebalances(), settled, 'ten quiet minutes without a rebalance')
      await two.consumer.close()
      await one.consumer.close({ timeoutMs: 200_000 })
    }))
}

test('R-04-030, R-04-235: a commit waits for a coordinator that is away no longer than it is told to', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 3)
    const consumer = open(cluster, world, { 'enable.auto.commit': false })
    consumer.subscribe(['t'])
    assert.equal((await consumer.poll({ timeoutMs: 10_000 }))?.records.length, 3)
    cluster.script = ({ name }) =>
      name === 'OffsetCommit' ? { errorCode: errorCodes.COORDINATOR_NOT_AVAILABLE } : undefined
    const beganMs = world.clock.monotonic()
    await assert.rejects(consumer.commit(undefined, { timeoutMs: 2000 }), { code: 'DORSALE_TIMEOUT' })
    const tookMs = world.clock.monotonic() - beganMs
    assert.ok(tookMs > 1000 && tookMs <= 2500, `${tookMs} ms`)
    await consumer.close({ timeoutMs: 1000 })
  }))

test('a handler that takes long keeps its partitions; one that takes longer than max.poll.interval.ms loses them, cannot commit, and comes back', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 3)
    const settings = { 'max.poll.interval.ms': 100_000, 'enable.auto.commit': false }
    const consumer = open(cluster, world, settings)
    const events: string[] = []
    const note = (what: string) => () => void events.push(what)
    consumer.subscribe(['t'], { assigned: note('assigned'), revoked: note('revoked'), lost: note('lost') })
    const waits = [90_000, 250_000, 0]
    const failures: string[] = []
    const offsets: number[] = []
    for await (const record of consumer.records()) {
      offsets.push(record.offset)
      await sleep(world.clock, waits[offsets.length - 1] ?? 0)
      await consumer.commit(record).catch(error => failures.push(error.code))
      if (offsets.length === 2) assert.equal(cluster.groups.group('g').members.size, 0)
      if (offsets.length === 4) break
    }
    assert.deepEqual(failures, ['DORSALE_COMMIT_FAILED'])
    // What could not be committed comes again.
    assert.deepEqual(offsets, [0, 1, 1, 2])
    assert.deepEqual(events.slice(0, 3), ['assigned', 'lost', 'assigned'])
    await consumer.close()
  }))

test('a member that the group has forgotten says what it lost, and joins again', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 2)
    const reader = new Reader(open(cluster, world), ['t'])
    await until(cluster, 'one', () => reader.owned.length === 2)
    cluster.groups.remove('g', reader.consumer.groupMetadata().memberId)
    await until(cluster, 'again', () => reader.events.length === 3)
    assert.deepEqual(reader.events, ['assigned t-0 t-1', 'lost t-0 t-1', 'assigned t-0 t-1'])
    await reader.consumer.close()
  }))

test('a coordinator that dies, moves or falls silent is found again, without a loss (no silent stall)', () =>
  withCluster({ brokers: 3 }, async (cluster, world) => {
    cluster.createTopic('t', 1, { leaders: [3] })
    cluster.coordinators.set('g', 1)
    const reader = new Reader(open(cluster, world), ['t'])
    await until(cluster, 'joined', () => reader.owned.length === 1)
    cluster.coordinators.set('g', 2)
    await cluster.kill(1)
    fill(cluster, 10)
    await until(cluster, 'commit at the next', () => offsetOf(cluster, 't-0') === 10, 30_000)
    let isSilent = true
    cluster.script = ({ name }) =>
      isSilent && (name === 'Heartbeat' || name === 'OffsetCommit') ? 'silence' : undefined
    fill(cluster, 10)
    await sleep(world.clock, 20_000)
    isSilent = false
    await until(cluster, 'commit after silence', () => offsetOf(cluster, 't-0') === 20, 60_000)
    assert.deepEqual(reader.events, ['assigned t-0'])
    await reader.consumer.close()
  }))

test('what was handled is committed at the end, and no more: not what a loop held when it was left', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 100)
    const failing = open(cluster, world)
    failing.subscribe(['t'])
    await assert.rejects(async () => {
      for await (const { offset } of failing.records()) if (offset === 7) throw new Error('handler')
    }, /handler/)
    await failing.close()
    assert.equal(offsetOf(cluster, 't-0'), 7, 'the record that failed comes again')

    const stopping = open(cluster, world)
    stopping.subscribe(['t'])
    for await (const { offset } of stopping.records()) if (offset === 20) stopping.stop()
    await stopping.close()
    assert.equal(offsetOf(cluster, 't-0'), 21, 'the record in hand was handled before the loop ended')

    const explicit = open(cluster, world, { 'enable.auto.commit': false })
    explicit.subscribe(['t'])
    for await (const record of explicit.records()) {
      if (record.offset === 30) await explicit.commit(record)
      if (record.offset === 50) break
    }
    await explicit.close()
    assert.equal(offsetOf(cluster, 't-0'), 31)

    const polling = open(cluster, world)
    polling.subscribe(['t'])
    const chunk = await polling.poll({ timeoutMs: 5000 })
    assert.equal([...chunk!][0]!.offset, 31)
    await polling.close()
    assert.equal(offsetOf(cluster, 't-0'), 100)
  }))

test('what the application has committed itself is not taken back by the automatic commit at the end', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 10)
    const consumer = open(cluster, world)
    consumer.subscribe(['t'])
    for await (const record of consumer.records()) {
      if (record.offset < 7) continue
      await consumer.commit(record)
      break
    }
    await consumer.close()
    assert.equal(offsetOf(cluster, 't-0'), 8)
  }))

test('with enable.auto.commit the interval bounds what is handled twice after a crash', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const reader = new Reader(open(cluster, world, { 'auto.commit.interval.ms': 1000 }), ['t'])
    await until(cluster, 'joined', () => reader.owned.length === 1)
    fill(cluster, 10)
    await until(cluster, 'the commit', () => offsetOf(cluster, 't-0') === 10, 3000)
    const commits = cluster.count('OffsetCommit')
    await sleep(world.clock, 60_000)
    assert.equal(cluster.count('OffsetCommit'), commits, 'what is committed is not committed again')
    await reader.consumer.close()
  }))

test('a commit after every record shares requests, and an older offset never comes after a newer one', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 1000)
    const consumer = open(cluster, world, { 'enable.auto.commit': false })
    consumer.subscribe(['t'])
    let isFirst = true
    cluster.script = ({ name }) => {
      if (name !== 'OffsetCommit' || !isFirst) return undefined
      isFirst = false
      return { errorCode: errorCodes.COORDINATOR_LOAD_IN_PROGRESS }
    }
    const commits: Promise<void>[] = []
    for await (const record of consumer.records()) {
      commits.push(consumer.commit(record))
      if (commits.length === 1000) break
    }
    await Promise.all(commits)
    assert.equal(offsetOf(cluster, 't-0'), 1000)
    const sent = cluster.seen
      .filter(({ name }) => name === 'OffsetCommit')
      .map(
        ({ body }) =>
          (body as { topics: { partitions: { committedOffset: number }[] }[] }).topics[0]!.partitions[0]!
            .committedOffset,
      )
    assert.ok(sent.length < 20, `${sent.length} requests`)
    assert.deepEqual(
      sent.toSorted((a, b) => a - b),
      sent,
    )
    await consumer.close()
  }))

test('a commit that does not get through before its partition is given up is not made later: it would be taken back by the next one', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 10)
    const consumer = open(cluster, world, { 'enable.auto.commit': false, 'partition.assignment.strategy': 'range' })
    let isRefusing = true
    cluster.script = ({ name }) =>
      isRefusing && name === 'OffsetCommit' ? { errorCode: errorCodes.COORDINATOR_LOAD_IN_PROGRESS } : undefined
    let assignments = 0
    const failures: string[] = []
    consumer.subscribe(['t'], { assigned: () => void assignments++ })
    for await (const chunk of consumer.chunks()) {
      assert.equal(chunk.nextOffset, 10)
      if (assignments === 2) break
      consumer.commit(chunk).catch(error => failures.push(error.code))
      consumer.enforceRebalance()
    }
    isRefusing = false
    await sleep(world.clock, 10_000)
    assert.deepEqual(failures, ['DORSALE_COMMIT_FAILED'])
    assert.equal(offsetOf(cluster, 't-0'), undefined)
    await consumer.close()
  }))

test('a rebalance that the application asks for in the middle of its loop begins though there is nothing more to read', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 1)
    const consumer = open(cluster, world)
    let assignments = 0
    consumer.subscribe(['t'], { assigned: () => void assignments++ })
    const reading = (async () => {
      for await (const _ of consumer.chunks()) consumer.enforceRebalance()
    })()
    await until(cluster, 'the second generation', () => assignments === 2, 1000)
    await consumer.close()
    await reading
  }))

test('a commit carries the leader epoch and the metadata, and committed() reads them; a refusal is the error of its partition', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 2)
    const consumer = open(cluster, world)
    consumer.assign([p0])
    await consumer.commit([{ ...p0, offset: 5, leaderEpoch: 3, metadata: 'note' }])
    assert.deepEqual(await consumer.committed([p0, { topic: 't', partition: 1 }]), [
      { ...p0, offset: 5, leaderEpoch: 3, metadata: 'note' },
    ])
    assert.deepEqual(consumer.groupMetadata(), { groupId: 'g', generationId: -1, memberId: '', groupInstanceId: null })
    cluster.script = ({ name }) =>
      name === 'OffsetCommit' ? { errorCode: errorCodes.OFFSET_METADATA_TOO_LARGE } : undefined
    await assert.rejects(consumer.commit([{ ...p0, offset: 6 }]), { errorName: 'OFFSET_METADATA_TOO_LARGE' })
    cluster.script = ({ name }) =>
      name === 'OffsetCommit' ? { errorCode: errorCodes.COORDINATOR_LOAD_IN_PROGRESS } : undefined
    const hasty = open(cluster, world, { 'default.api.timeout.ms': 2000 })
    hasty.assign([p0])
    await assert.rejects(hasty.commit([{ ...p0, offset: 6 }]), { code: 'DORSALE_TIMEOUT' })
    cluster.script = () => undefined
    await hasty.close()
    await consumer.close()
  }))

test('a partition begins where the group has committed, and an offset that an open transaction holds is waited for (KIP-447)', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 2)
    fill(cluster, 50)
    fill(cluster, 50, { partition: 1 })
    cluster.groups.group('g').offsets.set('t-0', { offset: 40, leaderEpoch: 0, metadata: '' })
    let refusals = 3
    cluster.script = ({ name }) =>
      name === 'OffsetFetch' && refusals-- > 0 ? { errorCode: errorCodes.UNSTABLE_OFFSET_COMMIT } : undefined
    const reader = new Reader(open(cluster, world), ['t'])
    await until(cluster, 'all', () => reader.seen.size === 60)
    assert.ok(reader.seen.has('t-0@40') && !reader.seen.has('t-0@39') && reader.seen.has('t-1@0'))
    const fetch = cluster.seen.find(({ name }) => name === 'OffsetFetch')!.body as { requireStable: boolean }
    assert.equal(fetch.requireStable, true)
    await reader.consumer.close()
  }))

for (const [how, deed] of [
  ['is silent', 'silence'],
  ['cuts its connections', 'cut'],
  ['is loading', { errorCode: errorCodes.COORDINATOR_LOAD_IN_PROGRESS }],
] as const) {
  test(`reading goes on, as Java's poll does, after a coordinator that ${how} for longer than any timeout; calls that have a timeout end with it`, () =>
    withCluster({}, async (cluster, inner) => {
      const warnings: string[] = []
      const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) }
      const world = { ...inner, logger }
      cluster.createTopic('t', 1)
      fill(cluster, 50)
      cluster.groups.group('g').offsets.set('t-0', { offset: 40, leaderEpoch: 0, metadata: '' })
      cluster.script = ({ name }) => (name === 'OffsetFetch' ? deed : undefined)
      const reader = new Reader(open(cluster, world), ['t'])
      const asker = open(cluster, world)
      asker.assign([p0])
      const beganMs = cluster.clock.monotonic()
      const late = { code: 'DORSALE_TIMEOUT', retriable: true, message: /^the committed offsets: not within 60000 ms/ }
      await assert.rejects(asker.committed([p0]), late)
      await assert.rejects(asker.position(p0), { code: 'DORSALE_TIMEOUT', retriable: true })
      assert.ok(cluster.clock.monotonic() - beganMs < 121_000)
      assert.equal(await asker.poll({ timeoutMs: 180_000 }), undefined)
      let outcome: unknown = 'reading'
      void reader.ended.then(error => {
        outcome = error
      })
      await sleep(world.clock, 300_000)
      assert.equal(outcome, 'reading')
      assert.ok(warnings.some(message => message.startsWith('the committed offsets are not to be had')))
      cluster.script = () => undefined
      await until(cluster, 'what is left', () => reader.seen.size === 10)
      assert.ok((await asker.position(p0)) >= 40)
      await asker.close()
      await reader.consumer.close()
    }))
}

test('a position that was reset is committed as well, so that a restart loses nothing that came meanwhile', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 50)
    const latest = { 'auto.offset.reset': 'latest' }
    const first = open(cluster, world, latest)
    first.subscribe(['t'])
    assert.equal(await first.poll({ timeoutMs: 1000 }), undefined)
    await first.close()
    fill(cluster, 5)
    const second = new Reader(open(cluster, world, latest), ['t'])
    await until(cluster, 'what came meanwhile', () => second.seen.size === 5)
    await second.consumer.close()
  }))

test('a listener may seek before anything is fetched; pause and position outlast a cooperative rebalance', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 2)
    fill(cluster, 50)
    fill(cluster, 50, { partition: 1 })
    const strategy = { 'partition.assignment.strategy': 'cooperative-sticky' }
    const consumer = open(cluster, world, strategy)
    const one = new Reader(consumer, ['t'], {
      listener: {
        assigned: partitions => {
          for (const each of partitions) consumer.seek({ ...each, offset: 45 })
          if (partitions.some(({ partition }) => partition === 0)) consumer.pause([p0])
        },
      },
    })
    await until(cluster, 'five', () => one.seen.size === 5)
    assert.ok([...one.seen.keys()].every(name => name >= 't-1@45'))
    const two = new Reader(open(cluster, world, strategy), ['t'])
    await until(cluster, 'two', () => two.owned.length === 1)
    if (one.owned[0] === 't-0') assert.deepEqual(consumer.paused, [p0])
    await one.consumer.close()
    await two.consumer.close()
  }))

test('a pattern follows topics that come, and the group takes new partitions over; internal topics stay out', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('order-a', 1)
    cluster.createTopic('reorder', 1)
    const reader = new Reader(open(cluster, world, { 'metadata.max.age.ms': 1000 }), /order-.*/g)
    await until(cluster, 'the first', () => reader.owned.join() === 'order-a-0')
    cluster.createTopic('order-b', 2)
    await until(cluster, 'the second', () => reader.owned.join() === 'order-a-0,order-b-0,order-b-1', 5000)
    cluster.topics.get('order-a')!.partitions.push({ ...cluster.partition('order-a', 0), batches: [] })
    await until(cluster, 'the new partition', () => reader.owned.length === 4, 5000)
    assert.deepEqual(reader.consumer.subscription, ['order-a', 'order-b'])
    const { generationId } = cluster.groups.group('g')
    await sleep(world.clock, 60_000)
    assert.equal(cluster.groups.group('g').generationId, generationId)
    await reader.consumer.close()
  }))

test('a topic that is not there yet is taken up when it comes', () =>
  withCluster({}, async (cluster, world) => {
    const reader = new Reader(open(cluster, world), ['later'])
    await sleep(world.clock, 5000)
    cluster.createTopic('later', 1)
    await until(cluster, 'the topic', () => reader.owned.join() === 'later-0', 10_000)
    await reader.consumer.close()
  }))

test('a change of the subscription gives up what is not wanted any more, and unsubscribe all', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    cluster.createTopic('u', 1)
    const reader = new Reader(open(cluster, world), ['t'])
    await until(cluster, 't', () => reader.owned.join() === 't-0')
    reader.consumer.subscribe(['u'])
    await until(cluster, 'u', () => reader.owned.join() === 'u-0')
    await reader.consumer.unsubscribe()
    assert.deepEqual(reader.owned, [])
    assert.equal(cluster.groups.group('g').members.size, 0)
    reader.consumer.assign([p0])
    assert.throws(() => reader.consumer.subscribe(['t']), { code: 'DORSALE_INVALID_SUBSCRIPTION' })
    await reader.consumer.close()
  }))

test('a static member that comes back within its session causes no rebalance; a second one under its name ends the first', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 2)
    const settings = { 'group.instance.id': 'i1' }
    const first = new Reader(open(cluster, world, settings), ['t'])
    await until(cluster, 'first', () => first.owned.length === 2)
    await first.consumer.close()
    assert.equal(cluster.groups.group('g').members.size, 1, 'it keeps its place')
    const second = new Reader(open(cluster, world, settings), ['t'])
    await until(cluster, 'second', () => second.owned.length === 2)
    const third = new Reader(open(cluster, world, settings), ['t'])
    await until(cluster, 'third', () => third.owned.length === 2)
    assert.equal(((await second.ended) as { errorName?: string }).errorName, 'FENCED_INSTANCE_ID')
    await second.consumer.close()
    await third.consumer.close({ group: 'leave' })
    assert.equal(cluster.groups.group('g').members.size, 0)
    const dynamic = new Reader(open(cluster, world), ['t'])
    await until(cluster, 'dynamic', () => dynamic.owned.length === 2)
    await dynamic.consumer.close({ group: 'remain' })
    assert.equal(cluster.groups.group('g').members.size, 1)
  }))

test('a static leader that comes back watches over the topics of its group again (KIP-814)', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 2)
    const settings = { 'group.instance.id': 'i1', 'metadata.max.age.ms': 1000 }
    const first = new Reader(open(cluster, world, settings), ['t'])
    await until(cluster, 'first', () => first.owned.length === 2)
    await first.consumer.close()
    const { generationId } = cluster.groups.group('g')
    const second = new Reader(open(cluster, world, settings), ['t'])
    await until(cluster, 'second', () => second.owned.length === 2)
    await sleep(world.clock, 10_000)
    assert.equal(cluster.groups.group('g').generationId, generationId, 'its return is no reason to rebalance')
    cluster.createTopic('t', 3)
    await until(cluster, 'the partition that was added', () => second.owned.length === 3, 10_000)
    await second.consumer.close()
  }))

test('old brokers are joined in their versions', () =>
  withCluster({}, async (cluster, world) => {
    // Kafka 0.11: JoinGroup 2, SyncGroup 1, Heartbeat 1, LeaveGroup 1, OffsetCommit 3, OffsetFetch 3, FindCoordinator 1, Metadata 4.
    for (const [key, version] of [
      [11, 2],
      [14, 1],
      [12, 1],
      [13, 1],
      [8, 3],
      [9, 3],
      [10, 1],
      [3, 4],
      [1, 5],
      [2, 2],
    ] as const)
      cluster.apiVersionMax.set(key, version)
    cluster.createTopic('t', 1)
    fill(cluster, 10)
    const reader = new Reader(open(cluster, world), ['t'])
    await until(cluster, 'ten', () => reader.seen.size === 10)
    await reader.consumer.close()
    assert.equal(offsetOf(cluster, 't-0'), 10)
    assert.equal(cluster.groups.group('g').members.size, 0)
  }))

test('an assignor of the application takes part, and what cannot be is refused with a sentence', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 2)
    const first: Assignor = {
      name: 'all-to-first',
      mode: 'eager',
      assign: (view, members) => {
        const all = rangeAssignor.assign(view, members.slice(0, 1)).get(members[0]!.memberId)!
        return new Map(
          members.map(({ memberId }, index) => [memberId, index === 0 ? all : { partitions: [], userData: null }]),
        )
      },
    }
    const settings = { 'partition.assignment.strategy': 'all-to-first' }
    const one = new Reader(open(cluster, world, settings, { assignors: [first] }), ['t'])
    const two = new Reader(open(cluster, world, settings, { assignors: [first] }), ['t'])
    await until(
      cluster,
      'both',
      () => cluster.groups.group('g').members.size === 2 && one.owned.length + two.owned.length === 2,
    )
    assert.ok(one.owned.length !== 1)
    await one.consumer.close()
    await two.consumer.close()
    assert.throws(() => open(cluster, world, settings), { code: 'DORSALE_UNKNOWN_ASSIGNOR' })
    const plain = open(cluster, world)
    assert.throws(() => plain.subscribe([]), { code: 'DORSALE_INVALID_SUBSCRIPTION' })
    assert.throws(() => plain.subscribe(new SubscriptionPattern('t.*')), /group.protocol=consumer/)
    await plain.close()
    const loner = createConsumer({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    assert.throws(() => loner.subscribe(['t']), { code: 'DORSALE_NO_GROUP' })
    await assert.rejects(loner.commit(), { code: 'DORSALE_NO_GROUP' })
    await loner.close()
  }))

test('a group that may not be joined is an error for whoever asks for records', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    cluster.script = ({ name }) =>
      name === 'JoinGroup' ? { errorCode: errorCodes.GROUP_AUTHORIZATION_FAILED } : undefined
    const consumer = open(cluster, world)
    consumer.subscribe(['t'])
    await assert.rejects(consumer.poll({ timeoutMs: 5000 }), { errorName: 'GROUP_AUTHORIZATION_FAILED' })
    cluster.script = () => undefined
    await consumer.poll({ timeoutMs: 5000 })
    assert.equal(consumer.assignment.length, 1)
    await consumer.close()
  }))

test('what a listener throws is thrown to whoever asks, and the group goes on', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    fill(cluster, 1)
    const consumer = open(cluster, world)
    consumer.subscribe(['t'], {
      assigned: () => {
        throw new Error('in the listener')
      },
    })
    await assert.rejects(consumer.poll({ timeoutMs: 5000 }), /in the listener/)
    assert.equal((await consumer.poll({ timeoutMs: 5000 }))?.nextOffset, 1)
    await consumer.close()
  }))
