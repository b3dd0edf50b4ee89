import {
  assert,
  type Disk,
  type DiskEntry,
  DiskError,
  type DiskFile,
  type DiskLock,
  type DiskStat,
  type OpenMode,
  parentOf,
} from '@dorsale/base'

/** What a call does, for `MemoryDisk.onCall`. */
export type DiskCall =
  | 'open'
  | 'read file'
  | 'list'
  | 'rename'
  | 'remove'
  | 'make directory'
  | 'sync directory'
  | 'read'
  | 'write'
  | 'sync'
  | 'truncate'

interface Content {
  bytes: Uint8Array
  size: number
  modifiedMs: number
}

/** A disk of maps, for unit tests: it does what the real one does, has room for `capacity` bytes, and fails where a test says. */
export class MemoryDisk implements Disk {
  readonly files = new Map<string, Content>()
  readonly directories = new Set<string>(['/'])
  /** Called before every operation; what it throws, the operation throws. */
  onCall: (call: DiskCall, path: string) => void = () => {}
  /** Bytes that all files may hold together; a write is short at the bound, and fails beyond it. */
  capacity = Number.POSITIVE_INFINITY
  openFilesMax = Number.POSITIVE_INFINITY
  openFiles = 0
  /** Highest number of files that were open at once. */
  openFilesPeak = 0
  nowMs = Date.UTC(2026, 0)
  readonly #locks = new Set<string>()

  /** A disk that holds the same names and bytes, without faults: what a process finds after this one died. */
  copy(): MemoryDisk {
    const disk = new MemoryDisk()
    for (const path of this.directories) disk.directories.add(path)
    for (const [path, { bytes, size, modifiedMs }] of this.files) {
      disk.files.set(path, { bytes: bytes.slice(0, size), size, modifiedMs })
    }
    return disk
  }

  openSync(path: string, mode: OpenMode): DiskFile {
    this.onCall('open', path)
    if (this.openFiles >= this.openFilesMax) throw new DiskError('EMFILE', 'open', path)
    if (this.directories.has(path)) throw new DiskError('EISDIR', 'open', path)
    let content = this.files.get(path)
    if (content !== undefined && mode === 'create-new') throw new DiskError('EEXIST', 'open', path)
    if (content === undefined) {
      if (mode === 'read' || mode === 'write') throw new DiskError('ENOENT', 'open', path)
      this.#checkParent(path, 'open')
      content = { bytes: new Uint8Array(0), size: 0, modifiedMs: this.nowMs }
      this.files.set(path, content)
    }
    this.openFiles++
    this.openFilesPeak = Math.max(this.openFilesPeak, this.openFiles)
    return new MemoryFile(this, path, content, mode !== 'read')
  }

  readFileSync(path: string): Uint8Array {
    this.onCall('read file', path)
    const content = this.files.get(path)
    if (content === undefined) throw new DiskError('ENOENT', 'read', path)
    return content.bytes.slice(0, content.size)
  }

  statSync(path: string): DiskStat | undefined {
    const content = this.files.get(path)
    if (content !== undefined) return { kind: 'file', size: content.size, modifiedMs: content.modifiedMs }
    return this.directories.has(path) ? { kind: 'directory', size: 4096, modifiedMs: this.nowMs } : undefined
  }

  listSync(directory: string): DiskEntry[] {
    this.onCall('list', directory)
    if (this.files.has(directory)) throw new DiskError('ENOTDIR', 'list', directory)
    if (!this.directories.has(directory)) throw new DiskError('ENOENT', 'list', directory)
    return this.#childrenOf(directory)
  }

  makeDirectorySync(path: string): void {
    this.onCall('make directory', path)
    if (this.files.has(path)) throw new DiskError('EEXIST', 'make directory', path)
    for (let each = path; each !== '/'; each = parentOf(each)) this.directories.add(each)
  }

