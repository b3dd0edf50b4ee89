/**
 * What a log costs: appends of a turn, reads at the tail and behind, recovery after a death, a broker of many logs. On the real disk, in a
 * temporary directory (set TMPDIR to choose the volume):
 *
 *     node packages/storage/src/storage.bench.ts [append|read|recover|many]...
 *
 * Leaves out: the network, validation, and the platter: nothing is synced, but for `append, synced`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@dorsale/base'
import { nodeClock as clock, nodeDisk as disk, nodePrng } from '@dorsale/base/node'
import { buildBatch } from '@dorsale/protocol'
import {
  defaultLogConfig,
  defaultLogManagerConfig,
  type LogConfig,
  type LogManager,
  openLogManager,
  type PartitionLog,
} from './index.ts'

const topicId = 'dG9waWMtaWQtb2YtdGVzdA'
const gigabyte = 1e9

function openLogs(path: string, config: Partial<LogConfig> = {}): Promise<LogManager> {
  return openLogManager({
    disk,
    clock,
    prng: nodePrng(),
    logger: silentLogger,
    directories: [{ path, id: 'bench' }],
    config: defaultLogManagerConfig,
    configOf: () => ({ ...defaultLogConfig, ...config }),
    listener: {
      onDirectoryOffline(_, error) {
        throw error
      },
    },
  })
}

async function within(run: (path: string) => Promise<void>): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'dorsale-bench-'))
  try {
    await run(path)
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
}

function batchOf(bytes: number, sequence?: number): Uint8Array {
  const value = Buffer.alloc(Math.max(bytes - 75, 1), 'v')
  const producer = sequence === undefined ? {} : { producerId: 1, producerEpoch: 0, baseSequence: sequence }
  return buildBatch([{ timestamp: Date.now(), value }], producer)
}

interface AppendCase {
  readonly batchBytes: number
  readonly perTurn: number
  readonly totalBytes: number
  readonly idempotent?: boolean
  readonly config?: Partial<LogConfig>
}

/** Appends `perTurn` batches a turn until the bytes are through; the next turn begins when the last one's appends were told. */
async function fill(
  log: PartitionLog,
  { batchBytes, perTurn, totalBytes, idempotent = false }: AppendCase,
): Promise<Cost> {
  const count = Math.floor(totalBytes / batchBytes)
  // Batches are handed over for good, so each append gets one of its own; making them is not what is measured.
  const batches = Array.from({ length: Math.min(count, idempotent ? count : 20_000) }, (_, index) =>
    batchOf(batchBytes, idempotent ? index : undefined),
  )
  let sent = 0
  const done = startCost()
  while (sent < count) {
    await new Promise<void>(resolve => {
      let told = 0
      const size = Math.min(perTurn, count - sent)
      for (let index = 0; index < size; index++) {
        const records = batches[sent++ % batches.length] as Uint8Array
        log.append({ records, origin: idempotent ? 'client' : 'coordinator', leaderEpoch: 0 }, error => {
          if (error !== undefined) throw error
          if (++told === size) resolve()
        })
      }
    })
  }
  const cost = done()
  log.advanceHighWatermark(log.logEndOffset)
  return cost
}

interface Cost {
  readonly wallMs: number
  /** Of all threads: what a busy machine does not distort. */
  readonly cpuMs: number
}

function startCost(): () => Cost {
  const start = performance.now()
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return { wallMs: performance.now() - start, cpuMs: (user + system) / 1000 }
  }
}

function report(name: string, { wallMs, cpuMs }: Cost, count: number, bytes: number): void {
  const column = (value: number, digits: number) => value.toFixed(digits).padStart(9)
  const each = `${column((cpuMs * 1000) / count, 2)} us CPU each ${column((wallMs * 1000) / count, 2)} us`
  process.stdout.write(`${name.padEnd(42)} ${each} ${column(bytes / 1e3 / wallMs, 0)} MB/s\n`)
}

