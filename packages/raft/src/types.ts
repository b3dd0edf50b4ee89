import type { Clock, Disk, DorsaleError, Logger, Prng } from '@dorsale/base'

/** How the records of a replicated log become bytes. Throws a `DorsaleError` on bytes that are not a record. */
export interface RecordSerde<T> {
  encode(record: T): Uint8Array
  decode(bytes: Uint8Array): T
}

export interface RaftOptions<T> {
  readonly disk: Disk
  readonly clock: Clock
  readonly prng: Prng
  readonly logger: Logger
  /** Kafka's `metadata.log.dir`, formatted; the log lives in its `__cluster_metadata-0`. */
  readonly logDirectory: string
  readonly nodeId: number
  /** `directory.id` of `meta.properties` in that directory. */
  readonly directoryId: string
  readonly clusterId: string
  /** Where this voter listens, in the order of the configuration; the first is the default listener. */
  readonly endpoints: readonly RaftEndpoint[]
  readonly serde: RecordSerde<T>
  readonly listener: RaftListener<T>
  readonly config: RaftConfig
}

/** A listener of the quorum, as the voter set names it. */
export interface RaftEndpoint {
  readonly name: string
  readonly host: string
  readonly port: number
}

/** Kafka's keys: `metadata.log.*`, `metadata.max.retention.*`, `controller.quorum.*`. */
export interface RaftConfig {
  /** `metadata.log.segment.bytes` */
  readonly segmentBytes: number
  /** `metadata.log.segment.ms` */
  readonly segmentMs: number
  /** `metadata.max.retention.bytes`; -1: no limit. */
  readonly retentionBytes: number
  /** `metadata.max.retention.ms`; -1: no limit. */
  readonly retentionMs: number
  /** `metadata.log.max.record.bytes.between.snapshots` */
  readonly snapshotBytes: number
  /** `metadata.log.max.snapshot.interval.ms`; 0: never by age. */
  readonly snapshotIntervalMs: number
  /** `controller.quorum.election.timeout.ms` */
  readonly electionTimeoutMs: number
}

/** Kafka's defaults. */
export const defaultRaftConfig: RaftConfig = {
  segmentBytes: 1024 * 1024 * 1024,
  segmentMs: 7 * 24 * 3600 * 1000,
  retentionBytes: 100 * 1024 * 1024,
  retentionMs: 7 * 24 * 3600 * 1000,
  snapshotBytes: 20 * 1024 * 1024,
  snapshotIntervalMs: 3600 * 1000,
  electionTimeoutMs: 1000,
}

/**
 * The state machine above the log. Called one event at a time, never re-entrantly from `append`. A throw is a bug or a corrupt log:
 * the node halts.
 */
export interface RaftListener<T> {
  /**
   * The log is empty: these are the records that the formatter left for the first leader to write (feature levels). Called before
   * the first `onLeaderChange`, and only then.
   */
  onBootstrap(records: readonly T[]): void
  /** Forget everything and start from these records: the state of the log up to `snapshot.id` (exclusive end offset, epoch). */
  onSnapshot(snapshot: LoadedSnapshot<T>): void
  /** A batch below the high watermark, each exactly once and in order. */
  onCommit(batch: CommittedBatch<T>): void
  /**
   * The leader changed. When this node became it, everything below its own epoch has been delivered before this call, and `log` is
   * what it may append to until the next change; otherwise `log` is undefined.
   */
  onLeaderChange(leader: LeaderAndEpoch, log: RaftNode<T> | undefined): void
  /** All records of the committed state, for a snapshot that ends at the last batch delivered; undefined: not now (a metadata transaction is open). */
  snapshotRecords(): Iterable<T> | undefined
  /** The log cannot go on (failed fsync, short write, corruption). No append will ever be committed again: stop the process. */
  onHalt(error: DorsaleError): void
}

export interface LeaderAndEpoch {
  /** -1: unknown. */
  readonly leaderId: number
  readonly epoch: number
}

/** Names a snapshot: it holds the state of all offsets below `endOffset`, whose last record was of `epoch`. */
export interface SnapshotId {
  readonly endOffset: number
  readonly epoch: number
}

export interface LoadedSnapshot<T> {
  readonly id: SnapshotId
  /** Append time of the last record that the snapshot contains. */
  readonly lastContainedTimestamp: number
  readonly records: Iterable<T>
}

export interface CommittedBatch<T> {
  readonly baseOffset: number
  readonly lastOffset: number
  readonly epoch: number
  readonly appendTimestamp: number
  /** Size on disk. */
  readonly sizeInBytes: number
  /** Empty for a control batch (leader change, voters), which still moves the offset. */
  readonly records: readonly T[]
}

/** A batch that is in the log and not yet known to be committed. */
export interface Appended {
  readonly baseOffset: number
  readonly lastOffset: number
  readonly epoch: number
  /**
   * Resolves after the batch is below the high watermark, fsynced, and delivered to the listener. Rejects with a `RaftError` when
   * it may not be: the outcome is then unknown.
   */
  readonly committed: Promise<void>
}

/** What `DescribeQuorum` reports. */
export interface QuorumView {
  /** Level of the feature `kraft.version`, which stands in the log itself: 1 when voters may change. */
  readonly kraftVersion: number
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly highWatermark: number
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly voters: readonly VoterView[]
  readonly observers: readonly ReplicaView[]
}

export interface ReplicaView {
  readonly id: number
  readonly directoryId: string
  readonly logEndOffset: number
  /** Wall clock, milliseconds; -1 unknown. */
  readonly lastFetchTimestamp: number
  readonly lastCaughtUpTimestamp: number
}

export interface VoterView extends ReplicaView {
  readonly endpoints: readonly RaftEndpoint[]
}

/** One member of a quorum, over one replicated log. */
export interface RaftNode<T> {
  readonly quorum: QuorumView
  /**
   * Puts the records as one batch at the end of the log, in this call; several calls of one turn share a write and an fsync.
   * Throws `DORSALE_RAFT_NOT_LEADER`. An empty list is refused: it is a bug.
   */
  append(records: readonly T[]): Appended
  /** Resigns, writes what is pending, closes the files. Pending appends that could not be committed reject. Idempotent. */
  close(): Promise<void>
}
