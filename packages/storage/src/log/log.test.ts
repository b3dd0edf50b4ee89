import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BatchHeader } from '@dorsale/protocol'
import type { LogConfig, LogRead, PartitionLog } from '../index.ts'
import { batch, filesOf, marker, Outcomes, openLog, readAll, root, settle, testWorld } from '../testing/world.ts'

const directory = `${root}/t-0`

async function open(config: Partial<LogConfig> = {}) {
  const world = testWorld()
  const { logs, log } = await openLog(world, { config })
  return { world, logs, log, outcomes: new Outcomes() }
}

/** Appends one batch after the other, each in a turn of its own. */
async function fill(
  log: PartitionLog,
  world: ReturnType<typeof testWorld>,
  batches: number,
  records = 1,
): Promise<void> {
  const outcomes = new Outcomes()
  for (let index = 0; index < batches; index++) {
    outcomes.append(log, { records: batch(records, { timestamp: 1000 + index }) })
    await settle(world)
  }
  assert.ok(outcomes.told.length === batches && outcomes.told.every(({ error }) => error === undefined))
}

function offsetsOf({ records }: LogRead): number[] {
  const offsets: number[] = []
  const header = new BatchHeader(records)
  while (header.position < records.length) {
    offsets.push(header.baseOffset)
    header.position += header.sizeInBytes
  }
  return offsets
}

describe('append', () => {
  test('offsets and epoch are stamped; readers see nothing before the write', async () => {
    const { world, log, outcomes } = await open()
    const appended = outcomes.append(log, { records: batch(3), leaderEpoch: 7 })
    assert.deepEqual(appended, { firstOffset: 0, lastOffset: 2, maxTimestamp: 1000, duplicate: false })
    assert.deepEqual([log.nextOffset, log.logEndOffset, log.highWatermark], [3, 0, 0])
    assert.deepEqual(outcomes.told, [])
    await settle(world)
    assert.deepEqual(outcomes.told, [{ firstOffset: 0, error: undefined }])
    assert.deepEqual([log.nextOffset, log.logEndOffset, log.highWatermark], [3, 3, 0])
    assert.equal(log.latestEpoch, 7)
    const { records } = await log.read({ offset: 1, maxBytes: 1000, minOneBatch: true, upperBound: 3 })
    const header = new BatchHeader(records)
    assert.deepEqual([header.baseOffset, header.partitionLeaderEpoch], [0, 7])
  })

  test('the appends of a turn are one write', async () => {
    const { world, log, outcomes } = await open()
    const writes: string[] = []
    world.disk.onCall = (call, path) => void (call === 'write' && path.endsWith('.log') && writes.push(path))
    for (let index = 0; index < 10; index++) outcomes.append(log, { records: batch(2) })
    await settle(world)
    assert.equal(writes.length, 1)
    assert.deepEqual(
      outcomes.told.map(({ firstOffset }) => firstOffset),
      [0, 2, 4, 6, 8, 10, 12, 14, 16, 18],
    )
  })

  test('large writes leave the loop, and keep their order', async () => {
    const { world, log, outcomes } = await open()
    outcomes.append(log, { records: batch(1, { valueBytes: 300_000 }) })
    world.clock.turn()
    outcomes.append(log, { records: batch(1) })
    assert.deepEqual(outcomes.told, [])
    await settle(world)
    assert.deepEqual(
      outcomes.told.map(({ firstOffset }) => firstOffset),
      [0, 1],
    )
    assert.equal((await readAll(log)).length, log.sizeInBytes)
  })

  test('larger than a segment', async () => {
    const { log } = await open({ segmentBytes: 100 })
    const append = () => log.append({ records: batch(2), origin: 'client', leaderEpoch: 0 }, () => {})
    assert.throws(append, { errorName: 'RECORD_LIST_TOO_LARGE' })
    assert.equal(log.nextOffset, 0)
  })

  test('a replicated batch keeps its offsets and epoch, and is refused below the end', async () => {
    const { world, log, outcomes } = await open()
    const records = batch(2, { baseOffset: 40, partitionLeaderEpoch: 3 })
    outcomes.append(log, { records, origin: 'replication', leaderEpoch: -1 })
    await settle(world)
    assert.deepEqual([log.logEndOffset, log.latestEpoch, log.epochAt(40), log.epochAt(39)], [42, 3, 3, -1])
    const again = () => log.append({ records, origin: 'replication', leaderEpoch: -1 }, () => {})
    assert.throws(again, /ends at 42/)
  })

  test('with flush.messages=1 an append is told after the sync, and those of a turn share one', async () => {
    const { world, log, outcomes } = await open({ flushMessages: 1 })
    const calls: string[] = []
    world.disk.onCall = (call, path) =>
      void (/write|sync/.test(call) && !path.endsWith('.tmp') && calls.push(`${call} ${path.split('.').at(-1)}`))
    outcomes.append(log, { records: batch() })
    outcomes.append(log, { records: batch() })
    world.clock.turn()
    assert.deepEqual([outcomes.told.length, log.logEndOffset], [0, 0])
    await settle(world)
    assert.deepEqual([outcomes.told.length, log.logEndOffset], [2, 2])
    // File and log are new: their names go to the platter with their first bytes, once.
    const names = [`sync directory ${directory}`, `sync directory ${root}`]
    assert.deepEqual(calls, ['write log', 'write metadata', 'sync metadata', 'sync log', ...names])
    calls.length = 0
    outcomes.append(log, { records: batch() })
    await settle(world)
    assert.deepEqual(calls, ['write log', 'sync log'])
  })
})

