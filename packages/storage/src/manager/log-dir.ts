/** One log directory: its lock, its logs, its checkpoints. */
import { DiskError, type DiskLock } from '@dorsale/base'
import { errorCodes, ProtocolError, zeroUuid } from '@dorsale/protocol'
import { CorruptFileError } from '../files/checkpoint.ts'
import { readCleanShutdown, removeCleanShutdown, writeCleanShutdown } from '../files/clean-shutdown.ts'
import { LogDirectoryError } from '../files/log-directory-error.ts'
import {
  foreignDirectories,
  markedDirectoryName,
  type PartitionDirectory,
  parsePartitionDirectory,
  partitionDirectoryName,
  rootFile,
} from '../files/names.ts'
import { OffsetCheckpoint, type OffsetsByLog } from '../files/offset-checkpoint.ts'
import { readPartitionMetadata, writePartitionMetadata } from '../files/partition-metadata.ts'
import type { DirectoryWorld } from '../log/directory-world.ts'
import { Log } from '../log/log.ts'
import type { LogConfig } from '../log-config.ts'

/** Logs opened or closed at the same time: enough to have the disk busy while batches are checked. */
const concurrency = 4

export class LogDir {
  readonly world: DirectoryWorld
  readonly logs = new Map<string, Log>()
  /** Epoch of the broker that closed it in good order; -1 unknown. */
  previousBrokerEpoch = -1
  isOffline = false
  readonly #configOf: (topic: string) => LogConfig
  readonly #recoveryPoints: OffsetCheckpoint
  readonly #logStartOffsets: OffsetCheckpoint
  readonly #highWatermarks: OffsetCheckpoint
  readonly #compacted: OffsetCheckpoint
  /** The checkpoint of compaction has said something: it is kept up to date. */
  #hasCompacted = false
  #lock: DiskLock | undefined

  constructor(world: DirectoryWorld, configOf: (topic: string) => LogConfig) {
    this.world = world
    this.#configOf = configOf
    const checkpoint = (name: string) => new OffsetCheckpoint(world.disk, `${this.path}/${name}`)
    this.#recoveryPoints = checkpoint(rootFile.recoveryPoints)
    this.#logStartOffsets = checkpoint(rootFile.logStartOffsets)
    this.#highWatermarks = checkpoint(rootFile.highWatermarks)
    this.#compacted = checkpoint(rootFile.cleanerOffsets)
  }

  get path(): string {
    return this.world.directory.path
  }

  /** Takes the lock. Throws a `LogDirectoryError` when another process has it. */
  lock(): void {
    if (this.world.directory.lockedByCaller) return
    this.#lock = this.world.disk.tryLockSync(`${this.path}/${rootFile.lock}`)
    if (this.#lock === undefined)
      throw new LogDirectoryError(`the log directory ${this.path} is in use by another process`)
  }

  unlock(): void {
    this.#lock?.release()
  }

  /** Opens every log. */
  async load(): Promise<void> {
    const { disk, logger } = this.world
    const found = this.#list()
    const shutdown = readCleanShutdown(disk, this.path)
    this.previousBrokerEpoch = shutdown?.brokerEpoch ?? -1
    removeCleanShutdown(disk, this.path)
    // An earlier life may have died between making a log's directory and syncing its name.
    if (shutdown === undefined) disk.syncDirectorySync(this.path)
    const recoveryPoints = this.#recoveryPoints.read(logger)
    const logStartOffsets = this.#logStartOffsets.read(logger)
    const highWatermarks = this.#highWatermarks.read(logger)
    const compacted = this.#compacted.read(logger)
    this.#hasCompacted = compacted.size > 0

    await forEachOf(found, async ({ topic, partition }) => {
      const name = partitionDirectoryName(topic, partition)
      const log = await Log.open({
        world: this.world,
        topic,
        partition,
        topicId: this.#topicIdOf(name, shutdown !== undefined),
        path: `${this.path}/${name}`,
        config: this.#configOf(topic),
        closedCleanly: shutdown !== undefined,
        logStartOffset: logStartOffsets.get(name) ?? 0,
        recoveryPoint: recoveryPoints.get(name) ?? 0,
        highWatermark: highWatermarks.get(name) ?? 0,
        placeIsDurable: shutdown !== undefined,
      })
      log.compactedTo = compacted.get(name)
      this.logs.set(name, log)
    })
  }

  /** After a death of the machine the id of a log that was never synced may be torn: the metadata gives it again. */
  #topicIdOf(name: string, closedCleanly: boolean): string {
    try {
      return readPartitionMetadata(this.world.disk, `${this.path}/${name}`) ?? zeroUuid
    } catch (error) {
      if (closedCleanly || !(error instanceof CorruptFileError)) throw error
      this.world.logger.warn('starting without a damaged topic id', { reason: error.message })
      return zeroUuid
    }
  }

