import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DiskError } from '@dorsale/base'
import { BatchCursor, buildBatch, readRecords } from '@dorsale/protocol'
import { type CleanerConfig, defaultLogManagerConfig, type LogConfig, type PartitionLog } from '../index.ts'
import {
  filesOf,
  openLog,
  openLogs,
  pump,
  readAll,
  root,
  settle,
  type TestWorld,
  testWorld,
  topicId,
  writeFile,
} from '../testing/world.ts'

const config: Partial<LogConfig> = {
  cleanupCompact: true,
  cleanupDelete: false,
  segmentBytes: 1000,
  indexIntervalBytes: 100,
  fileDeleteDelayMs: 10,
}

function cleaner(change: Partial<CleanerConfig> = {}): { cleaner: CleanerConfig; initialTaskDelayMs: number } {
  return { cleaner: { ...defaultLogManagerConfig.cleaner, ...change }, initialTaskDelayMs: 1e12 }
}

/** Opens `t-0` with compaction, unless told otherwise. */
function open(world: TestWorld, more: Partial<LogConfig> = {}, change: Partial<CleanerConfig> = {}) {
  return openLog(world, { config: { ...config, ...more }, manager: cleaner(change) })
}

interface Written {
  readonly keys: readonly string[]
  /** Null: a tombstone. */
  readonly value?: string | null
  readonly timestamp?: number
}

/** Appends one batch for each key, and commits them. */
async function write(world: TestWorld, log: PartitionLog, { keys, value = 'v'.repeat(60), timestamp = 1000 }: Written) {
  for (const key of keys) {
    const bytes = value === null ? null : Buffer.from(value)
    const records = buildBatch([{ timestamp, key: Buffer.from(key), value: bytes }])
    log.append({ records, origin: 'client', leaderEpoch: 0 }, error => assert.equal(error, undefined))
  }
  await settle(world)
  log.advanceHighWatermark(log.logEndOffset)
}

/** `offset:key` of every record. */
async function recordsOf(world: TestWorld, log: PartitionLog): Promise<string[]> {
  const cursor = new BatchCursor(await pump(world, readAll(log)))
  const records: string[] = []
  while (cursor.next()) {
    for (const { offset, key } of readRecords(cursor.header))
      records.push(`${offset}:${Buffer.from(key ?? '').toString()}`)
  }
  return records
}

const segmentsIn = (world: TestWorld) =>
  [...filesOf(world.disk, `${root}/t-0`).keys()].filter(name => name.endsWith('.log'))
const many = (count: number, key = 'same') => Array.from({ length: count }, () => key)

