import type { Disk, DiskFile } from '@dorsale/base'
import type { Life } from './life.ts'

/** A disk whose locks and descriptors are freed with the process. What was written stays. */
export function mortalDisk(disk: Disk, life: Life): Disk {
  /** Any call of the dead is cut short before it reaches the disk. */
  const alive = (): Disk => {
    life.assertAlive()
    return disk
  }
  return {
    openSync: (path, mode) => new MortalFile(alive().openSync(path, mode), life),
    readFileSync: path => alive().readFileSync(path),
    statSync: path => alive().statSync(path),
    listSync: directory => alive().listSync(directory),
    makeDirectorySync: path => alive().makeDirectorySync(path),
    renameSync: (from, to) => alive().renameSync(from, to),
    removeSync: path => alive().removeSync(path),
    remove: path => life.settled(alive().remove(path)),
    syncDirectorySync: path => alive().syncDirectorySync(path),
    syncDirectory: path => life.settled(alive().syncDirectory(path)),
    usageSync: path => alive().usageSync(path),
    tryLockSync(path) {
      const lock = alive().tryLockSync(path)
      if (lock === undefined) return undefined
      const forget = life.hold(() => lock.release())
      return {
        release() {
          forget()
          lock.release()
        },
      }
    },
  }
}

class MortalFile implements DiskFile {
  readonly path: string
  readonly #file: DiskFile
  readonly #life: Life
  readonly #forget: () => void
  #underWay = 0

  constructor(file: DiskFile, life: Life) {
    this.path = file.path
    this.#file = file
    this.#life = life
    // The kernel frees a descriptor after the call that still uses it.
    this.#forget = life.hold(() => {
      if (this.#underWay === 0) file.closeSync()
    })
  }

  sizeSync(): number {
    return this.#alive.sizeSync()
  }

  readSync(target: Uint8Array, position: number): number {
    return this.#alive.readSync(target, position)
  }

  read(target: Uint8Array, position: number): Promise<number> {
    return this.#watched(this.#alive.read(target, position))
  }

  writeSync(chunks: readonly Uint8Array[], position: number): number {
    return this.#alive.writeSync(chunks, position)
  }

  write(chunks: readonly Uint8Array[], position: number): Promise<number> {
    return this.#watched(this.#alive.write(chunks, position))
  }

  syncSync(): void {
    this.#alive.syncSync()
  }

  sync(): Promise<void> {
    return this.#watched(this.#alive.sync())
  }

  truncateSync(size: number): void {
    this.#alive.truncateSync(size)
  }

  closeSync(): void {
    // The dead hold nothing: their files were closed for them.
    if (!this.#life.isAlive) return
    this.#forget()
    this.#file.closeSync()
  }

  get #alive(): DiskFile {
    this.#life.assertAlive()
    return this.#file
  }

  #watched<Value>(operation: Promise<Value>): Promise<Value> {
    this.#underWay++
    const done = () => {
      this.#underWay--
      if (this.#underWay === 0 && !this.#life.isAlive) this.#file.closeSync()
    }
    operation.then(done, done)
    return this.#life.settled(operation)
  }
}
