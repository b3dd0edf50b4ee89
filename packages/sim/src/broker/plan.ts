import { type Prng, randomBelow, seededPrng } from '@dorsale/base'
import type { Plan } from '../scenario.ts'
import { type Fault, type FaultKind, type FaultScope, planFaults } from '../world/faults.ts'
import type { DiskFaults } from '../world/sim-disk.ts'
import { brokerMachine } from './driver.ts'
import type { ProducerPlan } from './producer.ts'

/** What an acknowledgement promises to survive (D9), and so which faults a run may have. */
export type Durability = 'process' | 'machine'

export interface BrokerPlan extends Plan {
  durability: Durability
  /** Log directories, each of which may fail alone; the first holds the metadata too. */
  directoryCount: number
  partitionCount: number
  topicConfigs: Record<string, string>
  producers: ProducerPlan[]
  consumerCount: number
  /** Processes that look offsets up by time. */
  lookupCount: number
  /** Producers that were superseded and go on. */
  zombieCount: number
  /** Groups that commit offsets. */
  committerCount: number
  /** Side topics that are created and deleted. */
  adminChanges: number
  /** Partitions that are added to the topic. */
  growths: number
  /** Snapshots of the metadata are taken often, and where its log is one of many small segments, those in front of them are let go. */
  metadataSnapshots: false | 'one-segment' | 'many-segments'
  /** Somebody deletes records. */
  deletes: boolean
  /** Somebody changes the settings of a side topic. */
  changesSettings: boolean
  /** Somebody changes how long the topic keeps its records, or how it is compacted. */
  tunes: boolean
  /** Somebody has partitions moved between the log directories. */
  moves: boolean
  /** How the run's last broker ends before everything is read back. */
  lastDeath: 'kill' | 'power-loss'
}

export const durationMs = 10_000
export const topicName = 'records'

const processFaults: readonly FaultKind[] = [
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
]

export const faultsOf: Record<Durability, { kinds: readonly FaultKind[]; diskFaults: (keyof DiskFaults)[] }> = {
  // An acknowledgement follows a completed write: nothing that the page cache survives may lose it.
  process: { kinds: processFaults, diskFaults: ['slow', 'shortWrite', 'writeError'] },
  // It follows a completed fsync: nothing short of bit rot may lose it.
  machine: {
    kinds: [...processFaults, 'power-loss', 'power-loss-at-call'],
    diskFaults: ['slow', 'shortWrite', 'writeError', 'syncError'],
  },
}

/** `focus` narrows the faults. */
export function planBroker(seed: number, durability: Durability, focus: Partial<FaultScope> = {}): BrokerPlan {
  const prng = seededPrng(seed, 'plan')
  // What came later draws from a stream of its own, so that the older parts of a seed's plan stay as they were.
  const later = seededPrng(seed, 'plan of more')
  const directoryCount = randomBelow(later, 4) === 0 ? 2 + randomBelow(later, 2) : 1
  const growths = randomBelow(later, 3) === 0 ? 1 + randomBelow(later, 4) : 0
  const scope = faultsOf[durability]
  const isCompacted = randomBelow(later, 4) === 0
  const topicRetention = isCompacted ? {} : planRetention(later)
  const last = seededPrng(seed, 'plan of administration')
  const deletes = !isCompacted && randomBelow(last, 4) === 0
  const changesSettings = randomBelow(last, 4) === 0
  const isWorn = isCompacted || Object.keys(topicRetention).length > 0
  const tunes = isWorn && randomBelow(seededPrng(seed, 'plan of tuning'), 2) === 0
  return {
    seed,
    durability,
    directoryCount,
    partitionCount: 1 + randomBelow(prng, 3),
    topicConfigs: { ...planTopicConfigs(prng), ...topicRetention, ...(isCompacted ? planCompaction(later) : {}) },
    producers: Array.from({ length: 1 + randomBelow(prng, 3) }, (_, index) => ({
      ...planProducer(prng, index),
      timestampSpreadMs: randomBelow(later, 3) === 0 ? 1 + randomBelow(later, 3000) : 0,
      watchesTopic: growths > 0,
      keyCount: isCompacted ? 1 + randomBelow(later, 12) : 0,
    })),
    consumerCount: randomBelow(prng, 4),
    adminChanges: randomBelow(prng, 2) * randomBelow(prng, 10),
    lastDeath: durability === 'machine' && randomBelow(prng, 2) === 0 ? 'power-loss' : 'kill',
    // What compaction takes away is not found by time either.
    lookupCount: isCompacted ? 0 : randomBelow(later, 2),
    growths,
    deletes,
    changesSettings,
    tunes,
    moves: directoryCount > 1 && randomBelow(seededPrng(seed, 'plan of moves'), 2) === 0,
    committerCount: randomBelow(later, 3),
    metadataSnapshots: planMetadata(seededPrng(seed, 'plan of metadata')),
    // Where what a producer wrote is taken away, a power loss may take what is known of it.
    zombieCount: Object.keys(topicRetention).length === 0 && !deletes ? randomBelow(later, 2) : 0,
    faults: withRot(
      seed,
      focus,
      Object.keys(topicRetention).length === 0 && !deletes,
      planFaults(prng, {
        durationMs,
        ...scope,
        kinds: directoryCount > 1 ? [...scope.kinds, 'directory-fails'] : scope.kinds,
        directories: logDirectories(directoryCount),
        processes: ['broker'],
        machines: [brokerMachine],
        network: [brokerMachine, 'clients'],
        ...focus,
        ...(focus.kinds === undefined ? {} : { kinds: focus.kinds.filter(kind => !rotKinds.has(kind)) }),
      }),
    ),
  }
}

