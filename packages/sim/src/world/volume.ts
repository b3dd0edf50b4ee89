import { assert, DiskError, type Prng, parentOf, randomBelow, randomUnit } from '@dorsale/base'

/**
 * What a machine's file system holds, twice: as the page cache has it, which every process sees and which survives their deaths, and
 * as the platter has it, which alone survives the death of the machine. A file's sync moves its bytes and size, a directory's
 * sync its names. Time plays no part here, nor do processes: `sim-disk.ts` adds them.
 *
 *   page cache   names ── inode ── bytes, size        reads, writes, renames
 *                  │ syncDirectory   │ sync           (and the kernel, when it likes: `writeBack`)
 *   platter      names ── inode ── bytes, size        crash() makes the page cache this, plus a random part of what was not moved
 */
export class Volume {
  readonly root: Directory
  readonly totalBytes: number
  /** Bytes that somebody else has taken, so that the volume is full earlier: a fault to be set and cleared. */
  reservedBytes = 0

  constructor({ totalBytes, root = new Directory() }: { totalBytes: number; root?: Directory }) {
    this.root = root
    this.totalBytes = totalBytes
  }

  /** Another volume with the same content, in the page cache and on the platter. */
  copy(): Volume {
    const copies = new VolumeCopy()
    return new Volume({ totalBytes: this.totalBytes, root: copies.of(this.root) as Directory })
  }

  get usableBytes(): number {
    return Math.max(this.totalBytes - this.reservedBytes - this.usedBytes(), 0)
  }

  /** Asked before every write: no generators here. */
  usedBytes(directory = this.root): number {
    let used = 0
    for (const node of directory.names.values()) used += node instanceof File ? node.size : this.usedBytes(node)
    return used
  }

  /** Every file that has a name in the page cache, with its path, in the order of creation within each directory. */
  *files(directory = this.root, prefix = ''): IterableIterator<[path: string, file: File]> {
    for (const [name, node] of directory.names) {
      if (node instanceof File) yield [`${prefix}/${name}`, node]
      else yield* this.files(node, `${prefix}/${name}`)
    }
  }

  find(path: string): Node | undefined {
    let node: Node = this.root
    for (const name of namesOf(path)) {
      if (node instanceof File) return undefined
      const next = node.names.get(name)
      if (next === undefined) return undefined
      node = next
    }
    return node
  }

  /** The directory at `path`; what is missing or a file on the way is an error of `operation`. */
  directory(operation: string, path: string): Directory {
    let node: Node = this.root
    for (const name of namesOf(path)) {
      if (node instanceof File) throw new DiskError('ENOTDIR', operation, path)
      const next = node.names.get(name)
      if (next === undefined) throw new DiskError('ENOENT', operation, path)
      node = next
    }
    if (node instanceof File) throw new DiskError('ENOTDIR', operation, path)
    return node
  }

  /** The file at `path`, created when missing if `create`. */
  open(path: string, { create, exclusive, nowMs }: { create: boolean; exclusive: boolean; nowMs: number }): File {
    const directory = this.directory('open', parentOf(path))
    const name = nameOf(path)
    const node = directory.names.get(name)
    if (node === undefined) {
      if (!create) throw new DiskError('ENOENT', 'open', path)
      const file = new File(nowMs)
      Directory.change({ kind: 'set', directory, name, node: file })
      return file
    }
    if (exclusive) throw new DiskError('EEXIST', 'open', path)
    if (node instanceof Directory) throw new DiskError('EISDIR', 'open', path)
    return node
  }

  makeDirectory(path: string): void {
    let directory = this.root
    for (const name of namesOf(path)) {
      let node = directory.names.get(name)
      if (node instanceof File) throw new DiskError('EEXIST', 'make directory', path)
      if (node === undefined) {
        node = new Directory()
        Directory.change({ kind: 'set', directory, name, node })
      }
      directory = node
    }
  }