  renameSync(from: string, to: string): void {
    this.onCall('rename', from)
    const content = this.files.get(from)
    if (content !== undefined) {
      this.#checkParent(to, 'rename to')
      this.files.delete(from)
      this.files.set(to, content)
      return
    }
    if (!this.directories.has(from)) throw new DiskError('ENOENT', 'rename', from)
    if (this.directories.has(to) && this.#childrenOf(to).length > 0) throw new DiskError('ENOTEMPTY', 'rename to', to)
    for (const path of this.#under(this.directories, from)) {
      this.directories.delete(path)
      this.directories.add(to + path.slice(from.length))
    }
    for (const path of this.#under(this.files.keys(), from)) {
      this.files.set(to + path.slice(from.length), this.files.get(path) as Content)
      this.files.delete(path)
    }
  }

  removeSync(path: string): void {
    this.onCall('remove', path)
    if (this.directories.has(path) && this.#childrenOf(path).length > 0)
      throw new DiskError('ENOTEMPTY', 'remove', path)
    this.files.delete(path)
    this.directories.delete(path)
  }

  async remove(path: string): Promise<void> {
    this.onCall('remove', path)
    for (const each of this.#under(this.files.keys(), path)) this.files.delete(each)
    for (const each of this.#under(this.directories, path)) this.directories.delete(each)
  }

  syncDirectorySync(path: string): void {
    this.onCall('sync directory', path)
    if (!this.directories.has(path)) throw new DiskError('ENOENT', 'sync directory', path)
  }

  usageSync(path: string): { totalBytes: number; usableBytes: number } {
    if (this.statSync(path) === undefined) throw new DiskError('ENOENT', 'measure', path)
    const totalBytes = Math.min(this.capacity, Number.MAX_SAFE_INTEGER)
    return { totalBytes, usableBytes: totalBytes - this.#used() }
  }

  tryLockSync(path: string): DiskLock | undefined {
    if (this.#locks.has(path)) return undefined
    this.openSync(path, 'create').closeSync()
    this.#locks.add(path)
    return { release: () => void this.#locks.delete(path) }
  }

  /** Bytes that a file may still grow by. */
  room(): number {
    return Math.max(this.capacity - this.#used(), 0)
  }

  #used(): number {
    let used = 0
    for (const { size } of this.files.values()) used += size
    return used
  }

  #checkParent(path: string, operation: string): void {
    const parent = parentOf(path)
    if (this.files.has(parent)) throw new DiskError('ENOTDIR', operation, path)
    if (!this.directories.has(parent)) throw new DiskError('ENOENT', operation, path)
  }

  #childrenOf(directory: string): DiskEntry[] {
    const children: DiskEntry[] = []
    const add = (path: string, kind: DiskEntry['kind']) => {
      if (path !== '/' && parentOf(path) === directory)
        children.push({ name: path.slice(path.lastIndexOf('/') + 1), kind })
    }
    for (const path of this.files.keys()) add(path, 'file')
    for (const path of this.directories) add(path, 'directory')
    return children.sort((left, right) => (left.name < right.name ? -1 : 1))
  }

  #under(paths: Iterable<string>, root: string): string[] {
    return [...paths].filter(path => path === root || path.startsWith(`${root}/`))
  }
}

class MemoryFile implements DiskFile {
  readonly path: string
  readonly #disk: MemoryDisk
  readonly #content: Content
  readonly #writable: boolean
  #underWay = 0
  #closed = false

  constructor(disk: MemoryDisk, path: string, content: Content, writable: boolean) {
    this.#disk = disk
    this.path = path
    this.#content = content
    this.#writable = writable
  }

  sizeSync(): number {
    return this.#content.size
  }

  readSync(target: Uint8Array, position: number): number {
    this.#call('read')
    const { bytes, size } = this.#content
    const length = Math.max(Math.min(target.length, size - position), 0)
    target.set(bytes.subarray(position, position + length))
    return length
  }

  writeSync(chunks: readonly Uint8Array[], position: number): number {
    this.#call('write')
    const bytes = Buffer.concat(chunks)
    const growth = Math.max(position + bytes.length - this.#content.size, 0)
    const room = this.#disk.room()
    const length = bytes.length - Math.max(growth - room, 0)
    if (length <= 0 && bytes.length > 0) throw new DiskError('ENOSPC', 'write', this.path)
    this.#resize(Math.max(this.#content.size, position + length))
    this.#content.bytes.set(bytes.subarray(0, length), position)
    return length
  }

  truncateSync(size: number): void {
    this.#call('truncate')
    this.#resize(size)
  }

  syncSync(): void {
    this.#call('sync')
  }

  read(target: Uint8Array, position: number): Promise<number> {
    return this.#later(() => this.readSync(target, position))
  }

  write(chunks: readonly Uint8Array[], position: number): Promise<number> {
    return this.#later(() => this.writeSync(chunks, position))
  }

  sync(): Promise<void> {
    return this.#later(() => this.syncSync())
  }

  closeSync(): void {
    assert(this.#underWay === 0, 'a file is not closed under an operation')
    if (!this.#closed) this.#disk.openFiles--
    this.#closed = true
  }

  async #later<T>(operation: () => T): Promise<T> {
    assert(!this.#closed, 'a closed file is not used')
    this.#underWay++
    try {
      await Promise.resolve()
      return operation()
    } finally {
      this.#underWay--
    }
  }

  #call(call: DiskCall): void {
    assert(!this.#closed, 'a closed file is not used')
    if (!this.#writable && (call === 'write' || call === 'truncate')) throw new DiskError('EBADF', call, this.path)
    this.#disk.onCall(call, this.path)
  }

  #resize(size: number): void {
    const content = this.#content
    if (size > content.bytes.length) {
      const bytes = new Uint8Array(Math.max(size, content.bytes.length * 2))
      bytes.set(content.bytes.subarray(0, content.size))
      content.bytes = bytes
    }
    content.bytes.fill(0, Math.min(size, content.size), Math.max(size, content.size))
    content.size = size
    content.modifiedMs = this.#disk.nowMs
  }
}
