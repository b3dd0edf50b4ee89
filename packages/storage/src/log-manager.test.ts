import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DiskError, seededPrng } from '@dorsale/base'
import { openLoneLog, type PartitionLog } from './index.ts'
import { defaultLogConfig, type LogConfig } from './log-config.ts'
import {
  batch,
  filesOf,
  Outcomes,
  openLog,
  openLogs,
  pass,
  readAll,
  root,
  settle,
  testWorld,
  topicId,
  writeFile,
} from './testing/world.ts'

const otherTopicId = 'b3RoZXItdG9waWMtaWQtb2'

async function append(
  world: ReturnType<typeof testWorld>,
  log: PartitionLog,
  batches = 1,
  timestamp = 1000,
): Promise<void> {
  const outcomes = new Outcomes()
  for (let index = 0; index < batches; index++) {
    outcomes.append(log, { records: batch(1, { timestamp }) })
    await settle(world)
  }
  assert.ok(outcomes.told.every(({ error }) => error === undefined))
  log.advanceHighWatermark(log.logEndOffset)
}

/** A log of one batch that an earlier life wrote: its bytes may be cold, so reads of it leave the loop. */
async function openCold(config: Partial<LogConfig>) {
  const first = testWorld()
  const { logs, log } = await openLog(first)
  await append(first, log)
  await logs.close()
  const world = testWorld(first.disk.copy())
  return { world, ...(await openLog(world, { config })) }
}

const namesIn = (world: ReturnType<typeof testWorld>, path = root) => world.disk.listSync(path).map(({ name }) => name)

describe('creation', () => {
  test('the topic id is there before the log, and durable with the first sync', async () => {
    const world = testWorld()
    const calls: string[] = []
    world.disk.onCall = (call, path) => void calls.push(`${call} ${path}`)
    const { log } = await openLog(world, { config: { flushMessages: 1 } })
    await append(world, log)
    const order = [
      `make directory ${root}/t-0`,
      `rename ${root}/t-0/partition.metadata.tmp`,
      `open ${root}/t-0/00000000000000000000.log`,
      `sync ${root}/t-0/partition.metadata`,
      `sync ${root}/t-0/00000000000000000000.log`,
      `sync directory ${root}`,
    ].map(call => calls.indexOf(call, calls.indexOf(`make directory ${root}/t-0`)))
    assert.ok(order[0] !== -1)
    assert.deepEqual(
      order,
      order.toSorted((left, right) => left - right),
    )
    assert.equal(
      filesOf(world.disk, `${root}/t-0`).get('partition.metadata')?.toString(),
      `version: 0\ntopic_id: ${topicId}`,
    )
  })

  test('a failure takes the directory offline, and says what to do', async () => {
    for (const [errno, advice] of [
      ['EIO', 'check its disk'],
      ['ENOSPC', 'make room on its volume'],
    ] as const) {
      const world = testWorld()
      const logs = await openLogs(world)
      world.disk.onCall = (call, path) => {
        if (call === 'open' && path.endsWith('.log')) throw new DiskError(errno, call, path)
      }
      assert.throws(() => logs.getOrCreate({ topic: 't', partition: 0 }, { topicId }), {
        errorName: 'KAFKA_STORAGE_ERROR',
      })
      await settle(world)
      assert.equal(world.offline.length, 1)
      assert.match(
        String(world.offline[0]?.error.message),
        new RegExp(`/data failed and is offline .*: ${advice}, then start`),
      )
    }
  })

  test('the same log again; a log of another topic of the name is refused', async () => {
    const { logs, log } = await openLog(testWorld())
    assert.equal(logs.getOrCreate({ topic: 't', partition: 0 }, { topicId }), log)
    assert.throws(() => logs.getOrCreate({ topic: 't', partition: 0 }, { topicId: otherTopicId }), {
      errorName: 'INCONSISTENT_TOPIC_ID',
    })
  })

  test('a log from before topics had ids takes the one it is given', async () => {
    const world = testWorld()
    const { logs } = await openLog(world)
    await logs.close()
    world.disk.removeSync(`${root}/t-0/partition.metadata`)
    const again = await openLogs(world)
    assert.equal(again.get('t', 0)?.topicId, 'A'.repeat(22))
    assert.equal(again.getOrCreate({ topic: 't', partition: 0 }, { topicId }).topicId, topicId)
    assert.ok(world.disk.statSync(`${root}/t-0/partition.metadata`))
  })

  test('logs spread over the directories', async () => {
    const world = testWorld()
    world.disk.makeDirectorySync('/other')
    const directories = [
      { path: root, id: 'one' },
      { path: '/other', id: 'two' },
    ]
    const logs = await openLogs(world, { directories })
    for (let partition = 0; partition < 4; partition++) logs.getOrCreate({ topic: 't', partition }, { topicId })
    assert.deepEqual([...logs.logs].map(({ directory }) => directory.id).toSorted(), ['one', 'one', 'two', 'two'])
  })
})

