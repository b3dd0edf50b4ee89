import type { Clock, Disk, Logger, Prng } from '@dorsale/base'
import type { ProducerId } from '@dorsale/protocol'
import type { BufferLease } from './files/read-buffers.ts'
import type { LogConfig, LogManagerConfig } from './log-config.ts'

export type { BufferLease } from './files/read-buffers.ts'

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export interface LogManagerOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly prng: Prng
  readonly logger: Logger
  /** Kafka's `log.dirs`, formatted. Each has its own lock, checkpoints and fate. */
  readonly directories: readonly LogDirectory[]
  readonly config: LogManagerConfig
  /** Settings of a topic's logs, asked for when a log is opened or created. */
  configOf(topic: string): LogConfig
  readonly listener: LogListener
  /** Whether a directory takes no new logs, unless it is named for them. Default: every one takes them. */
  readonly isCordoned?: (directory: LogDirectory) => boolean
  /** How replicas are moved between directories. Default: as many at once as there are directories, as fast as can be, told to nobody. */
  readonly moves?: MoveOptions
}

/** How replicas are moved between the directories of a broker. */
export interface MoveOptions {
  /** `num.replica.alter.log.dirs.threads`: replicas that are copied at the same time; those behind them wait. At least 1. */
  readonly concurrency: number
  readonly throttle: MoveThrottle
  /**
   * The copy has caught up: the cluster's metadata is to say that the replica lies in the directory of `future`, before it does. Tried again after
   * a while when it rejects.
   */
  assign(future: PartitionLog): Promise<void>
}

/** `replica.alter.log.dirs.io.max.bytes.per.second` */
export interface MoveThrottle {
  /** Nothing more may be copied for now: it is asked again after a while. */
  readonly isExceeded: boolean
  /** So many bytes were copied. */
  spent(bytes: number): void
}

export interface LogDirectory {
  readonly path: string
  /** `directory.id` of its `meta.properties`. */
  readonly id: string
  /** The caller holds the lock on its `.lock`, and frees it. Default: the manager takes it. */
  readonly lockedByCaller?: boolean
}

/** One log by itself, outside any manager: the metadata log, which has to be read before the others can be opened. */
export interface LoneLogOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly prng: Prng
  readonly logger: Logger
  /** Holds the log's own directory `<topic>-<partition>`. The caller holds its lock. */
  readonly directory: LogDirectory
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  readonly config: LogConfig
  /** It was closed in good order: do not walk its segments. Default false. */
  readonly closedCleanly?: boolean
  /** After a death, a log without one of the offsets from here on ends in front of it. Default 0. */
  readonly gaplessFrom?: number
  /** A write or an fsync failed: the log is offline (D9). */
  readonly onOffline: (error: Error) => void
}

/** A log that is closed by whoever opened it. No periodic work: the owner calls `applyRetention`. */
export interface LoneLog extends PartitionLog {
  /** Waits for what is pending, flushes and closes the files. Idempotent. */
  close(): Promise<void>
}

/** What the owner of the logs is told. Called from the event loop, never from inside a method of a log. */
export interface LogListener {
  /**
   * A write or an fsync failed, for want of room too (D9): its logs are gone from the manager and answer nothing but KAFKA_STORAGE_ERROR. `error` says
   * in a sentence what to do. With the last directory, or that of the metadata log, the process must exit with 1.
   */
  onDirectoryOffline(directory: LogDirectory, error: Error): void
  /** The partition's log lies in another directory: `log` is it from now on. Told in the turn in which it takes over. Default: nobody asks. */
  onMoved?(log: PartitionLog): void
}

/**
 * All partition logs of a broker. `openLogManager` locks the directories, loads every log (recovering those that were not
 * closed cleanly) and starts the periodic work: retention, flush by age, checkpoints, producer expiry.
 */
