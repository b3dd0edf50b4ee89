import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { silentLogger, TimerWheel } from '@dorsale/base'
import { ManualClock } from '@dorsale/base/testing'
import type { CoordinatorSerde, CoordinatorShard, ShardTimers, Step } from '@dorsale/coordinate'
import { BatchCursor, buildBatch, errorCodes, ProtocolError, readRecords, stampBatch } from '@dorsale/protocol'
import type { Partition } from '../partition.ts'
import { ShardHost } from './shard-host.ts'

/** A sum, as the smallest of coordinators. */
class SumShard implements CoordinatorShard<number> {
  sum = 0
  loaded = false
  readonly timers: ShardTimers<number>
  unloadedWith: ProtocolError | undefined

  constructor(timers: ShardTimers<number>) {
    this.timers = timers
  }

  replay(record: number): void {
    this.sum += record
  }

  endTransaction(): void {}
  topicsDeleted(): void {}

  onLoaded(): void {
    this.loaded = true
  }

  unload(error: ProtocolError): void {
    this.unloadedWith = error
  }
}

const serde: CoordinatorSerde<number> = {
  encode: record => ({ key: Buffer.from('k'), value: Buffer.from(String(record)) }),
  decode: (_key, value) => (value === null ? undefined : Number(Buffer.from(value).toString())),
}

/** A partition whose writes are completed, or fail, when the test says. */
class FakePartition {
  readonly topic = '__sums'
  readonly index = 0
  readonly batches: Uint8Array[] = []
  readonly reads: number[] = []
  nextOffset = 0
  refuses: Error | undefined
  #pending: { bytes: Uint8Array; done: (error: Error | undefined) => void }[] = []

  get log() {
    const partition = this
    return {
      topic: this.topic,
      partition: 0,
      logStartOffset: 0,
      get logEndOffset() {
        return partition.nextOffset
      },
      get nextOffset() {
        return partition.nextOffset
      },
      async read({ offset, maxBytes }: { offset: number; maxBytes: number }) {
        partition.reads.push(maxBytes)
        const bytes = partition.batches.find(batch => cursorOf(batch).header.nextOffset > offset)
        return bytes === undefined
          ? { records: new Uint8Array(0), endOffset: offset, firstBatchIncomplete: false }
          : { records: bytes, endOffset: cursorOf(bytes).header.nextOffset, firstBatchIncomplete: false }
      },
    }
  }

  appendAsCoordinator(bytes: Uint8Array, done: (error: Error | undefined) => void) {
    if (this.refuses !== undefined) throw this.refuses
    const { header } = cursorOf(bytes)
    const firstOffset = this.nextOffset
    stampBatch(header, { baseOffset: firstOffset, partitionLeaderEpoch: 0 })
    this.nextOffset += header.recordCount
    this.#pending.push({ bytes, done })
    return { firstOffset, lastOffset: this.nextOffset - 1, maxTimestamp: 0, duplicate: false }
  }

  complete(error?: Error): void {
    for (const { bytes, done } of this.#pending.splice(0)) {
      if (error === undefined) this.batches.push(bytes)
      else this.nextOffset -= cursorOf(bytes).header.recordCount
      done(error)
    }
  }
}

function cursorOf(bytes: Uint8Array): BatchCursor {
  const cursor = new BatchCursor(bytes)
  cursor.next()
  return cursor
}