describe('rolling', () => {
  const cases: [string, Partial<LogConfig>, { timestamps?: number[]; files: number[] }][] = [
    ['by bytes', { segmentBytes: 200 }, { files: [0, 2, 4] }],
    ['by age of the records', { segmentMs: 100 }, { timestamps: [0, 50, 100, 101, 150], files: [0, 3] }],
    ['by records that go back in time', { segmentMs: 100 }, { timestamps: [500, 0, 400, 601], files: [0, 3] }],
    ['by a full index', { segmentIndexBytes: 24, indexIntervalBytes: 0 }, { files: [0, 2, 4] }],
  ]
  for (const [name, config, { timestamps = [1, 2, 3, 4, 5], files }] of cases) {
    test(name, async () => {
      const { world, log, outcomes } = await open(config)
      for (const timestamp of timestamps) {
        outcomes.append(log, { records: batch(1, { timestamp }) })
        await settle(world)
      }
      const bases = [...filesOf(world.disk, directory).keys()].filter(each => each.endsWith('.log'))
      assert.deepEqual(
        bases.map(each => Number.parseInt(each, 10)),
        files,
      )
      assert.equal((await readAll(log)).length, log.sizeInBytes)
    })
  }

  test('by age of the clock, when records have no timestamp', async () => {
    const { world, log, outcomes } = await open({ segmentMs: 1000 })
    outcomes.append(log, { records: batch(1, { timestamp: -1 }) })
    await settle(world)
    world.clock.advance(1001)
    outcomes.append(log, { records: batch(1, { timestamp: -1 }) })
    await settle(world)
    assert.ok(world.disk.statSync(`${directory}/00000000000000000001.log`))
  })

  test('jitter makes segments roll earlier, never later', async () => {
    const { world, log } = await open({ segmentMs: 1000, segmentJitterMs: 1000 })
    await fill(log, world, 1)
    const outcomes = new Outcomes()
    outcomes.append(log, { records: batch(1, { timestamp: 2001 }) })
    assert.equal(world.disk.statSync(`${directory}/00000000000000000001.log`)?.kind, 'file')
  })

  test('new settings count from the next append on', async () => {
    const { world, log } = await open()
    await fill(log, world, 2)
    log.updateConfig({ ...log.config, segmentBytes: 200 })
    await fill(log, world, 1)
    assert.ok(world.disk.statSync(`${directory}/00000000000000000002.log`))
  })

  test('within a turn: the appends before and after the roll are both written', async () => {
    const { world, log, outcomes } = await open({ segmentBytes: 200 })
    for (let index = 0; index < 5; index++) outcomes.append(log, { records: batch() })
    await settle(world)
    assert.equal(outcomes.told.length, 5)
    assert.equal((await readAll(log)).length, log.sizeInBytes)
    assert.equal(log.logEndOffset, 5)
  })
})