  rename(from: string, to: string): void {
    const operation = `rename to ${to}`
    const source = this.directory(operation, parentOf(from))
    const target = this.directory(operation, parentOf(to))
    const node = source.names.get(nameOf(from))
    if (node === undefined) throw new DiskError('ENOENT', operation, from)
    const replaced = target.names.get(nameOf(to))
    if (replaced === node) return
    if (replaced instanceof Directory) {
      if (node instanceof File) throw new DiskError('EISDIR', operation, from)
      if (replaced.names.size > 0) throw new DiskError('ENOTEMPTY', operation, from)
    } else if (replaced !== undefined && node instanceof Directory) {
      throw new DiskError('ENOTDIR', operation, from)
    }
    Directory.change({ kind: 'move', directory: target, name: nameOf(to), node, source, sourceName: nameOf(from) })
  }

  /** A file or an empty directory; nothing when missing. */
  remove(path: string): void {
    const node = this.find(path)
    if (node === undefined) return
    if (node instanceof Directory && node.names.size > 0) throw new DiskError('ENOTEMPTY', 'remove', path)
    Directory.change({ kind: 'delete', directory: this.directory('remove', parentOf(path)), name: nameOf(path) })
  }

  /** The kernel writes some dirty sectors back on its own, as it may at any time. */
  writeBack(prng: Prng): void {
    for (const [, file] of this.files()) if (randomBelow(prng, 2) === 0) file.writeBack(prng, randomUnit(prng))
  }

  /**
   * The machine dies: what was synced is there, and of the rest what chance had written back. Each file and directory draws how it
   * fares, since the worst bugs need one of two files to have made it.
   */
  crash(prng: Prng): void {
    const nodes = this.#reachable()
    for (const node of nodes) {
      if (node instanceof File) node.crash(prng)
      else node.writeBack(prng)
    }
    for (const node of nodes) if (node instanceof Directory) node.forgetUnsynced()
  }

  /** Every node with a name in the page cache or on the platter. */
  #reachable(): Set<Node> {
    const nodes = new Set<Node>([this.root])
    // A Set that grows while it is walked is walked to its new end.
    for (const node of nodes) {
      if (node instanceof Directory) for (const child of node.children()) nodes.add(child)
    }
    return nodes
  }
}

export type Node = File | Directory

type NameChange =
  | { kind: 'set'; directory: Directory; name: string; node: Node }
  | { kind: 'delete'; directory: Directory; name: string }
  | { kind: 'move'; directory: Directory; name: string; node: Node; source: Directory; sourceName: string }

/** Names and what they mean. */
export class Directory {
  /** As the page cache has it. Changed by `change` alone. */
  readonly names = new Map<string, Node>()
  readonly #platterNames = new Map<string, Node>()
  /** Changes that the platter does not have, oldest first. A move stands in both of its directories, and is done in both or not. */
  #unsynced: NameChange[] = []

  /** Changes the page cache. */
  static change(change: NameChange): void {
    if (change.kind === 'move') change.source.names.delete(change.sourceName)
    if (change.kind === 'delete') change.directory.names.delete(change.name)
    else change.directory.names.set(change.name, change.node)
    change.directory.#unsynced.push(change)
    if (change.kind === 'move' && change.source !== change.directory) change.source.#unsynced.push(change)
  }

