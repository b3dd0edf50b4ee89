import { crc32 } from 'node:zlib'
import {
  assert,
  type Disk,
  DiskError,
  type DiskFile,
  type OpenMode,
  type Prng,
  randomBelow,
  randomUnit,
} from '@dorsale/base'
import type { Process } from './process.ts'
import { Directory, type File, type Volume } from './volume.ts'

/** How a machine's disk misbehaves: probabilities from 0 to 1 for each call, and bounds. Changed at any time by the faults of a run. */
export interface DiskFaults {
  /** A read fails with `EIO`. */
  readError: number
  /** A write fails with `EIO`, after a part of it or none. */
  writeError: number
  /** A write answers fewer bytes than it was given. */
  shortWrite: number
  /** A sync fails with `EIO`, and what it was to move is called clean. */
  syncError: number
  /** A call takes up to `slowMs`. */
  slow: number
  slowMs: number
  /** Handles that one process may have open. */
  openFilesMax: number
}

export const noDiskFaults: DiskFaults = {
  readError: 0,
  writeError: 0,
  shortWrite: 0,
  syncError: 0,
  slow: 0,
  slowMs: 0,
  openFilesMax: 10_000,
}

/** The disk of its machine, as one process sees it. */
export function simDisk(process: Process): Disk {
  const { machine } = process
  const { volume, world } = machine
  const note = (text: string): void => world.trace.note(world.nowMs, `${process.name} ${text}`)
  const call = <T>(operation: string, path: string, run: () => T): T =>
    process.operation(() => {
      process.block(blockingMs(process))
      note(`${operation} ${path}`)
      failIfLost(process, operation, path)
      return run()
    })

  return {
    openSync: (path, mode) => call('open', path, () => openFile(process, path, mode)),
    readFileSync: path =>
      call('read', path, () => {
        failAtRandom(process, 'readError', 'read', path)
        return volume.open(path, { create: false, exclusive: false, nowMs: 0 }).content.slice()
      }),
    statSync: path =>
      call('stat', path, () => {
        const node = volume.find(path)
        if (node === undefined) return undefined
        if (node instanceof Directory) return { kind: 'directory', size: 4096, modifiedMs: process.wallMs }
        return { kind: 'file', size: node.size, modifiedMs: node.modifiedMs }
      }),
    listSync: path =>
      call('list', path, () =>
        [...volume.directory('list', path).names]
          .map(([name, node]) => ({
            name,
            kind: node instanceof Directory ? ('directory' as const) : ('file' as const),
          }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      ),
    makeDirectorySync: path => call('make directory', path, () => volume.makeDirectory(path)),
    renameSync: (from, to) =>
      call(`rename to ${to}`, from, () => {
        volume.rename(from, to)
        machine.onRename?.(process, from, to)
      }),
    removeSync: path => call('remove', path, () => volume.remove(path)),
    remove: path => process.operation(() => removeAll(process, path)),
    syncDirectorySync: path => call('sync directory', path, () => syncDirectory(process, path)),
    syncDirectory: path =>
      offLoop(process, 'sync directory', syncMs(process), () => {
        failIfLost(process, 'sync directory', path)
        syncDirectory(process, path)
        note(`sync directory ${path}`)
      }),
    usageSync: path =>
      call('usage', path, () => {
        if (volume.find(path) === undefined) throw new DiskError('ENOENT', 'measure the volume of', path)
        return { totalBytes: volume.totalBytes, usableBytes: volume.usableBytes }
      }),
    tryLockSync: path =>
      call('lock', path, () => {
        volume.open(path, { create: true, exclusive: false, nowMs: process.wallMs })
        if (machine.locks.has(path)) return undefined
        machine.locks.set(path, process)
        return {
          release() {
            if (machine.locks.get(path) === process) machine.locks.delete(path)
          },
        }
      }),
  }
}

function syncDirectory(process: Process, path: string): void {
  const directory = process.machine.volume.directory('sync directory', path)
  failAtRandom(process, 'syncError', 'sync directory', path)
  directory.sync()
}

function openFile(process: Process, path: string, mode: OpenMode): DiskFile {
  const { volume, diskFaults } = process.machine
  if (process.openFileCount >= diskFaults.openFilesMax) throw new DiskError('EMFILE', 'open', path)
  const create = mode === 'create' || mode === 'create-new'
  const file = volume.open(path, { create, exclusive: mode === 'create-new', nowMs: process.wallMs })
  process.openFileCount++
  return new SimFile(process, path, file, { writable: mode !== 'read' })
}

class SimFile implements DiskFile {
  readonly path: string
  readonly #process: Process
  readonly #volume: Volume
  readonly #file: File
  readonly #writable: boolean
  #open = true
  #underWayCount = 0

  constructor(process: Process, path: string, file: File, { writable }: { writable: boolean }) {
    this.path = path
    this.#process = process
    this.#volume = process.machine.volume
    this.#file = file
    this.#writable = writable
  }

  sizeSync(): number {
    return this.#call(() => this.#file.size)
  }

  readSync(target: Uint8Array, position: number): number {
    return this.#call(() => this.#read(target, position))
  }

  read(target: Uint8Array, position: number): Promise<number> {
    return this.#start('read', () => this.#read(target, position))
  }

  writeSync(chunks: readonly Uint8Array[], position: number): number {
    return this.#call(dying => this.#write(chunks, position, dying))
  }

  write(chunks: readonly Uint8Array[], position: number): Promise<number> {
    return this.#start('write', dying => this.#write(chunks, position, dying))
  }

  syncSync(): void {
    this.#call(() => {
      this.#process.block(syncMs(this.#process))
      this.#sync()
    })
  }

  sync(): Promise<void> {
    return this.#start('sync', () => this.#sync(), syncMs(this.#process))
  }

  truncateSync(size: number): void {
    this.#call(() => {
      this.#refuseReadOnly('truncate')
      this.#file.truncate(size)
      this.#touch(`truncate to ${size}`)
    })
  }

  closeSync(): void {
    this.#process.operation(() => {
      if (!this.#open) return
      assert(this.#underWayCount === 0, 'a file is closed when nothing is under way on it')
      this.#open = false
      this.#process.openFileCount--
    })
  }

  #read(target: Uint8Array, position: number): number {
    failAtRandom(this.#process, 'readError', 'read', this.path)
    const bytes = this.#file.content.subarray(position, position + target.length)
    target.set(bytes)
    return bytes.length
  }

  #write(chunks: readonly Uint8Array[], position: number, dying: boolean): number {
    this.#refuseReadOnly('write')
    const { prng, diskFaults } = this.#process.machine
    const bytes = chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks)
    const room = this.#volume.usableBytes + Math.max(this.#file.size - position, 0)
    let size = Math.min(bytes.length, room)
    if (size === 0 && bytes.length > 0) throw new DiskError('ENOSPC', 'write', this.path)
    const failed = happens(prng, diskFaults.writeError)
    if (failed || dying || happens(prng, diskFaults.shortWrite)) size = randomBelow(prng, size + 1)
    this.#file.write(bytes.subarray(0, size), position)
    this.#touch(`write ${size} of ${bytes.length} at ${position} crc ${crc32(bytes).toString(16)}`)
    if (failed) throw new DiskError('EIO', 'write', this.path)
    return size
  }

  #sync(): void {
    const { prng, diskFaults, world } = this.#process.machine
    if (happens(prng, diskFaults.syncError)) {
      this.#file.syncFailed(prng)
      world.trace.tell(world.nowMs, `a sync of ${this.path} fails`)
      throw new DiskError('EIO', 'sync', this.path)
    }
    this.#file.sync()
    world.trace.note(world.nowMs, `${this.#process.name} sync ${this.path}`)
  }

  #touch(text: string): void {
    const { world } = this.#process.machine
    this.#file.modifiedMs = this.#process.wallMs
    world.trace.note(world.nowMs, `${this.#process.name} ${text} in ${this.path}`)
  }

  #refuseReadOnly(operation: string): void {
    if (!this.#writable) throw new DiskError('EBADF', operation, this.path)
  }

  #call<T>(run: (dying: boolean) => T): T {
    return this.#process.operation(dying => {
      assert(this.#open, 'a file is used while it is open')
      this.#process.block(blockingMs(this.#process))
      failIfLost(this.#process, 'use', this.path)
      return run(dying)
    })
  }

  #start<T>(label: string, run: (dying: boolean) => T, durationMs = offLoopMs(this.#process)): Promise<T> {
    const runIfThere = (dying: boolean): T => {
      failIfLost(this.#process, label, this.path)
      return run(dying)
    }
    return offLoop(this.#process, label, durationMs, runIfThere, {
      begin: () => {
        assert(this.#open, 'a file is used while it is open')
        this.#underWayCount++
      },
      end: () => {
        this.#underWayCount--
      },
    })
  }
}

