import { type Prng, randomBelow, seededPrng, sleep } from '@dorsale/base'
import { metadataRequest, metadataResponse } from '@dorsale/protocol'
import { judge } from '../history/analyses.ts'
import type { HistoryEvent } from '../history/history.ts'
import type { Plan, Scenario } from '../scenario.ts'
import { type FaultKind, type FaultScope, healAll, planFaults } from '../world/faults.ts'
import type { Host } from '../world/process.ts'
import type { DiskFaults } from '../world/sim-disk.ts'
import type { World } from '../world/world.ts'
import { Admin } from './admin.ts'
import { brokerConfig, runBroker } from './broker-main.ts'
import { Consumer } from './consumer.ts'
import { brokerMachine, Driver } from './driver.ts'
import { Producer, type ProducerPlan } from './producer.ts'
import { expectSameRecovery } from './recovery.ts'

/** What an acknowledgement promises to survive (D9), and so which faults a run may have. */
export type Durability = 'process' | 'machine'

export interface BrokerPlan extends Plan {
  durability: Durability
  partitionCount: number
  topicConfigs: Record<string, string>
  producers: ProducerPlan[]
  consumerCount: number
  adminChanges: number
  /** How the run's last broker ends before everything is read back. */
  lastDeath: 'kill' | 'power-loss'
}

export interface BrokerScenarioOptions {
  durability: Durability
  /** Wraps what the broker is given: the seam for mistakes planted on purpose. */
  plant?: (host: Host) => Host
  /** Narrows the faults. */
  focus?: Partial<FaultScope>
}

const durationMs = 10_000
const topicName = 'records'
const openFilesMax = 40
const timersMax = 60

const faultsOf: Record<Durability, { kinds: FaultKind[]; diskFaults: (keyof DiskFaults)[] }> = {
  // An acknowledgement follows a completed write: nothing that the page cache survives may lose it.
  process: {
    kinds: [
      'kill',
      'terminate',
      'kill-at-call',
      'stop',
      'clock-jump',
      'partition',
      'cut',
      'silence',
      'write-back',
      'disk',
      'full-disk',
    ],
    diskFaults: ['slow', 'shortWrite', 'writeError'],
  },
  // It follows a completed fsync: nothing short of bit rot may lose it.
  machine: {
    kinds: [
      'kill',
      'terminate',
      'kill-at-call',
      'power-loss',
      'power-loss-at-call',
      'stop',
      'clock-jump',
      'partition',
      'cut',
      'silence',
      'write-back',
      'disk',
      'full-disk',
    ],
    diskFaults: ['slow', 'shortWrite', 'writeError', 'syncError'],
  },
}

/**
 * One broker, its clients, and everything that may happen to them. What must hold: nothing acknowledged is lost, order within a
 * partition, no duplicate, offsets never mean two records, the high watermark never falls, no answer that no fault explains, few
 * descriptors; topics are there or gone as acknowledged; and once the world is well again everybody finishes.
 */
export function brokerScenario({ durability, plant, focus }: BrokerScenarioOptions): Scenario<BrokerPlan> {
  return {
    name: `broker-${durability}`,

    plan(seed) {
      const prng = seededPrng(seed, 'plan')
      return {
        seed,
        durability,
        partitionCount: 1 + randomBelow(prng, 3),
        topicConfigs: planTopicConfigs(prng),
        producers: Array.from({ length: 1 + randomBelow(prng, 3) }, (_, index) => planProducer(prng, index)),
        consumerCount: randomBelow(prng, 4),
        adminChanges: randomBelow(prng, 2) * randomBelow(prng, 10),
        lastDeath: durability === 'machine' && randomBelow(prng, 2) === 0 ? 'power-loss' : 'kill',
        faults: planFaults(prng, {
          durationMs,
          ...faultsOf[durability],
          processes: ['broker'],
          machines: [brokerMachine],
          network: [brokerMachine, 'clients'],
          ...focus,
        }),
      }
    },

    run: (world, plan) => runBrokerPlan(world, plan, plant),

    *smaller(plan) {
      for (const [index] of plan.producers.entries()) {
        if (plan.producers.length > 1) yield { ...plan, producers: plan.producers.toSpliced(index, 1) }
      }
      if (plan.adminChanges > 0) yield { ...plan, adminChanges: 0 }
      if (plan.consumerCount > 0) yield { ...plan, consumerCount: 0 }
      if (plan.partitionCount > 1) yield { ...plan, partitionCount: 1 }
      for (const [index, producer] of plan.producers.entries()) {
        const batches = Math.floor(producer.batches / 2)
        if (batches > 0) yield { ...plan, producers: plan.producers.with(index, { ...producer, batches }) }
      }
    },
  }
}

