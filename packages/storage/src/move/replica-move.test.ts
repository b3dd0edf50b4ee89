import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LogConfig, LogDirectory, LogManager, MoveOptions, PartitionLog } from '../index.ts'
import {
  batch,
  filesOf,
  marker,
  type OpenOptions,
  Outcomes,
  openLogs,
  pump,
  readAll,
  settle,
  type TestWorld,
  testWorld,
  topicId,
} from '../testing/world.ts'

const one: LogDirectory = { path: '/one', id: 'one' }
const two: LogDirectory = { path: '/two', id: 'two' }
const three: LogDirectory = { path: '/three', id: 'three' }
const directories = [one, two, three]
const place = { topic: 't', partition: 0 }
const small: Partial<LogConfig> = { segmentBytes: 1000, indexIntervalBytes: 100, fileDeleteDelayMs: 50 }

function world(): TestWorld {
  const made = testWorld()
  for (const { path } of directories) made.disk.makeDirectorySync(path)
  return made
}

/** A throttle that is opened by hand. */
class Gate implements MoveOptions {
  concurrency = 3
  isExceeded = true
  bytes = 0
  readonly assigned: string[] = []
  get throttle() {
    return this
  }
  spent(bytes: number): void {
    this.bytes += bytes
  }
  async assign({ directory }: PartitionLog): Promise<void> {
    this.assigned.push(directory.id)
  }
}

/** `t-0` in the first directory. */
async function open(at: TestWorld, options: OpenOptions = {}) {
  const moved: PartitionLog[] = []
  const logs = await openLogs(at, { config: small, directories, onMoved: log => moved.push(log), ...options })
  const log = logs.getOrCreate(place, { topicId, directoryId: 'one' })
  return { logs, log, moved }
}

async function append(at: TestWorld, log: PartitionLog, count: number): Promise<void> {
  const outcomes = new Outcomes()
  for (let index = 0; index < count; index++) outcomes.append(log, { records: batch(1, { valueBytes: 60 }) })
  await settle(at)
  assert.deepEqual(
    outcomes.told.filter(({ error }) => error !== undefined),
    [],
  )
  log.advanceHighWatermark(log.logEndOffset)
}

/** Lets time pass until `isDone`. */
async function until(at: TestWorld, isDone: () => boolean): Promise<void> {
  for (let round = 0; round < 200; round++) {
    if (isDone()) return
    at.clock.advance(100)
    await settle(at)
  }
  assert.fail('it does not come to pass')
}

const namesIn = (at: TestWorld, { path }: LogDirectory) =>
  at.disk
    .listSync(path)
    .filter(({ kind }) => kind === 'directory')
    .map(({ name }) => name.replace(/[0-9a-f]{32}/, '#'))
const current = (logs: LogManager) => logs.get('t', 0) as PartitionLog
const isMoved = (logs: LogManager, to: LogDirectory) => () => current(logs)?.directory === to