describe('when a log is compacted', () => {
  test('offsets stay, the last record of a key stays, readers of what is gone go on behind it', async () => {
    const world = testWorld()
    const { logs, log } = await open(world)
    await write(world, log, { keys: ['a', 'b', ...many(30), 'a', ...many(30)] })
    const end = log.logEndOffset
    const before = await recordsOf(world, log)
    await pump(world, logs.compact())
    const after = await recordsOf(world, log)
    assert.ok(after.length < before.length / 3, `${after.length} of ${before.length} are left`)
    assert.deepEqual(after.slice(0, 2), ['1:b', '32:a'])
    assert.equal(after.at(-1), before.at(-1))
    assert.deepEqual([log.logStartOffset, log.logEndOffset, log.highWatermark], [0, end, end])
    const read = await pump(
      world,
      Promise.resolve(log.read({ offset: 5, maxBytes: 1, minOneBatch: true, upperBound: end })),
    )
    assert.equal(new BatchCursor(read.records).header.baseOffset, 32)
    assert.match(world.logger.lines.join(), /info compacted a log/)
    await pump(world, logs.close())
    const again = await openLogs(testWorld(world.disk.copy()), { config })
    assert.deepEqual(await recordsOf(world, again.get('t', 0) as PartitionLog), after)
  })

  test('log.cleaner.backoff.ms after the start, and again each time it has passed', async () => {
    const world = testWorld()
    const { logs, log } = await openLog(world, {
      config,
      manager: { cleaner: { ...defaultLogManagerConfig.cleaner, backoffMs: 400 } },
    })
    await write(world, log, { keys: many(60) })
    const passes = () => world.logger.lines.filter(line => line.includes('compacted a log')).length
    const after = async (ms: number) => {
      world.clock.advance(ms)
      for (let round = 0; round < 20; round++) await settle(world)
      return passes()
    }
    assert.equal(await after(399), 0)
    assert.equal(await after(1), 1)
    await write(world, log, { keys: many(60) })
    assert.equal(await after(399), 1)
    assert.equal(await after(1), 2)
    await pump(world, logs.close())
  })

  test('a changed log.cleaner.backoff.ms: at once, and then by the new pause', async () => {
    const world = testWorld()
    const settings = { ...defaultLogManagerConfig.cleaner, backoffMs: 1e9 }
    const manager = { cleaner: settings, initialTaskDelayMs: 1e9 }
    const { logs, log } = await openLog(world, { config, manager })
    const passes = () => world.logger.lines.filter(line => line.includes('compacted a log')).length
    const after = async (ms: number) => {
      world.clock.advance(ms)
      for (let round = 0; round < 20; round++) await settle(world)
      return passes()
    }
    await write(world, log, { keys: many(60) })
    assert.equal(await after(1000), 0)
    logs.settingsChanged()
    assert.equal(await after(1000), 0, 'nothing has changed')
    settings.backoffMs = 400
    logs.settingsChanged()
    assert.equal(await after(0), 1)
    await write(world, log, { keys: many(60) })
    assert.equal(await after(399), 1)
    assert.equal(await after(1), 2)
    await pump(world, logs.close())
  })

  test('a changed log.cleaner.io.max.bytes.per.second: the pass under way is given up, and another begins', async () => {
    const world = testWorld()
    const settings = { ...defaultLogManagerConfig.cleaner, backoffMs: 100, ioBytesPerSecondMax: 1 }
    const { logs, log } = await openLog(world, { config, manager: { cleaner: settings, initialTaskDelayMs: 0 } })
    await write(world, log, { keys: many(60) })
    const passes = () => world.logger.lines.filter(line => line.includes('compacted a log')).length
    const advance = async (ms: number) => {
      for (let past = 0; past < ms; past += 100) {
        world.clock.advance(100)
        await settle(world)
      }
    }
    await advance(2000)
    assert.equal(passes(), 0, 'a byte per second')
    settings.ioBytesPerSecondMax = 1e9
    logs.settingsChanged()
    await advance(500)
    assert.equal(passes(), 1)
    await pump(world, logs.close())
  })

  test('log.cleaner.enable=false: never by itself', async () => {
    const world = testWorld()
    const { logs, log } = await open(world, {}, { enabled: false, backoffMs: 10 })
    await write(world, log, { keys: many(60) })
    const segments = segmentsIn(world)
    world.clock.advance(100)
    await settle(world)
    assert.deepEqual(segmentsIn(world), segments)
    await pump(world, logs.close())
  })

  test('what the ratio and the lags say', async () => {
    const now = testWorld().clock.now()
    const cases: [what: string, change: Partial<LogConfig>, timestamp: number, compacted: boolean][] = [
      ['all of it is dirty', {}, now, true],
      ['min.cleanable.dirty.ratio=1 is never exceeded', { minCleanableDirtyRatio: 1 }, now, false],
      [
        'max.compaction.lag.ms overrules the ratio',
        { minCleanableDirtyRatio: 1, maxCompactionLagMs: 50 },
        now - 51,
        true,
      ],
      ['not before it has run out', { minCleanableDirtyRatio: 1, maxCompactionLagMs: 50 }, now - 50, false],
      ['min.compaction.lag.ms protects the young', { minCompactionLagMs: 50 }, now - 49, false],
      ['and only them', { minCompactionLagMs: 50 }, now - 50, true],
      ['cleanup.policy=delete', { cleanupCompact: false }, now, false],
    ]
    for (const [what, change, timestamp, compacted] of cases) {
      const world = testWorld()
      const { logs, log } = await open(world, change)
      await write(world, log, { keys: many(40), timestamp })
      await pump(world, logs.compact())
      assert.equal((await recordsOf(world, log)).length < 40, compacted, what)
      await pump(world, logs.close())
    }
  })

  test('not beyond the high watermark', async () => {
    const world = testWorld()
    const { logs, log } = await open(world)
    await write(world, log, { keys: many(30) })
    for (const key of many(30)) {
      const records = buildBatch([{ timestamp: 1000, key: Buffer.from(key), value: Buffer.alloc(60) }])
      log.append({ records, origin: 'client', leaderEpoch: 0 }, () => {})
    }
    await settle(world)
    await pump(world, logs.compact())
    const uncommitted = (await recordsOf(world, log)).filter(record => Number.parseInt(record, 10) >= 30)
    assert.equal(uncommitted.length, 30)
    await pump(world, logs.close())
  })

  test('max.compaction.lag.ms closes segments, which are compacted only then', async () => {
    const world = testWorld()
    const { logs, log } = await open(world, { segmentBytes: 1 << 20, maxCompactionLagMs: 100 })
    await write(world, log, { keys: many(3), timestamp: 1000 })
    await write(world, log, { keys: many(3), timestamp: 1101 })
    assert.equal(segmentsIn(world).length, 2)
    await pump(world, logs.close())
  })
})

