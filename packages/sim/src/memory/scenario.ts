import { type Prng, randomBelow, seededPrng } from '@dorsale/base'
import { createTopic } from '../broker/admin.ts'
import { brokerConfig, runBroker } from '../broker/broker-main.ts'
import { brokerMachine, brokerPort } from '../broker/driver.ts'
import { expectFewHandles } from '../broker/handles.ts'
import type { Durability } from '../broker/plan.ts'
import { keepAlive } from '../client/keep-alive.ts'
import type { Plan, Scenario } from '../scenario.ts'
import { type FaultKind, type FaultScope, healAll, planFaults } from '../world/faults.ts'
import type { World } from '../world/world.ts'
import { Filler, type FillerPlan } from './filler.ts'
import { MemoryWatch } from './memory-watch.ts'
import { Parker, type ParkerPlan } from './parker.ts'
import { Sharer, type SharerPlan } from './sharer.ts'
import { SlowReader, type SlowReaderPlan } from './slow-reader.ts'

export interface MemoryPlan extends Plan {
  partitionCount: number
  parkers: ParkerPlan[]
  fillers: FillerPlan[]
  readers: SlowReaderPlan[]
  sharers: SharerPlan[]
}

const topic = 'records'
const durationMs = 6000
const patienceMs = 60_000
/** Longer than every time after which somebody who does not come again is forgotten. */
const forgottenMs = 20_000
/** A broker that serves nobody keeps its own timers alone. */
const idleTimersMax = 15

/** Limits that a small workload reaches. */
const limits = {
  'max.incremental.fetch.session.cache.slots': '2',
  'connections.max.idle.ms': '5000',
  'group.min.session.timeout.ms': '500',
  'group.initial.rebalance.delay.ms': '100',
  'producer.id.expiration.ms': '4000',
  'producer.id.expiration.check.interval.ms': '1000',
  'offsets.topic.num.partitions': '1',
  'group.share.max.share.sessions': '2',
  'share.coordinator.state.topic.num.partitions': '1',
}

const faultKinds: readonly FaultKind[] = ['kill', 'terminate', 'stop', 'partition', 'cut', 'silence', 'disk']

/**
 * Clients that make a broker, and themselves, keep as much as they can: fetches that wait, sessions that nobody uses again, floods of requests, producers that never wait,
 * members that handle slowly and vanish, members of share groups that come once. What must hold: after each step everything is within its bound, and when everybody has gone, nothing is left of them.
 */
export function memoryScenario({
  focus = {},
}: {
  durability?: Durability
  focus?: Partial<FaultScope>
} = {}): Scenario<MemoryPlan> {
  return {
    name: 'memory',
    plan: seed => planMemory(seed, focus),
    run: runMemoryPlan,
    *smaller(plan) {
      if (plan.readers.length > 0) yield { ...plan, readers: plan.readers.slice(1) }
      if (plan.fillers.length > 0) yield { ...plan, fillers: plan.fillers.slice(1) }
      if (plan.sharers.length > 0) yield { ...plan, sharers: plan.sharers.slice(1) }
      if (plan.parkers.length > 0) yield { ...plan, parkers: plan.parkers.slice(1) }
    },
  }
}

export async function runMemoryPlan(world: World, plan: MemoryPlan, watch = new MemoryWatch(world)): Promise<void> {
  const machine = world.machine(brokerMachine, { diskBytes: 50_000_000 })
  const clients = world.machine('clients')
  const config = brokerConfig(limits)
  const service = machine.keepRunning('broker', host => runBroker(host, config, watch.ofBroker(machine)))
  expectFewHandles(world, machine)

  let isCreated = false
  clients.spawn('admin', async host => {
    await createTopic(world, host, { name: topic, partitionCount: plan.partitionCount, configs: {} })
    isCreated = true
  })
  await world.runUntil('the topic is created', () => isCreated, { withinMs: durationMs + patienceMs })
  const parkers = plan.parkers.map(each => new Parker(world, each))
  const fillers = plan.fillers.map(each => new Filler(world, clients, each, watch))
  const readers = plan.readers.map(each => new SlowReader(clients, each, watch))
  const sharers = plan.sharers.map(each => new Sharer(world, each))
  const all = [...parkers, ...fillers, ...readers, ...sharers]
  for (const each of all) keepAlive(world, clients, each, () => !each.stopped)

  await world.run({ forMs: Math.max(durationMs - world.nowMs, 0) })
  healAll(world)
  for (const each of all) each.stopped = true
  const haveLeft = (): boolean =>
    [...fillers, ...readers].every(({ plan: { name }, isDone }) => isDone || !isAlive(name))
  const isAlive = (name: string): boolean => [...clients.processes].some(process => process.name === name)
  await world.runUntil('producers and consumers are closed', haveLeft, { withinMs: patienceMs })
  watch.expectNothingLeft(clients)
  // What is still there of them goes without a word.
  for (const process of clients.processes) process.kill()

  await world.run({ forMs: forgottenMs })
  watch.expectNothingLeft(machine)
  for (const { name, timerCount } of machine.processes) {
    if (timerCount > idleTimersMax) world.fail(`${name}: everybody has gone, and left ${timerCount} timers`)
  }
  service.stop()
  await world.run({ forMs: 0 })
}