describe('a replica moves', () => {
  test('while it is read and written: no record is lost, changed or told twice', async () => {
    const at = world()
    const { logs, log, moved } = await open(at)
    await append(at, log, 60)
    logs.moveTo(place, two)
    assert.deepEqual([namesIn(at, one), namesIn(at, two)], [['t-0'], ['t-0.#-future']])
    const outcomes = new Outcomes()
    const written: number[] = []
    // Appended in every turn, so that there are always some that the log has not written yet.
    for (let round = 0; round < 300 && !isMoved(logs, two)(); round++) {
      for (let count = 0; count < 3; count++) {
        written.push(outcomes.append(current(logs), { records: batch(1, { valueBytes: 60 }) }).firstOffset)
      }
      at.clock.turn()
      await new Promise<void>(resolve => setImmediate(resolve))
    }
    await settle(at)
    assert.ok(isMoved(logs, two)())
    assert.deepEqual(moved, [current(logs)])
    assert.deepEqual([...logs.futures], [])
    assert.deepEqual(
      outcomes.told,
      written.map(firstOffset => ({ firstOffset, error: undefined })),
    )
    assert.equal(current(logs).logEndOffset, 60 + written.length)
    await append(at, current(logs), 5)
    assert.deepEqual([namesIn(at, one), namesIn(at, two)], [['t-0.#-delete'], ['t-0']])
    const bytes = await pump(at, readAll(current(logs)))
    // Who has begun to read in the old place comes to an end.
    const before = await pump(at, readAll(log))
    assert.ok(Buffer.from(bytes.subarray(0, before.length)).equals(before))
    assert.throws(() => log.append({ records: batch(), origin: 'client', leaderEpoch: 0 }, () => {}), /moved/)
    at.clock.advance(50)
    await settle(at)
    assert.deepEqual(namesIn(at, one), [])
    await pump(at, logs.close())

    const again = testWorld(at.disk.copy())
    const found = await openLogs(again, { config: small, directories })
    assert.equal(current(found).directory, two)
    assert.ok(Buffer.from(await pump(again, readAll(current(found)))).equals(bytes))
    assert.doesNotMatch(again.logger.lines.join(), /warn|error/)
  })

  test('at the pace of the throttle, its copy told apart; asked for again nothing changes, elsewhere it begins anew, back home it ends', async () => {
    const at = world()
    const gate = new Gate()
    const { logs, log } = await open(at, { moves: gate })
    await append(at, log, 30)
    const futures = () => [...logs.futures].map(({ directory, logEndOffset }) => [directory.id, logEndOffset])
    logs.moveTo(place, two)
    await settle(at)
    const [future] = logs.futures
    assert.deepEqual(futures(), [['two', 0]])
    logs.moveTo(place, two)
    assert.deepEqual([...logs.futures], [future])
    logs.moveTo(place, three)
    assert.deepEqual(futures(), [['three', 0]])
    assert.deepEqual([namesIn(at, two), namesIn(at, three)], [['t-0.#-delete'], ['t-0.#-future']])
    logs.moveTo(place, one)
    assert.deepEqual(futures(), [])
    assert.deepEqual([namesIn(at, one), namesIn(at, three)], [['t-0'], ['t-0.#-delete']])
    at.clock.advance(50)
    await settle(at)
    assert.deepEqual([namesIn(at, two), namesIn(at, three)], [[], []])
    gate.isExceeded = false
    logs.moveTo(place, two)
    await until(at, isMoved(logs, two))
    assert.deepEqual(gate.assigned, ['two'])
    assert.equal(gate.bytes, current(logs).sizeInBytes)
    await pump(at, logs.close())
  })

  test('when the controller has heard of it, and not before', async () => {
    const at = world()
    const gate = new Gate()
    gate.isExceeded = false
    let isReachable = false
    const assign = async () => {
      if (!isReachable) throw new Error('the controller is away')
    }
    const { logs, log } = await open(at, { moves: { concurrency: 1, throttle: gate, assign } })
    await append(at, log, 10)
    logs.moveTo(place, two)
    for (let round = 0; round < 30; round++) {
      at.clock.advance(100)
      await settle(at)
    }
    assert.equal([...logs.futures][0]?.logEndOffset, 10)
    assert.equal(current(logs).directory, one)
    isReachable = true
    await until(at, isMoved(logs, two))
    await pump(at, logs.close())
  })

  test('one after the other when num.replica.alter.log.dirs.threads is 1', async () => {
    const at = world()
    const gate = new Gate()
    gate.concurrency = 1
    const { logs } = await open(at, { moves: gate })
    const places = [0, 1, 2].map(partition => ({ topic: 't', partition }))
    for (const each of places) await append(at, logs.getOrCreate(each, { topicId, directoryId: 'one' }), 3)
    for (const each of places) logs.moveTo(each, two)
    assert.equal([...logs.futures].length, 3)
    // The first goes back: those behind it have their turn.
    logs.moveTo(places[0]!, one)
    gate.isExceeded = false
    await until(at, () => [...logs.futures].length === 0)
    assert.deepEqual(
      places.map(({ topic, partition }) => logs.get(topic, partition)?.directory.id),
      ['one', 'two', 'two'],
    )
    await pump(at, logs.close())
  })
})

