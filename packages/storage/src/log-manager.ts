import { assert, DiskError } from '@dorsale/base'
import { errorCodes, ProtocolError, zeroUuid } from '@dorsale/protocol'
import { LogCleaner } from './cleaner/log-cleaner.ts'
import { FilePool } from './files/file-pool.ts'
import { IndexCache } from './files/index-cache.ts'
import { failedDirectory, LogDirectoryError } from './files/log-directory-error.ts'
import { ReadBuffers } from './files/read-buffers.ts'
import { DirectoryWorld } from './log/directory-world.ts'
import type { Log } from './log/log.ts'
import { TurnEnd } from './log/turn-end.ts'
import type { CleanerConfig, LogConfig } from './log-config.ts'
import { LogDir } from './manager/log-dir.ts'
import { LogMoves } from './manager/log-moves.ts'
import { Periodic } from './manager/periodic.ts'
import type { LogDirectory, LogManager, LogManagerOptions, PartitionLog, TopicPartition } from './types.ts'

/** Memory under the indexes of closed segments. */
const indexCacheBytesMax = 64 * 1024 * 1024
/** Partitions for which a directory is remembered before they are there. */
const preferencesMax = 1000
/** Logs that periodic work looks at before it lets the world in. */
const logsPerTurn = 64

/**
 * Opens the logs of a broker. Rejects with a `DorsaleError` whose message is one sentence for the user when a directory is locked
 * by another process; a directory that fails is reported offline instead, unless it is the last.
 */
export async function openLogManager(options: LogManagerOptions): Promise<LogManager> {
  const manager = new Manager(options)
  await manager.open()
  return manager
}

class Manager implements LogManager {
  readonly #options: LogManagerOptions
  readonly #dirs: LogDir[]
  readonly #logs = new Map<string, Map<number, Log>>()
  /** Logs of a partition that has another: their topics have different ids, and the metadata knows which of them is gone. */
  readonly #doubles = new Set<Log>()
  readonly #moves: LogMoves
  /** Where logs that are not there yet are to be created. */
  readonly #preferred = new Map<string, LogDirectory>()
  readonly #cleaner: LogCleaner
  /** The settings that compaction was started with. */
  #cleanerConfig: CleanerConfig
  #tasks: Periodic[] = []
  #cleaning: Periodic | undefined
  #closing: Promise<void> | undefined

