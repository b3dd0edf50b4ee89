/** Full volumes, short writes, failing disks: what is told, what stays, what goes offline (D9). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DiskCall } from '@dorsale/base'
import { DiskError } from '@dorsale/base'
import type { LogConfig } from '../index.ts'
import { batch, Outcomes, openLog, openLogs, readAll, root, settle, testWorld, topicId } from '../testing/world.ts'

async function open(config: Partial<LogConfig> = {}) {
  const world = testWorld()
  const { log, logs } = await openLog(world, { config })
  const outcomes = new Outcomes()
  const producer = (baseSequence: number) => ({ producerId: 1, producerEpoch: 0, baseSequence })
  outcomes.append(log, { records: batch(1, producer(0)) })
  await settle(world)
  const fails = (call: DiskCall, errno: string, pattern = /\.log$/) => {
    world.disk.onCall = (each, path) => {
      if (each === call && pattern.test(path)) throw new DiskError(errno, call, path)
    }
  }
  return { world, log, logs, outcomes, producer, fails }
}

const told = (outcomes: Outcomes) => outcomes.told.map(({ error }) => (error === undefined ? 'ok' : error.errorName))

describe('a full volume takes the directory offline, as Apache Kafka does', () => {
  for (const large of [false, true]) {
    test(`at an append${large ? ', off the loop' : ''}: it fails with those behind it, and a start finds what was acknowledged`, async () => {
      const { world, log, logs, outcomes, producer } = await open()
      const before = await readAll(log)
      const valueBytes = large ? 200_000 : 20
      world.disk.capacity = 0
      outcomes.append(log, { records: batch(1, { ...producer(1), valueBytes }), leaderEpoch: 4 })
      outcomes.append(log, { records: batch(1, { ...producer(2), valueBytes }), leaderEpoch: 4 })
      await settle(world)
      assert.deepEqual(told(outcomes), ['ok', 'KAFKA_STORAGE_ERROR', 'KAFKA_STORAGE_ERROR'])
      assert.deepEqual([log.offline, world.offline.length], [true, 1])
      assert.match(
        String(world.offline[0]?.error.message),
        /^the log directory \/data failed and is offline \(cannot write .*: ENOSPC\): make room on its volume, then start the broker again$/,
      )
      await logs.close()

      world.disk.capacity = Number.POSITIVE_INFINITY
      const again = await openLog(world)
      assert.deepEqual(await readAll(again.log), before)
      outcomes.append(again.log, { records: batch(1, { ...producer(1), valueBytes }) })
      await settle(world)
      assert.deepEqual([told(outcomes).at(-1), again.log.logEndOffset], ['ok', 2])
    })
  }

  test('in the middle of a write: a start cuts off the part that came', async () => {
    const size = batch().length
    for (let room = 0; room < 2 * size; room += 7) {
      const { world, log, logs, outcomes } = await open()
      const before = await readAll(log)
      world.disk.capacity = world.disk.usedBytes + room
      outcomes.append(log, { records: batch() })
      outcomes.append(log, { records: batch() })
      await settle(world)
      assert.equal(told(outcomes).at(-1), 'KAFKA_STORAGE_ERROR', `room for ${room} bytes`)
      await logs.close()
      world.disk.capacity = Number.POSITIVE_INFINITY
      const again = await openLog(world)
      // The first of them is whole when there was room for it: it was told that it failed, and may be there all the same.
      const whole = room >= size ? 1 : 0
      const bytes = await readAll(again.log)
      assert.deepEqual([again.log.nextOffset, bytes.subarray(0, before.length)], [1 + whole, before])
    }
  })

  test('at a roll', async () => {
    const { world, log, outcomes, fails } = await open({ segmentBytes: 100 })
    fails('open', 'ENOSPC', /00000000000000000001\.log$/)
    assert.throws(() => outcomes.append(log, { records: batch() }), { errorName: 'KAFKA_STORAGE_ERROR' })
    await settle(world)
    assert.deepEqual([log.offline, world.offline.length], [true, 1])
  })

  test('with segments opened by the failed appends: a start takes them away', async () => {
    const { world, log, logs, outcomes, fails } = await open({ segmentBytes: 200 })
    fails('write', 'ENOSPC')
    for (let index = 0; index < 6; index++) outcomes.append(log, { records: batch() })
    await settle(world)
    assert.deepEqual(told(outcomes).slice(1), Array(6).fill('KAFKA_STORAGE_ERROR'))
    await logs.close()
    world.disk.onCall = () => {}
    const again = await openLog(world, { config: { segmentBytes: 200 } })
    // As in Apache Kafka, an empty segment says where the log ends: a gap before it is what compaction may leave too.
    assert.equal((await readAll(again.log)).length, batch().length)
    for (let index = 0; index < 6; index++) outcomes.append(again.log, { records: batch() })
    await settle(world)
    assert.equal((await readAll(again.log)).length, 7 * batch().length)
  })
})

describe('a failing disk', () => {
  const cases: [string, DiskCall, Partial<LogConfig>][] = [
    ['a write', 'write', {}],
    ['a sync that an append waits for', 'sync', { flushMessages: 1 }],
  ]
  for (const [name, call, config] of cases) {
    test(`${name}: the append fails and the directory goes offline`, async () => {
      const { world, log, logs, outcomes, fails } = await open(config)
      fails(call, 'EIO')
      outcomes.append(log, { records: batch() })
      outcomes.append(log, { records: batch() })
      await settle(world)
      assert.deepEqual(told(outcomes), ['ok', 'KAFKA_STORAGE_ERROR', 'KAFKA_STORAGE_ERROR'])
      assert.equal(world.offline.length, 1)
      assert.equal(log.offline, true)
      assert.equal(logs.get('t', 0), undefined)
      assert.deepEqual(logs.liveDirectories, [])
      assert.throws(() => log.append({ records: batch(), origin: 'client', leaderEpoch: 0 }, () => {}), {
        errorName: 'KAFKA_STORAGE_ERROR',
      })
      await assert.rejects(async () => await log.read({ offset: 0, maxBytes: 1, minOneBatch: true, upperBound: 1 }), {
        errorName: 'KAFKA_STORAGE_ERROR',
      })
      assert.throws(() => logs.getOrCreate({ topic: 'u', partition: 0 }, { topicId }), {
        errorName: 'KAFKA_STORAGE_ERROR',
      })
      await logs.close()
    })
  }

  test('an append in the turn of the failure is not written behind the hole', async () => {
    const world = testWorld()
    const logs = await openLogs(world)
    const [log, other] = [0, 1].map(partition => logs.getOrCreate({ topic: 't', partition }, { topicId }))
    assert.ok(log && other)
    const outcomes = new Outcomes()
    let fail = true
    world.disk.onCall = (call, path) => {
      if (fail && call === 'write' && path.endsWith('t-0/00000000000000000000.log'))
        throw new DiskError('EIO', call, path)
    }
    log.append({ records: batch(1, { valueBytes: 200_000 }), origin: 'client', leaderEpoch: 0 }, () => {
      fail = false
      outcomes.append(log, { records: batch() })
    })
    world.clock.turn()
    // The end of this turn is awaited before the failure is heard of, and the directory is offline only after it.
    outcomes.append(other, { records: batch() })
    await new Promise<void>(resolve => setImmediate(resolve))
    await settle(world)
    assert.deepEqual(told(outcomes).toSorted(), ['KAFKA_STORAGE_ERROR', 'ok'])
    assert.equal(world.disk.statSync(`${root}/t-0/${'0'.repeat(20)}.log`)?.size, 0)
  })

  test('a failed sync is not tried again', async () => {
    const { world, log, outcomes } = await open({ flushMessages: 1 })
    let syncs = 0
    world.disk.onCall = (call, path) => {
      if (call !== 'sync' || !path.endsWith('.log')) return
      syncs++
      throw new DiskError('EIO', 'sync', path)
    }
    outcomes.append(log, { records: batch() })
    await settle(world)
    await assert.rejects(log.flush(), { errorName: 'KAFKA_STORAGE_ERROR' })
    assert.equal(syncs, 1)
  })

  test('a read', async () => {
    const { world, log, fails } = await open()
    fails('read', 'EIO')
    await assert.rejects(async () => await log.read({ offset: 0, maxBytes: 1, minOneBatch: true, upperBound: 1 }), {
      errorName: 'KAFKA_STORAGE_ERROR',
    })
    await settle(world)
    assert.equal(world.offline.length, 1)
  })

  test('a read that an append needs: when the segment that an earlier life has begun was begun', async () => {
    const world = testWorld()
    const first = await openLog(world)
    new Outcomes().append(first.log, { records: batch() })
    await settle(world)
    await first.logs.close()
    const { log } = await openLog(world)
    world.disk.onCall = (call, path) => {
      if (call === 'read' && path.endsWith('.log')) throw new DiskError('EIO', call, path)
    }
    assert.throws(() => new Outcomes().append(log, { records: batch() }), { errorName: 'KAFKA_STORAGE_ERROR' })
    await settle(world)
    assert.equal(world.offline.length, 1)
  })

  test('one directory of two: the other serves on', async () => {
    const world = testWorld()
    world.disk.makeDirectorySync('/other')
    const directories = [
      { path: root, id: 'one' },
      { path: '/other', id: 'two' },
    ]
    const logs = await openLogs(world, { directories })
    const outcomes = new Outcomes()
    const [a, b] = ['one', 'two'].map((directoryId, partition) =>
      logs.getOrCreate({ topic: 't', partition }, { topicId, directoryId }),
    )
    assert.ok(a && b)
    world.disk.onCall = (call, path) => {
      if (call === 'write' && path.startsWith(root)) throw new DiskError('EIO', 'write', path)
    }
    outcomes.append(a, { records: batch() })
    outcomes.append(b, { records: batch() })
    await settle(world)
    assert.deepEqual(told(outcomes).toSorted(), ['KAFKA_STORAGE_ERROR', 'ok'])
    assert.deepEqual(
      logs.liveDirectories.map(({ id }) => id),
      ['two'],
    )
    assert.deepEqual([...logs.logs], [b])
    assert.equal(world.offline[0]?.directory.id, 'one')
    assert.equal(logs.getOrCreate({ topic: 'u', partition: 0 }, { topicId }).directory.id, 'two')
    await logs.close()
    assert.ok(world.disk.statSync('/other/.kafka_cleanshutdown'))
    assert.equal(
      world.disk.statSync(`${root}/.kafka_cleanshutdown`),
      undefined,
      'a directory that failed was not closed in good order',
    )
  })

  test('a slow disk: its writes leave the loop until it is quick again', async () => {
    const { world, log, outcomes } = await open()
    let slow = true
    world.disk.onCall = (call, path) => {
      if (call === 'write' && path.endsWith('.log') && slow) world.clock.advance(50)
    }
    outcomes.append(log, { records: batch() })
    world.clock.turn()
    assert.equal(outcomes.told.length, 2, 'the first slow write blocks')
    slow = false
    for (let index = 0; index < 20; index++) {
      outcomes.append(log, { records: batch() })
      world.clock.turn()
      // The sixteen writes that prove the disk quick are not done when the turn ends.
      assert.equal(outcomes.told.length === index + 3, index >= 16, `write ${index}`)
      await settle(world)
    }
  })
})
