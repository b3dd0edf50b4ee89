/**
 * The disk, handed in (D5, D6, D9).
 *
 * A write reaches the page cache: it survives the death of the process. `sync` moves a file's bytes and its size to the platter
 * (fdatasync); `syncDirectory` moves names: a file created, renamed or removed survives the death of the machine only
 * after its directory was synced. Names ending in `Sync` block the event loop: they are for start-up, for metadata
 * operations that take microseconds, and for writes small enough that the page cache takes them at once.
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
  /** Atomic; replaces `to` if it is a file. */
  renameSync(from: string, to: string): void
  /** Removes a file or an empty directory; no error if it is missing. */
  removeSync(path: string): void
  /** Removes a file or a directory with all that it holds, off the event loop; no error if it is missing. */
  remove(path: string): Promise<void>
  syncDirectorySync(path: string): void
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
  readonly path: string
  /** Current size in bytes, as the page cache has it. */
  sizeSync(): number
  /** Reads up to `target.length` bytes at `position`; answers how many were there (0 at or past the end). */
  readSync(target: Uint8Array, position: number): number
  /** As `readSync`, off the event loop. `target` belongs to the disk until the promise settles. */
  read(target: Uint8Array, position: number): Promise<number>
  /** One vectored write at `position`; answers the bytes written, which may be fewer than asked (a short write). */
  writeSync(chunks: readonly Uint8Array[], position: number): number
  /** As `writeSync`, off the event loop. The chunks belong to the disk until the promise settles. */
  write(chunks: readonly Uint8Array[], position: number): Promise<number>
  /** fdatasync. After it has failed once nothing is known about the file's bytes: never retry (D9). */
  syncSync(): void
  sync(): Promise<void>
  /** Cuts or extends with zeros. */
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
  release(): void
}