export interface LogManager {
  readonly directories: readonly LogDirectory[]
  /** Paths that are still served. */
  readonly liveDirectories: readonly LogDirectory[]
  /** Epoch of the broker that closed all these directories in good order; -1 if they were not, or it is not known. */
  readonly previousBrokerEpoch: number
  readonly logs: Iterable<PartitionLog>
  /** Copies that are being made, each in another directory than the partition's log. */
  readonly futures: Iterable<PartitionLog>
  /** Bytes of the volume that a directory lies on. Throws a `ProtocolError` KAFKA_STORAGE_ERROR when the directory is offline. */
  usageOf(directory: LogDirectory): { readonly totalBytes: number; readonly usableBytes: number }
  get(topic: string, partition: number): PartitionLog | undefined
  /**
   * The log of this partition, created (directory, then `partition.metadata`, synced) if it is not there: in `directoryId`, or in the live
   * directory, of those that are not cordoned, that holds the fewest logs. Throws a `ProtocolError`: INCONSISTENT_TOPIC_ID when it belongs to another topic
   * of the same name, KAFKA_STORAGE_ERROR when no directory takes it.
   */
  getOrCreate(
    partition: TopicPartition,
    topic: { readonly topicId: string; readonly directoryId?: string },
  ): PartitionLog
  /**
   * Takes the log away at once, and a copy that is being made of it (its readers and pending appends get KAFKA_STORAGE_ERROR) and renames its directory to
   * `<topic>-<partition>.<uuid>-delete`, which is removed after `file.delete.delay.ms`. Nothing happens if there is no such log.
   */
  delete(topic: string, partition: number): void
  /**
   * Moves the log of a partition to `directory`, as Kafka does: a copy (`<topic>-<partition>.<uuid>-future`) is made beside it, whose changes it follows, until it takes its place. A
   * move under way ends, and its copy is deleted, unless it goes to this directory; where the log lies already, that is all. Nothing happens if there is no such log. Throws a
   * `ProtocolError` KAFKA_STORAGE_ERROR when the copy cannot be begun.
   */
  moveTo(partition: TopicPartition, directory: LogDirectory): void
  /** Goes on with the move that `future`, which the start has found, was made for. */
  resumeMove(future: PartitionLog): void
  /** `future`, which the start has found, becomes the log of its partition, which has none. */
  promote(future: PartitionLog): void
  /** A partition that has no log yet is to be created in this directory. As in Kafka this is forgotten with the process. */
  prefer(partition: TopicPartition, directory: LogDirectory): void
  /** As `delete`, but renamed to `-stray` and never removed: a log that the metadata does not know, kept for the administrator. */
  setAsideStray(log: PartitionLog): void
  /**
   * The settings behind `LogManagerOptions.config` may have changed. Those of producers hold from the next check on; when one of the cleaner's has
   * changed, compaction gives up its pass and begins again at once, as Kafka restarts its cleaner.
   */
  settingsChanged(): void
  /** Hands a topic's logs their new settings. */
  updateConfig(topic: string, config: LogConfig): void
  /** Writes the checkpoints of recovery points, log start offsets and high watermarks now. */
  checkpoint(): void
  /** Compacts the logs that need it, as the periodic check does, one after the other; then applies retention to those that are compacted. */
  compact(): Promise<void>
  /** Applies retention to all logs now, as the periodic check does. Answers the bytes removed. */
  applyRetention(): number
  /**
   * Waits for what is pending, flushes and closes every log, writes checkpoints and `.kafka_cleanshutdown`, frees the locks. `brokerEpoch` is left
   * for the next start. Idempotent.
   */
  close(options?: { readonly brokerEpoch?: number }): Promise<void>
}

/** Who made the batches, which decides what is checked: Kafka's AppendOrigin. */
export type AppendOrigin =
  /** A produce request: sequences are checked, control batches refused. */
  | 'client'
  /** A coordinator of this broker: sequences are not checked, markers are applied. */
  | 'coordinator'
  /** Another replica: offsets and epochs are as the leader stamped them; nothing is refused. */
  | 'replication'
  /** The leader of the metadata quorum: stamped like a client's, nothing is refused, its control batches are no transaction markers. */
  | 'raft-leader'

export interface AppendOptions {
  /**
   * Whole v2 batches, validated (checksum, records, timestamps). The log takes them over: it stamps base offset and leader epoch into them
   * (unless `origin` is `replication`), and they must never change afterwards.
   */
  readonly records: Uint8Array
  readonly origin: AppendOrigin
  /** Stamped into every batch that is not replicated. */
  readonly leaderEpoch: number
  /** `transaction.version` that the writer of a marker goes by. Default 0. */
  readonly transactionVersion?: number
}

/** What an append came to, known before its bytes are on the disk. */
export interface Appended {
  /** Offset of the first record; of the original's, when `duplicate`. */
  readonly firstOffset: number
  readonly lastOffset: number
  /** `maxTimestamp` of the original batch when `duplicate`, else the greatest of the batches appended. */
  readonly maxTimestamp: number
  /** The producer sent this batch before: nothing was appended, and the answer is success with the original's place. */
  readonly duplicate: boolean
}

/**
 * Called once per append, in the order of the appends, never from inside `append`: the bytes are written (and on the platter, when
 * `flush.messages` asks for it), or a `ProtocolError` KAFKA_STORAGE_ERROR says that they are not in the log.
 */
export type OnAppended = (error: Error | undefined) => void

export interface ReadOptions {
  readonly offset: number
  /** Bytes to answer at most; the last batch may be cut there, as Kafka cuts it. */
  readonly maxBytes: number
  /** Answer the first batch whole even if it is larger than `maxBytes`. */
  readonly minOneBatch: boolean
  /** Batches at or beyond this offset are not answered. Clamped to `logEndOffset`. */
  readonly upperBound: number
}

export interface LogRead {
  /** Batches from the one that contains the offset on. Empty when nothing lies below the bound. */
  readonly records: Uint8Array
  /** Memory under `records` that may be given back when nobody looks at them any more; undefined when they are garbage like any other. */
  readonly lease: BufferLease | undefined
  /** Offset behind the last whole batch of `records`: where the next read starts, and the bound for `abortedTransactions`. */
  readonly endOffset: number
  /** `maxBytes` was smaller than the first batch and `minOneBatch` was not asked for, so it is cut or absent. */
  readonly firstBatchIncomplete: boolean
}

