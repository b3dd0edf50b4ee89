import { type Prng, randomBelow, seededPrng } from '@dorsale/base'
import { brokerMachine, brokerPort } from '../broker/driver.ts'
import { type Durability, durationMs, faultsOf, planTopicConfigs } from '../broker/plan.ts'
import type { ProducerPlan } from '../broker/producer.ts'
import type { Plan } from '../scenario.ts'
import { type Fault, type FaultKind, type FaultScope, planFaults } from '../world/faults.ts'
import type { MemberPlan } from './member.ts'

export interface GroupsPlan extends Plan {
  durability: Durability
  /** Of the group: members divide the partitions, or the broker does (KIP-848). */
  protocol: 'classic' | 'consumer'
  partitionCount: number
  topicConfigs: Record<string, string>
  /** Partitions that are added to the topic. */
  growths: number
  /** When the second topic is made, which the members subscribe to from the beginning; undefined: never. */
  laterTopicAtMs: number | undefined
  producers: ProducerPlan[]
  members: MemberPlan[]
  /** `group.initial.rebalance.delay.ms` of the broker. */
  initialDelayMs: number
  /** Whether somebody says again what is old. */
  isHaunted: boolean
  lastDeath: 'kill' | 'power-loss'
}

export const groupId = 'readers'
export const firstTopic = 'records'
export const laterTopic = 'more'
/** The longest session of a member, and the longest time between two of its heartbeats. */
export const sessionMsMax = 3000
export const heartbeatMsMax = 500
export const feedersMachine = 'feeders'

const bootstrap = { 'bootstrap.servers': `${brokerMachine}:${brokerPort}` }

/**
 * Assignors by preference. In each row everybody likes the same best: a coordinator that has restarted knows of each member the protocol that was chosen, no
 * other, and refuses whoever does not share that (as Kafka's does).
 */
const assignorChoices: readonly (readonly string[][])[] = [
  [['range']],
  [['roundrobin']],
  [['sticky']],
  [['cooperative-sticky']],
  [['cooperative-sticky']],
  [['range'], ['range', 'cooperative-sticky'], ['range', 'sticky']],
]

/** Volumes that are full leave partitions offline: other scenarios try that. */
const leftOut = new Set<FaultKind>(['full-disk'])

export function planGroups(seed: number, durability: Durability, focus: Partial<FaultScope> = {}): GroupsPlan {
  const prng = seededPrng(seed, 'plan of groups')
  const pick = <T>(items: readonly T[]): T => items[randomBelow(prng, items.length)] as T
  const assignors = pick(assignorChoices)
  const hasStatics = randomBelow(prng, 3) === 0
  const laterTopicAtMs = randomBelow(prng, 3) === 0 ? randomBelow(prng, durationMs) : undefined
  const topics = [firstTopic, ...(laterTopicAtMs === undefined ? [] : [laterTopic])]
  const members = Array.from({ length: 1 + randomBelow(prng, 4) }, (_, index) =>
    planMember(prng, index, { topics, assignors: pick(assignors), isStatic: hasStatics && randomBelow(prng, 2) === 0 }),
  )
  const growths = randomBelow(prng, 3) === 0 ? 1 + randomBelow(prng, 3) : 0
  const scope = faultsOf[durability]
  // What came later draws from a stream of its own, so that the older parts of a seed's plan stay as they were.
  const later = seededPrng(seed, 'plan of more groups')
  const protocol = randomBelow(later, 3) === 0 ? 'consumer' : 'classic'
  const remoteAssignor = ['uniform', 'range'][randomBelow(later, 2)] as string
  return {
    seed,
    durability,
    protocol,
    partitionCount: 1 + randomBelow(prng, 5),
    topicConfigs: planTopicConfigs(prng),
    growths,
    laterTopicAtMs,
    producers: topics.map((topic, index) => planProducer(prng, { topic, index, watchesTopic: growths > 0 })),
    members: protocol === 'classic' ? members : members.map(member => managed(member, remoteAssignor)),
    initialDelayMs: pick([0, 300]),
    // In the other protocol an older epoch may be right: members come to a new one each in its own time.
    isHaunted: randomBelow(prng, 2) === 0 && protocol === 'classic',
    lastDeath: durability === 'machine' && randomBelow(prng, 2) === 0 ? 'power-loss' : 'kill',
    faults: withAbsences(
      planFaults(prng, {
        durationMs,
        ...scope,
        kinds: scope.kinds.filter(kind => !leftOut.has(kind)),
        processes: ['broker', 'broker', ...members.map(({ name }) => name)],
        machines: [brokerMachine],
        network: [brokerMachine, ...members.map(({ name }) => name)],
        ...focus,
      }),
      { seed, members, focus },
    ),
  }
}

/**
 * Members that are stopped until their session is over: the group goes on without them, others get their partitions, and they come back and know nothing of it.
 * Troubles of any length seldom last that long, and come seldom to a member that has a place to lose.
 */
