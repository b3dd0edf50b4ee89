import { type Prng, randomBelow, seededPrng } from '@dorsale/base'
import { createTopic } from '../broker/admin.ts'
import { brokerConfig, runBroker } from '../broker/broker-main.ts'
import { Consumer } from '../broker/consumer.ts'
import { brokerMachine, brokerPort } from '../broker/driver.ts'
import { expectFewHandles } from '../broker/handles.ts'
import { type Durability, durationMs, faultsOf, planTopicConfigs } from '../broker/plan.ts'
import { judge } from '../history/analyses.ts'
import type { HistoryEvent } from '../history/history.ts'
import { MemoryWatch } from '../memory/memory-watch.ts'
import type { Plan, Scenario } from '../scenario.ts'
import { healAll, planFaults } from '../world/faults.ts'
import type { World } from '../world/world.ts'
import { ClientConsumer, type ClientConsumerPlan } from './client-consumer.ts'
import { ClientProducer, type ClientProducerPlan } from './client-producer.ts'
import { keepAlive } from './keep-alive.ts'

export interface ClientPlan extends Plan {
  durability: Durability
  partitionCount: number
  topicConfigs: Record<string, string>
  producers: ClientProducerPlan[]
  consumers: ClientConsumerPlan[]
  lastDeath: 'kill' | 'power-loss'
}

const topic = 'records'
const clientsMachine = 'clients'
const bootstrap = { 'bootstrap.servers': `${brokerMachine}:${brokerPort}` }
/** A client keeps a timer for each wait, and few of them. */
const patienceMs = 120_000

/**
 * The project's own client against the broker, each in the simulated world: answers that are late or lost, connections that are cut or go silent, brokers and
 * clients that die. What must hold is what the broker's scenarios hold its clients to, and that the client gets there by itself: every delivery
 * settles as written, every consumer reads to the end, nothing is skipped, repeated or out of order.
 */
export function clientScenario({ durability }: { durability: Durability }): Scenario<ClientPlan> {
  return {
    name: `client-${durability}`,

    plan(seed) {
      const prng = seededPrng(seed, 'plan')
      const producers = Array.from({ length: 1 + randomBelow(prng, 2) }, (_, index) => planProducer(prng, index))
      const consumers = Array.from({ length: 1 + randomBelow(prng, 2) }, (_, index) => planConsumer(prng, index))
      const scope = faultsOf[durability]
      return {
        seed,
        durability,
        partitionCount: 1 + randomBelow(prng, 3),
        topicConfigs: planTopicConfigs(prng),
        producers,
        consumers,
        lastDeath: durability === 'machine' && randomBelow(prng, 2) === 0 ? 'power-loss' : 'kill',
        faults: planFaults(prng, {
          durationMs,
          ...scope,
          processes: ['broker', 'broker', 'broker', ...[...producers, ...consumers].map(({ name }) => name)],
          machines: [brokerMachine],
          network: [brokerMachine, clientsMachine],
        }),
      }
    },

    run: runClientPlan,

    *smaller(plan) {
      if (plan.consumers.length > 0) yield { ...plan, consumers: plan.consumers.slice(1) }
      if (plan.producers.length > 1) yield { ...plan, producers: plan.producers.slice(1) }
      if (plan.partitionCount > 1) yield { ...plan, partitionCount: 1 }
      for (const [index, producer] of plan.producers.entries()) {
        const records = Math.floor(producer.records / 2)
        if (records > 0) yield { ...plan, producers: plan.producers.with(index, { ...producer, records }) }
      }
    },
  }
}