  constructor(options: LogManagerOptions) {
    const { disk, clock, config, directories } = options
    assert(directories.length > 0, 'there is a log directory')
    this.#options = options
    const shared = {
      ...options,
      pool: new FilePool(disk, config.openFilesMax),
      indexes: new IndexCache(indexCacheBytesMax),
      readBuffers: new ReadBuffers(),
      turnEnd: new TurnEnd(clock),
      producers: config,
    }
    this.#dirs = directories.map(directory => {
      const fail = (error: Error) => this.#fail(directory, error)
      return new LogDir(new DirectoryWorld({ ...shared, directory, fail }), topic => options.configOf(topic))
    })
    this.#moves = new LogMoves({
      ...options,
      moves: options.moves ?? { ...unboundedMoves, concurrency: directories.length },
      dirOf: directory => this.#dirOf(directory),
      remove: copy => this.#removeCopy(copy),
      onReplaced: (current, future) => this.#onReplaced(current, future),
    })
    this.#cleanerConfig = { ...config.cleaner }
    this.#cleaner = new LogCleaner({
      ...options,
      config: config.cleaner,
      logs: () => this.#servedLogs(),
      onCompacted: log => this.#attempt(this.#dirOf(log.directory), dir => dir.checkpointCompacted()),
    })
  }

  async open(): Promise<void> {
    try {
      for (const dir of this.#dirs) dir.lock()
      for (const dir of this.#dirs) await this.#load(dir)
    } catch (error) {
      for (const dir of this.#dirs) {
        dir.goOffline()
        dir.unlock()
      }
      throw error
    }
    this.#startTasks()
  }

  async #load(dir: LogDir): Promise<void> {
    try {
      await dir.load()
    } catch (error) {
      // Without another directory there is nothing to serve.
      if (!(error instanceof DiskError) || this.liveDirectories.length === 1) throw error
      this.#fail(dir.world.directory, error)
      dir.goOffline()
      return
    }
    for (const [name, log] of dir.logs) {
      if (log.isFuture) {
        this.#moves.found(log)
        continue
      }
      const twin = this.#log(log.topic, log.partition)
      if (twin !== undefined && areOfDifferentTopics(twin, log)) {
        this.#doubles.add(log)
        continue
      }
      if (twin !== undefined) {
        throw new LogDirectoryError(
          `the log ${name} lies in ${twin.directory.path} and in ${dir.path}; move one of them away`,
        )
      }
      this.#add(log)
    }
  }

  get directories(): readonly LogDirectory[] {
    return this.#options.directories
  }

  get liveDirectories(): readonly LogDirectory[] {
    return this.#live.map(dir => dir.world.directory)
  }

  get previousBrokerEpoch(): number {
    const [first, ...others] = this.#dirs.map(dir => dir.previousBrokerEpoch)
    return others.every(epoch => epoch === first) ? (first as number) : -1
  }

  get logs(): Iterable<PartitionLog> {
    return [...this.#servedLogs(), ...this.#doubles]
  }

  get futures(): Iterable<PartitionLog> {
    return [...this.#moves.futures]
  }

  usageOf(directory: LogDirectory): { totalBytes: number; usableBytes: number } {
    const dir = this.#dirOf(directory)
    try {
      if (!dir.isOffline) return this.#options.disk.usageSync(dir.path)
    } catch (error) {
      this.#fail(directory, error as Error)
    }
    throw new ProtocolError(errorCodes.KAFKA_STORAGE_ERROR, `the log directory ${dir.path} is offline`)
  }

  get(topic: string, partition: number): PartitionLog | undefined {
    return this.#log(topic, partition)
  }

  getOrCreate(
    { topic, partition }: TopicPartition,
    { topicId, directoryId }: { readonly topicId: string; readonly directoryId?: string },
  ): PartitionLog {
    const known = this.#log(topic, partition)
    if (known !== undefined) {
      if (known.topicId === zeroUuid) known.adoptTopicId(topicId)
      if (known.topicId === topicId) return known
      throw new ProtocolError(
        errorCodes.INCONSISTENT_TOPIC_ID,
        `the log ${topic}-${partition} belongs to topic id ${known.topicId}, not ${topicId}`,
      )
    }
    const preferred = this.#takePreference(topic, partition)?.id ?? directoryId
    const wanted = this.#live.find(dir => dir.world.directory.id === preferred)
    const dir = wanted ?? this.#emptiest()
    if (dir === undefined) throw new ProtocolError(errorCodes.KAFKA_STORAGE_ERROR, 'no log directory is online')
    this.#syncRemovals(dir)
    const log = dir.create(topic, partition, { topicId })
    this.#add(log)
    return log
  }

  #emptiest(): LogDir | undefined {
    const isOpen = (dir: LogDir) => this.#options.isCordoned?.(dir.world.directory) !== true
    const open = this.#live.filter(isOpen)
    // The controller places nothing on a broker whose directories are all cordoned: what comes all the same was placed before.
    const candidates = open.length > 0 ? open : this.#live
    return candidates.toSorted((left, right) => left.logs.size - right.logs.size)[0]
  }

  /** A start refuses two logs of one name: what was deleted elsewhere must not come back beside the one that is to be created. */
  #syncRemovals(target: LogDir): void {
    for (const dir of this.#live) {
      if (dir === target) continue
      try {
        dir.world.syncRemovals()
      } catch (error) {
        this.#fail(dir.world.directory, error as Error)
      }
    }
  }

  delete(topic: string, partition: number): void {
    const log = this.#log(topic, partition)
    if (log === undefined) return
    this.#moves.end(log)
    this.#remove(log)
    this.#rename(log, 'delete')
  }

  moveTo({ topic, partition }: TopicPartition, directory: LogDirectory): void {
    const log = this.#log(topic, partition)
    if (log !== undefined) this.#moves.begin(log, this.#dirOf(directory))
  }

  resumeMove(future: PartitionLog): void {
    const log = this.#log(future.topic, future.partition)
    assert(log !== undefined, 'what moves is there')
    this.#moves.resume(log, future as Log)
  }

  promote(future: PartitionLog): void {
    const log = future as Log
    try {
      this.#moves.promote(log)
      this.#add(log)
    } catch (error) {
      this.#fail(log.directory, error as Error)
    }
  }

  prefer({ topic, partition }: TopicPartition, directory: LogDirectory): void {
    this.#preferred.set(`${topic}-${partition}`, directory)
    // The oldest goes: whoever named a thousand partitions did not make them.
    const [oldest] = this.#preferred.keys()
    if (oldest !== undefined && this.#preferred.size > preferencesMax) this.#preferred.delete(oldest)
  }

  #takePreference(topic: string, partition: number): LogDirectory | undefined {
    const name = `${topic}-${partition}`
    const directory = this.#preferred.get(name)
    this.#preferred.delete(name)
    return directory
  }

  /** One that came back with a power loss would be moved on by the next start. */
  #removeCopy(copy: Log): void {
    this.#rename(copy, 'delete')
    const dir = this.#dirOf(copy.directory)
    if (dir.isOffline) return
    try {
      dir.world.syncRemovals()
    } catch (error) {
      this.#fail(copy.directory, error as Error)
    }
  }

  /** The copy has taken over. */
  #onReplaced(current: Log, future: Log): void {
    this.#add(future)
    for (const { directory, compactedTo } of [current, future]) {
      if (compactedTo !== undefined) void this.#attempt(this.#dirOf(directory), dir => dir.checkpointCompacted())
    }
    this.#options.listener.onMoved?.(future)
  }

  setAsideStray({ topic, partition, topicId }: PartitionLog): void {
    const stray = [this.#log(topic, partition), ...this.#doubles, ...this.#moves.futures].find(
      log => log?.topic === topic && log.partition === partition && log.topicId === topicId,
    )
    if (stray === undefined) return
    this.#moves.forget(stray)
    if (!this.#doubles.delete(stray)) this.#remove(stray)
    this.#rename(stray, 'stray')
    // What was its double is the partition's log now.
    for (const double of this.#doubles) {
      if (double.topic !== topic || double.partition !== partition || this.#log(topic, partition)) continue
      this.#doubles.delete(double)
      this.#add(double)
    }
  }

  updateConfig(topic: string, config: LogConfig): void {
    for (const log of this.#logs.get(topic)?.values() ?? []) log.updateConfig(config)
    for (const future of this.#moves.futures) if (future.topic === topic) future.updateConfig(config)
  }

  settingsChanged(): void {
    const before = this.#cleanerConfig
    this.#cleanerConfig = { ...this.#options.config.cleaner }
    const keys = Object.keys(before) as (keyof CleanerConfig)[]
    if (keys.every(key => before[key] === this.#cleanerConfig[key])) return
    this.#cleaner.abortPass()
    this.#cleaning?.restart()
  }

  checkpoint(): void {
    for (const dir of this.#live) dir.checkpoint()
  }

  applyRetention(): number {
    let removed = 0
    for (const log of this.#allLogs()) removed += log.applyRetention()
    return removed
  }

  async compact(): Promise<void> {
    await this.#cleaner.run()
    await this.#forEachLog(log => void (log.config.cleanupCompact && log.applyRetention()))
  }

  close({ brokerEpoch = -1 }: { readonly brokerEpoch?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(brokerEpoch)
    return this.#closing
  }

  async #close(brokerEpoch: number): Promise<void> {
    for (const task of this.#tasks) task.stop()
    await this.#cleaner.stop()
    await this.#moves.close()
    for (const dir of this.#live) {
      try {
        await dir.close(brokerEpoch)
      } catch (error) {
        this.#options.logger.error('a log directory could not be closed in good order', {
          path: dir.path,
          cause: error,
        })
      }
    }
    for (const dir of this.#dirs) dir.unlock()
  }

  get #live(): LogDir[] {
    return this.#dirs.filter(dir => !dir.isOffline)
  }

  *#servedLogs(): IterableIterator<Log> {
    for (const partitions of this.#logs.values()) yield* partitions.values()
  }

  /** With the copies that are being made. */
  *#allLogs(): IterableIterator<Log> {
    yield* this.#servedLogs()
    yield* this.#moves.futures
  }

  #log(topic: string, partition: number): Log | undefined {
    return this.#logs.get(topic)?.get(partition)
  }

  #add(log: Log): void {
    const partitions = this.#logs.get(log.topic) ?? new Map<number, Log>()
    partitions.set(log.partition, log)
    this.#logs.set(log.topic, partitions)
  }

  #remove(log: Log): void {
    const partitions = this.#logs.get(log.topic)
    // A copy is not the partition's log.
    if (partitions?.get(log.partition) === log) partitions.delete(log.partition)
    if (partitions?.size === 0) this.#logs.delete(log.topic)
  }

  #rename(log: Log, kind: 'delete' | 'stray'): void {
    const dir = this.#dirOf(log.directory)
    try {
      dir.setAside(log, kind)
      // A later log of the same name has not been compacted.
      if (log.compactedTo !== undefined) void this.#attempt(dir, each => each.checkpointCompacted())
    } catch (error) {
      this.#fail(log.directory, error as Error)
    }
  }

  #dirOf(directory: LogDirectory): LogDir {
    const dir = this.#dirs.find(each => each.world.directory === directory)
    assert(dir !== undefined, 'a log lies in a directory of its manager')
    return dir
  }

  /** A directory's content is unknown from here on (D9). */
  #fail(directory: LogDirectory, error: Error): void {
    const dir = this.#dirOf(directory)
    if (dir.isOffline) return
    dir.isOffline = true
    const failure = failedDirectory(directory.path, error)
    this.#options.logger.error(failure.message, { path: directory.path, cause: error })
    this.#options.clock.defer(() => {
      for (const log of dir.logs.values()) {
        this.#moves.forget(log)
        if (!this.#doubles.delete(log)) this.#remove(log)
      }
      dir.goOffline()
      this.#options.listener.onDirectoryOffline(directory, failure)
    })
  }

  #startTasks(): void {
    const { clock, config } = this.#options
    const start = (intervalMs: () => number, task: () => Promise<void>): Periodic => {
      const initialMs = Math.min(config.initialTaskDelayMs, intervalMs())
      const periodic = new Periodic({ clock, initialMs, intervalMs, task })
      this.#tasks.push(periodic)
      return periodic
    }
    const startForDirs = (intervalMs: number, task: (dir: LogDir) => Promise<void>) =>
      start(
        () => intervalMs,
        () => this.#forEachDir(task),
      )
    const startForLogs = (intervalMs: number, task: (log: Log) => void) =>
      start(
        () => intervalMs,
        () => this.#forEachLog(task),
      )
    startForLogs(config.retentionCheckIntervalMs, log => void log.applyRetention())
    if (config.cleaner.enabled) {
      this.#cleaning = start(
        () => config.cleaner.backoffMs,
        () => this.compact(),
      )
    }
    startForLogs(config.flushCheckIntervalMs, flushIfDue)
    startForLogs(config.producerIdExpirationCheckIntervalMs, log => log.expireProducers())
    startForDirs(config.recoveryPointCheckpointIntervalMs, dir => dir.checkpointRecoveryPoints())
    startForDirs(config.logStartCheckpointIntervalMs, dir => dir.checkpointLogStartOffsets())
    startForDirs(config.highWatermarkCheckpointIntervalMs, dir => dir.checkpointHighWatermarks())
  }

  async #forEachLog(task: (log: Log) => void): Promise<void> {
    let count = 0
    for (const log of [...this.#allLogs()]) {
      try {
        if (!log.offline) task(log)
      } catch (cause) {
        // A log that failed has told its directory; the others have their turn.
        this.#options.logger.warn('periodic work on a log failed', { log: log.path, cause })
      }
      if (++count % logsPerTurn === 0) await new Promise<void>(resolve => this.#options.clock.defer(resolve))
    }
  }

  async #forEachDir(task: (dir: LogDir) => Promise<void>): Promise<void> {
    for (const dir of this.#live) await this.#attempt(dir, task)
  }

  async #attempt(dir: LogDir, task: (dir: LogDir) => Promise<void>): Promise<void> {
    try {
      await task(dir)
    } catch (error) {
      this.#fail(dir.world.directory, error as Error)
    }
  }
}

const unboundedMoves = { throttle: { isExceeded: false, spent: () => {} }, assign: async () => {} }

/** One of them was deleted while its directory was away. */
function areOfDifferentTopics(left: Log, right: Log): boolean {
  return left.topicId !== right.topicId && left.topicId !== zeroUuid && right.topicId !== zeroUuid
}

function flushIfDue(log: Log): void {
  // A failure has taken the directory offline by itself.
  if (log.unflushedMs >= log.config.flushMs) log.flush().catch(() => {})
}