function withAbsences(
  faults: readonly Fault[],
  { seed, members, focus }: { seed: number; members: readonly MemberPlan[]; focus: Partial<FaultScope> },
): Fault[] {
  const prng = seededPrng(seed, 'plan of absences')
  const isWanted = focus.kinds === undefined ? randomBelow(prng, 3) === 0 : focus.kinds.includes('stop')
  if (!isWanted) return [...faults]
  const absences = Array.from({ length: 1 + randomBelow(prng, 3) }, (): Fault => {
    const { name, comesAtMs } = members[randomBelow(prng, members.length)] as MemberPlan
    const forMs = sessionMsMax + randomBelow(prng, sessionMsMax)
    // It is over when the world is well again.
    const atMs = comesAtMs + randomBelow(prng, Math.max(durationMs - forMs - comesAtMs, 1))
    return { kind: 'stop', process: name, atMs, forMs: Math.min(forMs, durationMs - atMs) }
  })
  return [...faults, ...absences].sort((a, b) => a.atMs - b.atMs)
}

/** Plans with a smaller workload, most radical first. */
export function* smallerGroupsPlans(plan: GroupsPlan): Iterable<GroupsPlan> {
  for (const [index] of plan.members.entries()) {
    if (index > 0) yield { ...plan, members: plan.members.toSpliced(index, 1) }
  }
  if (plan.isHaunted) yield { ...plan, isHaunted: false }
  if (plan.growths > 0) yield { ...plan, growths: plan.growths - 1 }
  if (plan.partitionCount > 1) yield { ...plan, partitionCount: plan.partitionCount - 1 }
  for (const [index, producer] of plan.producers.entries()) {
    const batches = Math.floor(producer.batches / 2)
    if (batches > 0) yield { ...plan, producers: plan.producers.with(index, { ...producer, batches }) }
  }
}

function planMember(
  prng: Prng,
  index: number,
  { topics, assignors, isStatic }: { topics: readonly string[]; assignors: readonly string[]; isStatic: boolean },
): MemberPlan {
  const pick = <T>(items: readonly T[]): T => items[randomBelow(prng, items.length)] as T
  const name = `member-${index}`
  const comesAtMs = randomBelow(prng, 2) * randomBelow(prng, durationMs)
  const commits = pick(['auto', 'auto', 'sync', 'async'] as const)
  return {
    name,
    topics,
    comesAtMs,
    // The first one stays, so that there is a group in the end.
    leavesAtMs:
      index > 0 && randomBelow(prng, 2) === 0 ? comesAtMs + randomBelow(prng, durationMs - comesAtMs) : undefined,
    commits,
    handlesMs: pick([0, 30, 300]),
    dawdlesMs: pick([0, 0, 3000]),
    settings: {
      ...bootstrap,
      'client.id': name,
      'group.id': groupId,
      ...(isStatic ? { 'group.instance.id': name } : {}),
      'partition.assignment.strategy': assignors.join(','),
      'session.timeout.ms': String(pick([sessionMsMax / 2, sessionMsMax])),
      'heartbeat.interval.ms': String(pick([200, heartbeatMsMax])),
      'max.poll.interval.ms': String(pick([2000, 4000])),
      'enable.auto.commit': String(commits === 'auto'),
      'auto.commit.interval.ms': String(pick([100, 1000])),
      'auto.offset.reset': 'earliest',
      'fetch.max.wait.ms': String(pick([50, 500])),
      'max.partition.fetch.bytes': String(pick([500, 1_000_000])),
      'request.timeout.ms': String(pick([1000, 3000])),
      'default.api.timeout.ms': '5000',
      'metadata.max.age.ms': String(pick([500, 1500])),
      'reconnect.backoff.max.ms': '500',
    },
  }
}

/** The same member, where the broker divides the partitions and says how long a session is. */
function managed(member: MemberPlan, remoteAssignor: string): MemberPlan {
  const {
    'partition.assignment.strategy': _strategy,
    'session.timeout.ms': _session,
    'heartbeat.interval.ms': _heartbeat,
    ...settings
  } = member.settings
  return {
    ...member,
    settings: { ...settings, 'group.protocol': 'consumer', 'group.remote.assignor': remoteAssignor },
  }
}

function planProducer(
  prng: Prng,
  { topic, index, watchesTopic }: { topic: string; index: number; watchesTopic: boolean },
): ProducerPlan {
  const pick = <T>(items: readonly T[]): T => items[randomBelow(prng, items.length)] as T
  return {
    name: `producer-${index}`,
    topic,
    idempotent: true,
    acks: -1,
    batches: 20 + randomBelow(prng, 60),
    recordsPerBatchMax: 3,
    valueBytesMax: pick([0, 100]),
    codec: pick([undefined, 'gzip', 'zstd']),
    everyMs: pick([50, 150]),
    timestampSpreadMs: 0,
    watchesTopic,
    keyCount: 0,
  }
}
