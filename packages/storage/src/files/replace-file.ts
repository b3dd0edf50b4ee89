import { type Disk, writeAllSync } from '@dorsale/base'

/**
 * Replaces a file's content for whoever looks: the old one or the new one, whole. Nothing is synced, so the death of the machine may leave either,
 * or a torn one: for files that can be made anew, or that are synced later. See `replaceFileSync` of base for the others.
 */
export function replaceFile(disk: Disk, path: string, content: Uint8Array): void {
  const temporary = `${path}.tmp`
  const file = disk.openSync(temporary, 'create')
  try {
    file.truncateSync(0)
    writeAllSync(file, [content], 0)
  } finally {
    file.closeSync()
  }
  disk.renameSync(temporary, path)
}
