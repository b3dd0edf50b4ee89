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

describe('a full volume', () => {
  for (const large of [false, true]) {
    test(`fails the appends and nothing else; with room again they go on${large ? ', off the loop' : ''}`, async () => {
      const { world, log, outcomes, producer } = await open()
      const before = await readAll(log)
      const valueBytes = large ? 200_000 : 20
      world.disk.capacity = 0
      outcomes.append(log, { records: batch(1, { ...producer(1), valueBytes }), leaderEpoch: 4 })
      outcomes.append(log, { records: batch(1, { ...producer(2), valueBytes }), leaderEpoch: 4 })
      await settle(world)
      assert.deepEqual(told(outcomes), ['ok', 'KAFKA_STORAGE_ERROR', 'KAFKA_STORAGE_ERROR'])
      assert.deepEqual([log.nextOffset, log.logEndOffset, log.latestEpoch, log.offline], [1, 1, 0, false])
      assert.deepEqual(await readAll(log), before)
      assert.deepEqual(world.offline, [])

      world.disk.capacity = Number.POSITIVE_INFINITY
      outcomes.append(log, { records: batch(1, { ...producer(1), valueBytes }) })
      await settle(world)
      assert.deepEqual(told(outcomes).at(-1), 'ok')
      assert.equal(log.logEndOffset, 2)
    })
  }

  test('in the middle of a write: the part that came is cut off', async () => {
    const { world, log, outcomes } = await open()
    const size = log.sizeInBytes
    for (let room = 0; room < 2 * size; room++) {
      world.disk.capacity = world.disk.usedBytes + room
      outcomes.append(log, { records: batch() })
      outcomes.append(log, { records: batch() })
      await settle(world)
      assert.equal(told(outcomes).at(-1), 'KAFKA_STORAGE_ERROR', `room for ${room} bytes`)
      assert.deepEqual([log.nextOffset, log.sizeInBytes], [1, size])
      assert.equal(world.disk.statSync(`${root}/t-0/${'0'.repeat(20)}.log`)?.size, size)
    }
  })

  test('at a roll: the append is refused, and the log goes on in its segment', async () => {
    const { world, log, outcomes } = await open({ segmentBytes: 100 })
    world.disk.onCall = (call, path) => {
      if (call === 'open' && path.endsWith('00000000000000000001.log')) throw new DiskError('ENOSPC', 'open', path)
    }
    assert.throws(() => outcomes.append(log, { records: batch() }), { errorName: 'KAFKA_STORAGE_ERROR' })
    assert.deepEqual([log.nextOffset, log.offline, world.offline.length], [1, false, 0])
    world.disk.onCall = () => {}
    outcomes.append(log, { records: batch() })
    await settle(world)
    assert.equal(log.logEndOffset, 2)
  })

  test('with segments opened by the failed appends: they are gone', async () => {
    const { world, log, outcomes } = await open({ segmentBytes: 200 })
    world.disk.onCall = (call, path) => {
      if (call === 'write' && path.endsWith('.log')) throw new DiskError('ENOSPC', 'write', path)
    }
    for (let index = 0; index < 6; index++) outcomes.append(log, { records: batch() })
    await settle(world)
    assert.deepEqual(told(outcomes).slice(1), Array(6).fill('KAFKA_STORAGE_ERROR'))
    world.disk.onCall = () => {}
    const names = world.disk.listSync(`${root}/t-0`).map(({ name }) => name)
    assert.deepEqual(
      names.filter(name => /^0.*(log|snapshot)/.test(name)),
      [`${'0'.repeat(20)}.log`],
    )
    for (let index = 0; index < 6; index++) outcomes.append(log, { records: batch() })
    await settle(world)
    assert.equal((await readAll(log)).length, 7 * batch().length)
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