  /** The logs that lie here; what was being removed is removed on the way. */
  #list(): PartitionDirectory[] {
    const { disk, logger } = this.world
    const found: PartitionDirectory[] = []
    for (const { name, kind } of disk.listSync(this.path)) {
      if (kind !== 'directory' || foreignDirectories.has(name)) continue
      const directory = parsePartitionDirectory(name)
      const path = `${this.path}/${name}`
      if (directory === undefined) {
        throw new LogDirectoryError(
          `${path} is not named like a log (<topic>-<partition>): a log directory must hold nothing else; move it away`,
        )
      }
      if (directory.kind === 'log') found.push(directory)
      else if (directory.kind === 'delete') this.world.removeLater([path], 0)
      else logger.warn('left a directory that is not served', { path, kind: directory.kind })
    }
    return found
  }

  /** Creates the log of a partition: its directory, and in it the topic's id, before anything else. */
  create(topic: string, partition: number, topicId: string): Log {
    const { disk } = this.world
    const name = partitionDirectoryName(topic, partition)
    const path = `${this.path}/${name}`
    try {
      disk.makeDirectorySync(path)
      this.world.namesChanged()
      writePartitionMetadata(disk, path, topicId)
      const log = Log.create({ world: this.world, topic, partition, topicId, path, config: this.#configOf(topic) })
      this.logs.set(name, log)
      return log
    } catch (cause) {
      if (cause instanceof DiskError) this.world.fail(cause)
      throw new ProtocolError(errorCodes.KAFKA_STORAGE_ERROR, `the log ${name} could not be created in ${this.path}`, {
        cause,
      })
    }
  }

  /** Takes a log out and renames its directory. */
  setAside(log: Log, kind: 'delete' | 'stray'): void {
    const { disk, prng } = this.world
    this.logs.delete(partitionDirectoryName(log.topic, log.partition))
    log.abandon(kind === 'delete' ? 'the log was deleted' : 'the log was set aside')
    const path = `${this.path}/${markedDirectoryName(prng, log.topic, log.partition, kind)}`
    // After the death of the machine the log may be back: the metadata does not know it, and it is taken away again.
    disk.renameSync(log.path, path)
    this.world.namesChanged({ removed: true })
    if (kind === 'delete') this.world.removeLater([path], log.config.fileDeleteDelayMs)
  }

  checkpointRecoveryPoints(): Promise<void> {
    return this.#recoveryPoints.writeLater(this.#offsets(log => log.recoveryPoint))
  }
  checkpointLogStartOffsets(): Promise<void> {
    return this.#logStartOffsets.writeLater(this.#logStarts())
  }
  checkpointHighWatermarks(): Promise<void> {
    return this.#highWatermarks.writeLater(this.#offsets(log => log.highWatermark))
  }
  checkpointCompacted(): Promise<void> {
    return this.#compacted.writeLater(this.#compactedOffsets())
  }

  /** Writes all checkpoints in this call. */
  checkpoint(): void {
    this.#recoveryPoints.write(this.#offsets(log => log.recoveryPoint))
    this.#logStartOffsets.write(this.#logStarts())
    this.#highWatermarks.write(this.#offsets(log => log.highWatermark))
    const compacted = this.#compactedOffsets()
    if (compacted.size > 0 || this.#hasCompacted) this.#compacted.write(compacted)
  }

  /** Closes every log, then says so. */
  async close(brokerEpoch: number): Promise<void> {
    await forEachOf([...this.logs.values()], log => log.close())
    this.world.stop()
    this.checkpoint()
    writeCleanShutdown(this.world.disk, this.path, { brokerEpoch })
  }

  /** The directory failed: nothing is written to it any more. */
  goOffline(): void {
    this.isOffline = true
    this.world.stop()
    for (const log of this.logs.values()) log.abandon('its directory failed')
    this.logs.clear()
  }

  #offsets(offsetOf: (log: Log) => number | undefined): OffsetsByLog {
    const offsets: OffsetsByLog = new Map()
    for (const [name, log] of this.logs) {
      const offset = offsetOf(log)
      if (offset !== undefined) offsets.set(name, offset)
    }
    return offsets
  }

  #compactedOffsets(): OffsetsByLog {
    return this.#offsets(log => log.compactedTo)
  }

  /** Only what the names of the segments do not say. */
  #logStarts(): OffsetsByLog {
    return this.#offsets(log => (log.logStartOffset > log.segments.first.baseOffset ? log.logStartOffset : undefined))
  }
}

/** Runs `task` over all items, a few at a time; rejects with the first failure, after those under way have ended. */
async function forEachOf<T>(items: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < items.length) await task(items[next++] as T)
  }
  const results = await Promise.allSettled(Array.from({ length: concurrency }, lane))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
