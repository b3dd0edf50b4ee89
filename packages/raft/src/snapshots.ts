/**
 * Snapshots of the replicated state, `<end offset, 20 digits>-<epoch, 10 digits>.checkpoint` beside the log's segments:
 *
 * ```
 *   control batch   snapshot header (append time of the last record contained), kraft version, voters
 *   data batches    the state as records
 *   control batch   snapshot footer
 * ```
 *
 * Offsets inside count from 0, the epoch of each batch is the snapshot's. A snapshot is written under the name `….checkpoint.part`,
 * synced and renamed: what bears the final name is whole. `00000000000000000000-0000000000.checkpoint` is no snapshot of
 * the log but what the formatter left for the first leader: the bootstrap records and the first voters.
 */
import { type Disk, DiskError, type DiskFile, writeAllSync } from '@dorsale/base'
import { BatchCursor, buildBatch, isBatchIntact, readRecords } from '@dorsale/protocol'
import { buildControlBatch, readControlBatch } from './control-records.ts'
import { RaftError } from './raft-error.ts'
import type { RecordSerde, SnapshotId } from './types.ts'
import type { Quorum } from './voters.ts'

export const bootstrapSnapshotId: SnapshotId = { endOffset: 0, epoch: 0 }

const suffix = '.checkpoint'
const namePattern = /^(\d{20})-(\d{10})\.checkpoint$/
/** Left by a death while writing (Kafka's names carry a random number), or by a deletion under way. */
const leftoverPattern = /^\d{20}-\d{10}(-\d+)?\.checkpoint\.(part|deleted)$/

/** Data of one batch of a snapshot, at least; bounds the memory that a reader needs at once. */
const batchBytes = 1024 * 1024

export function snapshotName({ endOffset, epoch }: SnapshotId): string {
  return `${String(endOffset).padStart(20, '0')}-${String(epoch).padStart(10, '0')}${suffix}`
}

/** Which snapshot a file name means; undefined: none. */
function parseSnapshotName(name: string): SnapshotId | undefined {
  const match = namePattern.exec(name)
  return match === null ? undefined : { endOffset: Number(match[1]), epoch: Number(match[2]) }
}

/** A snapshot on disk. */
export interface SnapshotFile {
  readonly id: SnapshotId
  readonly path: string
  readonly size: number
  readonly modifiedMs: number
}

/** The snapshots of a directory, oldest first; removes what a death left half-written. */
export function listSnapshots(disk: Disk, directory: string): SnapshotFile[] {
  const found: SnapshotFile[] = []
  for (const { name } of disk.listSync(directory)) {
    const path = `${directory}/${name}`
    if (leftoverPattern.test(name)) disk.removeSync(path)
    const id = parseSnapshotName(name)
    const stat = id === undefined ? undefined : disk.statSync(path)
    if (id !== undefined && stat !== undefined) found.push({ id, path, size: stat.size, modifiedMs: stat.modifiedMs })
  }
  return found.sort((left, right) => left.id.endOffset - right.id.endOffset || left.id.epoch - right.id.epoch)
}

export interface SnapshotContent<T> {
  readonly id: SnapshotId
  readonly lastContainedTimestamp: number
  readonly quorum: Quorum
  readonly records: Iterable<T>
}

/** The bytes of a snapshot, batch by batch. The state is read in this call: it may change afterwards. */
export function encodeSnapshot<T>(
  content: SnapshotContent<T>,
  serde: Pick<RecordSerde<T>, 'encode'>,
  timestamp: number,
): Uint8Array[] {
  const { epoch } = content.id
  const { kraftVersion, voters } = content.quorum
  const batches = [
    buildControlBatch(
      [
        { type: 'snapshot-header', lastContainedTimestamp: content.lastContainedTimestamp },
        // Below version 1 the voters stand in the configuration, and the log does not speak of them.
        ...(kraftVersion === 0
          ? []
          : [{ type: 'kraft-version', version: kraftVersion } as const, { type: 'voters', voters } as const]),
      ],
      { baseOffset: 0, epoch, timestamp },
    ),
  ]
  let baseOffset = kraftVersion === 0 ? 1 : 3
  let pending: Uint8Array[] = []
  let pendingBytes = 0
  const flush = (): void => {
    if (pending.length === 0) return
    batches.push(
      buildBatch(
        pending.map(value => ({ timestamp, value })),
        { baseOffset, partitionLeaderEpoch: epoch },
      ),
    )
    baseOffset += pending.length
    pending = []
    pendingBytes = 0
  }
  for (const record of content.records) {
    const value = serde.encode(record)
    pending.push(value)
    pendingBytes += value.length
    if (pendingBytes >= batchBytes) flush()
  }
  flush()
  batches.push(buildControlBatch([{ type: 'snapshot-footer' }], { baseOffset, epoch, timestamp }))
  return batches
}

