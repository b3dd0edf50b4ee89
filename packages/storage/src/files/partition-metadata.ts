import { type Disk, replaceFileSync, writeAllSync } from '@dorsale/base'
import { CorruptFileError } from './checkpoint.ts'

/** The file that says which topic a log belongs to: a name may be taken again by another topic. */
export const partitionMetadataFile = 'partition.metadata'

/** The topic id in `partition.metadata`; undefined when there is no file. Throws a `CorruptFileError`. */
export function readPartitionMetadata(disk: Disk, directory: string): string | undefined {
  const path = `${directory}/${partitionMetadataFile}`
  if (disk.statSync(path) === undefined) return undefined
  const text = Buffer.from(disk.readFileSync(path)).toString('utf8')
  const topicId = /^version: 0\r?\ntopic_id: (?<topicId>[A-Za-z0-9_-]{22})\s*$/.exec(text)?.groups?.topicId
  if (topicId === undefined) throw new CorruptFileError(path, 'does not hold a version 0 and a topic id')
  return topicId
}

/** Writes `partition.metadata`. It survives the death of the process. */
export function writePartitionMetadata(disk: Disk, directory: string, topicId: string): void {
  const content = Buffer.from(`version: 0\ntopic_id: ${topicId}`)
  replaceFileSync(disk, `${directory}/${partitionMetadataFile}`, content, { sync: false })
}

/**
 * Moves `partition.metadata` to the platter; its name goes with those of the directory. It is written again first: where the sync of an earlier
 * life failed, the page cache calls clean what never reached the platter.
 */
export function syncPartitionMetadata(disk: Disk, directory: string): void {
  const path = `${directory}/${partitionMetadataFile}`
  const content = disk.readFileSync(path)
  const file = disk.openSync(path, 'write')
  try {
    writeAllSync(file, [content], 0)
    file.syncSync()
  } finally {
    file.closeSync()
  }
}
