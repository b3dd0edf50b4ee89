import type { Durability } from '../broker/plan.ts'
import type { FaultScope } from '../world/faults.ts'

/** What is run over the mistake. */
export type MutantWorkload = 'broker' | 'storm' | 'groups' | 'transactions' | 'memory' | 'shares'

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
const raft = 'packages/raft/src'
const coordinate = 'packages/coordinate/src'
const deaths: Partial<FaultScope> = { kinds: ['kill', 'kill-at-call', 'terminate'] }
const powerLosses: Partial<FaultScope> = { kinds: ['power-loss', 'power-loss-at-call', 'kill'] }

export const mutants: readonly Mutant[] = [
  {
    name: 'lost epoch check of producers',
    from: 2,
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
    workload: 'storm',
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
    before: 'if (excess < segment.writtenSize) return false',
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
    name: 'settings of a topic that hold from the next start on',
    durability: 'process',
    file: `${broker}/replicas.ts`,
    before: 'if (resource.type === 2) this.#logs.updateConfig(resource.name, this.#configOf(resource.name))',
    after: 'if (resource.type === 2) continue',
  },
  {
    name: 'retention by size looked at once in the life of a log',
    durability: 'process',
    file: `${storage}/log/retention.ts`,
    before: 'if (retentionBytes >= 0) {',
    after: 'if (retentionBytes >= 0 && logStartOffset === 0) {',
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
    file: `${coordinate}/controller/producer-ids.ts`,
    before: 'nextProducerId: producerIdStart + BigInt(producerIdBlockSize),',
    after: 'nextProducerId: producerIdStart + 1n,',
    focus: deaths,
    from: 120,
  },
  {
    name: 'compaction keeps one record too few of each key',
    durability: 'process',
    file: `${storage}/cleaner/batch-filter.ts`,
    before: 'if (key === null || reader.offset < keys.get(key)) return false',
    after: 'if (key === null || reader.offset <= keys.get(key)) return false',
  },
  {
    name: 'checksums not verified by recovery',
    durability: 'machine',
    file: `${storage}/segment/scan-segment.ts`,
    before: "return isBatchIntact(header.bytes, header.position) ? undefined : 'does not match its checksum'",
    after: 'return undefined',
    workload: 'storm',
    from: 41,
  },
  {
    name: 'a damaged snapshot of producers is believed',
    durability: 'process',
    file: `${storage}/producer/snapshot.ts`,
    before: 'if (view.getUint32(crcPosition) !== crc32c(bytes, crcEnd)) return undefined',
    after: '',
    focus: { kinds: ['terminate', 'kill', 'rot-at-rest'] },
    from: 30,
  },
  {
    name: 'a directory is believed to be closed in good order once and for all',
    durability: 'process',
    file: `${storage}/files/clean-shutdown.ts`,
    before: '  disk.removeSync(path)\n  disk.syncDirectorySync(parentOf(path))',
    after: '',
    focus: deaths,
  },
  {
    name: 'metadata is committed before it is on the platter',
    durability: 'machine',
    file: `${raft}/raft-node.ts`,
    before: 'await this.#log.sync()',
    after: '',
    focus: powerLosses,
  },
  {
    name: 'a snapshot of the metadata is not synced',
    durability: 'machine',
    file: `${raft}/snapshots.ts`,
    before: 'await file.sync()',
    after: '',
    focus: powerLosses,
  },
  {
    name: 'the name of a snapshot of the metadata is not synced',
    durability: 'machine',
    file: `${raft}/snapshots.ts`,
    before: 'path)\n  disk.syncDirectorySync(directory)',
    after: 'path)',
    workload: 'storm',
    from: 12,
  },
  {
    name: 'a snapshot of the metadata claims one record too many',
    durability: 'process',
    file: `${raft}/raft-node.ts`,
    before: 'const id: SnapshotId = { endOffset: this.#deliveredOffset, epoch',
    after: 'const id: SnapshotId = { endOffset: this.#deliveredOffset + 1, epoch',
    focus: deaths,
  },
  {
    name: 'a snapshot of the metadata without the settings of topics',
    durability: 'process',
    file: `${coordinate}/metadata/image-records.ts`,
    before: 'of image.configResources()) {',
    after: 'of [] as { type: number; name: string }[]) {',
    focus: deaths,
  },
  {
    name: 'a snapshot of the metadata without the producer ids',
    durability: 'process',
    file: `${coordinate}/metadata/image-records.ts`,
    before: 'if (image.nextProducerId > 0n) {',
    after: 'if (false) {',
    // Two producers with one id show when the older of them still writes, after a start from a snapshot.
    focus: { kinds: ['kill'] },
    from: 40,
  },
  {
    name: 'the epoch of the quorum is not raised',
    durability: 'process',
    file: `${raft}/election.ts`,
    before: 'this.#stand(role.epoch + 1)',
    after: 'this.#stand(role.epoch)',
    focus: deaths,
  },
  {
    name: 'the last metadata record is not replayed',
    durability: 'process',
    file: `${raft}/raft-node.ts`,
    before: 'await this.#log.walk(this.#deliveredOffset, epochStartOffset,',
    after: 'await this.#log.walk(this.#deliveredOffset, epochStartOffset - 1,',
    focus: deaths,
  },
  {
    name: 'a deletion takes one record too many',
    durability: 'process',
    file: `${broker}/partition.ts`,
    before: 'log.advanceLogStart(wanted)',
    after: 'log.advanceLogStart(Math.min(wanted + 1, log.highWatermark))',
  },
  {
    name: 'a deletion acknowledged and not done',
    durability: 'process',
    file: `${broker}/partition.ts`,
    before: 'log.advanceLogStart(wanted)',
    after: 'if (wanted < 0) log.advanceLogStart(wanted)',
  },
  {
    name: 'leader epochs not noted by recovery',
    durability: 'machine',
    file: `${storage}/log/load-log.ts`,
    before: 'this.#noteEpoch(header)\n        const completed',
    after: 'const completed',
    workload: 'storm',
  },
  {
    name: 'a copy that takes over without the end of its log',
    from: 2,
    durability: 'process',
    file: `${storage}/move/replica-move.ts`,
    before: 'while (future.nextOffset < current.logEndOffset) {',
    after: 'while (false) {',
  },
  {
    name: 'a copy that takes over before it is on the platter',
    from: 40,
    durability: 'machine',
    file: `${storage}/move/replica-move.ts`,
    before: '      await future.flush()\n',
    after: '',
    focus: powerLosses,
  },
  {
    name: 'a periodic task with a bug',
    from: 2,
    durability: 'process',
    file: `${storage}/log/retention.ts`,
    before: 'if (!config.cleanupDelete) return plan',
    after: "if (segments.length > 3) throw new TypeError('a bug')",
  },
]
