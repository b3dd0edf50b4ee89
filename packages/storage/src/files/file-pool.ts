/**
 * A bounded number of open files under an unbounded number of segments. A `PooledFile` stands for one path; it is opened when it is
 * used, stays open while operations on it are under way, and is closed when room is needed: the pool walks its open files like the hand
 * of a clock and closes the first that was not used since the hand last passed.
 */
import { assert, type Disk, DiskError, type DiskFile } from '@dorsale/base'

export class FilePool {
  readonly disk: Disk
  readonly #openMax: number
  /** In the order in which the hand meets them. */
  readonly #open = new Set<PooledFile>()

  constructor(disk: Disk, openMax: number) {
    assert(openMax >= 1, 'a pool holds a file')
    this.disk = disk
    this.#openMax = openMax
  }

  /** Files open now: above the maximum only while more than that are pinned. */
  get openCount(): number {
    return this.#open.size
  }

  /** Stands for an existing file. */
  file(path: string): PooledFile {
    return new PooledFile(this, path)
  }

  /** Opens a file for its owner, closing another if there is no room. */
  open(owner: PooledFile): DiskFile {
    if (this.#open.size >= this.#openMax) this.#closeOne()
    let file: DiskFile
    try {
      file = this.disk.openSync(owner.path, 'write')
    } catch (error) {
      // The process is at its own limit: everything that nobody uses right now makes room.
      if (!(error instanceof DiskError && (error.errno === 'EMFILE' || error.errno === 'ENFILE'))) throw error
      while (this.#closeOne()) {}
      file = this.disk.openSync(owner.path, 'write')
    }
    this.#open.add(owner)
    return file
  }

  /** The owner closed its file. */
  forget(owner: PooledFile): void {
    this.#open.delete(owner)
  }

  #closeOne(): boolean {
    // Twice around: the first time every file may have been used lately.
    let steps = this.#open.size * 2
    for (const candidate of this.#open) {
      if (steps-- === 0) return false
      if (candidate.tryRest()) return true
      this.#open.delete(candidate)
      this.#open.add(candidate)
    }
    return false
  }
}

export class PooledFile {
  readonly #pool: FilePool
  #path: string
  #file: DiskFile | undefined
  #pins = 0
  #usedLately = false
  #closing = false

  constructor(pool: FilePool, path: string) {
    this.#pool = pool
    this.#path = path
  }

  get path(): string {
    return this.#path
  }

  /** Runs a synchronous operation. */
  use<T>(operation: (file: DiskFile) => T): T {
    const file = this.#opened()
    this.#pins++
    try {
      return operation(file)
    } finally {
      this.#unpin()
    }
  }

  /** Runs an operation off the event loop; the file stays open until it settles. */
  async useAsync<T>(operation: (file: DiskFile) => Promise<T>): Promise<T> {
    const file = this.#opened()
    this.#pins++
    try {
      return await operation(file)
    } finally {
      this.#unpin()
    }
  }

  /** Renames the file; operations under way go on. */
  rename(path: string): void {
    this.#pool.disk.renameSync(this.#path, path)
    this.#path = path
  }

  /** The directory that it lies in was renamed; operations under way go on. */
  movedTo(path: string): void {
    this.#path = path
  }

  /** Closes the file, after the operations under way. A later use opens it again. */
  close(): void {
    this.#closing = true
    if (this.#pins === 0) this.#closeNow()
  }

  /** For the pool: closes the file if nobody uses it and nobody did since the last call. */
  tryRest(): boolean {
    if (this.#pins > 0) return false
    if (this.#usedLately) {
      this.#usedLately = false
      return false
    }
    this.#closeNow()
    return true
  }

  #opened(): DiskFile {
    this.#closing = false
    this.#usedLately = true
    this.#file ??= this.#pool.open(this)
    return this.#file
  }

  #unpin(): void {
    this.#pins--
    if (this.#closing && this.#pins === 0) this.#closeNow()
  }

  #closeNow(): void {
    if (this.#file === undefined) return
    this.#pool.forget(this)
    const file = this.#file
    this.#file = undefined
    file.closeSync()
  }
}
