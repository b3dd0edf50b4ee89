import * as fs from 'node:fs'
import { assert } from '../assert.ts'
import type { DiskFile } from '../disk.ts'
import { DiskError } from '../errors.ts'

/** An open descriptor of the machine. */
export class NodeFile implements DiskFile {
  readonly path: string
  /** Undefined once closed: the number may by then name another file, so it is never used again. */
  #descriptor: number | undefined
  #underWayCount = 0

  constructor(path: string, descriptor: number) {
    this.path = path
    this.#descriptor = descriptor
  }

  sizeSync(): number {
    return this.#attempt('stat', descriptor => fs.fstatSync(descriptor).size)
  }

  readSync(target: Uint8Array, position: number): number {
    return this.#attempt('read', descriptor => {
      let filled = 0
      // One call nearly always; the kernel may answer less than there is.
      while (filled < target.length) {
        const count = fs.readSync(descriptor, target, filled, target.length - filled, position + filled)
        if (count === 0) break
        filled += count
      }
      return filled
    })
  }

  read(target: Uint8Array, position: number): Promise<number> {
    return this.#start('read', (descriptor, settle) => {
      const next = (filled: number): void => {
        fs.read(descriptor, target, filled, target.length - filled, position + filled, (error, count) => {
          if (error || count === 0 || filled + count === target.length) settle(error, filled + count)
          else next(filled + count)
        })
      }
      if (target.length === 0) settle(null, 0)
      else next(0)
    })
  }

  writeSync(chunks: readonly Uint8Array[], position: number): number {
    return this.#attempt('write', descriptor => {
      // An empty vector is EINVAL to the kernel.
      if (chunks.length === 0) return 0
      if (chunks.length === 1) {
        const chunk = chunks[0] as Uint8Array
        return fs.writeSync(descriptor, chunk, 0, chunk.length, position)
      }
      return fs.writevSync(descriptor, chunks, position)
    })
  }

  write(chunks: readonly Uint8Array[], position: number): Promise<number> {
    return this.#start('write', (descriptor, settle) => {
      if (chunks.length === 0) settle(null, 0)
      else fs.writev(descriptor, chunks, position, settle)
    })
  }

  syncSync(): void {
    this.#attempt('sync', descriptor => fs.fdatasyncSync(descriptor))
  }

  sync(): Promise<void> {
    return this.#start('sync', (descriptor, settle) => fs.fdatasync(descriptor, error => settle(error, undefined)))
  }

  truncateSync(size: number): void {
    this.#attempt('truncate', descriptor => fs.ftruncateSync(descriptor, size))
  }

  closeSync(): void {
    if (this.#descriptor === undefined) return
    assert(this.#underWayCount === 0, 'a file is closed when nothing is under way on it')
    this.#attempt('close', descriptor => {
      this.#descriptor = undefined
      fs.closeSync(descriptor)
    })
  }

  #attempt<T>(operation: string, run: (descriptor: number) => T): T {
    assert(this.#descriptor !== undefined, 'a file is used while it is open')
    try {
      return run(this.#descriptor)
    } catch (error) {
      throw diskErrorOf(error, operation, this.path)
    }
  }

  #start<T>(operation: string, run: (descriptor: number, settle: Settle<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      assert(this.#descriptor !== undefined, 'a file is used while it is open')
      this.#underWayCount++
      run(this.#descriptor, (error, result) => {
        this.#underWayCount--
        if (error) reject(diskErrorOf(error, operation, this.path))
        else resolve(result)
      })
    })
  }
}

type Settle<T> = (error: Error | null, result: T) => void

/** What the system said, as ours; a bug (an argument Node refuses) passes as it is. */
export function diskErrorOf(error: unknown, operation: string, path: string): unknown {
  if (!(error instanceof Error) || !('errno' in error) || !('code' in error)) return error
  return new DiskError(String(error.code), operation, path, error)
}
