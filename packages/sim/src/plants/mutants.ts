import type { Durability } from '../broker/plan.ts'
import type { FaultScope } from '../world/faults.ts'

/** What is run over the mistake. */
export type MutantWorkload = 'broker' | 'groups' | 'transactions'

/** A mistake in the project's own source: one place of one file, as it is and as it would be with the mistake. */
export interface Mutant {
  name: string
  /** Default: `broker`. */
  workload?: MutantWorkload
  /** The promise that it breaks. */
  durability: Durability
  /** Path in the repository. */
  file: string
  /** Stands in the file exactly once. */
  before: string
  after: string
  /** Where the search for it begins: at a seed that found it, so that the test is quick. Default 1. */
  from?: number
  /** Fewer kinds of faults, where it takes certain ones to show. */
  focus?: Partial<FaultScope>
}

const storage = 'packages/storage/src'
const broker = 'packages/broker/src'
const deaths: Partial<FaultScope> = { kinds: ['kill', 'kill-at-call', 'terminate'] }
const powerLosses: Partial<FaultScope> = { kinds: ['power-loss', 'power-loss-at-call', 'kill'] }

export const mutants: readonly Mutant[] = [
  {
    name: 'lost epoch check of producers',
    durability: 'process',
    file: `${storage}/producer/producer-state.ts`,
    before: 'if (producerEpoch < knownEpoch) throw staleEpoch(header, knownEpoch)',
    after: '',
  },
  {
    name: 'sequences not checked',
    durability: 'process',
    file: `${storage}/producer/producer-state.ts`,
    before: "if (origin === 'client') checkSequence(known, header)",
    after: '',
  },
  {
    name: 'duplicates not recognised',
    durability: 'process',
    file: `${storage}/producer/producer-state.ts`,
    before:
      'return this.#entries.get(header.producerId)?.find(header.producerEpoch, header.baseSequence, header.lastSequence)',
    after: 'return undefined',
    from: 40,
    focus: { kinds: ['cut'], countMax: 40 },
  },
  {
    name: 'off by one in the offset index',
    durability: 'process',
    file: `${storage}/index/offset-index.ts`,
    before: 'return index < 0 ? 0 : this.positionAt(index)',
    after: 'return index < 0 ? 0 : this.positionAt(Math.min(index + 1, this.count - 1))',
  },
  {
    name: 'off by one in the time index',
    durability: 'process',
    file: `${storage}/index/time-index.ts`,
    before: 'return index < 0 ? this.baseOffset : this.offsetAt(index)',
    after: 'return index < 0 ? this.baseOffset : this.offsetAt(Math.min(index + 1, this.count - 1))',
  },
  {
    name: 'reply before commit',
    durability: 'machine',
    file: `${storage}/log/log-writer.ts`,
    before: 'if (last !== undefined && this.#host.mustSync(last.endOffset)) {',
    after: 'if (false) {',
  },
  {
    name: 'the recovery point runs ahead',
    durability: 'machine',
    file: `${storage}/log/log-sync.ts`,
    before: 'this.#recoveryPoint = options.recoveryPoint',
    after: 'this.#recoveryPoint = options.recoveryPoint + 50',
    focus: powerLosses,
  },
  {
    name: 'retention by size takes one segment too many',
    durability: 'process',
    file: `${storage}/log/retention.ts`,
    before: 'if (excess < segment.size) return false',
    after: 'if (excess <= 0) return false',
  },
  {
    name: 'retention by time goes by half the time',
    durability: 'process',
    file: `${storage}/log/retention.ts`,
    before: 'now - segment.retentionTimestamp > retentionMs',
    after: 'now - segment.retentionTimestamp > retentionMs / 2',
  },
  {
    name: 'a log that begins anew in another directory',
    durability: 'process',
    file: `${broker}/replicas.ts`,
    before: 'return this.#logs.liveDirectories.length < this.#logs.directories.length',
    after: 'return false',
    from: 55,
  },
  {
    name: 'the high watermark is not told after a restart',
    durability: 'process',
    file: `${broker}/partition.ts`,
    before: 'return this.log.advanceHighWatermark(this.log.logEndOffset)',
    after: 'return this.log.advanceHighWatermark(Math.max(this.log.logEndOffset - 1, 0))',
  },
  {
    name: 'producer ids given twice',
    durability: 'process',
    file: 'packages/coordinate/src/controller/producer-ids.ts',
    before: 'nextProducerId: producerIdStart + BigInt(producerIdBlockSize),',
    after: 'nextProducerId: producerIdStart + 1n,',
    from: 70,
    focus: deaths,
  },
  {
    name: 'compaction keeps one record too few of each key',
    durability: 'process',
    file: `${storage}/cleaner/batch-filter.ts`,
    before: 'if (key === null || reader.offset < keys.get(key)) return false',
    after: 'if (key === null || reader.offset <= keys.get(key)) return false',
  },
  {
    name: 'a periodic task with a bug',
    durability: 'process',
    file: `${storage}/log/retention.ts`,
    before: 'if (!config.cleanupDelete) return plan',
    after: "if (segments.length > 3) throw new TypeError('a bug')",
  },
]