async function runBrokerPlan(world: World, plan: BrokerPlan, plant: BrokerScenarioOptions['plant']): Promise<void> {
  const machine = world.machine(brokerMachine, { diskBytes: 50_000_000 })
  const clients = world.machine('clients')
  const config = brokerConfig({
    'log.retention.check.interval.ms': '1000',
    'log.flush.offset.checkpoint.interval.ms': '700',
    // The broker's clock jumps, its clients' does not: their timestamps may lie far ahead.
    'log.message.timestamp.after.max.ms': '9223372036854775807',
    ...(plan.durability === 'machine' ? { 'log.flush.interval.messages': '1' } : {}),
  })
  const service = machine.keepRunning('broker', host => runBroker(plant?.(host) ?? host, config))
  world.always('few descriptors', () => {
    for (const { name, openFileCount } of machine.processes) {
      if (openFileCount > openFilesMax) throw new Error(`${name} has ${openFileCount} files open`)
    }
  })
  world.always('few timers', () => {
    for (const { name, timerCount } of machine.processes) {
      if (timerCount > timersMax) throw new Error(`${name} has ${timerCount} timers set`)
    }
  })

  const history: HistoryEvent[] = []
  const admin = new Admin(world, { name: 'side', changes: plan.adminChanges, everyMs: durationMs / 10 })
  const producers = plan.producers.map(producer => new Producer(world, producer, history))
  const consumers = Array.from(
    { length: plan.consumerCount },
    (_, index) =>
      new Consumer(world, { name: `consumer-${index}`, topic: topicName, toEnd: false, seeks: index > 0 }, history),
  )
  clients.spawn('admin', async host => {
    await createTopic(host, admin, plan)
    await admin.run(host)
  })
  for (const producer of producers) clients.spawn(producer.plan.name, host => producer.run(host))
  for (const consumer of consumers) clients.spawn(consumer.plan.name, host => consumer.run(host))

  await world.run({ forMs: durationMs })
  healAll(world)
  await world.runUntil(
    'producers and administrators are done',
    () => admin.done && producers.every(({ done }) => done),
    {
      withinMs: 60_000,
    },
  )
  for (const consumer of consumers) consumer.stopped = true

  if (plan.lastDeath === 'power-loss') machine.crash()
  else for (const process of machine.processes) process.kill()
  await expectSameRecovery(world, machine, config)
  await expectTopics(world, admin)
  const reader = new Consumer(world, { name: 'reader', topic: topicName, toEnd: true, seeks: false }, history)
  clients.spawn('reader', host => reader.run(host))
  await world.runUntil('everything is read back', () => reader.done, { withinMs: 60_000 })
  await readAtRandom(world, history)
  service.stop()

  const [finding] = judge(history, { readToEnd: true })
  if (finding !== undefined) world.fail(`${finding.kind}: ${finding.text}`)
  await world.run({ forMs: 0 })
}

function planTopicConfigs(prng: Prng): Record<string, string> {
  return {
    // No smaller than the largest batch, which would be refused.
    'internal.segment.bytes': String([12_000, 40_000, 1_000_000][randomBelow(prng, 3)]),
    'segment.index.bytes': String([100, 1000, 100_000][randomBelow(prng, 3)]),
    'index.interval.bytes': String([0, 100, 4096][randomBelow(prng, 3)]),
    'file.delete.delay.ms': '500',
  }
}

function planProducer(prng: Prng, index: number): ProducerPlan {
  const idempotent = randomBelow(prng, 3) > 0
  return {
    name: `producer-${index}`,
    topic: topicName,
    idempotent,
    acks: idempotent ? -1 : ([0, 1, -1][randomBelow(prng, 3)] as 0 | 1 | -1),
    batches: 5 + randomBelow(prng, 60),
    recordsPerBatchMax: 1 + randomBelow(prng, 5),
    valueBytesMax: [0, 100, 2000][randomBelow(prng, 3)] as number,
    codec: ([undefined, undefined, 'gzip', 'snappy', 'lz4', 'zstd'] as const)[randomBelow(prng, 6)],
    everyMs: [1, 30, 200][randomBelow(prng, 3)] as number,
  }
}

async function createTopic(host: Host, admin: Admin, plan: BrokerPlan): Promise<void> {
  for (;;) {
    const driver = new Driver(host, 'admin')
    const created = await admin.create(driver, topicName, plan.partitionCount, plan.topicConfigs).catch(() => false)
    driver.close()
    if (created) return
    await sleep(host.clock, 200)
  }
}

/** What was read once in order is read again out of order, so that indexes made by other lives are used. */
async function readAtRandom(world: World, history: HistoryEvent[]): Promise<void> {
  const seeker = new Consumer(world, { name: 'seeker', topic: topicName, toEnd: false, seeks: true }, history)
  world.machine('clients').spawn('seeker', host => seeker.run(host))
  await world.run({ forMs: 1000 })
  seeker.stopped = true
}

/** Topics are there, or not, as their last acknowledged change says. */
async function expectTopics(world: World, admin: Admin): Promise<void> {
  let names: Set<string | null> | undefined
  world.machine('clients').spawn('topics', async host => {
    while (names === undefined) {
      const driver = new Driver(host, 'topics')
      const response = await driver
        .call(metadataRequest, metadataResponse, { topics: null }, { version: 9 })
        .catch(() => undefined)
      driver.close()
      if (response !== undefined) names = new Set(response.topics.map(({ name }) => name))
      else await sleep(host.clock, 100)
    }
  })
  await world.runUntil('the topics are listed', () => names !== undefined, { withinMs: 60_000 })
  for (const [topic, expected] of admin.expected) {
    if (expected !== undefined && names?.has(topic) !== expected) {
      world.fail(
        `topic ${topic} is ${expected ? 'gone' : 'there'}, though its ${expected ? 'creation' : 'deletion'} was acknowledged`,
      )
    }
  }
}
