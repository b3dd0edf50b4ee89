import { assert } from './assert.ts'
import type { Disk, DiskEntry, DiskFile, DiskLock, DiskStat, OpenMode } from './disk.ts'
import { DiskError } from './errors.ts'
import { parentOf } from './files.ts'
import { PagedBytes } from './paged-bytes.ts'

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

interface FileNode {
  readonly kind: 'file'
  bytes: PagedBytes
  modifiedMs: number
  /** Names that lead to it: one, or none once it is removed and only handles are left. */
  isNamed: boolean
}

interface DirectoryNode {
  readonly kind: 'directory'
  readonly children: Map<string, FileNode | DirectoryNode>
}

/**
 * A disk in memory: it does what the real one does, has room for `capacity` bytes, and fails where `onCall` says. Nothing is shared between two
 * of them, and nothing outlives the last reference. Paths begin with `/`.
 */
export class MemoryDisk implements Disk {
  /** Called before every operation; what it throws, the operation throws. */
  onCall: (call: DiskCall, path: string) => void = () => {}
  /** Bytes that all files may hold together; a write is short at the bound, and fails beyond it. */
  capacity: number
  openFilesMax = Number.POSITIVE_INFINITY
  openFiles = 0
  /** Highest number of files that were open at once. */
  openFilesPeak = 0
  /** Where the times of files come from. */
  readonly #now: () => number
  readonly #root: DirectoryNode = { kind: 'directory', children: new Map() }
  readonly #locks = new Set<string>()
  #usedBytes = 0

  /** `now` in milliseconds since 1970. Defaults: no bound, and a time that stands still. */
  constructor({
    capacity = Number.POSITIVE_INFINITY,
    now = () => standstillMs,
  }: { capacity?: number; now?: () => number } = {}) {
    this.capacity = capacity
    this.#now = now
  }

  /** Bytes that all named files hold. */
  get usedBytes(): number {
    return this.#usedBytes
  }

