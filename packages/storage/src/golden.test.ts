/**
 * Directories that Apache Kafka 4.4.0 wrote (`fixtures/README.md` says how), opened with our code, and the other way round: the same batches
 * appended to our logs make the same files, byte for byte.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BatchCursor } from '@dorsale/protocol'
import { OffsetIndex } from './index/offset-index.ts'
import { TimeIndex } from './index/time-index.ts'
import type { ActiveProducer, LogConfig, PartitionLog } from './index.ts'
import { filesOf, fixtureDisk, Outcomes, openLogs, readAll, root, settle, testWorld } from './testing/world.ts'

interface Captured {
  readonly topic: string
  readonly endOffset: number
  readonly config: Partial<LogConfig>
}

/** The topics' settings, as `fixtures/CaptureLogs.java` made them. */
const captured: Captured[] = [
  { topic: 'codecs', endOffset: 664, config: { segmentIndexBytes: 96 } },
  { topic: 'transactions', endOffset: 148, config: { segmentMs: 60_000 } },
  { topic: 'append-time', endOffset: 60, config: { segmentIndexBytes: 96 } },
  { topic: 'plain', endOffset: 120, config: { segmentBytes: 4000 } },
  { topic: 'empty', endOffset: 0, config: {} },
]
const shared = { indexIntervalBytes: 512, retentionMs: -1 }

describe('a directory of Kafka', () => {
  for (const { topic, endOffset, config } of captured) {
    test(`${topic}: every offset is found, every byte is read`, async () => {
      const world = testWorld(fixtureDisk('clean'))
      const files = filesOf(world.disk, `${root}/${topic}-0`)
      const logs = await openLogs(world, { config: { ...shared, ...config } })
      const log = logs.get(topic, 0)
      assert.ok(log)
      assert.equal(log.logEndOffset, endOffset)
      assert.equal(log.highWatermark, endOffset)
      // An epoch that has not begun when the broker stops is taken back by the next start.
      assert.equal(log.latestEpoch, topic === 'empty' ? -1 : 0)
      assert.match(files.get('partition.metadata')?.toString() ?? '', new RegExp(`topic_id: ${log.topicId}$`))
      const bytes = Buffer.concat([...files].filter(([name]) => name.endsWith('.log')).map(([, content]) => content))
      assert.deepEqual(Buffer.from(await readAll(log, 3000)), bytes)
      for (const { header, content } of batchesOf(bytes)) {
        for (const offset of new Set([header.baseOffset, header.lastOffset])) {
          const read = await log.read({ offset, maxBytes: 1, minOneBatch: true, upperBound: endOffset })
          assert.deepEqual(Buffer.from(read.records), Buffer.from(content), `offset ${offset}`)
        }
      }
      assert.deepEqual(world.logger.lines, [])
    })

    test(`${topic}: opened and closed, no byte of it has changed`, async () => {
      const world = testWorld(fixtureDisk('clean'))
      const before = filesOf(world.disk, `${root}/${topic}-0`)
      const logs = await openLogs(world, { config: { ...shared, ...config } })
      await logs.close({ brokerEpoch: 14 })
      if (topic === 'empty') before.set('leader-epoch-checkpoint', Buffer.from('0\n0\n'))
      assert.deepEqual(filesOf(world.disk, `${root}/${topic}-0`), before)
    })

    test(`${topic}: recovered, its files are those that Kafka wrote`, async () => {
      const disk = fixtureDisk('clean')
      const before = filesOf(disk, `${root}/${topic}-0`)
      disk.removeSync(`${root}/.kafka_cleanshutdown`)
      disk.removeSync(`${root}/recovery-point-offset-checkpoint`)
      for (const name of before.keys()) {
        if (!/\.log$|partition.metadata/.test(name)) disk.removeSync(`${root}/${topic}-0/${name}`)
      }
      const world = testWorld(disk)
      const logs = await openLogs(world, { config: { ...shared, ...config } })
      assert.equal(logs.get(topic, 0)?.logEndOffset, endOffset)
      await logs.close()
      const after = filesOf(disk, `${root}/${topic}-0`)
      // An empty log has no batch from which its epoch could be known.
      if (topic === 'empty') before.delete('leader-epoch-checkpoint')
      assert.deepEqual(after, before)
    })

    test(`${topic}: the same batches appended make the same files`, async () => {
      const kafka = filesOf(fixtureDisk('clean'), `${root}/${topic}-0`)
      const world = testWorld()
      const logs = await openLogs(world, { config: { ...shared, ...config } })
      const log = logs.getOrCreate({ topic, partition: 0 }, { topicId: topicIdIn(kafka) })
      log.assignEpoch(0)
      const outcomes = new Outcomes()
      for (const [name, bytes] of kafka) {
        if (!name.endsWith('.log')) continue
        for (const { header, content } of batchesOf(bytes)) {
          const origin = header.isControl ? 'coordinator' : 'client'
          outcomes.append(log, { records: content.slice(), origin, leaderEpoch: 0, transactionVersion: 2 })
          await settle(world)
          log.advanceHighWatermark(log.logEndOffset)
        }
      }
      assert.ok(outcomes.told.every(({ error }) => error === undefined))
      await logs.close()
      assert.deepEqual(filesOf(world.disk, `${root}/${topic}-0`), kafka)
    })
  }

  test('what its brokers left beside the logs', async () => {
    const world = testWorld(fixtureDisk('clean'))
    const before = filesOf(world.disk, root)
    const logs = await openLogs(world)
    assert.equal(logs.previousBrokerEpoch, 14)
    assert.equal(world.disk.statSync(`${root}/.kafka_cleanshutdown`), undefined)
    await logs.close({ brokerEpoch: 14 })
    const after = filesOf(world.disk, root)
    for (const name of [
      '.kafka_cleanshutdown',
      'meta.properties',
      'cleaner-offset-checkpoint',
      'log-start-offset-checkpoint',
    ]) {
      assert.deepEqual(after.get(name), before.get(name), name)
    }
    for (const name of ['recovery-point-offset-checkpoint', 'replication-offset-checkpoint']) {
      assert.deepEqual(linesOf(after.get(name)), linesOf(before.get(name)), name)
    }
  })

  test('a log of a running broker: indexes with room, no clean stop', async () => {
    const disk = fixtureDisk('running')
    disk.removeSync(`${root}/recovery-point-offset-checkpoint`)
    const world = testWorld(disk)
    const logs = await openLogs(world, { config: { ...shared, segmentIndexBytes: 96 } })
    assert.equal(logs.get('codecs', 0)?.logEndOffset, 664)
    await logs.close()
    const expected = filesOf(fixtureDisk('clean'), `${root}/codecs-0`)
    assert.deepEqual(filesOf(disk, `${root}/codecs-0`), expected)
  })

  test('producers and transactions', async () => {
    const logs = await openLogs(testWorld(fixtureDisk('clean')))
    const log = logs.get('transactions', 0) as PartitionLog
    const producers = log
      .activeProducers()
      .toSorted((left, right) => Number(left.producerId) - Number(right.producerId))
    assert.deepEqual(producers, expectedProducers)
    assert.equal(log.lastStableOffset, 147)
    assert.deepEqual(log.abortedTransactions({ offset: 91, upperBound: 100 }), [
      { producerId: 27, firstOffset: 91 },
      { producerId: 26, firstOffset: 89 },
      { producerId: 25, firstOffset: 73 },
    ])
    assert.equal(log.abortedTransactions({ offset: 0, upperBound: 148 }).length, 12)
  })
})