/**
 * An operation off the event loop. It takes effect at some moment before its promise settles, which is when the caller's buffers are
 * looked at; between the two the process may die, and so may the machine. The use of a handle begins with the call and ends just before the
 * promise settles.
 */
function offLoop<T>(
  process: Process,
  label: string,
  durationMs: number,
  run: (dying: boolean) => T,
  use: { begin(): void; end(): void } = { begin() {}, end() {} },
): Promise<T> {
  const { machine } = process
  const { world, prng } = machine
  return process.operation(
    () =>
      new Promise((resolve, reject) => {
        use.begin()
        const settle = (act: () => void): void => {
          world.schedule(randomUnit(prng) * 0.5, process, `${label} done`, () => {
            use.end()
            act()
          })
        }
        const { bootCount } = machine
        world.schedule(process.aheadMs + durationMs, undefined, label, () => {
          if (machine.bootCount !== bootCount) return
          // The kernel may finish what a thread of a dead process had begun, or not.
          if (!process.alive && randomBelow(prng, 2) === 0) return
          try {
            const result = run(!process.alive)
            settle(() => resolve(result))
          } catch (error) {
            settle(() => reject(error))
          }
        })
      }),
  )
}

/** Removes a tree, a node at a time and deepest first, so that a death leaves a part of it. */
function removeAll(process: Process, path: string): Promise<void> {
  const { machine } = process
  const { volume, world } = machine
  const { bootCount } = machine
  return new Promise((resolve, reject) => {
    const step = (): void => {
      if (machine.bootCount !== bootCount || !process.alive) return
      try {
        let deepest = path
        for (;;) {
          const node = volume.find(deepest)
          const [name] = node instanceof Directory ? node.names.keys() : []
          if (name === undefined) break
          deepest = `${deepest}/${name}`
        }
        volume.remove(deepest)
        world.trace.note(world.nowMs, `${process.name} remove ${deepest}`)
        if (deepest === path) world.schedule(0, process, 'remove done', resolve)
        else world.schedule(offLoopMs(process), undefined, 'remove', step)
      } catch (error) {
        world.schedule(0, process, 'remove failed', () => reject(error))
      }
    }
    world.schedule(offLoopMs(process), undefined, 'remove', step)
  })
}