/** An aborted transaction, as Fetch reports it to readers of committed records. */
export interface AbortedTransaction {
  readonly producerId: ProducerId
  readonly firstOffset: number
}

export interface EpochEndOffset {
  /** -1: unknown epoch. */
  readonly leaderEpoch: number
  readonly endOffset: number
}

export interface TimestampOffset {
  readonly timestamp: number
  readonly offset: number
  /** Of the batch that holds the record; -1 unknown. */
  readonly leaderEpoch: number
}

/** DescribeProducers' view of a producer. */
export interface ActiveProducer {
  readonly producerId: ProducerId
  readonly producerEpoch: number
  readonly lastSequence: number
  readonly lastTimestamp: number
  readonly coordinatorEpoch: number
  /** First offset of its open transaction; -1 without one. */
  readonly currentTransactionStartOffset: number
}

/**
 * The log of one partition on this broker. One writer; readers see what is wholly written and nothing else.
 *
 * ```
 * logStartOffset <= lastStableOffset <= highWatermark <= logEndOffset <= nextOffset
 *                                                        written         appended, maybe not written yet
 * ```
 */
export interface PartitionLog {
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  readonly directory: LogDirectory
  readonly config: LogConfig
  readonly logStartOffset: number
  /** End of the completed writes: what followers may fetch, and LATEST for them. */
  readonly logEndOffset: number
  /** Where the next append will go. Beyond `logEndOffset` while appends are in flight. */
  readonly nextOffset: number
  readonly highWatermark: number
  /** First offset of the oldest open transaction, or the high watermark: where readers of committed records stop. */
  readonly lastStableOffset: number
  /** Epoch of the last batch; -1 in an empty log without history. */
  readonly latestEpoch: number
  /** Bytes of all segments. */
  readonly sizeInBytes: number
  /** The directory went offline or the log was taken away: every operation throws KAFKA_STORAGE_ERROR. */
  readonly offline: boolean

  updateConfig(config: LogConfig): void
  /**
   * Puts the batches at the end of the log. All checks and all bookkeeping happen in this call, so that the next append stands on it; the bytes
   * follow with those of all other appends of this turn in one write.
   *
   * Throws a `ProtocolError`, and nothing has changed: OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH,
   * INVALID_TXN_STATE, TRANSACTION_COORDINATOR_FENCED, RECORD_LIST_TOO_LARGE (larger than a segment), KAFKA_STORAGE_ERROR.
   */
  append(options: AppendOptions, onAppended: OnAppended): Appended
  /** Raises the high watermark, clamped to the log's end; it never falls but by truncation. True if it moved. */
  advanceHighWatermark(offset: number): boolean
  /**
   * Reads batches. Synchronous when the bytes are hot (written lately) and few; a promise when they may have to come from the platter. Throws a
   * `ProtocolError` OFFSET_OUT_OF_RANGE outside logStartOffset..logEndOffset.
   */
  read(options: ReadOptions): LogRead | Promise<LogRead>
  /** Aborted transactions that overlap [offset, upperBound), for a read of committed records. */
  abortedTransactions(range: { readonly offset: number; readonly upperBound: number }): AbortedTransaction[]
  /** First record at or after the timestamp, below `upperBound`; undefined if there is none. */
  offsetForTimestamp(timestamp: number, upperBound: number): Promise<TimestampOffset | undefined>
  /** The record with the greatest timestamp (the first of them); undefined in an empty log. */
  offsetOfMaxTimestamp(): Promise<TimestampOffset | undefined>
  /** OffsetForLeaderEpoch: the end offset of the largest epoch not above `leaderEpoch`. */
  endOffsetForEpoch(leaderEpoch: number): EpochEndOffset
  /** Epoch that was current at this offset; -1 unknown. */
  epochAt(offset: number): number
  /** A leader notes the start of its epoch, at the log's end, before it appends. */
  assignEpoch(leaderEpoch: number): void
  /** Cuts everything from `offset` on: a follower's log that left its leader's. Waits for writes in flight. */
  truncateTo(offset: number): Promise<void>
  /** Empties the log and starts it again at `offset`: a follower whose log ends before its leader's start. */
  truncateFullyAndStartAt(offset: number): Promise<void>
  /**
   * DeleteRecords: moves the log start offset up (never down); segments wholly below it go with the next retention check. Throws OFFSET_OUT_OF_RANGE
   * beyond the high watermark.
   */
  advanceLogStart(offset: number): void
  /** Removes what retention, or the log start offset, has released. Answers the bytes. */
  applyRetention(): number
  /** fdatasync of all that is written. Rejects with KAFKA_STORAGE_ERROR when it fails, and the directory goes offline. */
  flush(): Promise<void>
  /** Whether this producer has a transaction open here, with this epoch. */
  isInTransaction(producerId: ProducerId, producerEpoch: number): boolean
  /** Producers known here, in no order. */
  activeProducers(): ActiveProducer[]
}