/** As `kafka-dump-log --files 00000000000000000148.snapshot` prints them. */
const expectedProducers = [
  producer(25, { producerEpoch: 7, lastTimestamp: 1795418914403, coordinatorEpoch: 0 }),
  producer(26, { producerEpoch: 8, lastTimestamp: 1795418914398, coordinatorEpoch: 0 }),
  producer(27, {
    producerEpoch: 10,
    lastSequence: 0,
    lastTimestamp: 1700000251954,
    coordinatorEpoch: 0,
    currentTransactionStartOffset: 147,
  }),
  producer(28, { lastSequence: 34, lastTimestamp: 1700000244159 }),
]

function producer(producerId: number, more: Partial<ActiveProducer>): ActiveProducer {
  return {
    producerId,
    producerEpoch: 0,
    lastSequence: -1,
    lastTimestamp: -1,
    coordinatorEpoch: -1,
    currentTransactionStartOffset: -1,
    ...more,
  }
}

describe('indexes of Kafka', () => {
  const files = filesOf(fixtureDisk('clean'), `${root}/codecs-0`)
  for (const [name, content] of files) {
    if (!/index$/.test(name)) continue
    const baseOffset = Number.parseInt(name, 10)
    const batches = batchesOf(files.get(name.replace(/\.\w+$/, '.log')) ?? new Uint8Array(0))
    if (name.endsWith('.index')) {
      test(name, () => {
        const index = new OffsetIndex(baseOffset, 96, content)
        assert.equal(index.fault(Number.MAX_SAFE_INTEGER), undefined)
        for (let entry = 0; entry < index.count; entry++) {
          const found = batches.find(each => each.header.lastOffset === index.offsetAt(entry))
          assert.equal(found?.position, index.positionAt(entry))
          assert.equal(index.positionFor(index.offsetAt(entry)), index.positionAt(entry))
        }
      })
    } else if (name.endsWith('.timeindex')) {
      test(name, () => {
        const index = new TimeIndex(baseOffset, 96, content)
        assert.equal(index.fault(), undefined)
        for (let entry = 0; entry < index.count; entry++) {
          const upTo = batches.filter(each => each.header.lastOffset <= index.offsetAt(entry))
          assert.equal(Math.max(...upTo.map(each => each.header.maxTimestamp)), index.timestampAt(entry))
        }
        assert.equal(index.lastTimestamp, Math.max(...batches.map(each => each.header.maxTimestamp)))
      })
    }
  }
})

interface Batch {
  readonly header: BatchCursor['header']
  readonly content: Uint8Array
  readonly position: number
}

function batchesOf(bytes: Uint8Array): Batch[] {
  const batches: Batch[] = []
  const cursor = new BatchCursor(bytes)
  while (cursor.next()) {
    const content = cursor.header.batchBytes
    const own = new BatchCursor(content)
    own.next()
    batches.push({ header: own.header, content, position: cursor.header.position })
  }
  assert.equal(cursor.state, 'end')
  return batches
}

function topicIdIn(files: Map<string, Buffer>): string {
  return /topic_id: (?<id>\S+)/.exec(files.get('partition.metadata')?.toString() ?? '')?.groups?.id ?? ''
}

function linesOf(content: Buffer | undefined): string[] {
  return (content?.toString() ?? '').split('\n').toSorted()
}
