/**
 * The settings of one partition log, Kafka's topic-level keys as plain numbers. Handed in by the broker, which resolves topic over
 * broker over default, and replaced while the log is open by `PartitionLog.updateConfig`: the next append or check obeys it.
 */
export interface LogConfig {
  /** `segment.bytes`: an append that would pass it opens a new segment first. */
  readonly segmentBytes: number
  /** `segment.ms`: greatest span of record timestamps in a segment; looked at when something is appended. */
  readonly segmentMs: number
  /** `segment.jitter.ms`: each segment takes a random part of it off its span, so that partitions do not roll together. */
  readonly segmentJitterMs: number
  /** `segment.index.bytes`: room for the offset index and for the time index; a segment rolls when either is full. */
  readonly segmentIndexBytes: number
  /** `index.interval.bytes`: how many bytes of records lie between two entries of an index. */
  readonly indexIntervalBytes: number
  /** `retention.ms`; -1: no limit. */
  readonly retentionMs: number
  /** `retention.bytes`; -1: no limit. */
  readonly retentionBytes: number
  /** `flush.messages`: fdatasync after this many records, before they are acknowledged. Infinity: leave it to the system. */
  readonly flushMessages: number
  /** `flush.ms`: fdatasync of records that have waited this long. Infinity: leave it to the system. */
  readonly flushMs: number
  /** `file.delete.delay.ms`: how long a removed segment stays on the disk, for readers that still hold it. */
  readonly fileDeleteDelayMs: number
  /** `cleanup.policy` contains `delete`: retention by time and bytes applies. */
  readonly cleanupDelete: boolean
  /** `cleanup.policy` contains `compact`. */
  readonly cleanupCompact: boolean
  /** `min.cleanable.dirty.ratio`: the log is compacted when more than this part of it has not been yet. */
  readonly minCleanableDirtyRatio: number
  /** `min.compaction.lag.ms`: segments with records younger than this are left alone. */
  readonly minCompactionLagMs: number
  /** `max.compaction.lag.ms`: a segment with records older than this is compacted whatever the ratio; a compacted log's segments span no more. */
  readonly maxCompactionLagMs: number
  /** `delete.retention.ms`: how long a tombstone, or the marker of a transaction without records, stays after compaction first met it. */
  readonly deleteRetentionMs: number
}

const hourMs = 3_600_000

/** Kafka's defaults. */
export const defaultLogConfig: LogConfig = {
  segmentBytes: 1024 * 1024 * 1024,
  segmentMs: 7 * 24 * hourMs,
  segmentJitterMs: 0,
  segmentIndexBytes: 10 * 1024 * 1024,
  indexIntervalBytes: 4096,
  retentionMs: 7 * 24 * hourMs,
  retentionBytes: -1,
  flushMessages: Number.POSITIVE_INFINITY,
  flushMs: Number.POSITIVE_INFINITY,
  fileDeleteDelayMs: 60_000,
  cleanupDelete: true,
  cleanupCompact: false,
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: Number.POSITIVE_INFINITY,
  deleteRetentionMs: 24 * hourMs,
}

/** How logs are compacted, Kafka's `log.cleaner.*`. */
export interface CleanerConfig {
  /** `log.cleaner.enable` */
  readonly enabled: boolean
  /** `log.cleaner.dedupe.buffer.size`: bytes of the map from keys to offsets; 24 for a key. */
  readonly dedupeBufferBytes: number
  /** `log.cleaner.io.buffer.load.factor`: how full the map may become; a log with more keys takes several passes. */
  readonly dedupeBufferLoadFactor: number
  /** `log.cleaner.io.buffer.size`: half of it for what is read, half for what is written. A larger batch gets the room it needs. */
  readonly ioBufferBytes: number
  /** `log.cleaner.io.max.bytes.per.second`: read and written, on average. */
  readonly ioBytesPerSecondMax: number
  /** `log.cleaner.backoff.ms`: the pause when no log needs compaction. */
  readonly backoffMs: number
}

/** The settings that all logs of a broker share. `producerIdExpirationMs` and the cleaner's are read each time they are needed; the others at the start. */
export interface LogManagerConfig {
  /** `log.retention.check.interval.ms` */
  readonly retentionCheckIntervalMs: number
  /** `log.flush.scheduler.interval.ms`: how often `flush.ms` is looked at. Infinity: never. */
  readonly flushCheckIntervalMs: number
  /** `log.flush.offset.checkpoint.interval.ms`: recovery points. */
  readonly recoveryPointCheckpointIntervalMs: number
  /** `log.flush.start.offset.checkpoint.interval.ms` */
  readonly logStartCheckpointIntervalMs: number
  /** `replica.high.watermark.checkpoint.interval.ms` */
  readonly highWatermarkCheckpointIntervalMs: number
  /** `log.initial.task.delay.ms`: before the first retention check and the first checkpoints. */
  readonly initialTaskDelayMs: number
  /** `producer.id.expiration.ms`: a producer silent for so long is forgotten. */
  readonly producerIdExpirationMs: number
  /** `producer.id.expiration.check.interval.ms` */
  readonly producerIdExpirationCheckIntervalMs: number
  /** How many segment files are open at once, over all logs; the least recently used is closed for another. At least 8. */
  readonly openFilesMax: number
  readonly cleaner: CleanerConfig
}

/** Kafka's defaults; `openFilesMax` is ours. */
export const defaultLogManagerConfig: LogManagerConfig = {
  retentionCheckIntervalMs: 300_000,
  flushCheckIntervalMs: Number.POSITIVE_INFINITY,
  recoveryPointCheckpointIntervalMs: 60_000,
  logStartCheckpointIntervalMs: 60_000,
  highWatermarkCheckpointIntervalMs: 5_000,
  initialTaskDelayMs: 30_000,
  producerIdExpirationMs: 24 * hourMs,
  producerIdExpirationCheckIntervalMs: 600_000,
  openFilesMax: 512,
  cleaner: {
    enabled: true,
    dedupeBufferBytes: 128 * 1024 * 1024,
    dedupeBufferLoadFactor: 0.9,
    ioBufferBytes: 512 * 1024,
    ioBytesPerSecondMax: Number.POSITIVE_INFINITY,
    backoffMs: 15_000,
  },
}
