import { type Disk, DiskError, type DiskFile } from '@dorsale/base'
import type { Durability } from '../broker/plan.ts'
import type { FaultScope } from '../world/faults.ts'
import type { Host } from '../world/process.ts'
import { withSockets } from '../world/with-sockets.ts'

/**
 * Mistakes planted in a broker that has none: each wraps what the world hands it, so that the broker as a whole behaves as one would that
 * had this bug. The simulator must find every one of them within a bounded number of seeds: that is its own test.
 */
export interface Plant {
  name: string
  /** The promise that it breaks. */
  durability: Durability
  /** Where the search for it begins: a seed near one that found it, so that the test is quick. Default 1. */
  from?: number
  /** Fewer kinds of faults, where it takes certain ones to show. */
  focus?: Partial<FaultScope>
  plant(host: Host): Host
}

const deaths: Partial<FaultScope> = { kinds: ['kill', 'kill-at-call', 'power-loss', 'power-loss-at-call'] }
const fullDisks: Partial<FaultScope> = { kinds: ['disk', 'full-disk', 'kill'], diskFaults: ['shortWrite'] }
const failingSyncs: Partial<FaultScope> = { kinds: ['disk', 'power-loss'], diskFaults: ['syncError'], countMax: 40 }

export const wrappedPlants: readonly Plant[] = [
  {
    name: 'fsync skipped',
    durability: 'machine',
    plant: host => withFiles(host, () => ({ syncSync() {}, sync: () => Promise.resolve() })),
  },
  {
    name: 'reply before the fsync is done',
    durability: 'machine',
    focus: deaths,
    plant: host =>
      withFiles(host, file => ({
        sync() {
          file.sync().catch(() => {})
          return Promise.resolve()
        },
      })),
  },
  {
    name: 'names not synced',
    durability: 'machine',
    plant: host => withDisk(host, () => ({ syncDirectorySync() {}, async syncDirectory() {} })),
  },
  {
    name: 'failed fsync ignored',
    durability: 'machine',
    from: 5,
    focus: failingSyncs,
    plant: host => withFiles(host, file => ({ sync: () => file.sync().catch(() => {}) })),
  },
  {
    name: 'failed fsync tried again',
    durability: 'machine',
    from: 60,
    focus: failingSyncs,
    plant: host => withFiles(host, file => ({ sync: () => file.sync().catch(() => file.sync()) })),
  },
  {
    name: 'short write taken for whole',
    from: 4,
    durability: 'process',
    focus: fullDisks,
    plant: host =>
      withFiles(host, file => ({
        writeSync(chunks, position) {
          file.writeSync(chunks, position)
          return sizeOf(chunks)
        },
        write: (chunks, position) => file.write(chunks, position).then(() => sizeOf(chunks)),
      })),
  },
  {
    name: 'full disk ignored',
    durability: 'process',
    focus: fullDisks,
    plant: host =>
      withFiles(host, file => ({
        writeSync(chunks, position) {
          try {
            return file.writeSync(chunks, position)
          } catch (error) {
            if (!(error instanceof DiskError)) throw error
            return sizeOf(chunks)
          }
        },
      })),
  },
  {
    name: 'off by one in the offset index',
    durability: 'process',
    from: 14,
    focus: { kinds: ['terminate', 'kill'] },
    plant: host =>
      withFiles(host, file =>
        file.path.endsWith('.index') ? { writeSync: (c, p) => file.writeSync(c.map(oneOff), p) } : {},
      ),
  },
  {
    name: 'metadata log not synced',
    durability: 'machine',
    plant: host =>
      withFiles(host, file =>
        file.path.includes('__cluster_metadata') ? { syncSync() {}, sync: () => Promise.resolve() } : {},
      ),
  },
  {
    name: 'identity of the directory not synced',
    durability: 'machine',
    focus: deaths,
    plant: host => withFiles(host, file => (file.path.includes('meta.properties') ? { syncSync() {} } : {})),
  },
  {
    name: 'a bit flipped on the way to the disk',
    durability: 'process',
    plant: host =>
      withFiles(host, file =>
        file.path.endsWith('.log') ? { writeSync: (c, p) => file.writeSync(c.map(flipped), p) } : {},
      ),
  },
  {
    name: 'descriptors leaked',
    durability: 'process',
    plant: host => withFiles(host, () => ({ closeSync() {} })),
  },
  {
    name: 'append at the wrong place',
    durability: 'process',
    plant: host =>
      withFiles(host, file => ({
        writeSync: (chunks, position) =>
          file.writeSync(chunks, file.path.endsWith('.log') && position > 2000 ? position - 1 : position),
      })),
  },
  {
    name: 'replies in the wrong order',
    durability: 'process',
    plant: host => withSockets(host, socket => ({ write: chunks => socket.write(chunks.toReversed()) })),
  },
  {
    name: 'bytes beyond the first of a chunk lost',
    durability: 'process',
    plant: host =>
      withSockets(host, socket => ({
        setHandler: handler =>
          socket.setHandler({
            onConnect: () => handler.onConnect?.(),
            onData: chunk => handler.onData(chunk.subarray(0, 2000)),
            onDrain: () => handler.onDrain?.(),
            onClose: error => handler.onClose(error),
          }),
      })),
  },
]

function withDisk(host: Host, wrap: (disk: Disk) => Partial<Disk>): Host {
  return { ...host, disk: { ...host.disk, ...wrap(host.disk) } }
}

function withFiles(host: Host, wrap: (file: DiskFile) => Partial<DiskFile>): Host {
  return withDisk(host, disk => ({
    openSync(path, mode) {
      const file = disk.openSync(path, mode)
      return { ...delegateFile(file), ...wrap(file) }
    },
  }))
}

function delegateFile(file: DiskFile): DiskFile {
  return {
    path: file.path,
    sizeSync: () => file.sizeSync(),
    readSync: (target, position) => file.readSync(target, position),
    read: (target, position) => file.read(target, position),
    writeSync: (chunks, position) => file.writeSync(chunks, position),
    write: (chunks, position) => file.write(chunks, position),
    syncSync: () => file.syncSync(),
    sync: () => file.sync(),
    truncateSync: size => file.truncateSync(size),
    closeSync: () => file.closeSync(),
  }
}

function sizeOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((size, chunk) => size + chunk.length, 0)
}

/** An offset index (entries of relative offset and position, 4 bytes each) whose positions are one too high. */
function oneOff(entries: Uint8Array): Uint8Array {
  const bytes = Buffer.from(entries)
  for (let at = 4; at + 4 <= bytes.length; at += 8) bytes.writeInt32BE(bytes.readInt32BE(at) + 1, at)
  return bytes
}

/** The last bit of a batch's last record. */
function flipped(chunk: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(chunk)
  if (bytes.length > 500) (bytes[bytes.length - 1] as number) ^= 1
  return bytes
}
