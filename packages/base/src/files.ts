import type { Disk, DiskFile } from './disk.ts'
import { DiskError } from './errors.ts'

/** The directory part of a path: `'a/b'` of `'a/b/c'`, `'.'` of `'c'`, `'/'` of `'/c'`. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  if (slash < 0) return '.'
  return slash === 0 ? '/' : path.slice(0, slash)
}

/**
 * Makes a directory and its parents so that they are there after the death of the machine. The parents' names are synced even where they
 * exist: an earlier life may have made them and died before it synced. A parent that may not be read was made by somebody
 * else, as were those above it.
 */
export function makeDurableDirectorySync(disk: Disk, path: string): void {
  disk.makeDirectorySync(path)
  for (let child = path; parentOf(child) !== child; child = parentOf(child)) {
    try {
      disk.syncDirectorySync(parentOf(child))
    } catch (error) {
      if (error instanceof DiskError && (error.errno === 'EACCES' || error.errno === 'EPERM')) return
      throw error
    }
  }
}

/**
 * Replaces a file's content so that after any death it is the old one or the new one, whole: written beside it as `<path>.tmp`, synced,
 * renamed over it, and the directory synced. A `.tmp` left by a death holds nothing of worth; the next call overwrites it.
 *
 * With `sync: false` that holds for the death of the process only; the death of the machine may leave either, or a torn one: for files that can be
 * made anew, or that are synced later.
 */
export function replaceFileSync(disk: Disk, path: string, content: Uint8Array, { sync = true } = {}): void {
  const temporary = `${path}.tmp`
  const file = disk.openSync(temporary, 'create')
  try {
    file.truncateSync(0)
    writeAllSync(file, [content], 0)
    if (sync) file.syncSync()
  } finally {
    file.closeSync()
  }
  disk.renameSync(temporary, path)
  if (sync) disk.syncDirectorySync(parentOf(path))
}

/** Writes everything or throws: a short write becomes a `DiskError` `ENOSPC`, which is nearly always its reason. */
export function writeAllSync(file: DiskFile, chunks: readonly Uint8Array[], position: number): void {
  let size = 0
  for (const chunk of chunks) size += chunk.length
  const written = file.writeSync(chunks, position)
  if (written < size) throw new DiskError('ENOSPC', `write more than ${written} of ${size} bytes to`, file.path)
}