describe('what happens meanwhile', () => {
  test('the topic is deleted: log and copy go', async () => {
    const at = world()
    const { logs, log } = await open(at, { moves: new Gate() })
    await append(at, log, 10)
    logs.moveTo(place, two)
    logs.delete('t', 0)
    assert.deepEqual([namesIn(at, one), namesIn(at, two)], [['t-0.#-delete'], ['t-0.#-delete']])
    assert.deepEqual([...logs.logs, ...logs.futures], [])
    at.clock.advance(50)
    await settle(at)
    assert.deepEqual([namesIn(at, one), namesIn(at, two)], [[], []])
    await pump(at, logs.close())
  })

  test('the start of the log moves up, into a batch or over segments', async () => {
    for (const start of [7, 23]) {
      const at = world()
      const gate = new Gate()
      const { logs, log } = await open(at, { moves: gate })
      const outcomes = new Outcomes()
      for (let index = 0; index < 8; index++) outcomes.append(log, { records: batch(5, { valueBytes: 60 }) })
      await settle(at)
      log.advanceHighWatermark(log.logEndOffset)
      log.advanceLogStart(start)
      logs.applyRetention()
      logs.moveTo(place, two)
      gate.isExceeded = false
      await until(at, isMoved(logs, two))
      assert.deepEqual([current(logs).logStartOffset, current(logs).logEndOffset], [start, 40])
      const bytes = await pump(at, readAll(current(logs)))
      // As after SIGKILL: what was deleted stays deleted.
      const again = testWorld(at.disk.copy())
      const found = await openLogs(again, { config: small, directories })
      assert.deepEqual([current(found).directory, current(found).logStartOffset], [two, start])
      assert.ok(Buffer.from(await pump(again, readAll(current(found)))).equals(bytes))
      await pump(at, logs.close())
    }
  })

  test('retention takes from both, records are deleted up to the end', async () => {
    const at = world()
    const gate = new Gate()
    gate.isExceeded = false
    let assigned = () => {}
    const assign = () => new Promise<void>(resolve => (assigned = resolve))
    const { logs, log } = await open(at, { moves: { concurrency: 1, throttle: gate, assign } })
    await append(at, log, 40)
    logs.moveTo(place, two)
    await until(at, () => [...logs.futures][0]?.logEndOffset === 40)
    log.advanceLogStart(40)
    await append(at, log, 3)
    log.advanceLogStart(41)
    logs.applyRetention()
    assigned()
    await until(at, isMoved(logs, two))
    assert.deepEqual([current(logs).logStartOffset, current(logs).logEndOffset], [41, 43])
    await pump(at, logs.close())
  })

  test('retention takes more from the copy than from the log', async () => {
    const at = world()
    const gate = new Gate()
    gate.isExceeded = false
    let assigned = () => {}
    const assign = () => new Promise<void>(resolve => (assigned = resolve))
    const { logs, log } = await open(at, { moves: { concurrency: 1, throttle: gate, assign } })
    await append(at, log, 40)
    logs.moveTo(place, two)
    await until(at, () => [...logs.futures][0]?.logEndOffset === 40)
    ;[...logs.futures][0]?.advanceLogStart(9)
    assigned()
    await until(at, isMoved(logs, two))
    assert.deepEqual([current(logs).logStartOffset, current(logs).logEndOffset], [9, 40])
    await pump(at, logs.close())
  })

  test('the log ends behind a gap, as a death may leave it', async () => {
    for (const count of [1, 30]) {
      const at = world()
      const gate = new Gate()
      const { logs, log } = await open(at, { moves: gate })
      await append(at, log, count)
      await pump(at, logs.close())
      at.disk.openSync('/one/t-0/00000000000000000040.log', 'create').closeSync()
      at.disk.removeSync('/one/.kafka_cleanshutdown')
      const found = await openLogs(at, { config: small, directories })
      found.moveTo(place, two)
      assert.equal(current(found).logEndOffset, 40)
      await until(at, isMoved(found, two))
      assert.deepEqual([current(found).logStartOffset, current(found).logEndOffset], [0, 40])
      await append(at, current(found), 3)
      assert.equal((await pump(at, readAll(current(found)))).length, (count + 3) * batch(1, { valueBytes: 60 }).length)
      await pump(at, found.close())
    }
  })

  test('the log is cut and goes on differently', async () => {
    const at = world()
    const gate = new Gate()
    gate.isExceeded = false
    let assigned = () => {}
    const assign = () => new Promise<void>(resolve => (assigned = resolve))
    const { logs, log } = await open(at, { moves: { concurrency: 1, throttle: gate, assign } })
    await append(at, log, 40)
    logs.moveTo(place, two)
    await until(at, () => [...logs.futures][0]?.logEndOffset === 40)
    await pump(at, log.truncateTo(21))
    log.assignEpoch(3)
    const outcomes = new Outcomes()
    for (let index = 0; index < 25; index++) {
      outcomes.append(log, { records: batch(1, { valueBytes: 9 }), leaderEpoch: 3 })
    }
    await settle(at)
    const bytes = await pump(at, readAll(log))
    assigned()
    await until(at, isMoved(logs, two))
    assert.ok(Buffer.from(await pump(at, readAll(current(logs)))).equals(bytes))
    assert.equal(current(logs).epochAt(21), 3)
    await pump(at, logs.close())
  })

  test('no compaction while it lasts; how far the log was compacted goes with it', async () => {
    const at = world()
    const gate = new Gate()
    const config = { ...small, cleanupCompact: true, cleanupDelete: false, minCleanableDirtyRatio: 0 }
    const { logs, log } = await open(at, { config, moves: gate })
    await append(at, log, 60)
    await pump(at, logs.compact())
    const compacted = Buffer.from(await pump(at, readAll(log)))
    logs.moveTo(place, two)
    await append(at, log, 60)
    const size = log.sizeInBytes
    await pump(at, logs.compact())
    assert.equal(log.sizeInBytes, size, 'nothing was compacted')
    gate.isExceeded = false
    await until(at, isMoved(logs, two))
    const moved = Buffer.from(await pump(at, readAll(current(logs))))
    assert.ok(moved.subarray(0, compacted.length).equals(compacted))
    const checkpoint = (directory: LogDirectory) =>
      Buffer.from(at.disk.readFileSync(`${directory.path}/cleaner-offset-checkpoint`)).toString()
    assert.match(checkpoint(two), /^t 0 \d+$/m)
    assert.doesNotMatch(checkpoint(one), /^t 0/m)
    await pump(at, logs.compact())
    assert.ok(current(logs).sizeInBytes < size)
    await pump(at, logs.close())
  })

  test('a move that was called off lets compaction go on', async () => {
    const at = world()
    const config = { ...small, cleanupCompact: true, cleanupDelete: false, minCleanableDirtyRatio: 0 }
    const { logs, log } = await open(at, { config, moves: new Gate() })
    await append(at, log, 60)
    const size = log.sizeInBytes
    logs.moveTo(place, two)
    logs.moveTo(place, one)
    await pump(at, logs.compact())
    assert.ok(log.sizeInBytes < size)
    await pump(at, logs.close())
  })

  test('transactions and the sequences of producers go with the records', async () => {
    const at = world()
    const { logs, log } = await open(at)
    const outcomes = new Outcomes()
    const data = (producerId: number, baseSequence: number) =>
      batch(2, { producerId, producerEpoch: 0, baseSequence, transactional: true })
    outcomes.append(log, { records: data(1, 0) })
    outcomes.append(log, { records: data(2, 0) })
    outcomes.append(log, { records: marker('abort', { producerId: 1, producerEpoch: 0 }), origin: 'coordinator' })
    await settle(at)
    log.advanceHighWatermark(log.logEndOffset)
    logs.moveTo(place, two)
    await until(at, isMoved(logs, two))
    const moved = current(logs)
    assert.equal(moved.lastStableOffset, log.lastStableOffset)
    assert.deepEqual(moved.activeProducers(), log.activeProducers())
    const range = { offset: 0, upperBound: moved.logEndOffset }
    assert.deepEqual(moved.abortedTransactions(range), [{ producerId: 1, firstOffset: 0 }])
    assert.equal(outcomes.append(moved, { records: data(2, 0) }).duplicate, true)
    assert.throws(() => outcomes.append(moved, { records: data(2, 7) }), { errorName: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
    await pump(at, logs.close())
  })
})

describe('a directory fails', () => {
  for (const [broken, what] of [
    [two, 'that of the copy: the log goes on where it is'],
    [one, 'that of the log: it is gone, and the copy waits for the next start'],
  ] as const) {
    test(what, async () => {
      const at = world()
      const gate = new Gate()
      const { logs, log } = await open(at, { moves: gate })
      await append(at, log, 30)
      logs.moveTo(place, two)
      await settle(at)
      at.disk.onCall = (call, path) => {
        if (path.startsWith(broken.path) && call === 'write') throw new Error('no more')
      }
      if (broken === one) log.append({ records: batch(), origin: 'client', leaderEpoch: 0 }, () => {})
      gate.isExceeded = false
      await until(at, () => at.offline.length > 0)
      assert.deepEqual(
        at.offline.map(({ directory }) => directory),
        [broken],
      )
      at.disk.onCall = () => {}
      await settle(at)
      if (broken === two) {
        assert.deepEqual([...logs.futures], [])
        await append(at, log, 5)
        assert.equal(log.logEndOffset, 35)
      } else {
        assert.equal(logs.get('t', 0), undefined)
        assert.deepEqual(namesIn(at, two), ['t-0.#-future'])
      }
      await pump(at, logs.close())
    })
  }

  test('the name that the copy is to take cannot be given: the log takes its own back', async () => {
    const at = world()
    const { logs, log } = await open(at)
    await append(at, log, 30)
    at.disk.onCall = (call, path) => {
      if (call === 'rename' && path.endsWith('-future')) throw new Error('no more')
    }
    logs.moveTo(place, two)
    await until(at, () => at.offline.length > 0)
    at.disk.onCall = () => {}
    assert.deepEqual(namesIn(at, one), ['t-0'])
    await append(at, log, 5)
    assert.equal((await pump(at, readAll(current(logs)))).length, log.sizeInBytes)
    await pump(at, logs.close())
  })
})

describe('a start', () => {
  test('goes on with a copy from where it was, after a clean stop and after a death', async () => {
    const at = world()
    const gate = new Gate()
    const { logs, log } = await open(at, { moves: gate })
    await append(at, log, 60)
    gate.isExceeded = false
    let assigned = false
    const stuck = { concurrency: 1, throttle: gate, assign: () => new Promise<void>(() => (assigned = true)) }
    await pump(at, logs.close())
    const second = await openLogs(at, { config: small, directories, moves: stuck })
    second.moveTo(place, two)
    await until(at, () => assigned)
    const dead = at.disk.copy()
    await pump(at, second.close())
    for (const disk of [dead, at.disk.copy()]) {
      const again = testWorld(disk)
      const spent = new Gate()
      spent.isExceeded = false
      const found = await openLogs(again, { config: small, directories, moves: spent })
      const [future] = found.futures
      assert.deepEqual([current(found).directory, future?.directory, future?.logEndOffset], [one, two, 60])
      await append(again, current(found), 2)
      found.resumeMove(future as PartitionLog)
      await until(again, isMoved(found, two))
      assert.equal(current(found).logEndOffset, 62)
      assert.equal(spent.bytes, 2 * batch(1, { valueBytes: 60 }).length)
      await pump(again, found.close())
    }
  })

  test('gives the log its copy where there is only that', async () => {
    const at = world()
    const { logs, log } = await open(at, { moves: new Gate() })
    await append(at, log, 10)
    logs.moveTo(place, two)
    await settle(at)
    await pump(at, logs.close())
    at.disk.renameSync('/one/t-0', '/one/t-0.00000000000000000000000000000000-delete')
    const found = await openLogs(at, { config: small, directories })
    const [future] = found.futures
    found.promote(future as PartitionLog)
    assert.deepEqual([namesIn(at, two), [...found.futures]], [['t-0'], []])
    await append(at, current(found), 3)
    assert.equal(filesOf(at.disk, '/two/t-0').has('00000000000000000000.log'), true)
    await pump(at, found.close())
  })

  test('leaves one copy', async () => {
    const at = world()
    const { logs, log } = await open(at, { moves: new Gate() })
    await append(at, log, 10)
    logs.moveTo(place, two)
    await settle(at)
    await pump(at, logs.close())
    for (const path of ['/two/t-0.1-future', '/three/t-0.2-future', '/one/t-0.3-future'])
      at.disk.makeDirectorySync(path)
    const found = await openLogs(at, { config: small, directories })
    const [future] = found.futures
    found.resumeMove(future as PartitionLog)
    await until(at, isMoved(found, two))
    at.clock.advance(100)
    await settle(at)
    assert.deepEqual(
      directories.flatMap(each => namesIn(at, each)),
      ['t-0'],
    )
    await pump(at, found.close())
  })
})

test('a preference for a directory holds for the creation, once', async () => {
  const at = world()
  const { logs } = await open(at)
  const later = { topic: 'later', partition: 0 }
  logs.prefer(later, three)
  assert.equal(logs.getOrCreate(later, { topicId, directoryId: 'one' }).directory, three)
  logs.delete('later', 0)
  assert.equal(logs.getOrCreate(later, { topicId, directoryId: 'one' }).directory, one)
  await pump(at, logs.close())
})