describe('deletion', () => {
  test('the directory is renamed at once, and removed after a while', async () => {
    const world = testWorld()
    const { logs, log } = await openLog(world, { config: { fileDeleteDelayMs: 1000 } })
    const outcomes = new Outcomes()
    outcomes.append(log, { records: batch() })
    logs.delete('t', 0)
    assert.equal(logs.get('t', 0), undefined)
    assert.match(namesIn(world).join(' '), /^\.lock t-0\.[0-9a-f]{32}-delete$/)
    assert.equal(outcomes.told[0]?.error?.errorName, 'KAFKA_STORAGE_ERROR')
    logs.getOrCreate({ topic: 't', partition: 0 }, { topicId: otherTopicId })
    world.clock.advance(1000)
    await settle(world)
    assert.deepEqual(namesIn(world), ['.lock', 't-0'])
    logs.delete('t', 9)
  })

  test('what a death left of it goes with the next start', async () => {
    const world = testWorld()
    const { logs } = await openLog(world)
    logs.delete('t', 0)
    const again = testWorld(world.disk.copy())
    await openLogs(again)
    again.clock.advance(0)
    await settle(again)
    assert.deepEqual(namesIn(again), ['.lock'])
  })

  test('a long topic name is cut to fit', async () => {
    const world = testWorld()
    const logs = await openLogs(world)
    logs.getOrCreate({ topic: 'x'.repeat(249), partition: 12 }, { topicId })
    logs.delete('x'.repeat(249), 12)
    assert.deepEqual(
      namesIn(world).map(name => name.length),
      [5, 255],
    )
  })

  test('a stray log is kept', async () => {
    const world = testWorld()
    const { logs, log } = await openLog(world)
    await append(world, log)
    logs.setAsideStray(log)
    world.clock.advance(1e9)
    await settle(world)
    const again = testWorld(world.disk.copy())
    await openLogs(again)
    assert.match(namesIn(again).at(-1) as string, /^t-0\.[0-9a-f]{32}-stray$/)
    assert.deepEqual([...logs.logs], [])
  })

  for (const stray of ['one', 'two']) {
    test(`two logs of a partition, of topics of which one was deleted while its directory was away: the one in ${stray} is set aside`, async () => {
      const world = testWorld()
      world.disk.makeDirectorySync('/other')
      const place = (path: string, id: string) => ({ path, id })
      for (const [directory, id] of [
        [place(root, 'one'), topicId],
        [place('/other', 'two'), otherTopicId],
      ] as const) {
        const logs = await openLogs(world, { directories: [directory] })
        logs.getOrCreate({ topic: 't', partition: 0 }, { topicId: id })
        await logs.close()
      }
      const logs = await openLogs(world, { directories: [place(root, 'one'), place('/other', 'two')] })
      const found = [...logs.logs]
      assert.equal(found.length, 2)
      const gone = found.find(({ directory }) => directory.id === stray)
      assert.ok(gone)
      logs.setAsideStray(gone)
      assert.deepEqual([...logs.logs], [logs.get('t', 0)])
      assert.notEqual(logs.get('t', 0)?.directory.id, stray)
      await logs.close()
    })
  }

  test('a read under way is told', async () => {
    const { world, logs, log } = await openCold({})
    const reading = log.read({ offset: 0, maxBytes: 1000, minOneBatch: true, upperBound: 1 })
    assert.ok(reading instanceof Promise)
    logs.delete('t', 0)
    await assert.rejects(reading, { errorName: 'KAFKA_STORAGE_ERROR' })
    await settle(world)
    assert.deepEqual(world.offline, [], 'the directory has not failed')
    assert.equal(world.disk.openFiles, 0)
  })
})