async function append(): Promise<void> {
  const cases: [string, AppendCase][] = [
    ['append 200 B, 100 a turn', { batchBytes: 200, perTurn: 100, totalBytes: 20e6 }],
    ['append 200 B, idempotent, 100 a turn', { batchBytes: 200, perTurn: 100, totalBytes: 20e6, idempotent: true }],
    ['append 1 KiB, 1 a turn', { batchBytes: 1024, perTurn: 1, totalBytes: 20e6 }],
    ['append 1 KiB, 50 a turn', { batchBytes: 1024, perTurn: 50, totalBytes: 200e6 }],
    ['append 16 KiB, 8 a turn', { batchBytes: 16_384, perTurn: 8, totalBytes: 500e6 }],
    ['append 1 MiB, 4 a turn (in the pool)', { batchBytes: 1_048_576, perTurn: 4, totalBytes: 1000e6 }],
    [
      'append, synced, 1 KiB, 50 a turn',
      { batchBytes: 1024, perTurn: 50, totalBytes: 2e6, config: { flushMessages: 1 } },
    ],
  ]
  for (const [name, one] of cases) {
    await within(async path => {
      const logs = await openLogs(path, one.config)
      const log = logs.getOrCreate({ topic: 't', partition: 0 }, { topicId })
      const cost = await fill(log, one)
      report(name, cost, Math.floor(one.totalBytes / one.batchBytes), one.totalBytes)
      await logs.close()
    })
  }
}

async function read(): Promise<void> {
  await within(async path => {
    const logs = await openLogs(path)
    const log = logs.getOrCreate({ topic: 't', partition: 0 }, { topicId })
    await fill(log, { batchBytes: 1024, perTurn: 100, totalBytes: 400e6 })
    const end = log.logEndOffset
    const cases: [string, number, number, number][] = [
      ['read the last batch (sync, hinted)', 20_000, 1024, end - 1],
      ['read 16 KiB near the tail (sync)', 10_000, 16_384, -1],
      ['read 1 MiB in a row (pool)', 350, 1_048_576, 0],
      ['read 1 KiB anywhere (pool, index)', 5000, 1024, -2],
    ]
    for (const [name, count, maxBytes, from] of cases) {
      let bytes = 0
      let offset = Math.max(from, 0)
      const done = startCost()
      for (let index = 0; index < count; index++) {
        if (from === -1) offset = end - 1 - ((index * 7919) % 10_000)
        if (from === -2) offset = (index * 104_729) % end
        const pending = log.read({ offset, maxBytes, minOneBatch: true, upperBound: end })
        const { records, endOffset } = pending instanceof Promise ? await pending : pending
        bytes += records.length
        if (from === 0) offset = endOffset
      }
      report(name, done(), count, bytes)
    }
    await logs.close()
  })
}

/** A log that is not closed: what its process does not do, the next one does. */
async function recover(): Promise<void> {
  for (const [name, batchBytes] of [
    ['recover 1 GB of 1 KiB batches', 1024],
    ['recover 1 GB of 16 KiB batches', 16_384],
  ] as const) {
    await within(async path => {
      const first = await openLogs(path)
      const log = first.getOrCreate({ topic: 't', partition: 0 }, { topicId })
      await fill(log, { batchBytes, perTurn: 64, totalBytes: gigabyte })
      const size = log.sizeInBytes
      await first.close()
      disk.removeSync(join(path, '.kafka_cleanshutdown'))
      disk.removeSync(join(path, 'recovery-point-offset-checkpoint'))
      const done = startCost()
      const logs = await openLogs(path)
      report(name, done(), 1, size)
      if (logs.get('t', 0)?.sizeInBytes !== size) throw new Error('not everything was found')
      await logs.close()
    })
  }
}

async function many(): Promise<void> {
  const count = 10_000
  await within(async path => {
    const timed = async <T>(name: string, run: () => Promise<T> | T): Promise<T> => {
      const done = startCost()
      const result = await run()
      report(`${count} logs: ${name}`, done(), count, 0)
      return result
    }
    const logs = await openLogs(path)
    await timed('create', () => {
      for (let partition = 0; partition < count; partition++) logs.getOrCreate({ topic: 't', partition }, { topicId })
    })
    await timed('append one batch to each', async () => {
      await Promise.all([...logs.logs].map(log => fill(log, { batchBytes: 200, perTurn: 1, totalBytes: 200 })))
    })
    await timed('close', () => logs.close())
    const again = await timed('open after a clean stop', () => openLogs(path))
    process.stdout.write(`${(process.memoryUsage().rss / 1e6).toFixed(0)} MB RSS\n`)
    await again.close()
    disk.removeSync(join(path, '.kafka_cleanshutdown'))
    const dead = await timed('open after a death', () => openLogs(path))
    await dead.close()
  })
}

const benches: Record<string, () => Promise<void>> = { append, read, recover, many }
const chosen = process.argv.slice(2)
for (const [name, run] of Object.entries(benches)) if (chosen.length === 0 || chosen.includes(name)) await run()