  static #persist(change: NameChange): void {
    if (change.kind === 'move') {
      change.source.#platterNames.delete(change.sourceName)
      change.source.#unsynced = change.source.#unsynced.filter(other => other !== change)
    }
    if (change.kind === 'delete') change.directory.#platterNames.delete(change.name)
    else change.directory.#platterNames.set(change.name, change.node)
    change.directory.#unsynced = change.directory.#unsynced.filter(other => other !== change)
  }

  /** Names `copy` what this directory names, each node replaced by its own copy. */
  copyNames(copy: Directory, copies: VolumeCopy): void {
    for (const [name, node] of this.names) copy.names.set(name, copies.of(node))
    for (const [name, node] of this.#platterNames) copy.#platterNames.set(name, copies.of(node))
    copy.#unsynced = this.#unsynced.map(change => copies.ofChange(change))
  }

  children(): Node[] {
    return [...this.names.values(), ...this.#platterNames.values()]
  }

  sync(): void {
    for (const change of this.#unsynced) Directory.#persist(change)
  }

  /** Some of the changes reach the platter: a journal keeps their order, so mostly a prefix; weaker file systems keep any of them. */
  writeBack(prng: Prng): void {
    const ordered = randomBelow(prng, 4) > 0
    const prefix = randomBelow(prng, this.#unsynced.length + 1)
    this.#unsynced.forEach((change, index) => {
      if (ordered ? index < prefix : randomBelow(prng, 2) === 0) Directory.#persist(change)
    })
  }

  /** The page cache is gone: what the platter has is all there is. */
  forgetUnsynced(): void {
    this.#unsynced = []
    this.names.clear()
    for (const [name, node] of this.#platterNames) this.names.set(name, node)
  }
}

/** What has been copied so far: a node with two names is one node in the copy, a move that stands in two directories one move. */
class VolumeCopy {
  readonly #nodes = new Map<Node, Node>()
  readonly #changes = new Map<NameChange, NameChange>()

  of(node: Node): Node {
    const known = this.#nodes.get(node)
    if (known !== undefined) return known
    const copy = node instanceof File ? node.copy() : new Directory()
    this.#nodes.set(node, copy)
    if (node instanceof Directory) node.copyNames(copy as Directory, this)
    return copy
  }

  ofChange(change: NameChange): NameChange {
    let copy = this.#changes.get(change)
    if (copy === undefined) {
      copy = { ...change, directory: this.of(change.directory) as Directory }
      if (copy.kind !== 'delete') copy.node = this.of(copy.node)
      if (copy.kind === 'move') copy.source = this.of(copy.source) as Directory
      this.#changes.set(change, copy)
    }
    return copy
  }
}

/** What a disk writes whole, if it writes it; torn all the same by some crashes, for disks that lie. */
const sectorBytes = 512

/** Bytes and size. */
export class File {
  modifiedMs: number
  #bytes = new Uint8Array(0)
  #size = 0
  #platter = new Uint8Array(0)
  #platterSize = 0
  /** Sectors that differ from the platter's, or may. */
  readonly #dirty = new Set<number>()
  /** The smallest size since the platter last knew it: what lies beyond is to be zeroed there first. */
  #truncatedTo = Number.POSITIVE_INFINITY

  constructor(nowMs: number) {
    this.modifiedMs = nowMs
  }

  copy(): File {
    const copy = new File(this.modifiedMs)
    copy.#bytes = this.#bytes.slice()
    copy.#size = this.#size
    copy.#platter = this.#platter.slice()
    copy.#platterSize = this.#platterSize
    for (const sector of this.#dirty) copy.#dirty.add(sector)
    copy.#truncatedTo = this.#truncatedTo
    return copy
  }

  get size(): number {
    return this.#size
  }

  /** How many sectors a crash could lose. */
  get dirtyCount(): number {
    return this.#dirty.size
  }

  /** The page cache's bytes. A view: it changes with the next write. */
  get content(): Uint8Array {
    return this.#bytes.subarray(0, this.#size)
  }

  write(bytes: Uint8Array, position: number): void {
    if (bytes.length === 0) return
    const end = position + bytes.length
    this.#bytes = grown(this.#bytes, end)
    this.#bytes.set(bytes, position)
    if (end > this.#size) this.#size = end
    this.#markDirty(position, end)
  }

  truncate(size: number): void {
    if (size < this.#size) {
      this.#bytes.fill(0, size, this.#size)
      if (size < this.#truncatedTo) this.#truncatedTo = size
      for (const sector of this.#dirty) if (sector * sectorBytes >= size) this.#dirty.delete(sector)
    } else {
      this.#bytes = grown(this.#bytes, size)
    }
    this.#size = size
  }

  /** Everything reaches the platter. */
  sync(): void {
    this.#persistTruncation()
    for (const sector of this.#dirty) this.#persistSector(sector)
    this.#dirty.clear()
    this.#platter = grown(this.#platter, this.#size)
    this.#platterSize = this.#size
  }

  /**
   * A sync that failed: some of it reached the platter, and the kernel calls the rest clean, so that no later sync moves it. The page
   * cache still shows what was written.
   */
  syncFailed(prng: Prng): void {
    this.writeBack(prng, randomUnit(prng))
    this.#dirty.clear()
    this.#truncatedTo = Number.POSITIVE_INFINITY
  }

  /** A share of the dirty sectors reaches the platter. */
  writeBack(prng: Prng, share: number): void {
    if (randomBelow(prng, 2) === 0) this.#persistTruncation()
    for (const sector of this.#dirty) {
      if (randomUnit(prng) >= share) continue
      this.#persistSector(sector)
      this.#dirty.delete(sector)
    }
  }

  crash(prng: Prng): void {
    const fate = randomBelow(prng, 4)
    if (fate === 1) this.sync()
    if (fate === 2) this.#keepPrefix(prng)
    if (fate === 3) {
      this.writeBack(prng, randomUnit(prng))
      // The size was journalled before the bytes were written: zeros where they should be.
      if (this.#size > this.#platterSize && randomBelow(prng, 2) === 0) {
        this.#extendPlatter(this.#platterSize + randomBelow(prng, this.#size - this.#platterSize + 1))
      }
    }
    this.#dirty.clear()
    this.#truncatedTo = Number.POSITIVE_INFINITY
    this.#bytes = this.#platter.slice(0, this.#platterSize)
    this.#size = this.#platterSize
  }

  /** A bit flips on the platter, and so in what is read. */
  rot(prng: Prng): { position: number } | undefined {
    if (this.#size === 0) return undefined
    const position = randomBelow(prng, this.#size)
    const mask = 1 << randomBelow(prng, 8)
    ;(this.#bytes[position] as number) ^= mask
    if (position < this.#platterSize) (this.#platter[position] as number) ^= mask
    return { position }
  }

  /** The dirty sectors in order, up to one that is torn. */
  #keepPrefix(prng: Prng): void {
    this.#persistTruncation()
    const sectors = [...this.#dirty].sort((a, b) => a - b)
    const count = randomBelow(prng, sectors.length + 1)
    for (const sector of sectors.slice(0, count)) this.#persistSector(sector)
    const torn = sectors[count]
    if (torn !== undefined) this.#persistSector(torn, randomBelow(prng, sectorBytes))
  }

  #persistSector(sector: number, lengthMax = sectorBytes): void {
    const start = sector * sectorBytes
    const end = Math.min(start + lengthMax, this.#size)
    if (end <= start) return
    this.#extendPlatter(end)
    this.#platter.set(this.#bytes.subarray(start, end), start)
  }

  #persistTruncation(): void {
    if (this.#truncatedTo < this.#platterSize) {
      this.#platter.fill(0, this.#truncatedTo, this.#platterSize)
      this.#platterSize = this.#truncatedTo
    }
    this.#truncatedTo = Number.POSITIVE_INFINITY
  }

  #extendPlatter(size: number): void {
    this.#platter = grown(this.#platter, size)
    if (size > this.#platterSize) this.#platterSize = size
  }

  #markDirty(start: number, end: number): void {
    const last = Math.floor((end - 1) / sectorBytes)
    for (let sector = Math.floor(start / sectorBytes); sector <= last; sector++) this.#dirty.add(sector)
  }
}

/** At least `size` bytes, zeros after the old ones; doubled so that appending is cheap. */
function grown(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  if (bytes.length >= size) return bytes
  const larger = new Uint8Array(Math.max(size, bytes.length * 2, sectorBytes))
  larger.set(bytes)
  return larger
}

function namesOf(path: string): string[] {
  return path.split('/').filter(name => name !== '' && name !== '.')
}

function nameOf(path: string): string {
  const name = namesOf(path).at(-1)
  assert(name !== undefined && name !== '..', 'a path names something')
  return name
}