describe('retention', () => {
  test('by time: the active segment goes too, and its place is kept', async () => {
    const world = testWorld()
    const { log } = await openLog(world, {
      config: { retentionMs: 1000, segmentBytes: 200, fileDeleteDelayMs: 60_000 },
    })
    await append(world, log, 5, world.clock.now())
    assert.equal(log.applyRetention(), 0)
    world.clock.advance(1001)
    const size = log.sizeInBytes
    assert.equal(log.applyRetention(), size)
    assert.deepEqual([log.logStartOffset, log.logEndOffset, log.sizeInBytes], [5, 5, 0])
    const files = namesIn(world, `${root}/t-0`)
    assert.equal(files.filter(name => name.endsWith('.log.deleted')).length, 3)
    assert.deepEqual(
      files.filter(name => name.endsWith('.log')),
      ['00000000000000000005.log'],
    )
    world.clock.advance(60_000)
    await settle(world)
    assert.deepEqual(
      namesIn(world, `${root}/t-0`).filter(name => name.endsWith('.deleted')),
      [],
    )
    assert.equal(log.applyRetention(), 0, 'an empty log has nothing to give')
  })

  test('by size: the oldest segments go while what is left is large enough', async () => {
    const world = testWorld()
    const batchBytes = batch(1).length
    const config = { segmentBytes: batchBytes, retentionMs: -1 }
    const { log } = await openLog(world, { config: { ...config, retentionBytes: 2 * batchBytes } })
    await append(world, log, 5)
    assert.equal(log.applyRetention(), 3 * batchBytes)
    assert.deepEqual([log.logStartOffset, log.sizeInBytes], [3, 2 * batchBytes])
    const { log: unlimited } = await openLog(testWorld(), { config: { ...config, retentionBytes: -1 } })
    assert.equal(unlimited.applyRetention(), 0)
  })

  test('periodically, by itself', async () => {
    const world = testWorld()
    const { log } = await openLog(world, {
      config: { retentionMs: 1000 },
      manager: { retentionCheckIntervalMs: 5000, initialTaskDelayMs: 100 },
    })
    await append(world, log, 1, world.clock.now())
    await pass(world, 4900)
    assert.equal(log.logStartOffset, 0)
    await pass(world, 300)
    assert.equal(log.logStartOffset, 1)
  })

  test('removes files under a read that waits: the offset is out of range then', async () => {
    const { world, log } = await openCold({ retentionMs: 0 })
    log.advanceHighWatermark(1)
    world.clock.advance(1)
    world.disk.onCall = (call, path) => {
      if (call === 'open' && path.endsWith('.deleted')) throw new DiskError('ENOENT', 'open', path)
    }
    const reading = log.read({ offset: 0, maxBytes: 1000, minOneBatch: true, upperBound: 1 })
    log.applyRetention()
    await assert.rejects(async () => await reading, { errorName: 'OFFSET_OUT_OF_RANGE' })
    assert.deepEqual(world.offline, [])
  })

  test('by the log start offset, also of a compacted topic', async () => {
    const world = testWorld()
    const config = { segmentBytes: 200, cleanupDelete: false, cleanupCompact: true, retentionMs: 0 }
    const { log, logs } = await openLog(world, { config })
    await append(world, log, 5)
    log.advanceLogStart(3)
    assert.ok(log.applyRetention() > 0)
    assert.deepEqual(
      namesIn(world, `${root}/t-0`).filter(name => name.endsWith('.log')),
      ['00000000000000000002.log', '00000000000000000004.log'],
    )
    assert.throws(() => log.advanceLogStart(6), { errorName: 'OFFSET_OUT_OF_RANGE' })
    await logs.close()
    assert.equal(filesOf(world.disk, root).get('log-start-offset-checkpoint')?.toString(), '0\n1\nt 0 3\n')
    const { log: again } = await openLog(testWorld(world.disk.copy()), { config })
    assert.equal(again.logStartOffset, 3)
  })
})

