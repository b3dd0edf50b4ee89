import { sleep } from '@dorsale/base'
import type { BrokerConfig } from '@dorsale/broker'
import { metadataRequest, metadataResponse } from '@dorsale/protocol'
import { judge } from '../history/analyses.ts'
import type { HistoryEvent } from '../history/history.ts'
import { MemoryWatch } from '../memory/memory-watch.ts'
import type { Scenario } from '../scenario.ts'
import { type FaultScope, healAll } from '../world/faults.ts'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { Admin, createTopic } from './admin.ts'
import { brokerConfig, runBroker } from './broker-main.ts'
import { Committer } from './committer.ts'
import { Consumer } from './consumer.ts'
import { Deleter } from './deleter.ts'
import { brokerMachine, Driver } from './driver.ts'
import { expectFewHandles } from './handles.ts'
import { LeaderEpochs } from './leader-epochs.ts'
import { Lookups } from './lookups.ts'
import { MetadataWatch } from './metadata-watch.ts'
import { Mover } from './mover.ts'
import {
  type BrokerPlan,
  type Durability,
  durationMs,
  logDirectories,
  planBroker,
  smallerBrokerPlans,
  topicName,
} from './plan.ts'
import { Producer } from './producer.ts'
import { expectSameRecovery } from './recovery.ts'
import { type RetentionRule, RetentionWatch } from './retention-watch.ts'
import { Settings } from './settings.ts'
import { Tuner } from './tuner.ts'
import { Zombie } from './zombie.ts'

export interface BrokerScenarioOptions {
  durability: Durability
  /** Wraps what the broker is given: the seam for mistakes planted on purpose. */
  plant?: (host: Host) => Host
  /** Narrows the faults. */
  focus?: Partial<FaultScope>
}

/**
 * One broker, its clients, and everything that may happen to them. What must hold: nothing acknowledged is lost but what retention and compaction may take, order
 * within a partition, no duplicate, offsets never mean two records, committed offsets never fall, the high watermark never falls, look-ups by time find the first record,
 * no answer that no fault explains, few descriptors and timers; topics are there or gone as acknowledged, keep their settings, obey them, and only grow; epochs rise; recovery is a
 * function of the volume; and once the world is well again everybody finishes.
 */
export function brokerScenario({ durability, plant, focus }: BrokerScenarioOptions): Scenario<BrokerPlan> {
  return {
    name: `broker-${durability}`,
    plan: seed => planBroker(seed, durability, focus),
    run: (world, plan) => runBrokerPlan(world, plan, plant),
    smaller: smallerBrokerPlans,
  }
}

async function runBrokerPlan(world: World, plan: BrokerPlan, plant: BrokerScenarioOptions['plant']): Promise<void> {
  const machine = world.machine(brokerMachine, { diskBytes: 50_000_000 })
  const clients = world.machine('clients')
  const config = configOf(plan)
  const memory = new MemoryWatch(world)
  const service = machine.keepRunning('broker', host =>
    runBroker(plant?.(host) ?? host, config, memory.ofBroker(machine)),
  )
  expectFewHandles(world, machine)

  const history: HistoryEvent[] = []
  const tuner = new Tuner(world, { name: 'tuner', topic: topicName, configs: plan.topicConfigs, everyMs: 700 })
  const ruleOf = (partition: string): RetentionRule =>
    partition.startsWith(`${topicName}-`) ? retentionOf(tuner) : { bytes: [], ms: [] }
  const watch = new RetentionWatch(machine, ruleOf, history)
  const { released } = watch
  const watchesTopic = plan.growths > 0
  const isCompacted = plan.topicConfigs['cleanup.policy'] === 'compact'
  const consumer = (name: string, { toEnd = false, seeks = false }): Consumer =>
    new Consumer(world, { name, topic: topicName, toEnd, seeks, watchesTopic, isCompacted }, history, released)

  const admin = new Admin(world, {
    name: 'side',
    changes: plan.adminChanges,
    growths: plan.growths,
    growing: topicName,
    everyMs: durationMs / 10,
  })
  const { 'internal.segment.bytes': segmentBytes, 'retention.ms': retentionMs } = plan.topicConfigs
  const logRolls = Number(segmentBytes) < 1_000_000 || retentionMs !== undefined || plan.tunes
  const producers = plan.producers.map(producer => new Producer(world, producer, history, { logRolls }))
  const consumers = Array.from({ length: plan.consumerCount }, (_, index) =>
    consumer(`consumer-${index}`, { seeks: index > 0 }),
  )
  const lookups = Array.from(
    { length: plan.lookupCount },
    (_, index) => new Lookups(world, { name: `lookups-${index}`, topic: topicName, everyMs: 200 }, history),
  )
  const zombies = Array.from(
    { length: plan.zombieCount },
    (_, index) => new Zombie(world, { name: `zombie${index}`, topic: topicName, everyMs: 500 }, history),
  )
  const committers = Array.from(
    { length: plan.committerCount },
    (_, index) => new Committer(world, { name: `group-${index}`, topic: topicName, everyMs: 150 }),
  )
  const deleters = plan.deletes ? [new Deleter(world, { name: 'deleter', topic: topicName, everyMs: 700 }, watch)] : []
  const settings = plan.changesSettings ? [new Settings(world, { name: 'settings', topic: 'tuned', everyMs: 300 })] : []
  const directories = logDirectories(plan.directoryCount)
  const movers = plan.moves ? [new Mover(world, { name: 'mover', topic: topicName, directories, everyMs: 1000 })] : []
  clients.spawn('admin', async host => {
    await createTopic(
      world,
      host,
      { name: topicName, partitionCount: plan.partitionCount, configs: plan.topicConfigs },
      admin,
    )
    await admin.run(host)
  })
  const metadataWatch = new MetadataWatch(world, {
    name: 'metadata-watch',
    topic: topicName,
    configs: plan.tunes ? withoutKeys(plan.topicConfigs, tuner.keys) : plan.topicConfigs,
    everyMs: 400,
  })
  for (const each of [
    ...producers,
    ...consumers,
    ...lookups,
    ...zombies,
    ...committers,
    ...deleters,
    ...settings,
    ...(plan.tunes ? [tuner] : []),
    ...movers,
    metadataWatch,
  ])
    clients.spawn(each.plan.name, host => each.run(host))

  await world.run({ forMs: durationMs })
  healAll(world)
  // A directory that failed comes back with the next life.
  if (plan.directoryCount > 1) for (const process of machine.processes) process.terminate()
  for (const each of [...settings, tuner, ...movers]) each.stopped = true
  const areDone = (): boolean => admin.done && [...producers, ...movers].every(({ done }) => done)
  await world.runUntil('producers and administrators are done', areDone, { withinMs: 60_000 })
  for (const each of [...consumers, ...lookups, ...zombies, ...deleters, ...settings]) each.stopped = true
  if (plan.tunes) await tuner.settle()

  if (plan.lastDeath === 'power-loss') machine.crash()
  else for (const process of machine.processes) process.kill()
  // The cleaner works when it has time: what it does is no part of recovery.
  await expectSameRecovery(world, machine, configOf(plan, { 'log.cleaner.enable': 'false' }))
  await expectTopics(world, admin)
  const reader = consumer('reader', { toEnd: true })
  clients.spawn('reader', host => reader.run(host))
  const mayComeBack = plan.deletes || (plan.durability === 'machine' && hasRetention(plan))
  const epochs = new LeaderEpochs(world, topicName, { mayComeBack })
  clients.spawn('epochs', host => epochs.run(host))
  await world.runUntil('everything is read back', () => reader.done && epochs.done, { withinMs: 60_000 })
  metadataWatch.stopped = true
  for (const each of committers) each.stopped = true
  const areAnswered = (): boolean => committers.every(({ done }) => done)
  await world.runUntil('every group is told its offsets', areAnswered, { withinMs: 60_000 })
  // What was read once in order is read again out of order, so that indexes made by other lives are used.
  const seeker = consumer('seeker', { seeks: true })
  clients.spawn('seeker', host => seeker.run(host))
  await world.run({ forMs: 1000 })
  seeker.stopped = true
  service.stop()

  const [finding] = judge(history, { readToEnd: true, lastReader: 'reader' })
  if (finding !== undefined) world.fail(`${finding.kind}: ${finding.text}`)
  await world.run({ forMs: 0 })
}