function planMemory(seed: number, focus: Partial<FaultScope>): MemoryPlan {
  const prng = seededPrng(seed, 'plan')
  const count = (max: number): number => 1 + randomBelow(prng, max)
  const parkers = Array.from({ length: count(6) }, (_, index) => planParker(prng, index))
  const fillers = Array.from({ length: count(2) }, (_, index) => planFiller(prng, index))
  const readers = Array.from({ length: count(2) }, (_, index) => planReader(prng, index))
  // What came later draws from a stream of its own, so that the older parts of a seed's plan stay as they were.
  const later = seededPrng(seed, 'plan of sharers')
  const sharers = Array.from({ length: randomBelow(later, 4) }, (_, index) => planSharer(later, index))
  return {
    seed,
    partitionCount: count(8),
    parkers,
    fillers,
    readers,
    sharers,
    faults: planFaults(prng, {
      durationMs,
      kinds: faultKinds,
      diskFaults: ['slow'],
      processes: ['broker', ...[...fillers, ...readers].map(({ name }) => name)],
      machines: [brokerMachine],
      network: [brokerMachine, 'clients'],
      ...focus,
    }),
  }
}

function planParker(prng: Prng, index: number): ParkerPlan {
  const floodBytes = pick(prng, [0, 0, 300_000, 1_000_000])
  return { name: `parker-${index}`, topic, everyMs: pick(prng, [20, 200, 1000]), floodBytes }
}

function planSharer(prng: Prng, index: number): SharerPlan {
  return { name: `sharer-${index}`, topic, everyMs: pick(prng, [20, 200, 1000]) }
}

function planFiller(prng: Prng, index: number): FillerPlan {
  const name = `filler-${index}`
  return {
    name,
    topic,
    everyMs: pick(prng, [10, 100, 300]),
    settings: {
      'bootstrap.servers': `${brokerMachine}:${brokerPort}`,
      'client.id': name,
      acks: 'all',
      'buffer.memory': String(pick(prng, [2000, 10_000, 50_000])),
      'batch.size': String(pick(prng, [200, 2000])),
      'linger.ms': String(pick(prng, [0, 50])),
      'compression.type': pick(prng, ['none', 'gzip', 'lz4']),
      'max.in.flight.requests.per.connection': String(pick(prng, [1, 5])),
      'max.block.ms': '2000',
      'request.timeout.ms': '1000',
      'delivery.timeout.ms': '4000',
      'reconnect.backoff.max.ms': '500',
    },
  }
}

function planReader(prng: Prng, index: number): SlowReaderPlan {
  const name = `reader-${index}`
  return {
    name,
    topic,
    handlesMs: pick(prng, [0, 50, 300]),
    settings: {
      'bootstrap.servers': `${brokerMachine}:${brokerPort}`,
      'client.id': name,
      'group.id': 'readers',
      'auto.offset.reset': 'earliest',
      'session.timeout.ms': '3000',
      'heartbeat.interval.ms': '500',
      'fetch.max.bytes': String(pick(prng, [1000, 5000, 50_000_000])),
      'max.partition.fetch.bytes': String(pick(prng, [500, 1_000_000])),
      'request.timeout.ms': '1000',
      'default.api.timeout.ms': '3000',
      'reconnect.backoff.max.ms': '500',
    },
  }
}

function pick<T>(prng: Prng, items: readonly T[]): T {
  return items[randomBelow(prng, items.length)] as T
}