describe('read', () => {
  test('bounds', async () => {
    const { world, log } = await open({ segmentBytes: 400 })
    await fill(log, world, 10, 2)
    const size = batch(2).length
    const read = async (offset: number, maxBytes: number, minOneBatch: boolean, upperBound = 20) =>
      await log.read({ offset, maxBytes, minOneBatch, upperBound })

    assert.deepEqual(offsetsOf(await read(0, 10_000, true)), [0, 2, 4])
    assert.deepEqual(offsetsOf(await read(3, 2 * size, true)), [2, 4])
    assert.deepEqual(offsetsOf(await read(5, 10_000, true)), [4])
    assert.equal((await read(0, 2 * size + 5, true)).records.length, 2 * size + 5, 'the last batch is cut')
    assert.equal((await read(0, 2 * size + 5, true)).endOffset, 4)
    assert.deepEqual(offsetsOf(await read(0, 1, true)), [0])
    assert.deepEqual((await read(0, 1, false)).records.length, 1)
    assert.equal((await read(0, 1, false)).firstBatchIncomplete, true)
    assert.equal((await read(0, 0, false)).records.length, 0)
    assert.deepEqual(offsetsOf(await read(0, 10_000, true, 4)), [0, 2])
    assert.deepEqual(offsetsOf(await read(0, 10_000, true, 3)), [0], 'a batch that reaches over the bound is left out')
    assert.deepEqual(offsetsOf(await read(4, 10_000, true, 4)), [])
    assert.deepEqual(offsetsOf(await read(20, 10_000, true)), [])
    await assert.rejects(async () => await read(21, 1, true), { errorName: 'OFFSET_OUT_OF_RANGE' })
    await assert.rejects(async () => await read(-1, 1, true), { errorName: 'OFFSET_OUT_OF_RANGE' })
  })

  test('every offset, from the index, from a hint, and through a gap', async () => {
    const { world, log, outcomes } = await open({ segmentBytes: 900, indexIntervalBytes: 200 })
    for (let base = 0; base < 300; base += 10) {
      // Five records of offsets base..base+4, and nothing up to the next: what compaction leaves.
      const records = batch(5, { baseOffset: base, partitionLeaderEpoch: 0 })
      outcomes.append(log, { records, origin: 'replication', leaderEpoch: -1 })
      await settle(world)
    }
    for (let offset = 0; offset < 295; offset++) {
      const read = await log.read({ offset, maxBytes: 1, minOneBatch: true, upperBound: 295 })
      const expected = offset % 10 < 5 ? offset - (offset % 10) : offset - (offset % 10) + 10
      assert.deepEqual(offsetsOf(read), [expected], `offset ${offset}`)
    }
  })

  test('by timestamp', async () => {
    const { world, log, outcomes } = await open({ segmentBytes: 300, indexIntervalBytes: 0 })
    for (const timestamp of [100, 300, 200, 400, 400, 50]) {
      outcomes.append(log, { records: batch(2, { timestamp }) })
      await settle(world)
    }
    const cases: [number, number, number | undefined][] = [
      [0, 12, 0],
      [100, 12, 0],
      [101, 12, 2],
      [300, 12, 2],
      [301, 12, 6],
      [400, 12, 6],
      [401, 12, undefined],
      [301, 6, undefined],
    ]
    for (const [timestamp, upperBound, offset] of cases) {
      assert.equal((await log.offsetForTimestamp(timestamp, upperBound))?.offset, offset, `timestamp ${timestamp}`)
    }
    assert.deepEqual(await log.offsetOfMaxTimestamp(), { timestamp: 400, offset: 6, leaderEpoch: 0 })
    log.advanceHighWatermark(12)
    log.advanceLogStart(1)
    assert.equal((await log.offsetForTimestamp(0, 12))?.offset, 1, 'not below the log start offset')
  })

  test('at the tail in place, however much is asked for; far back and after a start off the loop', async () => {
    const { world, log, logs } = await open()
    await fill(log, world, 3)
    const ask = (of: PartitionLog, offset: number) =>
      of.read({ offset, maxBytes: 1 << 20, minOneBatch: true, upperBound: 99 })
    assert.ok(!(ask(log, 0) instanceof Promise))
    const outcomes = new Outcomes()
    outcomes.append(log, { records: batch(1, { valueBytes: 300_000 }) })
    await settle(world)
    assert.ok(ask(log, 0) instanceof Promise)
    await logs.close()
    const { log: again } = await openLog(testWorld(world.disk.copy()))
    const read = again.read({ offset: 0, maxBytes: 1, minOneBatch: true, upperBound: 99 })
    assert.ok(read instanceof Promise)
    assert.deepEqual(offsetsOf(await read), [0])
  })

  test('in an empty log', async () => {
    const { log } = await open()
    assert.deepEqual(offsetsOf(await log.read({ offset: 0, maxBytes: 1, minOneBatch: true, upperBound: 1 })), [])
    assert.equal(await log.offsetForTimestamp(0, 1), undefined)
    assert.equal(await log.offsetOfMaxTimestamp(), undefined)
  })
})

