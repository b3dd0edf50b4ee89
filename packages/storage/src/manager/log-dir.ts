/** One log directory: its lock, its logs, its checkpoints. */
import { DiskError, type DiskLock } from '@dorsale/base'
import { errorCodes, ProtocolError, zeroUuid } from '@dorsale/protocol'
import { CorruptFileError } from '../files/checkpoint.ts'
import { readCleanShutdown, removeCleanShutdown, writeCleanShutdown } from '../files/clean-shutdown.ts'
import { LogDirectoryError } from '../files/log-directory-error.ts'
import {
  foreignDirectories,
  futureDirectoryName,
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
  /** By the name of their partition: a copy that is being made (`Log.isFuture`) too, since the log that it is made of lies elsewhere. */
  readonly logs = new Map<string, Log>()
  /** Moved to another directory, and read until their files are removed. */
  readonly #retired = new Set<Log>()
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

    await forEachOf(found, async ({ name: directoryName, kind, topic, partition }) => {
      const name = partitionDirectoryName(topic, partition)
      const log = await Log.open({
        world: this.world,
        topic,
        partition,
        topicId: this.#topicIdOf(directoryName, shutdown !== undefined),
        path: `${this.path}/${directoryName}`,
        isFuture: kind === 'future',
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
    const found = new Map<string, PartitionDirectory>()
    for (const { name, kind } of disk.listSync(this.path)) {
      if (kind !== 'directory' || foreignDirectories.has(name)) continue
      const directory = parsePartitionDirectory(name)
      const path = `${this.path}/${name}`
      if (directory === undefined) {
        throw new LogDirectoryError(
          `${path} is not named like a log (<topic>-<partition>): a log directory must hold nothing else; move it away`,
        )
      }
      if (directory.kind === 'delete') this.world.removeLater([path], 0)
      else if (directory.kind === 'stray') logger.warn('left a directory that is not served', { path, kind: 'stray' })
      else this.#keepOne(found, directory)
    }
    return [...found.values()]
  }

  /** A log and a copy of it in one directory, or two copies: a power loss has brought back what was removed. */
  #keepOne(found: Map<string, PartitionDirectory>, directory: PartitionDirectory): void {
    const name = partitionDirectoryName(directory.topic, directory.partition)
    const other = found.get(name)
    const isSpare = other !== undefined && directory.kind === 'future'
    if (!isSpare) found.set(name, directory)
    const spare = isSpare ? directory : other
    if (spare === undefined) return
    this.world.logger.warn('removed a copy of a log that nobody waits for', { path: `${this.path}/${spare.name}` })
    this.world.removeLater([`${this.path}/${spare.name}`], 0)
  }

  /** Creates the log of a partition, or begins a copy of it: its directory, and in it the topic's id, before anything else. */
  create(topic: string, partition: number, options: { topicId: string; isFuture?: boolean }): Log {
    const { disk, prng } = this.world
    const { topicId, isFuture = false } = options
    const name = partitionDirectoryName(topic, partition)
    const path = `${this.path}/${isFuture ? futureDirectoryName(prng, topic, partition) : name}`
    try {
      disk.makeDirectorySync(path)
      this.world.namesChanged()
      writePartitionMetadata(disk, path, topicId)
      const config = this.#configOf(topic)
      const log = Log.create({ world: this.world, topic, partition, topicId, path, config, isFuture })
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

  /** The log is to lie in another directory: it takes the name of a deleted one. `promote` takes it back, `retire` follows. */
  setOut(log: Log): void {
    this.#rename(log, `${this.path}/${markedDirectoryName(this.world.prng, log.topic, log.partition, 'delete')}`)
  }

  /** A log takes the name of its partition. */
  promote(log: Log): void {
    this.#rename(log, `${this.path}/${partitionDirectoryName(log.topic, log.partition)}`)
  }

  /** What was set out lies elsewhere now: its files go away as those of a deleted log, and are read until then by those who have begun. */
  retire(log: Log): void {
    this.logs.delete(partitionDirectoryName(log.topic, log.partition))
    this.#retired.add(log)
    this.world.removeLater([log.path], log.config.fileDeleteDelayMs, () => {
      this.#retired.delete(log)
      log.abandon('the log was moved to another directory')
    })
  }

  /** In this call, on the platter too. */
  #rename(log: Log, path: string): void {
    const from = log.path
    this.world.disk.renameSync(from, path)
    log.movedTo(path)
    this.world.logRenamed(from, path)
    this.world.disk.syncDirectorySync(this.path)
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
    this.#abandonRetired()
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
    this.#abandonRetired()
  }

  #abandonRetired(): void {
    for (const log of this.#retired) log.abandon('the log was moved to another directory')
    this.#retired.clear()
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