const frequentSnapshots = { 'metadata.log.max.record.bytes.between.snapshots': '2000' }
const metadataSettings: Readonly<Record<`${BrokerPlan['metadataSnapshots']}`, Record<string, string>>> = {
  false: {},
  'one-segment': { ...frequentSnapshots, 'metadata.max.retention.bytes': '10000' },
  'many-segments': {
    ...frequentSnapshots,
    'metadata.max.retention.bytes': '2000',
    'internal.metadata.log.segment.bytes': '1500',
  },
}

function configOf(plan: BrokerPlan, overrides: Record<string, string> = {}): BrokerConfig {
  return brokerConfig({
    'log.dirs': logDirectories(plan.directoryCount).join(','),
    'log.retention.check.interval.ms': '1000',
    'log.flush.offset.checkpoint.interval.ms': '700',
    // The broker's clock jumps, its clients' does not: their timestamps may lie far ahead.
    'log.message.timestamp.after.max.ms': '9223372036854775807',
    'log.cleaner.backoff.ms': '400',
    'offsets.topic.num.partitions': '2',
    ...metadataSettings[`${plan.metadataSnapshots}`],
    ...(plan.durability === 'machine' ? { 'log.flush.interval.messages': '1' } : {}),
    ...overrides,
  })
}

function retentionOf(tuner: Tuner): RetentionRule {
  return { bytes: tuner.possible('retention.bytes').map(Number), ms: tuner.possible('retention.ms').map(Number) }
}

function withoutKeys(configs: Readonly<Record<string, string>>, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(configs).filter(([key]) => !keys.includes(key)))
}

function hasRetention({ topicConfigs }: BrokerPlan): boolean {
  return topicConfigs['retention.bytes'] !== undefined || topicConfigs['retention.ms'] !== undefined
}

/** Topics are there, or not, as their last acknowledged change says, and have every partition that was acknowledged. */
async function expectTopics(world: World, admin: Admin): Promise<void> {
  let partitionCounts: Map<string | null, number> | undefined
  world.machine('clients').spawn('topics', async host => {
    while (partitionCounts === undefined) {
      const driver = new Driver(host, 'topics')
      const response = await driver
        .call(metadataRequest, metadataResponse, { topics: null }, { version: 9 })
        .catch(() => undefined)
      driver.close()
      if (response === undefined) await sleep(host.clock, 100)
      else partitionCounts = new Map(response.topics.map(({ name, partitions }) => [name, partitions.length]))
    }
  })
  await world.runUntil('the topics are listed', () => partitionCounts !== undefined, { withinMs: 60_000 })
  for (const [topic, expected] of admin.expected) {
    if (expected !== undefined && partitionCounts?.has(topic) !== expected) {
      world.fail(
        `topic ${topic} is ${expected ? 'gone' : 'there'}, though its ${expected ? 'creation' : 'deletion'} was acknowledged`,
      )
    }
  }
  const count = partitionCounts?.get(topicName) ?? 0
  if (count < admin.partitionCountMin) {
    world.fail(`${topicName} has ${count} partitions, though ${admin.partitionCountMin} were acknowledged`)
  }
}