function world(options: { bytesMax?: number; readBytes?: number; values?: readonly number[] } = {}) {
  const clock = new ManualClock()
  const partition = new FakePartition()
  const stored = (options.values ?? []).map(value => serde.encode(value))
  if (stored.length > 0) {
    const bytes = buildBatch(stored)
    partition.appendAsCoordinator(bytes, () => {})
    partition.complete()
  }
  const shards: SumShard[] = []
  const host = new ShardHost<number, SumShard>({
    clock,
    wheel: new TimerWheel(clock),
    logger: silentLogger,
    serde,
    partition: partition as unknown as Partition,
    readBytes: options.readBytes ?? 4096,
    batchOptions: () => ({ bytesMax: options.bytesMax ?? 10_000, codec: undefined, baseSequence: 0 }),
    createShard: timers => {
      const shard = new SumShard(timers)
      shards.push(shard)
      return shard
    },
  })
  const heard: string[] = []
  const fail = (name: string) => (error: ProtocolError) => heard.push(`${name}: ${error.errorName}`)
  const run = (name: string, operation: (step: Step<number>) => void) =>
    host.run((shard, step) => {
      operation(step)
      const total = shard.sum + step.records.reduce((sum, each) => sum + each, 0)
      step.answer({ answer: () => heard.push(`${name}: ${total}`), fail: fail(name) }, undefined)
    }, fail(name))
  const add = (name: string, ...values: number[]) => run(name, step => step.records.push(...values))
  return { clock, partition, host, shards, heard, add, run, shard: () => shards.at(-1)! }
}

/** Lets promises that nothing real feeds come to rest. */
async function settled(clock: ManualClock): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    clock.turn()
    await Promise.resolve()
  }
}

