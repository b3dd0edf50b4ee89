/**
 * The disk, handed in (D5, D6, D9). The promises are the weakest that a file system makes, so that code which is right
 * here is right anywhere; the simulated disk breaks everything that is not promised.
 *
 * - A write reaches the page cache: it survives the death of the process. `sync` moves a file's bytes and its size to the
 *   platter (fdatasync); `syncDirectory` moves names: a file created, renamed or removed survives the death of the machine
 *   only after its directory was synced, and a file's own sync does not move its name. What was not moved may be there
 *   after that death, wholly, in parts or not at all, in any order and torn at any byte; a rename is either done or not.
 * - `sync` covers the writes and truncations that had completed when it was called. Operations of one handle that are
 *   under way together take effect in any order.
 * - Names ending in `Sync` block the event loop: they are for start-up, for metadata operations that take microseconds, and
 *   for writes small enough that the page cache takes them at once. Whoever wants to know that the disk is slow reads
 *   `Clock.monotonic` before and after: the simulated disk stalls its process and moves that clock.
 * - A handle goes on after its file was renamed or removed. A process has a bounded number of them (`EMFILE`).
 *
 * Paths are absolute or relative to the process, with `/`. Every failure throws or rejects with a `DiskError`.
 */
export interface Disk {
  /**
   * `read` opens an existing file for reading only; `write` an existing file for reading and writing; `create` creates the file if
   * missing, then as `write`; `create-new` refuses a file that exists (`EEXIST`). Missing files: `ENOENT`.
   */
  openSync(path: string, mode: OpenMode): DiskFile
  /** The whole file, in a fresh array. */
  readFileSync(path: string): Uint8Array
  /** Undefined when nothing has this path. */
  statSync(path: string): DiskStat | undefined
  /** Names in a directory, sorted by code unit, without `.` and `..`. */
  listSync(directory: string): DiskEntry[]
  /** Creates missing parents too; mode 0700; no error if it exists. */
  makeDirectorySync(path: string): void
  /** Atomic for whoever looks; replaces `to` if it is a file. Moves directories too (`ENOTEMPTY` if `to` holds something). */
  renameSync(from: string, to: string): void
  /** Removes a file or an empty directory (`ENOTEMPTY`); no error if it is missing. */
  removeSync(path: string): void
  /** Removes a file or a directory with all that it holds, off the event loop; no error if it is missing. */
  remove(path: string): Promise<void>
  /** Moves the directory's names to the platter: which file each of them means, not the files' bytes. */
  syncDirectorySync(path: string): void
  /** As `syncDirectorySync`, off the event loop. */
  syncDirectory(path: string): Promise<void>
  /** Bytes of the volume that holds `path`. */
  usageSync(path: string): { totalBytes: number; usableBytes: number }
  /**
   * Takes the exclusive advisory lock on `path` (created if missing) that Java's `FileChannel.tryLock` takes; undefined if another process
   * (or this one) holds it. Freed by `release` or the death of the process.
   */
  tryLockSync(path: string): DiskLock | undefined
}

export type OpenMode = 'read' | 'write' | 'create' | 'create-new'

export interface DiskFile {
  /** As it was opened, whatever has been renamed since. */
  readonly path: string
  /** Current size in bytes, as the page cache has it. */
  sizeSync(): number
  /** Fills `target` from `position`; answers how many bytes were there: fewer than asked only at the file's end, 0 past it. */
  readSync(target: Uint8Array, position: number): number
  /** As `readSync`, off the event loop. `target` belongs to the disk until the promise settles. */
  read(target: Uint8Array, position: number): Promise<number>
  /**
   * One vectored write at `position`; answers the bytes written, which may be fewer than asked (a short write: the volume is full or
   * failing). An error may also come after some bytes were written. A write past the end fills the gap with zeros.
   */
  writeSync(chunks: readonly Uint8Array[], position: number): number
  /** As `writeSync`, off the event loop. The chunks belong to the disk until the promise settles. */
  write(chunks: readonly Uint8Array[], position: number): Promise<number>
  /**
   * fdatasync. After it has failed once nothing is known about the file's bytes: the kernel may have dropped them and call
   * them clean, so that a second sync succeeds and lies. Never retry (D9).
   */
  syncSync(): void
  /** As `syncSync`, off the event loop. */
  sync(): Promise<void>
  /** Cuts, or extends with zeros. Reaches the platter with the next sync. */
  truncateSync(size: number): void
  /** Idempotent. Never called while a read, write or sync of this handle is under way. */
  closeSync(): void
}

export interface DiskStat {
  kind: 'file' | 'directory' | 'other'
  size: number
  /** Last modification, milliseconds since 1970. */
  modifiedMs: number
}

export interface DiskEntry {
  name: string
  kind: 'file' | 'directory' | 'other'
}

export interface DiskLock {
  /** Idempotent. The file stays. */
  release(): void
}
