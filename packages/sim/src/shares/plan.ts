import { type Prng, randomBelow, seededPrng } from '@dorsale/base'
import { brokerMachine, brokerPort } from '../broker/driver.ts'
import { type Durability, durationMs, faultsOf, planTopicConfigs } from '../broker/plan.ts'
import type { ProducerPlan } from '../broker/producer.ts'
import type { Plan } from '../scenario.ts'
import type { TransactorPlan } from '../transactions/transactor.ts'
import { type FaultKind, type FaultScope, planFaults } from '../world/faults.ts'
import type { ShareMemberPlan } from './share-member.ts'

export interface SharesPlan extends Plan {
  durability: Durability
  partitionCount: number
  topicConfigs: Record<string, string>
  /** Partitions that are added to the topic. */
  growths: number
  /** `share.delivery.count.limit`. */
  deliveryCountMax: number
  isReadCommitted: boolean
  /** `share.coordinator.snapshot.update.records.per.snapshot`. */
  updatesPerSnapshot: number
  producers: ProducerPlan[]
  transactors: TransactorPlan[]
  members: ShareMemberPlan[]
  /** Whether somebody says again what is old. */
  isHaunted: boolean
  /** Somebody changes how long locks last. */
  tunesLocks: boolean
  lastDeath: 'kill' | 'power-loss'
}

export const shareGroupId = 'workers'
export const shareTopic = 'jobs'
/** The least that a group's settings allow. */
export const lockMs = 1000
/** What it is set to and fro, where somebody changes it. */
export const longLockMs = 3000
export const sessionMsMax = 3000
export const heartbeatMsMax = 500
export const feedersMachine = 'feeders'
/** How often the coordinator looks for transactions whose time is over. */
export const timeoutCheckMs = 500

/** Volumes that are full leave partitions offline: other scenarios try that. */
const leftOut = new Set<FaultKind>(['full-disk'])

export function planShares(seed: number, durability: Durability, focus: Partial<FaultScope> = {}): SharesPlan {
  const prng = seededPrng(seed, 'plan of shares')
  const pick = <T>(items: readonly T[]): T => items[randomBelow(prng, items.length)] as T
  const ways = seededPrng(seed, 'plan of ways to read')
  const members = Array.from({ length: 2 + randomBelow(prng, 3) }, (_, index) => planMember({ prng, ways }, index))
  const growths = randomBelow(prng, 3) === 0 ? 1 + randomBelow(prng, 3) : 0
  const transactors = randomBelow(prng, 3) === 0 ? [planTransactor(prng)] : []
  const scope = faultsOf[durability]
  // A transaction whose clock was set back is decided when that has caught up: the scenario of transactions tries that.
  const kinds = scope.kinds.filter(kind => !leftOut.has(kind) && !(kind === 'clock-jump' && transactors.length > 0))
  return {
    seed,
    durability,
    partitionCount: 1 + randomBelow(prng, 3),
    topicConfigs: planTopicConfigs(prng),
    growths,
    deliveryCountMax: pick([2, 3, 5]),
    isReadCommitted: randomBelow(prng, 2) === 0,
    updatesPerSnapshot: pick([5, 500]),
    producers: Array.from({ length: 1 + randomBelow(prng, 2) }, (_, index) =>
      planProducer(prng, { index, watchesTopic: growths > 0 }),
    ),
    transactors,
    members,
    isHaunted: randomBelow(prng, 2) === 0,
    tunesLocks: randomBelow(seededPrng(seed, 'plan of locks'), 3) === 0,
    lastDeath: durability === 'machine' && randomBelow(prng, 2) === 0 ? 'power-loss' : 'kill',
    faults: planFaults(prng, {
      durationMs,
      ...scope,
      kinds,
      processes: ['broker', 'broker', ...members.map(({ name }) => name)],
      machines: [brokerMachine],
      network: [brokerMachine, ...members.map(({ name }) => name)],
      ...focus,
    }),
  }
}

