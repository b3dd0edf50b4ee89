import { sleep } from '@dorsale/base'
import { metadataRequest, metadataResponse } from '@dorsale/protocol'
import { Admin, createTopic } from '../broker/admin.ts'
import { brokerConfig, runBroker } from '../broker/broker-main.ts'
import { Consumer } from '../broker/consumer.ts'
import { brokerMachine, Driver } from '../broker/driver.ts'
import { expectFewHandles } from '../broker/handles.ts'
import { type Durability, durationMs } from '../broker/plan.ts'
import { Producer } from '../broker/producer.ts'
import { keepAlive } from '../client/keep-alive.ts'
import { judge } from '../history/analyses.ts'
import type { HistoryEvent } from '../history/history.ts'
import { MemoryWatch } from '../memory/memory-watch.ts'
import type { Scenario } from '../scenario.ts'
import { type FaultScope, healAll } from '../world/faults.ts'
import type { Machine } from '../world/machine.ts'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { CommitWatch } from './commit-watch.ts'
import { Ghost } from './ghost.ts'
import { type GroupRecords, Member } from './member.ts'
import { Ownership } from './ownership.ts'
import {
  feedersMachine,
  firstTopic,
  type GroupsPlan,
  groupId,
  heartbeatMsMax,
  laterTopic,
  planGroups,
  sessionMsMax,
  smallerGroupsPlans,
} from './plan.ts'

export interface GroupsScenarioOptions {
  durability: Durability
  /** Wraps what the broker is given: the seam for mistakes planted on purpose. */
  plant?: (host: Host) => Host
  /** Narrows the faults. */
  focus?: Partial<FaultScope>
}

/** Sessions and rebalances that were under way when the world healed are over by then, the longest one after the other. */
const settleMsMax = 30_000
/** Long enough for every session, refresh of metadata and rebalance timeout to have come round. */
const calmMs = 10_000

/**
 * A group of the project's own consumers, which come, go, die, are stopped for longer than their session and are cut off, over a broker that dies too. What must hold:
 * each partition has one owner in each generation, handed over when it was given up and not before; committed offsets never fall; what is said in the
 * name of an old generation is refused; and once the world is well again the group settles, stays as it is, and has handled every record.
 */
export function groupsScenario({ durability, plant, focus }: GroupsScenarioOptions): Scenario<GroupsPlan> {
  return {
    name: `groups-${durability}`,
    plan: seed => planGroups(seed, durability, focus),
    run: (world, plan) => runGroupsPlan(world, plan, plant),
    smaller: smallerGroupsPlans,
  }
}

