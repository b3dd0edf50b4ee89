import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomBelow, seededPrng, silentLogger } from '@dorsale/base'
import { BatchCursor, buildBatch, readRecords } from '@dorsale/protocol'
import { type Host, World } from '@dorsale/sim'
import { defaultLogConfig, defaultLogManagerConfig, openLogManager, type PartitionLog } from '../index.ts'

/*
 * Goal: a log that moves to and fro between directories loses no acknowledged record and has none twice, whatever the death. Method: each life opens
 * what is there as a broker does, holds it against what was acknowledged, appends while it has the log moved to the other directory, and is killed at any call
 * to the world by the death of the process or of the machine. What the controller was told (`assigned`) outlives them all.
 */

const topicId = 'dG9waWMtaWQtb2YtdGVzdA'
const place = { topic: 't', partition: 0 }
const directories = [
  { path: '/one', id: 'one' },
  { path: '/two', id: 'two' },
]

interface Book {
  /** Number of the next record. */
  next: number
  readonly acknowledged: Set<number>
  assigned: string
  moved: number
  resumed: number
  promoted: number
  /** The copy has caught up: what follows is over in a few calls, and is to be met by deaths all the same. */
  onAssigned: () => void
}

/** The log may move while it is read. */
async function numbersIn(current: () => PartitionLog): Promise<number[]> {
  const numbers: number[] = []
  let log = current()
  for (let offset = log.logStartOffset; offset < log.logEndOffset; ) {
    const read = await log.read({ offset, maxBytes: 500, minOneBatch: true, upperBound: log.logEndOffset })
    const cursor = new BatchCursor(read.records)
    while (cursor.next()) for (const { timestamp } of readRecords(cursor.header)) numbers.push(timestamp)
    // A death may leave an empty segment behind records that were not acknowledged.
    if (read.endOffset === offset) break
    offset = read.endOffset
    log = current()
  }
  return numbers
}

async function live(host: Host, book: Book): Promise<void> {
  let onMoved = () => {}
  const moved = new Promise<void>(resolve => {
    onMoved = resolve
  })
  const logs = await openLogManager({
    ...host,
    logger: silentLogger,
    directories,
    config: { ...defaultLogManagerConfig, cleaner: { ...defaultLogManagerConfig.cleaner, enabled: false } },
    configOf: () => ({
      ...defaultLogConfig,
      segmentBytes: 700,
      indexIntervalBytes: 100,
      fileDeleteDelayMs: 300,
      flushMessages: 1,
    }),
    moves: {
      concurrency: 1,
      throttle: { isExceeded: false, spent: () => {} },
      async assign({ directory }) {
        book.assigned = directory.id
        book.onAssigned()
      },
    },
    listener: { onDirectoryOffline: () => assert.fail('no directory fails'), onMoved: () => onMoved() },
  })
  const futures = [...logs.futures]
  if (logs.get('t', 0) === undefined) {
    const future = futures.find(({ directory }) => directory.id === book.assigned)
    assert.ok(future !== undefined || book.acknowledged.size === 0, 'there is a log, or a copy that is whole')
    if (future !== undefined) {
      logs.promote(future)
      book.promoted++
    }
  } else if (futures[0] !== undefined) {
    logs.resumeMove(futures[0])
    book.resumed++
  }
  const log = () => logs.getOrCreate(place, { topicId, directoryId: book.assigned })
  const found = await numbersIn(log)
  assert.deepEqual(
    found,
    [...new Set(found)].sort((left, right) => left - right),
    'each record once and in order',
  )
  const known = new Set(found)
  for (const number of book.acknowledged) assert.ok(known.has(number), `record ${number} was acknowledged and is gone`)
  const append = () => {
    const number = book.next++
    const records = buildBatch([{ timestamp: number, key: null, value: Buffer.alloc(randomBelow(host.prng, 60), 'v') }])
    return new Promise<void>((resolve, reject) => {
      log().append({ records, origin: 'client', leaderEpoch: 0 }, error => {
        if (error !== undefined) return reject(error)
        book.acknowledged.add(number)
        resolve()
      })
    })
  }
  for (let count = 0; count < 5; count++) await append()
  if ([...logs.futures].length === 0) {
    const target = directories.find(directory => directory.id !== log().directory.id)
    assert.ok(target !== undefined)
    logs.moveTo(place, target)
  }
  const appended: Promise<void>[] = []
  for (let count = 0; count < 12; count++) {
    appended.push(append())
    if (count % 3 === 2) await appended.at(-1)
  }
  await Promise.all([...appended, moved])
  book.moved++
  for (let count = 0; count < 3; count++) await append()
  await logs.close()
}

for (const powerLoss of [false, true]) {
  const death = powerLoss ? 'the machine' : 'the process'
  test(`no record of a log that moves is lost, and none is there twice, when ${death} dies at any call`, async () => {
    const total = { moved: 0, resumed: 0, promoted: 0 }
    for (let seed = 1; seed <= 4; seed++) {
      const world = new World({ seed })
      const machine = world.machine('m')
      const counts = { next: 1, moved: 0, resumed: 0, promoted: 0 }
      const book: Book = { ...counts, acknowledged: new Set(), assigned: 'one', onAssigned: () => {} }
      machine.spawn('formatter', ({ disk }) => {
        for (const { path } of directories) disk.makeDirectorySync(path)
        disk.syncDirectorySync('/')
      })
      await world.run({ forMs: 100 })
      const deaths = seededPrng(seed, 'deaths')
      for (let life = 0; life < 40; life++) {
        const process = machine.spawn('node', host => live(host, book))
        // From before the logs are open to after they are closed; at the end of the move; now and then not at all.
        const kind = life % 5
        if (kind < 2) process.killAfter(20 + randomBelow(deaths, 1500), { powerLoss })
        book.onAssigned = () => {
          if (kind === 2 || kind === 3) process.killAfter(1 + randomBelow(deaths, 20), { powerLoss })
        }
        await world.run({ forMs: 10_000 })
        if (process.alive) process.kill()
      }
      machine.spawn('node', host => live(host, book))
      await world.run({ forMs: 20_000 })
      total.moved += book.moved
      total.resumed += book.resumed
      total.promoted += book.promoted
    }
    const { moved, resumed, promoted } = total
    assert.ok(
      moved > 40 && resumed > 30 && promoted > 1,
      `moves: ${moved}, taken up: ${resumed}, finished: ${promoted}`,
    )
  })
}