/** Fails what lies below a directory whose disk has failed. */
function failIfLost({ machine }: Process, operation: string, path: string): void {
  for (const failed of machine.failedPaths) {
    if (path === failed || path.startsWith(`${failed}/`)) throw new DiskError('EIO', operation, path)
  }
}

function failAtRandom(process: Process, fault: 'readError' | 'syncError', operation: string, path: string): void {
  if (happens(process.machine.prng, process.machine.diskFaults[fault])) throw new DiskError('EIO', operation, path)
}

/** Draws only where a fault is possible, so that faults switched off draw nothing. */
function happens(prng: Prng, probability: number): boolean {
  return probability > 0 && randomUnit(prng) < probability
}

/** A call into the page cache takes microseconds, on a disk in trouble much longer. */
function blockingMs(process: Process): number {
  const { prng, diskFaults } = process.machine
  return happens(prng, diskFaults.slow) ? randomUnit(prng) * diskFaults.slowMs : 0.002
}

function offLoopMs(process: Process): number {
  const { prng, diskFaults } = process.machine
  return happens(prng, diskFaults.slow) ? randomUnit(prng) * diskFaults.slowMs : 0.05 + randomUnit(prng)
}

/** The platter takes milliseconds. */
function syncMs(process: Process): number {
  return 0.5 + randomUnit(process.machine.prng) * 8 + offLoopMs(process)
}
