import { type Prng, randomBelow, seededPrng } from '@dorsale/base'
import { brokerMachine, brokerPort } from '../broker/driver.ts'
import { type Durability, durationMs, faultsOf, planTopicConfigs } from '../broker/plan.ts'
import type { ProducerPlan } from '../broker/producer.ts'
import type { Plan } from '../scenario.ts'
import { type FaultKind, type FaultScope, planFaults } from '../world/faults.ts'
import type { CopierPlan } from './copier.ts'
import type { TransactorPlan } from './transactor.ts'

export interface TransactionsPlan extends Plan {
  durability: Durability
  /** Of every topic. */
  partitionCount: number
  topicConfigs: Record<string, string>
  /** `transaction.version` of the cluster. */
  version: 1 | 2
  feeder: ProducerPlan
  copiers: CopierPlan[]
  transactors: TransactorPlan[]
  /** The copiers go on until everything is copied; else they die where they are. */
  finishes: boolean
  lastDeath: 'kill' | 'power-loss'
}

export const inputTopic = 'in'
/** The copiers write to both; the last one is copied once more by a second stage, where there is one. */
export const outputTopics = ['out', 'also']
export const lastTopic = 'last'
export const groups = { first: 'copiers', second: 'followers' }
export const feedersMachine = 'feeders'
/** The longest `transaction.timeout.ms`, and how often the coordinator looks. */
export const timeoutMsMax = 4000
export const timeoutCheckMs = 500

const bootstrap = { 'bootstrap.servers': `${brokerMachine}:${brokerPort}` }
/** Volumes that are full leave partitions offline: other scenarios try that. */
const leftOut = new Set<FaultKind>(['full-disk'])

export function planTransactions(
  seed: number,
  durability: Durability,
  focus: Partial<FaultScope> = {},
): TransactionsPlan {
  const prng = seededPrng(seed, 'plan of transactions')
  const pick = <T>(items: readonly T[]): T => items[randomBelow(prng, items.length)] as T
  const partitionCount = 1 + randomBelow(prng, 3)
  const version = pick([1, 2, 2] as const)
  const copiers = planCopiers(prng, partitionCount)
  const transactors = Array.from({ length: randomBelow(prng, 3) }, (_, index) => planTransactor(prng, index, version))
  const scope = faultsOf[durability]
  return {
    seed,
    durability,
    partitionCount,
    topicConfigs: planTopicConfigs(prng),
    version,
    feeder: planFeeder(prng),
    copiers,
    transactors,
    finishes: randomBelow(prng, 3) > 0,
    lastDeath: durability === 'machine' && randomBelow(prng, 2) === 0 ? 'power-loss' : 'kill',
    faults: planFaults(prng, {
      durationMs,
      ...scope,
      kinds: scope.kinds.filter(kind => !leftOut.has(kind)),
      processes: ['broker', 'broker', ...copiers.map(({ name }) => name)],
      machines: [brokerMachine],
      network: [brokerMachine, feedersMachine, ...copiers.map(({ name }) => name)],
      ...focus,
    }),
  }
}

/** Plans with a smaller workload, most radical first. */
export function* smallerTransactionsPlans(plan: TransactionsPlan): Iterable<TransactionsPlan> {
  for (const [index] of plan.copiers.entries()) yield { ...plan, copiers: plan.copiers.toSpliced(index, 1) }
  for (const [index] of plan.transactors.entries()) yield { ...plan, transactors: plan.transactors.toSpliced(index, 1) }
  if (plan.partitionCount > 1) yield { ...plan, partitionCount: 1 }
  const batches = Math.floor(plan.feeder.batches / 2)
  if (batches > 0) yield { ...plan, feeder: { ...plan.feeder, batches } }
  for (const [index, transactor] of plan.transactors.entries()) {
    const transactions = Math.floor(transactor.transactions / 2)
    if (transactions > 0) yield { ...plan, transactors: plan.transactors.with(index, { ...transactor, transactions }) }
  }
}

/** Some of the first stage, perhaps two under one transactional id, and perhaps one of the second. */
function planCopiers(prng: Prng, partitionCount: number): CopierPlan[] {
  const count = 1 + randomBelow(prng, 2)
  const hasTwin = randomBelow(prng, 4) === 0
  const first = Array.from({ length: count }, (_, index) =>
    planCopier(prng, {
      name: `copier-${index}`,
      transactionalId: hasTwin ? 'copier' : `copier-${index}`,
      groupId: groups.first,
      input: inputTopic,
      outputs: outputTopics,
      partitionCount,
    }),
  )
  if (randomBelow(prng, 2) === 0) return first
  const second = planCopier(prng, {
    name: 'follower',
    transactionalId: 'follower',
    groupId: groups.second,
    input: outputTopics[1] as string,
    outputs: [lastTopic],
    partitionCount,
  })
  return [...first, second]
}

function planCopier(
  prng: Prng,
  {
    transactionalId,
    groupId,
    ...copier
  }: Pick<CopierPlan, 'name' | 'input' | 'outputs' | 'partitionCount'> & { transactionalId: string; groupId: string },
): CopierPlan {
  const pick = <T>(items: readonly T[]): T => items[randomBelow(prng, items.length)] as T
  const connection = {
    ...bootstrap,
    'client.id': copier.name,
    'request.timeout.ms': String(pick([1000, 3000])),
    'metadata.max.age.ms': '1000',
    'reconnect.backoff.max.ms': '500',
  }
  return {
    ...copier,
    abortsOneOf: pick([0, 3, 8]),
    lingersMs: pick([0, 50, 1000]),
    consumer: {
      ...connection,
      'group.id': groupId,
      'isolation.level': 'read_committed',
      'enable.auto.commit': 'false',
      'auto.offset.reset': 'earliest',
      'session.timeout.ms': '2000',
      'heartbeat.interval.ms': '300',
      'max.poll.interval.ms': '4000',
      'fetch.max.wait.ms': '200',
      'max.partition.fetch.bytes': String(pick([300, 1_000_000])),
      'default.api.timeout.ms': '5000',
    },
    producer: {
      ...connection,
      'transactional.id': transactionalId,
      'transaction.timeout.ms': String(pick([1000, timeoutMsMax])),
      'linger.ms': String(pick([0, 20])),
      'batch.size': String(pick([200, 4000])),
      'compression.type': pick(['none', 'zstd']),
      'delivery.timeout.ms': '8000',
      'max.block.ms': '3000',
    },
  }
}

function planTransactor(prng: Prng, index: number, version: 1 | 2): TransactorPlan {
  const pick = <T>(items: readonly T[]): T => items[randomBelow(prng, items.length)] as T
  return {
    name: `transactor-${index}`,
    topics: pick([outputTopics, outputTopics.slice(0, 1)]),
    protocol: version === 1 ? 1 : pick([1, 2, 2]),
    transactions: 10 + randomBelow(prng, 30),
    timeoutMs: pick([1000, timeoutMsMax]),
    everyMs: pick([20, 100]),
  }
}

function planFeeder(prng: Prng): ProducerPlan {
  return {
    name: 'feeder',
    topic: inputTopic,
    idempotent: true,
    acks: -1,
    batches: 20 + randomBelow(prng, 60),
    recordsPerBatchMax: 3,
    valueBytesMax: 50,
    codec: undefined,
    everyMs: [50, 150][randomBelow(prng, 2)] as number,
    timestampSpreadMs: 0,
    watchesTopic: false,
    keyCount: 0,
  }
}