describe('tombstones', () => {
  test('stay for delete.retention.ms after the pass that met them first', async () => {
    const world = testWorld()
    const { logs, log } = await open(world, { deleteRetentionMs: 1000, minCleanableDirtyRatio: 0 })
    await write(world, log, { keys: ['gone'] })
    await write(world, log, { keys: ['gone'], value: null })
    const more = async () => {
      await write(world, log, { keys: many(15) })
      await pump(world, logs.compact())
      return (await recordsOf(world, log)).filter(record => record.endsWith('gone'))
    }
    assert.deepEqual(await more(), ['1:gone'])
    world.clock.advance(999)
    assert.deepEqual(await more(), ['1:gone'])
    world.clock.advance(1)
    assert.deepEqual(await more(), [])
    await pump(world, logs.close())
  })
})

describe('bounds', () => {
  test('a map that is too small takes several passes', async () => {
    const world = testWorld()
    const { logs, log } = await open(world, { minCleanableDirtyRatio: 0 }, { dedupeBufferBytes: 24 * 20 })
    const keys = Array.from({ length: 120 }, (_, index) => `key-${index % 40}`)
    await write(world, log, { keys })
    await pump(world, logs.compact())
    const passes = world.logger.lines.filter(line => line.includes('compacted a log')).length
    assert.ok(passes > 2, `${passes} passes`)
    const closedEnd = Number.parseInt(segmentsIn(world).at(-1) as string, 10)
    const closed = (await recordsOf(world, log)).filter(record => Number.parseInt(record, 10) < closedEnd)
    const closedKeys = closed.map(record => record.split(':')[1])
    assert.equal(new Set(closedKeys).size, closedKeys.length, 'each key once')
    await pump(world, logs.close())
  })

  test('a batch larger than log.cleaner.io.buffer.size gets the room it needs', async () => {
    const world = testWorld()
    const { logs, log } = await open(world, { segmentBytes: 20_000 }, { ioBufferBytes: 200 })
    await write(world, log, { keys: ['large', ...many(10)], value: 'x'.repeat(9000) })
    await pump(world, logs.compact())
    assert.equal((await recordsOf(world, log))[0], '0:large')
    await pump(world, logs.close())
  })

  test('log.cleaner.io.max.bytes.per.second: a pass takes its time', async () => {
    const world = testWorld()
    const { logs, log } = await open(world, {}, { ioBytesPerSecondMax: 10_000, ioBufferBytes: 500 })
    await write(world, log, { keys: many(60) })
    const startMs = world.clock.now()
    let done = false
    const compacted = logs.compact().then(() => {
      done = true
    })
    for (let rounds = 0; !done && rounds < 1000; rounds++) {
      await settle(world)
      world.clock.advance(10)
    }
    await compacted
    // Some 8 KB are read twice.
    assert.ok(world.clock.now() - startMs > 1500, `${world.clock.now() - startMs} ms`)
    await pump(world, logs.close())
  })

  test('the loop is let in while a pass goes on', async () => {
    const world = testWorld()
    const { logs, log } = await open(world, { segmentBytes: 300_000 })
    const records = Array.from({ length: 5000 }, (_, index) => ({
      key: Buffer.from(`k${index % 100}`),
      value: Buffer.alloc(5),
    }))
    for (let count = 0; count < 8; count++) {
      log.append({ records: buildBatch(records), origin: 'client', leaderEpoch: 0 }, () => {})
      await settle(world)
    }
    await settle(world)
    log.advanceHighWatermark(log.logEndOffset)
    let turns = 0
    let done = false
    const compacted = logs.compact().then(() => {
      done = true
    })
    while (!done) {
      world.clock.turn()
      turns++
      await new Promise<void>(resolve => setImmediate(resolve))
    }
    await compacted
    assert.ok(turns > 20, `${turns} turns`)
    await pump(world, logs.close())
  })
})

