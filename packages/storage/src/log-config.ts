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
}

/** The settings that all logs of a broker share. */
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
}