/** Snapshots of producers, which follow from the log while nothing of it is let go: a rotten one must be seen and made anew. */
const rotPath = `/${topicName}-\\d+/\\d+\\.snapshot$`
const rotKinds: ReadonlySet<FaultKind> = new Set(['bit-rot', 'rot-at-rest'])

function withRot(
  seed: number,
  focus: Partial<FaultScope>,
  keepsEverything: boolean,
  faults: readonly Fault[],
): Fault[] {
  const prng = seededPrng(seed, 'plan of rot')
  const isWanted = focus.kinds === undefined ? randomBelow(prng, 3) === 0 : focus.kinds.some(kind => rotKinds.has(kind))
  if (!keepsEverything || !isWanted) return [...faults]
  const atRest = seededPrng(seed, 'plan of rot at rest')
  const rot = Array.from({ length: 1 + randomBelow(prng, 4) }, (): Fault => {
    const where = { machine: brokerMachine, path: rotPath, atMs: randomBelow(prng, durationMs) }
    return randomBelow(atRest, 2) === 0
      ? { kind: 'bit-rot', ...where }
      : { kind: 'rot-at-rest', process: 'broker', ...where }
  })
  return [...faults, ...rot].sort((a, b) => a.atMs - b.atMs)
}

/** Plans with a smaller workload, most radical first. */
export function* smallerBrokerPlans(plan: BrokerPlan): Iterable<BrokerPlan> {
  for (const [index] of plan.producers.entries()) {
    if (plan.producers.length > 1) yield { ...plan, producers: plan.producers.toSpliced(index, 1) }
  }
  if (plan.adminChanges > 0) yield { ...plan, adminChanges: 0 }
  if (plan.deletes) yield { ...plan, deletes: false }
  if (plan.changesSettings) yield { ...plan, changesSettings: false }
  if (plan.tunes) yield { ...plan, tunes: false }
  if (plan.moves) yield { ...plan, moves: false }
  if (plan.growths > 0) yield { ...plan, growths: plan.growths - 1 }
  if (plan.committerCount > 0) yield { ...plan, committerCount: plan.committerCount - 1 }
  if (plan.zombieCount > 0) yield { ...plan, zombieCount: 0 }
  if (plan.lookupCount > 0) yield { ...plan, lookupCount: 0 }
  if (plan.consumerCount > 0) yield { ...plan, consumerCount: 0 }
  if (plan.directoryCount > 1) yield { ...plan, directoryCount: plan.directoryCount - 1 }
  if (plan.partitionCount > 1) yield { ...plan, partitionCount: 1 }
  for (const name of ['retention.bytes', 'retention.ms']) {
    const { [name]: value, ...topicConfigs } = plan.topicConfigs
    if (value !== undefined) yield { ...plan, topicConfigs }
  }
  for (const [index, producer] of plan.producers.entries()) {
    const batches = Math.floor(producer.batches / 2)
    if (batches > 0) yield { ...plan, producers: plan.producers.with(index, { ...producer, batches }) }
  }
}

/** Paths of the log directories, the first of which is the one that a single node has. */
export function logDirectories(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `/data/log${index === 0 ? '' : index + 1}`)
}

export function planTopicConfigs(prng: Prng): Record<string, string> {
  return {
    // No smaller than the largest batch, which would be refused.
    'internal.segment.bytes': String([12_000, 40_000, 1_000_000][randomBelow(prng, 3)]),
    'segment.index.bytes': String([100, 1000, 100_000][randomBelow(prng, 3)]),
    'index.interval.bytes': String([0, 100, 4096][randomBelow(prng, 3)]),
    'file.delete.delay.ms': '500',
  }
}

function planMetadata(prng: Prng): BrokerPlan['metadataSnapshots'] {
  if (randomBelow(prng, 2) === 1) return false
  return randomBelow(prng, 2) === 0 ? 'one-segment' : 'many-segments'
}

function planCompaction(prng: Prng): Record<string, string> {
  return {
    'cleanup.policy': 'compact',
    'internal.segment.bytes': '12000',
    'min.cleanable.dirty.ratio': ['0.01', '0.5'][randomBelow(prng, 2)] as string,
    'delete.retention.ms': ['0', '1000'][randomBelow(prng, 2)] as string,
  }
}

/** Most topics keep everything. */
function planRetention(prng: Prng): Record<string, string> {
  switch (randomBelow(prng, 4)) {
    case 0:
      return { 'retention.bytes': String([0, 5000, 30_000][randomBelow(prng, 3)]) }
    case 1:
      return { 'retention.ms': String([300, 3000][randomBelow(prng, 2)]) }
    default:
      return {}
  }
}

function planProducer(
  prng: Prng,
  index: number,
): Omit<ProducerPlan, 'timestampSpreadMs' | 'watchesTopic' | 'keyCount'> {
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