describe('what goes wrong', () => {
  test('a damaged batch: the log is left as it is, the others are compacted', async () => {
    const world = testWorld()
    const logs = await openLogs(world, { config, manager: cleaner() })
    const [bad, good] = ['bad', 'good'].map(topic => logs.getOrCreate({ topic, partition: 0 }, { topicId }))
    for (const log of [bad, good]) await write(world, log as PartitionLog, { keys: many(40) })
    const path = `${root}/bad-0/00000000000000000000.log`
    const content = world.disk.readFileSync(path)
    content[100] = (content[100] as number) ^ 1
    writeFile(world.disk, path, content)
    const before = filesOf(world.disk, `${root}/bad-0`)
    await pump(world, logs.compact())
    await pump(world, logs.compact())
    assert.deepEqual(filesOf(world.disk, `${root}/bad-0`), before)
    assert.ok((await recordsOf(world, good as PartitionLog)).length < 40)
    const said = world.logger.lines.filter(line => line.includes('cannot be compacted'))
    assert.equal(said.length, 1)
    assert.match(said[0] as string, /does not match its checksum/)
    assert.deepEqual(world.offline, [])
    await pump(world, logs.close())
  })

  test('a full volume: nothing is left behind, and the next pass goes on', async () => {
    const world = testWorld()
    const { logs, log } = await open(world)
    await write(world, log, { keys: ['a', 'b', 'c', ...many(40)] })
    const names = [...filesOf(world.disk, `${root}/t-0`).keys()]
    const free = world.disk.capacity
    world.disk.capacity = 0
    await pump(world, logs.compact())
    assert.deepEqual([...filesOf(world.disk, `${root}/t-0`).keys()], names)
    assert.match(world.logger.lines.join(), /the volume is full/)
    world.disk.capacity = free
    await pump(world, logs.compact())
    assert.ok((await recordsOf(world, log)).length < 40)
    assert.deepEqual(world.offline, [])
    await pump(world, logs.close())
  })

  test('a failing disk takes the directory offline', async () => {
    const world = testWorld()
    const { logs, log } = await open(world)
    await write(world, log, { keys: many(40) })
    world.disk.onCall = (call, path) => {
      if (call === 'sync' && path.endsWith('.log.cleaned')) throw new DiskError('EIO', 'sync', path)
    }
    await pump(world, logs.compact())
    await settle(world)
    assert.equal(world.offline.length, 1)
    await pump(world, logs.close())
  })

  for (const what of ['truncate', 'delete', 'close'] as const) {
    test(`${what} while a pass is under way`, async () => {
      const world = testWorld()
      const { logs, log } = await open(world, {}, { ioBufferBytes: 200 })
      await write(world, log, { keys: many(60) })
      const compacted = logs.compact()
      world.clock.turn()
      await Promise.resolve()
      if (what === 'truncate') {
        await pump(world, log.truncateTo(30))
        assert.equal(log.logEndOffset, 30)
        assert.equal((await recordsOf(world, log)).at(-1), '29:same')
      } else if (what === 'delete') logs.delete('t', 0)
      await pump(world, logs.close())
      await pump(world, compacted)
      const names = what === 'delete' ? [] : [...filesOf(world.disk, `${root}/t-0`).keys()]
      const left = names.filter(name => /\.(cleaned|swap)$/.test(name))
      assert.deepEqual(left, [])
      assert.deepEqual(world.offline, [])
    })
  }

  test('a look-up that waits while its segments are replaced finds what is there now', async () => {
    const world = testWorld()
    const { logs, log } = await open(world, { fileDeleteDelayMs: 0 })
    await write(world, log, { keys: ['a', ...many(30), 'b', ...many(30)], timestamp: 2000 })
    const compacted = logs.compact()
    const looks = async () => {
      const end = log.logEndOffset
      for (let offset = 0; offset < end; offset += 7) {
        const read = await log.read({ offset, maxBytes: 300, minOneBatch: true, upperBound: end })
        const first = new BatchCursor(read.records)
        assert.ok(first.next() && first.header.lastOffset >= offset)
        assert.equal((await log.offsetForTimestamp(1500, end))?.offset, 0)
      }
    }
    await pump(world, Promise.all([compacted, looks(), looks()]))
    assert.deepEqual(world.offline, [])
    await pump(world, logs.close())
  })
})

test('cleaner-offset-checkpoint says how far, also to the next start and after a deletion', async () => {
  const world = testWorld()
  const { logs, log } = await open(world)
  await write(world, log, { keys: many(40) })
  await pump(world, logs.compact())
  const text = () => Buffer.from(world.disk.readFileSync(`${root}/cleaner-offset-checkpoint`)).toString()
  const activeBase = Number.parseInt(segmentsIn(world).at(-1) as string, 10)
  assert.equal(text(), `0\n1\nt 0 ${activeBase}\n`)
  await pump(world, logs.close())
  const { logs: second } = await open(world)
  const lines = world.logger.lines.length
  await pump(world, second.compact())
  assert.deepEqual(world.logger.lines.slice(lines), [], 'nothing is dirty')
  second.delete('t', 0)
  await settle(world)
  assert.equal(text(), '0\n0\n')
  await pump(world, second.close())
})