describe('a shard and its log', () => {
  test('loads, in pieces of offsets.load.buffer.size, and refuses requests meanwhile', async () => {
    const { host, heard, add, clock, partition, shard } = world({ values: [1, 2, 3], readBytes: 777 })
    const loading = host.load()
    add('early', 1)
    await settled(clock)
    await loading
    assert.deepEqual(heard, ['early: COORDINATOR_LOAD_IN_PROGRESS'])
    assert.deepEqual([shard().sum, shard().loaded, partition.reads], [6, true, [777]])
  })

  test('the steps of a turn are one batch; each stands on those before it; answers wait for the write', async () => {
    const { host, heard, add, clock, partition } = world()
    await host.load()
    add('a', 1, 2)
    add('b', 4)
    add('query')
    assert.deepEqual(heard, [])
    clock.turn()
    add('c', 8)
    clock.turn()
    add('query again')
    assert.deepEqual(heard, [])
    partition.complete()
    assert.deepEqual(heard, ['a: 3', 'b: 7', 'query: 7', 'c: 15', 'query again: 15'])
    assert.deepEqual(
      partition.batches.map(batch => [...readRecords(cursorOf(batch).header)].length),
      [3, 1],
    )
    assert.equal(cursorOf(partition.batches[0]!).header.baseSequence, 0)
    add('quiet')
    assert.equal(heard.at(-1), 'quiet: 15')
  })

  test('an answer that throws is refused by itself: the others are sent, and what is written holds', async () => {
    const { host, heard, add, run, clock, partition, shard } = world()
    await host.load()
    const broken = {
      answer: () => {
        throw new Error('a bug')
      },
      fail: (error: ProtocolError) => heard.push(`broken: ${error.errorName}`),
    }
    run('broken', step => {
      step.records.push(1)
      step.answer(broken, undefined)
    })
    add('after', 2)
    clock.turn()
    partition.complete()
    assert.deepEqual(heard, ['broken: UNKNOWN_SERVER_ERROR', 'broken: 1', 'after: 3'])
    run('broken query', step => step.answer(broken, undefined))
    assert.deepEqual(heard.slice(3), ['broken: UNKNOWN_SERVER_ERROR', 'broken query: 3'])
    assert.equal(shard().sum, 3)
  })

  test('a failed write takes back what stood on it: the shard is read again from the log', async () => {
    const { host, heard, add, clock, partition, shards, shard } = world({ values: [5] })
    const loading = host.load()
    await settled(clock)
    await loading
    add('a', 1)
    clock.turn()
    add('b', 2)
    add('query')
    partition.complete(new ProtocolError(errorCodes.KAFKA_STORAGE_ERROR))
    assert.deepEqual(heard, ['a: NOT_COORDINATOR', 'b: NOT_COORDINATOR', 'query: NOT_COORDINATOR'])
    assert.equal(shards[0]?.unloadedWith?.errorName, 'NOT_COORDINATOR')
    add('meanwhile', 3)
    assert.equal(heard.at(-1), 'meanwhile: COORDINATOR_LOAD_IN_PROGRESS')
    clock.advance(100)
    await settled(clock)
    assert.deepEqual([host.isActive, shard().sum], [true, 5])
  })

  test('who wrote with an epoch that is over is told so, and does not have the shard loaded anew again and again', async () => {
    const { host, heard, add, clock, partition } = world()
    await host.load()
    partition.refuses = new ProtocolError(errorCodes.INVALID_PRODUCER_EPOCH)
    add('a', 1)
    clock.turn()
    assert.deepEqual(heard, ['a: INVALID_PRODUCER_EPOCH'])
  })

  test('a log that refuses, again and again', async () => {
    const { host, heard, add, clock, partition, shard } = world()
    await host.load()
    partition.refuses = new ProtocolError(errorCodes.NOT_LEADER_OR_FOLLOWER)
    add('a', 1)
    clock.turn()
    assert.deepEqual(heard, ['a: NOT_COORDINATOR'])
    clock.advance(100)
    await settled(clock)
    add('b', 2)
    clock.turn()
    assert.deepEqual(heard.slice(1), ['b: NOT_COORDINATOR'])
    partition.refuses = undefined
    clock.advance(1000)
    await settled(clock)
    add('c', 4)
    clock.turn()
    partition.complete()
    assert.deepEqual([heard.at(-1), shard().sum], ['c: 4', 4])
  })

  test('a bug in a step costs the shard, not the process', async () => {
    const { host, heard, add, clock, run, partition } = world()
    await host.load()
    add('a', 1)
    run('bug', () => {
      throw new TypeError('planted')
    })
    assert.deepEqual(heard, ['bug: UNKNOWN_SERVER_ERROR', 'a: NOT_COORDINATOR'])
    clock.advance(100)
    await settled(clock)
    add('b', 2)
    clock.turn()
    partition.complete()
    assert.equal(heard.at(-1), 'b: 2')
  })

  test('a step that does not fit into a batch is refused whole, or divided if it may be', async () => {
    const { host, heard, add, clock, run, partition, shard } = world({ bytesMax: 200 })
    await host.load()
    add('small', 1)
    add('large', ...Array.from({ length: 10 }, () => 1))
    assert.deepEqual(heard, ['large: UNKNOWN_SERVER_ERROR'])
    run('divided', step => {
      step.isDivisible = true
      for (let count = 0; count < 40; count++) step.append(1)
    })
    clock.turn()
    partition.complete()
    assert.deepEqual([shard().sum, heard.slice(1)], [41, ['small: 1', 'divided: 41']])
    assert.ok(partition.batches.length > 2)
  })

  test('timers are steps; those of a shard that is gone do not fire', async () => {
    const { host, clock, partition, shard } = world()
    await host.load()
    shard().timers.set(50, step => step.append(7))
    shard().timers.set(500, step => step.append(100))
    clock.advance(100)
    partition.complete()
    assert.equal(shard().sum, 7)
    host.close()
    clock.advance(1000)
    assert.equal(shard().sum, 7)
  })

  test('after it is closed, and for what is on its way', async () => {
    const { host, heard, add, partition, shard } = world()
    await host.load()
    add('a', 1)
    host.close()
    add('late', 1)
    partition.complete()
    assert.deepEqual(heard, ['late: NOT_COORDINATOR', 'a: 1'])
    assert.equal(shard().unloadedWith?.errorName, 'NOT_COORDINATOR')
  })

  test('a batch that cannot be read is tried again, and harms nobody', async () => {
    const { host, clock, partition, shard } = world()
    const damaged = buildBatch([{ key: null, value: Buffer.from('1') }])
    partition.appendAsCoordinator(damaged, () => {})
    partition.complete()
    await host.load()
    await settled(clock)
    assert.equal(host.isLoading, true)
    partition.batches[0] = buildBatch([serde.encode(9)])
    clock.advance(100)
    await settled(clock)
    assert.deepEqual([host.isActive, shard().sum], [true, 9])
  })
})
