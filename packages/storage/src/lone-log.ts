import type { Disk } from '@dorsale/base'
import { CorruptFileError } from './files/checkpoint.ts'
import { FilePool } from './files/file-pool.ts'
import { IndexCache } from './files/index-cache.ts'
import { failedDirectory } from './files/log-directory-error.ts'
import { partitionDirectoryName } from './files/names.ts'
import { readPartitionMetadata, writePartitionMetadata } from './files/partition-metadata.ts'
import { ReadBuffers } from './files/read-buffers.ts'
import { DirectoryWorld } from './log/directory-world.ts'
import { Log } from './log/log.ts'
import { TurnEnd } from './log/turn-end.ts'
import { defaultLogManagerConfig } from './log-config.ts'
import type { LoneLog, LoneLogOptions } from './types.ts'

/** One log has one active segment and few readers. */
const openFilesMax = 8
const indexCacheBytesMax = 4 * 1024 * 1024

/** Torn counts as missing: what it says is known here, and the machine may have died before the log was first synced. */
function hasPartitionMetadata(disk: Disk, path: string): boolean {
  try {
    return readPartitionMetadata(disk, path) !== undefined
  } catch (error) {
    if (error instanceof CorruptFileError) return false
    throw error
  }
}

/** Opens, or creates, one log outside any manager. Rejects with a `DorsaleError` when its files cannot be used. */
export async function openLoneLog(options: LoneLogOptions): Promise<LoneLog> {
  const { disk, clock, directory, topic, partition, topicId, config, closedCleanly = false, gaplessFrom = 0 } = options
  const path = `${directory.path}/${partitionDirectoryName(topic, partition)}`
  if (!hasPartitionMetadata(disk, path)) {
    disk.makeDirectorySync(path)
    writePartitionMetadata(disk, path, topicId)
  }
  // Also where it was there: an earlier life may have died between making it and syncing its name.
  disk.syncDirectorySync(directory.path)
  let failed = false
  const world = new DirectoryWorld({
    ...options,
    pool: new FilePool(disk, openFilesMax),
    indexes: new IndexCache(indexCacheBytesMax),
    readBuffers: new ReadBuffers(),
    turnEnd: new TurnEnd(clock),
    producers: defaultLogManagerConfig,
    fail: error => {
      if (failed) return
      failed = true
      clock.defer(() => {
        log.abandon('its directory failed')
        options.onOffline(failedDirectory(directory.path, error))
      })
    },
  })
  const log = await Log.open({
    world,
    topic,
    partition,
    topicId,
    path,
    config,
    closedCleanly,
    logStartOffset: 0,
    recoveryPoint: 0,
    highWatermark: 0,
    placeIsDurable: closedCleanly,
    // The metadata log is flushed before each reply.
    survivesMachine: true,
    gaplessFrom,
  })
  const closeLog = log.close.bind(log)
  return Object.assign(log, {
    async close(): Promise<void> {
      world.stop()
      await closeLog()
    },
  })
}
