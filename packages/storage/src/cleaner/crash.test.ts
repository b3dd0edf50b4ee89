import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomBelow, seededPrng, silentLogger } from '@dorsale/base'
import { BatchCursor, buildBatch, readRecords } from '@dorsale/protocol'
import { type Host, World } from '@dorsale/sim'
import {
  defaultLogConfig,
  defaultLogManagerConfig,
  type LogManager,
  openLogManager,
  type PartitionLog,
} from '../index.ts'

/*
 * Goal: compaction loses the last record of no key and brings none back, whatever the death. Method: a log of small segments that is appended to,
 * compacted and closed, killed at any call to the world by the death of the process or of the machine, again and again on one
 * disk. A record's timestamp is its number, so that the last one of a key is known by it.
 */

const root = '/data'
const keyCount = 9
const topicId = 'dG9waWMtaWQtb2YtdGVzdA'

interface Book {
  next: number
  /** Number of each key's last acknowledged record. */
  readonly acknowledged: Map<string, number>
  /** Numbers of the tombstones of each key, acknowledged or not. */
  readonly tombstones: Map<string, number[]>
  passes: number
}

function openLogs(host: Host): Promise<LogManager> {
  return openLogManager({
    ...host,
    logger: silentLogger,
    directories: [{ path: root, id: 'directory-id' }],
    config: {
      ...defaultLogManagerConfig,
      // The test calls for compaction itself.
      cleaner: { ...defaultLogManagerConfig.cleaner, enabled: false, ioBufferBytes: 1024 },
    },
    configOf: () => ({
      ...defaultLogConfig,
      cleanupCompact: true,
      cleanupDelete: false,
      segmentBytes: 700,
      indexIntervalBytes: 100,
      minCleanableDirtyRatio: 0,
      deleteRetentionMs: 0,
      fileDeleteDelayMs: 3,
      flushMessages: 1,
    }),
    listener: { onDirectoryOffline: () => assert.fail('no directory fails') },
  })
}

/** The number of each key's last record. */
async function lastNumbers(log: PartitionLog): Promise<Map<string, number>> {
  const numbers = new Map<string, number>()
  let offset = log.logStartOffset
  while (offset < log.logEndOffset) {
    const read = await log.read({ offset, maxBytes: 500, minOneBatch: true, upperBound: log.logEndOffset })
    const cursor = new BatchCursor(read.records)
    while (cursor.next()) {
      for (const record of readRecords(cursor.header)) {
        assert.ok(record.offset >= offset, 'offsets ascend')
        numbers.set(Buffer.from(record.key as Uint8Array).toString(), record.timestamp)
      }
    }
    if (read.endOffset === offset) break
    offset = read.endOffset
  }
  return numbers
}

async function live(host: Host, book: Book): Promise<void> {
  const logs = await openLogs(host)
  const log = logs.getOrCreate({ topic: 't', partition: 0 }, { topicId })
  const found = await lastNumbers(log)
  for (const [key, number] of book.acknowledged) {
    const last = found.get(key) ?? -1
    const isDeleted = last < 0 && book.tombstones.get(key)?.some(tombstone => tombstone >= number)
    assert.ok(last >= number || isDeleted, `${key}: record ${number} was acknowledged, ${last} is the last one found`)
  }
  log.advanceHighWatermark(log.logEndOffset)
  const appended: Promise<void>[] = []
  for (let count = 0; count < 14; count++) {
    const number = book.next++
    const key = `key-${randomBelow(host.prng, keyCount)}`
    const isTombstone = randomBelow(host.prng, 4) === 0
    const value = isTombstone ? null : Buffer.alloc(randomBelow(host.prng, 60), 'v')
    if (isTombstone) book.tombstones.set(key, [...(book.tombstones.get(key) ?? []), number])
    const records = buildBatch([{ timestamp: number, key: Buffer.from(key), value }])
    appended.push(
      new Promise((resolve, reject) => {
        log.append({ records, origin: 'client', leaderEpoch: 0 }, error => {
          if (error) reject(error)
          else {
            book.acknowledged.set(key, number)
            resolve()
          }
        })
      }),
    )
    if (count % 3 === 2) await appended.at(-1)
  }
  await Promise.all(appended)
  log.advanceHighWatermark(log.logEndOffset)
  await logs.compact()
  book.passes++
  await logs.close()
}

for (const powerLoss of [false, true]) {
  const death = powerLoss ? 'the machine' : 'the process'
  test(`no last record of a key is lost, and none comes back, when ${death} dies at any call`, async () => {
    for (let seed = 1; seed <= 3; seed++) {
      const world = new World({ seed })
      const machine = world.machine('m')
      const book: Book = { next: 1, acknowledged: new Map(), tombstones: new Map(), passes: 0 }
      machine.spawn('formatter', ({ disk }) => {
        disk.makeDirectorySync(root)
        disk.syncDirectorySync('/')
      })
      await world.run({ forMs: 100 })
      const deaths = seededPrng(seed, 'deaths')
      for (let life = 0; life < 70; life++) {
        const process = machine.spawn('node', host => live(host, book))
        // From before the log is open to after it is closed; now and then not at all, so that there is something to compact again.
        if (life % 7 < 6) process.killAfter(20 + randomBelow(deaths, 900), { powerLoss })
        await world.run({ forMs: 1000 })
        if (process.alive) process.kill()
      }
      machine.spawn('node', host => live(host, book))
      await world.run({ forMs: 2000 })
      assert.ok(book.passes > 20, `only ${book.passes} passes came to their end`)
    }
  })
}
