import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import type { Disk, DiskEntry, DiskLock, DiskStat, OpenMode } from '../disk.ts'
import { diskErrorOf, NodeFile } from './node-file.ts'

/** The machine's file systems. Calls that do not end in `Sync` run on libuv's pool of threads. */
export const nodeDisk: Disk = {
  openSync(path: string, mode: OpenMode): NodeFile {
    return new NodeFile(
      path,
      attempt('open', path, () => fs.openSync(path, openFlags[mode], 0o600)),
    )
  },

  readFileSync(path: string): Uint8Array {
    return attempt('read', path, () => fs.readFileSync(path))
  },

  statSync(path: string): DiskStat | undefined {
    const stat = attempt('stat', path, () => fs.statSync(path, { throwIfNoEntry: false }))
    return stat && { kind: kindOf(stat), size: stat.size, modifiedMs: Math.floor(stat.mtimeMs) }
  },

  listSync(directory: string): DiskEntry[] {
    const entries = attempt('list', directory, () => fs.readdirSync(directory, { withFileTypes: true }))
    return entries
      .map(entry => ({ name: entry.name, kind: kindOf(entry.isSymbolicLink() ? targetOf(entry) : entry) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  },

  makeDirectorySync(path: string): void {
    attempt('make directory', path, () => fs.mkdirSync(path, { recursive: true, mode: 0o700 }))
  },

  renameSync(from: string, to: string): void {
    attempt(`rename to ${to}`, from, () => fs.renameSync(from, to))
  },

  removeSync(path: string): void {
    attempt('remove', path, () => {
      const stat = fs.lstatSync(path, { throwIfNoEntry: false })
      if (stat === undefined) return
      if (stat.isDirectory()) fs.rmdirSync(path)
      else fs.rmSync(path, { force: true })
    })
  },

  remove(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.rm(path, { recursive: true, force: true }, error => {
        if (error) reject(diskErrorOf(error, 'remove', path))
        else resolve()
      })
    })
  },

  syncDirectorySync(path: string): void {
    attempt('sync directory', path, () => {
      const descriptor = fs.openSync(path, 'r')
      try {
        fs.fsyncSync(descriptor)
      } finally {
        fs.closeSync(descriptor)
      }
    })
  },

  syncDirectory(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(diskErrorOf(error, 'sync directory', path))
      fs.open(path, 'r', (error, descriptor) => {
        if (error) {
          fail(error)
          return
        }
        fs.fsync(descriptor, syncError => {
          fs.close(descriptor, closeError => {
            const failure = syncError ?? closeError
            if (failure) fail(failure)
            else resolve()
          })
        })
      })
    })
  },

  usageSync(path: string): { totalBytes: number; usableBytes: number } {
    const { bsize, blocks, bavail } = attempt('measure the volume of', path, () => fs.statfsSync(path))
    return { totalBytes: bsize * blocks, usableBytes: bsize * bavail }
  },

  tryLockSync(path: string): DiskLock | undefined {
    return attempt('lock', path, () => {
      const locks = nativeLocks()
      let descriptor: number | undefined = fs.openSync(path, openFlags.create, 0o600)
      if (!locks.tryLock(descriptor)) {
        fs.closeSync(descriptor)
        return undefined
      }
      return {
        release() {
          if (descriptor === undefined) return
          // The lock belongs to the open file and goes with it.
          fs.closeSync(descriptor)
          descriptor = undefined
        },
      }
    })
  },
}

const { O_CREAT, O_EXCL, O_RDONLY, O_RDWR } = fs.constants

const openFlags: Record<OpenMode, number> = {
  read: O_RDONLY,
  write: O_RDWR,
  create: O_RDWR | O_CREAT,
  'create-new': O_RDWR | O_CREAT | O_EXCL,
}

/**
 * What is used of `fs-native-extensions`: `fcntl` locks of the open file description, over the whole file. Unlike the locks
 * of Java's FileChannel they do not belong to the process, so a second one in the same process is refused too; the two kinds exclude
 * each other.
 */
interface NativeLocks {
  tryLock(descriptor: number): boolean
}

/** Loaded when first needed: a process that locks nothing does not load native code. */
function nativeLocks(): NativeLocks {
  return createRequire(import.meta.url)('fs-native-extensions') as NativeLocks
}

function attempt<T>(operation: string, path: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw diskErrorOf(error, operation, path)
  }
}

interface FileKind {
  isFile(): boolean
  isDirectory(): boolean
}

function kindOf(node: FileKind | undefined): DiskStat['kind'] {
  if (node?.isFile()) return 'file'
  return node?.isDirectory() ? 'directory' : 'other'
}

function targetOf(link: fs.Dirent): fs.Stats | undefined {
  return fs.statSync(`${link.parentPath}/${link.name}`, { throwIfNoEntry: false })
}
