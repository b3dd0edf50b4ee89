import { saturate } from '@dorsale/base'
import type { RaftConfig } from '@dorsale/raft'
import type { LogManagerConfig } from '@dorsale/storage'
import type { BrokerValues } from './tables/index.ts'

/** What the lower floors take, from the broker's keys. Infinity stands for `Long.MAX_VALUE`. */

/** What Kafka lets change while the broker runs is read anew: `LogManager.settingsChanged` has the cleaner begin again with it. */
export function logManagerConfigOf(
  current: () => BrokerValues,
  options: { readonly openFilesMax: number },
): LogManagerConfig {
  const values = current()
  return {
    retentionCheckIntervalMs: saturate(values['log.retention.check.interval.ms']),
    flushCheckIntervalMs: saturate(values['log.flush.scheduler.interval.ms']),
    recoveryPointCheckpointIntervalMs: values['log.flush.offset.checkpoint.interval.ms'],
    logStartCheckpointIntervalMs: values['log.flush.start.offset.checkpoint.interval.ms'],
    highWatermarkCheckpointIntervalMs: saturate(values['replica.high.watermark.checkpoint.interval.ms']),
    initialTaskDelayMs: saturate(values['log.initial.task.delay.ms']),
    get producerIdExpirationMs() {
      return current()['producer.id.expiration.ms']
    },
    producerIdExpirationCheckIntervalMs: values['producer.id.expiration.check.interval.ms'],
    openFilesMax: options.openFilesMax,
    cleaner: {
      enabled: values['log.cleaner.enable'],
      get dedupeBufferBytes() {
        return saturate(current()['log.cleaner.dedupe.buffer.size'])
      },
      get dedupeBufferLoadFactor() {
        return current()['log.cleaner.io.buffer.load.factor']
      },
      get ioBufferBytes() {
        return current()['log.cleaner.io.buffer.size']
      },
      get ioBytesPerSecondMax() {
        return current()['log.cleaner.io.max.bytes.per.second']
      },
      get backoffMs() {
        return saturate(current()['log.cleaner.backoff.ms'])
      },
    },
  }
}

export function raftConfigOf(values: BrokerValues): RaftConfig {
  return {
    segmentBytes: values['internal.metadata.log.segment.bytes'] ?? values['metadata.log.segment.bytes'],
    segmentMs: saturate(values['metadata.log.segment.ms']),
    retentionBytes: saturate(values['metadata.max.retention.bytes']),
    retentionMs: saturate(values['metadata.max.retention.ms']),
    snapshotBytes: saturate(values['metadata.log.max.record.bytes.between.snapshots']),
    snapshotIntervalMs: saturate(values['metadata.log.max.snapshot.interval.ms']),
    electionTimeoutMs: values['controller.quorum.election.timeout.ms'],
  }
}
