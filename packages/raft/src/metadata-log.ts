import type { Clock, Disk, DorsaleError, Logger, Prng } from '@dorsale/base'
import { BatchCursor, type BatchHeader, isBatchIntact } from '@dorsale/protocol'
import { defaultLogConfig, type LogConfig, type LoneLog, openLoneLog } from '@dorsale/storage'
import { RaftError } from './raft-error.ts'
import { listSnapshots, type SnapshotFile } from './snapshots.ts'
import type { RaftConfig, SnapshotId } from './types.ts'

const topic = '__cluster_metadata'
/** Directory of the log inside the log directory. */
export const metadataLogName = `${topic}-0`
/** Topic id of the metadata log, the same in every cluster. */
const metadataTopicId = 'AAAAAAAAAAAAAAAAAAAAAQ'
/** Bytes read at once while the log is replayed. */
const readBytes = 1024 * 1024

export interface MetadataLogOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly prng: Prng
  readonly logger: Logger
  readonly logDirectory: string
  readonly directoryId: string
  readonly config: RaftConfig
  readonly onOffline: (error: Error) => void
}

/** The files of the replicated log: segments, through `@dorsale/storage`, and the snapshots beside them. */
export class MetadataLog {
  readonly directory: string
  readonly #options: MetadataLogOptions
  readonly #log: LoneLog
  #snapshots: SnapshotFile[]

  private constructor(options: MetadataLogOptions, log: LoneLog, snapshots: SnapshotFile[]) {
    this.directory = `${options.logDirectory}/${metadataLogName}`
    this.#options = options
    this.#log = log
    this.#snapshots = snapshots
  }

  static async open(options: MetadataLogOptions): Promise<MetadataLog> {
    const { disk, clock, prng, logger, logDirectory, directoryId, config, onOffline } = options
    const path = `${logDirectory}/${metadataLogName}`
    const snapshots = disk.statSync(path) === undefined ? [] : listSnapshots(disk, path)
    const log = await openLoneLog({
      disk,
      clock,
      prng,
      logger,
      directory: { path: logDirectory, id: directoryId },
      topic,
      partition: 0,
      topicId: metadataTopicId,
      config: logConfigOf(config),
      // What a snapshot replaces may be gone in any order.
      gaplessFrom: snapshots.at(-1)?.id.endOffset ?? 0,
      onOffline,
    })
    const opened = new MetadataLog(options, log, snapshots)
    try {
      await opened.#alignWithSnapshot()
    } catch (error) {
      await log.close()
      throw error
    }
    return opened
  }

  get startOffset(): number {
    return this.#log.logStartOffset
  }

  /** Where the next append goes. */
  get nextOffset(): number {
    return this.#log.nextOffset
  }

  /** End of what is written, synced or not. */
  get endOffset(): number {
    return this.#log.logEndOffset
  }

  /** Epoch of the last record, be it in the log or in the newest snapshot. */
  get latestEpoch(): number {
    return Math.max(this.#log.latestEpoch, this.latestSnapshot?.id.epoch ?? 0, 0)
  }

  /** The newest snapshot of the log; not what the formatter left. */
  get latestSnapshot(): SnapshotFile | undefined {
    const latest = this.#snapshots.at(-1)
    return latest === undefined || latest.id.endOffset === 0 ? undefined : latest
  }

  /** What the formatter left for the first leader. */
  get bootstrapSnapshot(): SnapshotFile | undefined {
    return this.#snapshots.find(snapshot => snapshot.id.endOffset === 0)
  }

  append(batch: Uint8Array, epoch: number, onAppended: (error: Error | undefined) => void) {
    return this.#log.append({ records: batch, origin: 'raft-leader', leaderEpoch: epoch }, onAppended)
  }

  /** Puts all that is written on the platter. */
  sync(): Promise<void> {
    return this.#log.flush()
  }

  advanceHighWatermark(offset: number): void {
    this.#log.advanceHighWatermark(offset)
  }

  assignEpoch(epoch: number): void {
    this.#log.assignEpoch(epoch)
  }

  /** Shows the batches of [from, to) to `visit`, whose header moves on afterwards. Throws `DORSALE_RAFT_CORRUPT`. */
  async walk(from: number, to: number, visit: (header: BatchHeader) => void): Promise<void> {
    let offset = from
    while (offset < to) {
      const { records } = await this.#log.read({ offset, maxBytes: readBytes, minOneBatch: true, upperBound: to })
      const cursor = new BatchCursor(records)
      const before = offset
      while (offset < to && cursor.next()) {
        const { header } = cursor
        if (!isBatchIntact(records, header.position))
          throw corrupt(`the batch at offset ${header.baseOffset} is damaged`)
        offset = header.nextOffset
        visit(header)
      }
      if (offset === before) throw corrupt(`no batch can be read at offset ${offset}; the log ends at ${to}`)
    }
  }

  noteSnapshot(file: SnapshotFile): void {
    this.#snapshots.push(file)
  }

  /**
   * Drops the oldest snapshots, and the records that only they needed, while the whole is larger or older than the retention allows. The newest
   * snapshot always stays: it is the state.
   */
  applyRetention(now: number): void {
    const { config, disk, logger } = this.#options
    for (;;) {
      const [oldest, next] = this.#snapshots
      if (oldest === undefined || next === undefined) return
      const size = this.#snapshots.reduce((sum, snapshot) => sum + snapshot.size, this.#log.sizeInBytes)
      const tooLarge = config.retentionBytes >= 0 && size > config.retentionBytes
      const tooOld = config.retentionMs >= 0 && now - oldest.modifiedMs > config.retentionMs
      if (!tooLarge && !tooOld) return
      this.#log.advanceLogStart(next.id.endOffset)
      this.#log.applyRetention()
      disk.removeSync(oldest.path)
      this.#snapshots = this.#snapshots.slice(1)
      logger.info('metadata snapshot removed', { endOffset: oldest.id.endOffset, logStartOffset: next.id.endOffset })
    }
  }

  close(): Promise<void> {
    return this.#log.close()
  }

  /** A snapshot may end beyond the log (it came from a leader, or the log was lost): the log then starts again behind it. */
  async #alignWithSnapshot(): Promise<void> {
    const latest = this.latestSnapshot
    if (latest !== undefined && isBehind(this.#log, latest.id)) {
      await this.#log.truncateFullyAndStartAt(latest.id.endOffset)
    }
    const covered = latest?.id.endOffset ?? 0
    if (this.#log.logStartOffset > covered) {
      throw corrupt(
        `the log begins at offset ${this.#log.logStartOffset}, and the newest snapshot ends at ${covered}: what lies between is lost`,
      )
    }
  }
}

function isBehind(log: LoneLog, { endOffset, epoch }: SnapshotId): boolean {
  return log.logEndOffset < endOffset || (log.latestEpoch >= 0 && log.latestEpoch < epoch)
}

function corrupt(reason: string): DorsaleError {
  return new RaftError('DORSALE_RAFT_CORRUPT', `${metadataLogName}: ${reason}`)
}

function logConfigOf(config: RaftConfig): LogConfig {
  return {
    ...defaultLogConfig,
    segmentBytes: config.segmentBytes,
    segmentMs: config.segmentMs,
    // Only what a snapshot replaces may go, and this package says when.
    retentionBytes: -1,
    retentionMs: -1,
  }
}