async function runGroupsPlan(world: World, plan: GroupsPlan, plant: GroupsScenarioOptions['plant']): Promise<void> {
  const machine = world.machine(brokerMachine, { diskBytes: 50_000_000 })
  const feeders = world.machine(feedersMachine)
  const config = brokerConfig({
    'log.flush.offset.checkpoint.interval.ms': '700',
    'log.message.timestamp.after.max.ms': '9223372036854775807',
    'offsets.topic.num.partitions': '2',
    'group.min.session.timeout.ms': '100',
    'group.consumer.min.session.timeout.ms': '100',
    'group.consumer.session.timeout.ms': String(sessionMsMax),
    'group.consumer.min.heartbeat.interval.ms': '100',
    'group.consumer.heartbeat.interval.ms': String(heartbeatMsMax),
    'group.initial.rebalance.delay.ms': String(plan.initialDelayMs),
    ...(plan.durability === 'machine' ? { 'log.flush.interval.messages': '1' } : {}),
  })
  const memory = new MemoryWatch(world)
  const service = machine.keepRunning('broker', host =>
    runBroker(plant?.(host) ?? host, config, memory.ofBroker(machine)),
  )
  expectFewHandles(world, machine)

  const history: HistoryEvent[] = []
  const topics = plan.laterTopicAtMs === undefined ? [firstTopic] : [firstTopic, laterTopic]
  const admin = new Admin(world, {
    name: 'side',
    changes: 0,
    growths: plan.growths,
    growing: firstTopic,
    everyMs: 1000,
  })
  const mayComeLate = plan.faults.some(({ kind }) => kind === 'partition')
  const commits = new CommitWatch(world, { name: 'watch', groupId, topics, everyMs: 150, mayComeLate })
  const records: GroupRecords = {
    history,
    handled: new Map(),
    ownership: new Ownership(world),
    commits,
    memberships: [],
  }
  const { partitionCount, topicConfigs: configs, laterTopicAtMs = 0 } = plan
  feeders.spawn('admin', async host => {
    await createTopic(world, host, { name: firstTopic, partitionCount, configs }, admin)
    await admin.run(host)
  })
  let hasTopics = topics.length === 1
  if (!hasTopics) {
    feeders.spawn('later', async host => {
      await sleep(host.clock, laterTopicAtMs)
      await createTopic(world, host, { name: laterTopic, partitionCount: 2, configs })
      hasTopics = true
    })
  }
  const { 'internal.segment.bytes': segmentBytes } = plan.topicConfigs
  const logRolls = Number(segmentBytes) < 1_000_000
  const producers = plan.producers.map(each => new Producer(world, each, history, { logRolls }))
  const ghosts = plan.isHaunted ? [new Ghost(world, { name: 'ghost', topic: firstTopic, everyMs: 100 }, records)] : []
  for (const each of [...producers, commits, ...ghosts]) feeders.spawn(each.plan.name, host => each.run(host))
  const members = plan.members.map(each => new Member(world, each, records))
  for (const each of members) comeAndGo(world, each)

  await world.run({ forMs: durationMs })
  healAll(world)
  for (const member of members) member.isSettling = true
  const areDone = (): boolean => hasTopics && admin.done && producers.every(({ done }) => done)
  await world.runUntil('producers and administrators are done', areDone, { withinMs: 60_000 })
  for (const each of ghosts) each.stopped = true

  const staying = members.filter(({ isLeaving }) => !isLeaving)
  const areGone = (leaving: readonly Member[]): boolean => leaving.every(({ isThere }) => !isThere)
  await world.runUntil('those who leave have left', () => areGone(members.filter(({ isLeaving }) => isLeaving)), {
    withinMs: settleMsMax,
  })
  if (plan.members.some(({ settings }) => settings['group.instance.id'] !== undefined)) {
    const areThere = (): boolean => staying.every(({ holding }) => holding !== undefined)
    await world.runUntil('everybody is in the group', areThere, { withinMs: settleMsMax })
    await growOnceMore(world)
  }
  if (plan.lastDeath === 'power-loss') machine.crash()
  else for (const process of machine.processes) process.kill()
  const partitions = await partitionsOf(world, topics)
  await world.runUntil('the group settles', () => isSettled(staying, partitions), { withinMs: settleMsMax })
  const ends = await readToEnd(world, feeders, { topics, history })
  await world.runUntil(
    'the group has handled every record',
    () => [...ends].every(([name, offsets]) => offsets.every(offset => records.handled.get(name)?.has(offset))),
    { withinMs: settleMsMax },
  )
  // Static members that left or died keep their place for a session.
  await world.run({ forMs: sessionMsMax + heartbeatMsMax })
  await world.runUntil('the group settles without them', () => isSettled(staying, partitions), {
    withinMs: settleMsMax,
  })
  const before = staying.map(generationOf)
  await world.run({ forMs: calmMs })
  const after = staying.map(generationOf)
  if (before.some((generation, index) => generation !== after[index])) {
    world.fail(`no calm: nothing happens, and the group goes from generation ${before.join()} to ${after.join()}`)
  }
  for (const member of staying) member.leave()
  await world.runUntil('the members have left', () => areGone(staying), { withinMs: settleMsMax })
  commits.stopped = true
  service.stop()

  const [finding] = judge(history, { readToEnd: true, lastReader: 'reader' })
  if (finding !== undefined) world.fail(`${finding.kind}: ${finding.text}`)
  await world.run({ forMs: 0 })
}