describe('transactions', () => {
  const tx = (producerId: number, baseSequence: number) => ({
    producerId,
    producerEpoch: 0,
    baseSequence,
    transactional: true,
  })

  test('the last stable offset waits for the marker and for the high watermark', async () => {
    const { world, log, outcomes } = await open()
    const append = async (records: Uint8Array, origin: 'client' | 'coordinator' = 'client') => {
      outcomes.append(log, { records, origin })
      await settle(world)
      log.advanceHighWatermark(log.logEndOffset)
    }
    await append(batch(1))
    await append(batch(2, tx(1, 0)))
    assert.equal(log.lastStableOffset, 1)
    await append(batch(2, tx(2, 0)))
    outcomes.append(log, { records: marker('abort', { producerId: 1, producerEpoch: 0 }), origin: 'coordinator' })
    await settle(world)
    assert.equal(log.lastStableOffset, 1, 'the marker is not below the high watermark')
    log.advanceHighWatermark(log.logEndOffset)
    assert.equal(log.lastStableOffset, 3)
    await append(marker('commit', { producerId: 2, producerEpoch: 0 }), 'coordinator')
    assert.equal(log.lastStableOffset, 7)
    assert.deepEqual(log.abortedTransactions({ offset: 0, upperBound: 7 }), [{ producerId: 1, firstOffset: 1 }])
    assert.deepEqual(log.abortedTransactions({ offset: 6, upperBound: 7 }), [])
  })

  test('survive a restart of either kind', async () => {
    for (const kind of ['clean', 'unclean']) {
      const { world, logs, log, outcomes } = await open({ segmentBytes: 250 })
      outcomes.append(log, { records: batch(1, tx(1, 0)) })
      outcomes.append(log, { records: marker('abort', { producerId: 1, producerEpoch: 0 }), origin: 'coordinator' })
      outcomes.append(log, { records: batch(1, tx(1, 1)) })
      await settle(world)
      if (kind === 'clean') await logs.close()
      const again = testWorld(world.disk.copy())
      const { log: found } = await openLog(again, { config: { segmentBytes: 250 } })
      found.advanceHighWatermark(3)
      assert.equal(found.lastStableOffset, 2, kind)
      assert.deepEqual(found.abortedTransactions({ offset: 0, upperBound: 3 }), [{ producerId: 1, firstOffset: 0 }])
    }
  })
})

describe('leader epochs', () => {
  test('end offsets, as OffsetForLeaderEpoch asks for them', async () => {
    const { world, log, outcomes } = await open()
    for (const leaderEpoch of [2, 2, 5, 9]) outcomes.append(log, { records: batch(10), leaderEpoch })
    await settle(world)
    const cases: [number, number, number][] = [
      [-1, -1, -1],
      [0, 0, 0],
      [2, 2, 20],
      [4, 2, 20],
      [5, 5, 30],
      [9, 9, 40],
      [10, -1, -1],
    ]
    for (const [asked, leaderEpoch, endOffset] of cases) {
      assert.deepEqual(log.endOffsetForEpoch(asked), { leaderEpoch, endOffset }, `epoch ${asked}`)
    }
    log.advanceHighWatermark(40)
    log.advanceLogStart(25)
    assert.deepEqual(log.endOffsetForEpoch(2), { leaderEpoch: 2, endOffset: 25 })
  })
})

describe('truncation', () => {
  for (const offset of [0, 1, 3, 4, 7, 9, 10, 11]) {
    test(`to ${offset} of 10`, async () => {
      const { world, log, logs } = await open({ segmentBytes: 300, indexIntervalBytes: 0 })
      await fill(log, world, 5, 2)
      log.advanceHighWatermark(8)
      const bytes = await readAll(log)
      await log.truncateTo(offset)
      // A batch that holds the offset goes whole.
      const end = Math.min(offset - (offset % 2), 10)
      assert.deepEqual([log.logEndOffset, log.nextOffset, log.highWatermark], [end, end, Math.min(8, end)])
      assert.deepEqual(await readAll(log), bytes.subarray(0, (bytes.length * end) / 10))
      await fill(log, world, 3, 2)
      assert.equal(log.logEndOffset, end + 6)
      await logs.close()
      const { log: again } = await openLog(testWorld(world.disk.copy()), { config: { segmentBytes: 300 } })
      assert.equal((await readAll(again)).length, (bytes.length * (end + 6)) / 10)
    })
  }

  test('producers forget what was cut', async () => {
    const { world, log, outcomes } = await open()
    for (const baseSequence of [0, 1, 2]) {
      outcomes.append(log, { records: batch(1, { producerId: 1, producerEpoch: 0, baseSequence, timestamp: 2e6 }) })
    }
    await settle(world)
    await log.truncateTo(1)
    assert.deepEqual(
      log.activeProducers().map(({ lastSequence }) => lastSequence),
      [0],
    )
  })

  test('everything, to start elsewhere', async () => {
    const { world, log } = await open({ segmentBytes: 300 })
    await fill(log, world, 5)
    await log.truncateFullyAndStartAt(100)
    assert.deepEqual([log.logStartOffset, log.logEndOffset, log.highWatermark, log.latestEpoch], [100, 100, 100, -1])
    await fill(log, world, 1)
    assert.deepEqual(
      [...filesOf(world.disk, directory).keys()].filter(name => name.endsWith('.log')),
      ['00000000000000000100.log'],
    )
  })
})