/** Plans with a smaller workload, most radical first. */
export function* smallerSharesPlans(plan: SharesPlan): Iterable<SharesPlan> {
  for (const [index] of plan.members.entries()) {
    if (index > 0) yield { ...plan, members: plan.members.toSpliced(index, 1) }
  }
  if (plan.transactors.length > 0) yield { ...plan, transactors: [] }
  if (plan.isHaunted) yield { ...plan, isHaunted: false }
  if (plan.tunesLocks) yield { ...plan, tunesLocks: false }
  if (plan.growths > 0) yield { ...plan, growths: plan.growths - 1 }
  if (plan.partitionCount > 1) yield { ...plan, partitionCount: plan.partitionCount - 1 }
  for (const [index, producer] of plan.producers.entries()) {
    const batches = Math.floor(producer.batches / 2)
    if (batches > 0) yield { ...plan, producers: plan.producers.with(index, { ...producer, batches }) }
  }
}

function planMember({ prng, ways }: { prng: Prng; ways: Prng }, index: number): ShareMemberPlan {
  const pick = <T>(items: readonly T[]): T => items[randomBelow(prng, items.length)] as T
  const name = `member-${index}`
  const comesAtMs = randomBelow(prng, 2) * randomBelow(prng, durationMs)
  return {
    name,
    topic: shareTopic,
    reads: (['chunks', 'records', 'poll'] as const)[randomBelow(ways, 3)] as ShareMemberPlan['reads'],
    failsOneOf: [0, 0, 20][randomBelow(ways, 3)] as number,
    comesAtMs,
    // The first one stays, so that there is a group in the end.
    leavesAtMs:
      index > 0 && randomBelow(prng, 2) === 0 ? comesAtMs + randomBelow(prng, durationMs - comesAtMs) : undefined,
    handlesMs: pick([0, 30, 300]),
    dawdlesMs: pick([0, 2 * lockMs, 8 * lockMs]),
    commitsOneOf: pick([0, 1, 4]),
    settings: {
      'bootstrap.servers': `${brokerMachine}:${brokerPort}`,
      'client.id': name,
      'group.id': shareGroupId,
      'share.acknowledgement.mode': pick(['implicit', 'explicit', 'explicit']),
      'share.acquire.mode': pick(['batch_optimized', 'record_limit']),
      'max.poll.records': pick([1, 5, 500]),
      'max.poll.interval.ms': pick([3000, 20_000]),
      'fetch.max.wait.ms': pick([50, 500]),
      'request.timeout.ms': pick([1000, 3000]),
      'default.api.timeout.ms': 5000,
      'metadata.max.age.ms': pick([500, 1500]),
      'reconnect.backoff.max.ms': 500,
    },
  }
}

function planTransactor(prng: Prng): TransactorPlan {
  const pick = <T>(items: readonly T[]): T => items[randomBelow(prng, items.length)] as T
  return {
    name: 'transactor',
    topics: [shareTopic],
    protocol: pick([1, 2]),
    transactions: 5 + randomBelow(prng, 15),
    timeoutMs: pick([1000, 4000]),
    everyMs: pick([20, 100]),
  }
}

function planProducer(prng: Prng, { index, watchesTopic }: { index: number; watchesTopic: boolean }): ProducerPlan {
  const pick = <T>(items: readonly T[]): T => items[randomBelow(prng, items.length)] as T
  return {
    name: `producer-${index}`,
    topic: shareTopic,
    idempotent: randomBelow(prng, 3) > 0,
    acks: -1,
    batches: 10 + randomBelow(prng, 40),
    recordsPerBatchMax: pick([1, 4]),
    valueBytesMax: pick([0, 100]),
    codec: pick([undefined, 'gzip', 'zstd']),
    everyMs: pick([50, 200]),
    timestampSpreadMs: 0,
    watchesTopic,
    keyCount: 0,
  }
}
