/** What the tests of this package share: a disk in memory, a clock that is moved by hand, logs opened on them. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type LogFields, type Logger, MemoryDisk, seededPrng, writeAllSync } from '@dorsale/base'
import { ManualClock } from '@dorsale/base/testing'
import { buildBatch, type RecordBatchOptions, type RecordInput } from '@dorsale/protocol'
import {
  type Appended,
  type AppendOptions,
  defaultLogConfig,
  defaultLogManagerConfig,
  type LogConfig,
  type LogDirectory,
  type LogManager,
  type LogManagerConfig,
  type MoveOptions,
  openLogManager,
  type PartitionLog,
} from '../index.ts'

export const topicId = 'dG9waWMtaWQtb2YtdGVzdA'
export const root = '/data'

export interface TestWorld {
  readonly disk: MemoryDisk
  readonly clock: ManualClock
  readonly logger: TestLogger
  readonly offline: { readonly directory: LogDirectory; readonly error: Error }[]
}

/** Keeps what was said, as `level message`. */
export class TestLogger implements Logger {
  readonly lines: string[] = []
  debug(): void {}
  info(message: string, fields?: LogFields): void {
    this.#note('info', message, fields)
  }
  warn(message: string, fields?: LogFields): void {
    this.#note('warn', message, fields)
  }
  error(message: string, fields?: LogFields): void {
    this.#note('error', message, fields)
  }
  child(): Logger {
    return this
  }
  #note(level: string, message: string, fields: LogFields = {}): void {
    this.lines.push(`${level} ${message} ${Object.values(fields).join(' ')}`)
  }
}

export function testWorld(disk = new MemoryDisk()): TestWorld {
  disk.makeDirectorySync(root)
  return { disk, clock: new ManualClock(), logger: new TestLogger(), offline: [] }
}

export interface OpenOptions {
  readonly config?: Partial<LogConfig>
  readonly manager?: Partial<LogManagerConfig>
  readonly directories?: readonly LogDirectory[]
  readonly moves?: MoveOptions
  readonly onMoved?: (log: PartitionLog) => void
}

export function openLogs(world: TestWorld, options: OpenOptions = {}): Promise<LogManager> {
  const { config, manager = {}, directories = [{ path: root, id: 'directory-id' }], moves, onMoved } = options
  return openLogManager({
    ...world,
    prng: seededPrng(1),
    directories,
    // Getters stay getters: some settings change while the logs are open.
    config: Object.defineProperties({ ...defaultLogManagerConfig }, Object.getOwnPropertyDescriptors(manager)),
    configOf: () => ({ ...defaultLogConfig, ...config }),
    listener: {
      onDirectoryOffline: (directory, error) => world.offline.push({ directory, error }),
      ...(onMoved && { onMoved }),
    },
    ...(moves && { moves }),
  })
}

/** The log `t-0` of a manager of its own. */
export async function openLog(
  world: TestWorld,
  options: OpenOptions = {},
): Promise<{ logs: LogManager; log: PartitionLog }> {
  const logs = await openLogs(world, options)
  return { logs, log: logs.getOrCreate({ topic: 't', partition: 0 }, { topicId }) }
}

/** Lets deferred calls, promises and what follows from them run until all is quiet. */
export async function settle({ clock }: TestWorld): Promise<void> {
  for (let round = 0; round < 12; round++) {
    clock.turn()
    await new Promise<void>(resolve => setImmediate(resolve))
  }
}

/** Lets time pass in small steps, with everything that happens on the way. */
export async function pass(world: TestWorld, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 100) {
    world.clock.advance(Math.min(left, 100))
    await settle(world)
  }
}

/** Turns the loop until the promise is settled, and answers what it resolves to. */
export async function pump<T>({ clock }: TestWorld, promise: Promise<T>): Promise<T> {
  let settled = false
  const watched = promise.finally(() => {
    settled = true
  })
  // Whoever awaits `watched` hears of it.
  watched.catch(() => {})
  while (!settled) {
    clock.turn()
    await new Promise<void>(resolve => setImmediate(resolve))
  }
  return await watched
}

/** Appends that were told, by their first offset: undefined for success. */
export class Outcomes {
  readonly told: { readonly firstOffset: number; readonly error: (Error & { errorName?: string }) | undefined }[] = []

  append(log: PartitionLog, options: Partial<AppendOptions> & { records: Uint8Array }): Appended {
    const appended = log.append({ origin: 'client', leaderEpoch: 0, ...options }, error => {
      this.told.push({ firstOffset: appended.firstOffset, error })
    })
    return appended
  }
}

/** A batch of `count` small records. */
export function batch(
  count = 1,
  options: RecordBatchOptions & { timestamp?: number; valueBytes?: number } = {},
): Uint8Array {
  const { timestamp = 1000, valueBytes = 20, ...batchOptions } = options
  const record: RecordInput = { timestamp, key: Buffer.from('k'), value: Buffer.alloc(valueBytes, 'v') }
  return buildBatch(
    Array.from({ length: count }, () => record),
    batchOptions,
  )
}

/** An end of a transaction. */
export function marker(type: 'commit' | 'abort', options: RecordBatchOptions, coordinatorEpoch = 0): Uint8Array {
  const key = Buffer.from([0, 0, 0, type === 'abort' ? 0 : 1])
  const value = Buffer.alloc(6)
  value.writeInt32BE(coordinatorEpoch, 2)
  return buildBatch([{ timestamp: 1000, key, value }], { ...options, transactional: true, control: true })
}

/** Reads everything between two offsets, in pieces. */
export async function readAll(log: PartitionLog, maxBytes = 4096): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for (let offset = log.logStartOffset; offset < log.logEndOffset; ) {
    const { records, endOffset } = await log.read({ offset, maxBytes, minOneBatch: true, upperBound: log.logEndOffset })
    const wholeBytes = wholeBatches(records)
    if (endOffset === offset) break
    pieces.push(records.subarray(0, wholeBytes))
    offset = endOffset
  }
  return Buffer.concat(pieces)
}

function wholeBatches(records: Uint8Array): number {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength)
  let position = 0
  while (position + 12 <= records.length && position + 12 + view.getInt32(position + 8) <= records.length) {
    position += 12 + view.getInt32(position + 8)
  }
  return position
}

/** The content of a directory, by name. */
export function filesOf(disk: MemoryDisk, directory: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  for (const { name, kind } of disk.listSync(directory)) {
    if (kind === 'file') files.set(name, Buffer.from(disk.readFileSync(`${directory}/${name}`)))
  }
  return files
}

/** Replaces one file. */
export function writeFile(disk: MemoryDisk, path: string, content: Uint8Array): void {
  const file = disk.openSync(path, 'create')
  file.truncateSync(0)
  writeAllSync(file, [content], 0)
  file.closeSync()
}

/** A disk with one of the captured directories of `fixtures/` as its `/data`. */
export function fixtureDisk(name: string): MemoryDisk {
  const disk = new MemoryDisk()
  copyIn(disk, fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url)), root)
  return disk
}

function copyIn(disk: MemoryDisk, from: string, to: string): void {
  disk.makeDirectorySync(to)
  for (const name of readdirSync(from)) {
    if (statSync(`${from}/${name}`).isDirectory()) copyIn(disk, `${from}/${name}`, `${to}/${name}`)
    else writeFile(disk, `${to}/${name}`, readFileSync(`${from}/${name}`))
  }
}