describe('stop and start', () => {
  test('in good order: nothing is read again', async () => {
    const world = testWorld()
    const { logs, log } = await openLog(world)
    await append(world, log, 3)
    await logs.close({ brokerEpoch: 42 })
    await logs.close()
    assert.deepEqual(namesIn(world), [
      '.kafka_cleanshutdown',
      '.lock',
      'log-start-offset-checkpoint',
      'recovery-point-offset-checkpoint',
      'replication-offset-checkpoint',
      't-0',
    ])
    assert.equal(world.disk.openFiles, 0)
    const again = testWorld(world.disk.copy())
    const reads: string[] = []
    again.disk.onCall = (call, path) => void (call === 'read' && reads.push(path))
    const { logs: second, log: found } = await openLog(again)
    assert.equal(second.previousBrokerEpoch, 42)
    assert.deepEqual([found.logEndOffset, found.highWatermark], [3, 3])
    assert.equal(reads.length, 1, 'of the last batches, for the end of the log')
    assert.equal(
      again.disk.statSync(`${root}/.kafka_cleanshutdown`),
      undefined,
      'a death from here on is an unclean one',
    )
  })

  test('waits for appends under way', async () => {
    const world = testWorld()
    const { logs, log } = await openLog(world)
    const outcomes = new Outcomes()
    outcomes.append(log, { records: batch(1, { valueBytes: 400_000 }) })
    const closed = logs.close()
    await settle(world)
    await closed
    assert.deepEqual(outcomes.told, [{ firstOffset: 0, error: undefined }])
    const { log: again } = await openLog(testWorld(world.disk.copy()))
    assert.equal(again.logEndOffset, 1)
  })

  test('checkpoints while it runs', async () => {
    const world = testWorld()
    const { log } = await openLog(world, {
      config: { flushMs: 1000 },
      manager: {
        initialTaskDelayMs: 0,
        highWatermarkCheckpointIntervalMs: 500,
        recoveryPointCheckpointIntervalMs: 500,
        logStartCheckpointIntervalMs: 700,
        flushCheckIntervalMs: 100,
      },
    })
    await append(world, log, 2)
    const checkpoint = (name: string) => filesOf(world.disk, root).get(name)?.toString()
    await pass(world, 500)
    assert.equal(checkpoint('replication-offset-checkpoint'), '0\n1\nt 0 2\n')
    assert.equal(checkpoint('recovery-point-offset-checkpoint'), '0\n1\nt 0 0\n')
    log.advanceLogStart(1)
    assert.doesNotMatch(checkpoint('log-start-offset-checkpoint') ?? '', /t 0 1/)
    await pass(world, 2000)
    assert.equal(checkpoint('log-start-offset-checkpoint'), '0\n1\nt 0 1\n')
    assert.equal(checkpoint('recovery-point-offset-checkpoint'), '0\n1\nt 0 1\n', 'flush.ms has passed')
    let writes = 0
    world.disk.onCall = call => void (call === 'write' && writes++)
    await pass(world, 2000)
    assert.equal(writes, 0, 'nothing new, nothing written')
  })

  test('a directory in use, a name that does not belong there, a log that lies there twice', async () => {
    const world = testWorld()
    const { logs } = await openLog(world)
    await assert.rejects(openLogs(world), /^LogDirectoryError: the log directory \/data is in use by another process$/)
    await logs.close()
    world.disk.makeDirectorySync(`${root}/what`)
    await assert.rejects(openLogs(world), /\/data\/what is not named like a log/)
    world.disk.removeSync(`${root}/what`)
    world.disk.makeDirectorySync('/other/t-0')
    const directories = [
      { path: root, id: 'one' },
      { path: '/other', id: 'two' },
    ]
    await assert.rejects(openLogs(world, { directories }), /the log t-0 lies in \/data and in \/other/)
    await openLogs(world)
  })

  test('a directory that its caller has locked', async () => {
    const world = testWorld()
    const lock = world.disk.tryLockSync(`${root}/.lock`)
    const logs = await openLogs(world, { directories: [{ path: root, id: 'one', lockedByCaller: true }] })
    await logs.close()
    assert.equal(world.disk.tryLockSync(`${root}/.lock`), undefined)
    lock?.release()
  })

  // A power loss brought the deleted log back beside the new one, and no start was possible any more.
  test('a log that is created where another of its name was deleted elsewhere waits until that is on the platter', async () => {
    const world = testWorld()
    const directories = ['one', 'two'].map(id => ({ path: `/${id}`, id }))
    for (const { path } of directories) world.disk.makeDirectorySync(path)
    const logs = await openLogs(world, { directories })
    const place = { topic: 't', partition: 0 }
    logs.getOrCreate(place, { topicId, directoryId: 'one' })
    logs.delete('t', 0)
    const calls: string[] = []
    world.disk.onCall = (call, path) => calls.push(`${call} ${path}`)
    logs.getOrCreate(place, { topicId, directoryId: 'two' })
    assert.deepEqual(calls.slice(0, 2), ['sync directory /one', 'make directory /two/t-0'])
    world.disk.onCall = () => {}
    await logs.close()
  })

  test('foreign directories are left alone', async () => {
    const world = testWorld()
    world.disk.makeDirectorySync(`${root}/__cluster_metadata-0`)
    writeFile(world.disk, `${root}/meta.properties`, Buffer.from('version=1\n'))
    const logs = await openLogs(world)
    assert.deepEqual([...logs.logs], [])
  })
})