async function runClientPlan(world: World, plan: ClientPlan): Promise<void> {
  const machine = world.machine(brokerMachine, { diskBytes: 50_000_000 })
  const clients = world.machine(clientsMachine)
  const config = brokerConfig({
    'log.flush.offset.checkpoint.interval.ms': '700',
    'log.message.timestamp.after.max.ms': '9223372036854775807',
    ...(plan.durability === 'machine' ? { 'log.flush.interval.messages': '1' } : {}),
  })
  const memory = new MemoryWatch(world)
  const service = machine.keepRunning('broker', host => runBroker(host, config, memory.ofBroker(machine)))
  expectFewHandles(world, machine)
  expectFewHandles(world, clients)

  const history: HistoryEvent[] = []
  let isCreated = false
  clients.spawn('admin', async host => {
    await createTopic(world, host, { name: topic, partitionCount: plan.partitionCount, configs: plan.topicConfigs })
    isCreated = true
  })
  await world.runUntil('the topic is created', () => isCreated, { withinMs: durationMs + patienceMs })
  const producers = plan.producers.map(each => new ClientProducer(world, each, plan.partitionCount, history))
  const consumers = plan.consumers.map(each => new ClientConsumer(world, each, history))
  for (const each of producers) keepAlive(world, clients, each, () => !each.done)
  for (const each of consumers) keepAlive(world, clients, each, () => true)

  await world.run({ forMs: Math.max(durationMs - world.nowMs, 0) })
  healAll(world)
  await world.runUntil('every delivery has settled', () => producers.every(({ done }) => done), {
    withinMs: patienceMs,
  })
  if (plan.lastDeath === 'power-loss') machine.crash()
  else for (const process of machine.processes) process.kill()
  const reader = new Consumer(
    world,
    { name: 'reader', topic, toEnd: true, seeks: false, watchesTopic: false, isCompacted: false },
    history,
  )
  clients.spawn('reader', host => reader.run(host))
  for (const each of consumers) each.isSettling = true
  await world.runUntil('everything is read back', () => reader.done, { withinMs: 60_000 })
  const isAtEnd = ({ positions }: ClientConsumer): boolean =>
    reader.positions.every((end, partition) => (positions[partition] ?? 0) >= end)
  await world.runUntil('every consumer is at the end', () => consumers.every(isAtEnd), { withinMs: patienceMs })
  service.stop()

  const [finding] = judge(history, { readToEnd: true, lastReader: 'reader' })
  if (finding !== undefined) world.fail(`${finding.kind}: ${finding.text}`)
  await world.run({ forMs: 0 })
}

function planProducer(prng: Prng, index: number): ClientProducerPlan {
  const pick = <T>(items: readonly T[]): T => items[randomBelow(prng, items.length)] as T
  return {
    name: `producer-${index}`,
    topic,
    records: 10 + randomBelow(prng, 120),
    valueBytesMax: pick([0, 100, 1000]),
    everyMs: pick([1, 20, 80]),
    awaits: randomBelow(prng, 4) === 0,
    settings: {
      ...bootstrap,
      'client.id': `producer-${index}`,
      acks: 'all',
      'linger.ms': String(pick([0, 5, 50])),
      // Well below the smallest segment: a larger batch would be refused, whatever it was expected to compress to.
      'batch.size': String(pick([200, 2000, 4000])),
      'compression.type': pick(['none', 'none', 'gzip', 'snappy', 'lz4', 'zstd']),
      'max.in.flight.requests.per.connection': String(pick([1, 5])),
      'request.timeout.ms': String(pick([1000, 3000])),
      'delivery.timeout.ms': String(2 * patienceMs),
      'max.block.ms': String(2 * patienceMs),
      'metadata.max.age.ms': String(pick([500, 300_000])),
      'reconnect.backoff.max.ms': '500',
    },
  }
}

function planConsumer(prng: Prng, index: number): ClientConsumerPlan {
  const pick = <T>(items: readonly T[]): T => items[randomBelow(prng, items.length)] as T
  return {
    name: `consumer-${index}`,
    topic,
    moves: index > 0,
    settings: {
      ...bootstrap,
      'client.id': `consumer-${index}`,
      'auto.offset.reset': 'earliest',
      'isolation.level': pick(['read_uncommitted', 'read_committed']),
      'fetch.min.bytes': String(pick([1, 500])),
      'fetch.max.wait.ms': String(pick([50, 500])),
      'fetch.max.bytes': String(pick([1000, 50_000_000])),
      'max.partition.fetch.bytes': String(pick([500, 1_000_000])),
      'request.timeout.ms': String(pick([1000, 3000])),
      'metadata.max.age.ms': String(pick([500, 300_000])),
      'reconnect.backoff.max.ms': '500',
    },
  }
}