/** Writes a snapshot so that after any death it is whole or not there; while it is written the event loop is free. */
export async function writeSnapshot(
  disk: Disk,
  directory: string,
  id: SnapshotId,
  batches: readonly Uint8Array[],
): Promise<void> {
  const path = `${directory}/${snapshotName(id)}`
  const file = openPart(disk, path)
  try {
    let position = 0
    for (const batch of batches) {
      const written = await file.write([batch], position)
      if (written < batch.length) throw new DiskError('ENOSPC', 'write all of', file.path)
      position += batch.length
    }
    await file.sync()
  } finally {
    file.closeSync()
  }
  publish(disk, directory, path)
}

/** As `writeSnapshot`, at once: for the formatter. */
export function writeSnapshotSync(disk: Disk, directory: string, id: SnapshotId, batches: readonly Uint8Array[]): void {
  const path = `${directory}/${snapshotName(id)}`
  const file = openPart(disk, path)
  try {
    writeAllSync(file, batches, 0)
    file.syncSync()
  } finally {
    file.closeSync()
  }
  publish(disk, directory, path)
}

function openPart(disk: Disk, path: string): DiskFile {
  const file = disk.openSync(`${path}.part`, 'create')
  file.truncateSync(0)
  return file
}

function publish(disk: Disk, directory: string, path: string): void {
  disk.renameSync(`${path}.part`, path)
  disk.syncDirectorySync(directory)
}

export interface ReadSnapshot<T> {
  readonly id: SnapshotId
  readonly lastContainedTimestamp: number
  readonly quorum: Quorum
  readonly records: T[]
}

/** Reads a snapshot whole. Throws `DORSALE_RAFT_CORRUPT` when it is not one, from its header to its footer. */
export function readSnapshot<T>(disk: Disk, file: SnapshotFile, serde: RecordSerde<T>): ReadSnapshot<T> {
  const bytes = disk.readFileSync(file.path)
  const corrupt = (reason: string, cause?: unknown): RaftError =>
    new RaftError('DORSALE_RAFT_CORRUPT', `snapshot ${file.path} ${reason}`, { cause })
  const cursor = new BatchCursor(bytes)
  const records: T[] = []
  let lastContainedTimestamp: number | undefined
  let quorum: Quorum = { kraftVersion: 0, voters: [] }
  let ended = false
  try {
    while (cursor.next()) {
      const { header } = cursor
      if (!isBatchIntact(bytes, header.position)) throw corrupt(`has a damaged batch at byte ${header.position}`)
      if (ended) throw corrupt('goes on behind its footer')
      if (!header.isControl) {
        for (const { value } of readRecords(header)) {
          if (value === null) throw corrupt(`has a record without a value at byte ${header.position}`)
          records.push(serde.decode(value))
        }
        continue
      }
      for (const record of readControlBatch(header)) {
        if (record.type === 'snapshot-header') lastContainedTimestamp = record.lastContainedTimestamp
        if (record.type === 'kraft-version') quorum = { ...quorum, kraftVersion: record.version }
        if (record.type === 'voters') quorum = { ...quorum, voters: record.voters }
        if (record.type === 'snapshot-footer') ended = true
      }
    }
  } catch (error) {
    if (error instanceof RaftError) throw error
    throw corrupt(`cannot be read: ${(error as Error).message}`, error)
  }
  if (cursor.state !== 'end') throw corrupt(`is cut or damaged at byte ${cursor.position}`)
  if (lastContainedTimestamp === undefined) throw corrupt('has no header')
  if (!ended) throw corrupt('has no footer')
  return { id: file.id, lastContainedTimestamp, quorum, records }
}