  /** A disk that holds the same names and bytes, without faults: what a process finds after this one died. */
  copy(): MemoryDisk {
    const disk = new MemoryDisk({ now: this.#now })
    copyChildren(this.#root, disk.#root)
    disk.#usedBytes = this.#usedBytes
    return disk
  }

  openSync(path: string, mode: OpenMode): DiskFile {
    this.onCall('open', path)
    if (this.openFiles >= this.openFilesMax) throw new DiskError('EMFILE', 'open', path)
    let node = this.#find(path)
    if (node?.kind === 'directory') throw new DiskError('EISDIR', 'open', path)
    if (node !== undefined && mode === 'create-new') throw new DiskError('EEXIST', 'open', path)
    if (node === undefined) {
      if (mode === 'read' || mode === 'write') throw new DiskError('ENOENT', 'open', path)
      node = { kind: 'file', bytes: new PagedBytes(), modifiedMs: this.#now(), isNamed: true }
      this.#parent(path, 'open').children.set(nameOf(path), node)
    }
    this.openFiles++
    this.openFilesPeak = Math.max(this.openFilesPeak, this.openFiles)
    return new MemoryFile(this, path, node, mode !== 'read')
  }

  readFileSync(path: string): Uint8Array {
    this.onCall('read file', path)
    const node = this.#find(path)
    if (node?.kind !== 'file') throw new DiskError(node === undefined ? 'ENOENT' : 'EISDIR', 'read', path)
    const content = new Uint8Array(node.bytes.size)
    node.bytes.read(content, 0)
    return content
  }

  statSync(path: string): DiskStat | undefined {
    const node = this.#find(path)
    if (node === undefined) return undefined
    if (node.kind === 'directory') return { kind: 'directory', size: 4096, modifiedMs: this.#now() }
    return { kind: 'file', size: node.bytes.size, modifiedMs: node.modifiedMs }
  }

  listSync(directory: string): DiskEntry[] {
    this.onCall('list', directory)
    const node = this.#find(directory)
    if (node?.kind !== 'directory') throw new DiskError(node === undefined ? 'ENOENT' : 'ENOTDIR', 'list', directory)
    return [...node.children]
      .map(([name, { kind }]) => ({ name, kind }))
      .sort((left, right) => (left.name < right.name ? -1 : 1))
  }

  makeDirectorySync(path: string): void {
    this.onCall('make directory', path)
    let node = this.#root
    for (const name of namesOf(path)) {
      let child = node.children.get(name)
      if (child?.kind === 'file') throw new DiskError('EEXIST', 'make directory', path)
      if (child === undefined) {
        child = { kind: 'directory', children: new Map() }
        node.children.set(name, child)
      }
      node = child
    }
  }

  renameSync(from: string, to: string): void {
    this.onCall('rename', from)
    const node = this.#find(from)
    if (node === undefined) throw new DiskError('ENOENT', 'rename', from)
    const target = this.#find(to)
    if (target === node) return
    if (target?.kind === 'directory' && (node.kind === 'file' || target.children.size > 0)) {
      throw new DiskError(node.kind === 'file' ? 'EISDIR' : 'ENOTEMPTY', 'rename to', to)
    }
    if (target?.kind === 'file') this.#unname(target)
    const parent = this.#parent(to, 'rename to')
    this.#parent(from, 'rename').children.delete(nameOf(from))
    parent.children.set(nameOf(to), node)
  }

  removeSync(path: string): void {
    this.onCall('remove', path)
    const node = this.#find(path)
    if (node?.kind === 'directory' && node.children.size > 0) throw new DiskError('ENOTEMPTY', 'remove', path)
    this.#remove(path)
  }

  async remove(path: string): Promise<void> {
    this.onCall('remove', path)
    this.#remove(path)
  }

  syncDirectorySync(path: string): void {
    this.onCall('sync directory', path)
    if (this.#find(path)?.kind !== 'directory') throw new DiskError('ENOENT', 'sync directory', path)
  }

  async syncDirectory(path: string): Promise<void> {
    this.syncDirectorySync(path)
  }

  usageSync(path: string): { totalBytes: number; usableBytes: number } {
    if (this.#find(path) === undefined) throw new DiskError('ENOENT', 'measure', path)
    const totalBytes = Math.min(this.capacity, Number.MAX_SAFE_INTEGER)
    return { totalBytes, usableBytes: Math.max(totalBytes - this.#usedBytes, 0) }
  }

  tryLockSync(path: string): DiskLock | undefined {
    if (this.#locks.has(path)) return undefined
    this.openSync(path, 'create').closeSync()
    this.#locks.add(path)
    return { release: () => void this.#locks.delete(path) }
  }

  /** For the disk's own files: bytes that they may still grow by. */
  get roomBytes(): number {
    return Math.max(this.capacity - this.#usedBytes, 0)
  }

  /** For the disk's own files: a named file has changed its size. */
  noteGrowth(bytes: number): void {
    this.#usedBytes += bytes
  }

  /** For the disk's own files. */
  now(): number {
    return this.#now()
  }

  #find(path: string): FileNode | DirectoryNode | undefined {
    let node: FileNode | DirectoryNode | undefined = this.#root
    for (const name of namesOf(path)) {
      if (node?.kind !== 'directory') return undefined
      node = node.children.get(name)
    }
    return node
  }

  #parent(path: string, operation: string): DirectoryNode {
    const parent = this.#find(parentOf(path))
    if (parent?.kind === 'directory') return parent
    const above = parent === undefined ? this.#find(parentOf(parentOf(path))) : parent
    throw new DiskError(above?.kind === 'file' ? 'ENOTDIR' : 'ENOENT', operation, path)
  }

  #remove(path: string): void {
    const node = this.#find(path)
    if (node === undefined || node === this.#root) return
    for (const file of filesUnder(node)) this.#unname(file)
    this.#parent(path, 'remove').children.delete(nameOf(path))
  }

  #unname(file: FileNode): void {
    file.isNamed = false
    this.#usedBytes -= file.bytes.size
  }
}

class MemoryFile implements DiskFile {
  readonly path: string
  readonly #disk: MemoryDisk
  readonly #node: FileNode
  readonly #writable: boolean
  #underWay = 0
  #closed = false

  constructor(disk: MemoryDisk, path: string, node: FileNode, writable: boolean) {
    this.#disk = disk
    this.path = path
    this.#node = node
    this.#writable = writable
  }

  sizeSync(): number {
    return this.#node.bytes.size
  }

  readSync(target: Uint8Array, position: number): number {
    this.#call('read')
    return this.#node.bytes.read(target, position)
  }

  writeSync(chunks: readonly Uint8Array[], position: number): number {
    this.#call('write')
    const { bytes } = this.#node
    let length = 0
    for (const chunk of chunks) length += chunk.length
    if (length === 0) return 0
    const growth = Math.max(position + length - bytes.size, 0)
    // A short write at the bound: what fits is written.
    const fitting = length - Math.max(growth - this.#disk.roomBytes, 0)
    if (fitting <= 0) throw new DiskError('ENOSPC', 'write', this.path)
    const before = bytes.size
    let written = 0
    for (const chunk of chunks) {
      const part = chunk.length <= fitting - written ? chunk : chunk.subarray(0, fitting - written)
      if (part.length > 0) bytes.write(part, position + written)
      written += part.length
    }
    this.#changed(before)
    return written
  }

  truncateSync(size: number): void {
    this.#call('truncate')
    const before = this.#node.bytes.size
    this.#node.bytes.resize(size)
    this.#changed(before)
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

  #changed(sizeBefore: number): void {
    const node = this.#node
    node.modifiedMs = this.#disk.now()
    if (node.isNamed) this.#disk.noteGrowth(node.bytes.size - sizeBefore)
  }
}

const standstillMs = Date.UTC(2026, 0)

function namesOf(path: string): string[] {
  assert(path.startsWith('/'), 'paths of a memory disk begin with /')
  return path.split('/').filter(name => name !== '')
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function copyChildren(from: DirectoryNode, to: DirectoryNode): void {
  for (const [name, child] of from.children) {
    if (child.kind === 'file') {
      to.children.set(name, { ...child, bytes: child.bytes.copy() })
    } else {
      const directory: DirectoryNode = { kind: 'directory', children: new Map() }
      to.children.set(name, directory)
      copyChildren(child, directory)
    }
  }
}

function* filesUnder(node: FileNode | DirectoryNode): Generator<FileNode> {
  if (node.kind === 'file') yield node
  else for (const child of node.children.values()) yield* filesUnder(child)
}