/** A member lives on a machine of its own, from when it comes until it goes; when it dies in between, it comes back. */
function comeAndGo(world: World, member: Member): void {
  const machine = world.machine(member.plan.name)
  expectFewHandles(world, machine)
  const { comesAtMs, leavesAtMs } = member.plan
  world.schedule(comesAtMs, undefined, `${member.plan.name} comes`, () => {
    keepAlive(world, machine, member, () => !member.isLeaving)
  })
  if (leavesAtMs !== undefined) {
    world.schedule(leavesAtMs, undefined, `${member.plan.name} is to leave`, () => member.leave())
  }
}

function generationOf(member: Member): number | undefined {
  return member.holding?.generation
}

/** One generation, in which every partition has its owner. */
function isSettled(members: readonly Member[], partitions: readonly string[]): boolean {
  const generations = new Set(members.map(generationOf))
  const owned = members.flatMap(({ holding }) => holding?.partitions ?? [])
  return (
    generations.size === 1 &&
    !generations.has(undefined) &&
    owned.length === partitions.length &&
    partitions.every(partition => owned.includes(partition))
  )
}

/**
 * A static leader that comes back finds its group as it was, and nobody tells it that a topic has grown meanwhile (nor does anybody tell Kafka's): the next
 * growth does.
 */
async function growOnceMore(world: World): Promise<void> {
  const admin = new Admin(world, { name: 'late', changes: 0, growths: 1, growing: firstTopic, everyMs: 50 })
  world.machine(feedersMachine).spawn('late', async host => {
    while (admin.partitionCountMin === 0) await admin.run(host)
  })
  await world.runUntil('the topic has grown', () => admin.partitionCountMin > 0, { withinMs: 60_000 })
}

/** Names of all partitions, once the broker has all of the topics. */
async function partitionsOf(world: World, topics: readonly string[]): Promise<string[]> {
  let partitions: string[] | undefined
  world.machine(feedersMachine).spawn('partitions', async host => {
    while (partitions === undefined) {
      const driver = new Driver(host, 'partitions')
      const request = { topics: topics.map(name => ({ name })), allowAutoTopicCreation: false }
      const response = await driver
        .call(metadataRequest, metadataResponse, request, { version: 9 })
        .catch(() => undefined)
      driver.close()
      if (response?.topics.every(({ errorCode }) => errorCode === 0)) {
        partitions = response.topics.flatMap(topic =>
          topic.partitions.map(({ partitionIndex }) => `${topic.name}-${partitionIndex}`),
        )
      } else await sleep(host.clock, 100)
    }
  })
  await world.runUntil('the topics are listed', () => partitions !== undefined, { withinMs: 60_000 })
  return partitions ?? []
}

/** Offsets of every record, by partition, as one who reads everything finds them. */
async function readToEnd(
  world: World,
  machine: Machine,
  { topics, history }: { topics: readonly string[]; history: HistoryEvent[] },
): Promise<Map<string, number[]>> {
  const from = history.length
  const readers = topics.map(topic => {
    const plan = { name: 'reader', topic, toEnd: true, seeks: false, watchesTopic: false, isCompacted: false }
    return new Consumer(world, plan, history)
  })
  for (const reader of readers) machine.spawn('reader', host => reader.run(host))
  await world.runUntil('everything is read back', () => readers.every(({ done }) => done), { withinMs: 60_000 })
  const found = new Map<string, number[]>()
  for (const event of history.slice(from)) {
    if (event.kind !== 'poll' || event.process !== 'reader') continue
    for (const { partition, offset } of event.reads) found.set(partition, [...(found.get(partition) ?? []), offset])
  }
  return found
}