test('more logs than files may be open', async () => {
  const world = testWorld()
  world.disk.openFilesMax = 20
  const options = { manager: { openFilesMax: 12 } }
  const logs = await openLogs(world, options)
  const outcomes = new Outcomes()
  const all = Array.from({ length: 100 }, (_, partition) => logs.getOrCreate({ topic: 't', partition }, { topicId }))
  for (let round = 0; round < 3; round++) {
    for (const log of all) outcomes.append(log, { records: batch() })
    await settle(world)
  }
  assert.equal(outcomes.told.filter(({ error }) => error === undefined).length, 300)
  const read = await Promise.all(all.map(log => readAll(log)))
  assert.ok(read.every(bytes => bytes.length === 3 * batch().length))
  assert.ok(world.disk.openFilesPeak <= 20, `${world.disk.openFilesPeak} files were open`)
  await logs.close()
  const again = testWorld(world.disk.copy())
  again.disk.openFilesMax = 20
  const found = await openLogs(again, options)
  assert.equal([...found.logs].length, 100)
})

test('producers that were silent are forgotten', async () => {
  const world = testWorld()
  const { log } = await openLog(world, {
    manager: { producerIdExpirationMs: 1000, producerIdExpirationCheckIntervalMs: 500, initialTaskDelayMs: 0 },
  })
  const outcomes = new Outcomes()
  outcomes.append(log, {
    records: batch(1, { producerId: 1, producerEpoch: 0, baseSequence: 0, timestamp: world.clock.now() }),
  })
  await settle(world)
  assert.equal(log.activeProducers().length, 1)
  await pass(world, 2000)
  assert.equal(log.activeProducers().length, 0)
})

test('producer.id.expiration.ms may change while the logs are open', async () => {
  const world = testWorld()
  let expirationMs = 1e9
  const { log } = await openLog(world, {
    manager: {
      get producerIdExpirationMs() {
        return expirationMs
      },
      producerIdExpirationCheckIntervalMs: 500,
      initialTaskDelayMs: 0,
    },
  })
  new Outcomes().append(log, {
    records: batch(1, { producerId: 1, producerEpoch: 0, baseSequence: 0, timestamp: world.clock.now() }),
  })
  await settle(world)
  await pass(world, 5000)
  assert.equal(log.activeProducers().length, 1)
  expirationMs = 1000
  await pass(world, 1000)
  assert.equal(log.activeProducers().length, 0)
})

test('a log by itself', async () => {
  const world = testWorld()
  const offline: Error[] = []
  const open = (closedCleanly: boolean) =>
    openLoneLog({
      ...world,
      prng: seededPrng(1),
      directory: { path: root, id: 'one' },
      topic: '__cluster_metadata',
      partition: 0,
      topicId,
      config: defaultLogConfig,
      closedCleanly,
      onOffline: error => offline.push(error),
    })
  const log = await open(false)
  await append(world, log, 3)
  await log.close()
  const again = await open(true)
  assert.equal(again.logEndOffset, 3)
  world.disk.onCall = call => {
    if (call === 'sync') throw new Error('no more')
  }
  await append(world, again)
  await assert.rejects(again.flush(), { errorName: 'KAFKA_STORAGE_ERROR' })
  await settle(world)
  assert.equal(offline.length, 1)
  assert.equal(again.offline, true)
})
