import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { silentLogger } from '@dorsale/base'
import { type errorCodes, ProtocolError } from '@dorsale/protocol'
import { type Replier, Step } from '../shard/step.ts'
import { type ShareStateRecord, shareStateRecordSerde } from './share-state-records.ts'
import { type ShareState, ShareStateShard, type ShareStateStep, type ShareStateWrite } from './share-state-shard.ts'
import type { StateBatch } from './state-batches.ts'

const vectors: { records: { key: string; value: string }[] } = JSON.parse(
  readFileSync(new URL('../../vectors/share-state-records.json', import.meta.url), 'utf8'),
)

const topicId = 'XDFcej3hQRyC9IFBdxzPeg'
const key = { groupId: 'g', topicId, partition: 0 }
const coldSnapshotIntervalMs = 300_000

type Outcome<Value> = Value | keyof typeof errorCodes

/** A shard whose log is a list: records are replayed at once, through their bytes. */
class TestShard {
  now = 1_000_000
  readonly log: { key: Uint8Array; value: Uint8Array | null }[] = []
  readonly updatesPerSnapshot: number
  timers: ((step: ShareStateStep) => void)[] = []
  shard: ShareStateShard

  constructor({ updatesPerSnapshot = 500 } = {}) {
    this.updatesPerSnapshot = updatesPerSnapshot
    this.shard = this.#newShard()
  }

  restart(): void {
    this.timers = []
    this.shard = this.#newShard()
    for (const [offset, { key, value }] of this.log.entries()) this.#replay(key, value, offset)
    this.shard.onLoaded()
  }

  initialize(stateEpoch = 1, startOffset = -1, place = key): Outcome<void> {
    return this.run((step, replier) => this.shard.initialize(step, place, { stateEpoch, startOffset }, replier))
  }

  read(leaderEpoch = 0, place = key): Outcome<ShareState> {
    return this.run((step, replier) => this.shard.read(step, place, leaderEpoch, replier))
  }

  write(write: Partial<ShareStateWrite>, place = key): Outcome<void> {
    const whole = {
      stateEpoch: 1,
      leaderEpoch: 0,
      startOffset: 0,
      deliveryCompleteCount: 0,
      stateBatches: [],
      ...write,
    }
    return this.run((step, replier) => this.shard.write(step, place, whole, replier))
  }

  summary(place = key): Outcome<ShareState> {
    return this.run((step, replier) => this.shard.readSummary(step, place, replier))
  }

  delete(place = key): Outcome<void> {
    return this.run((step, replier) => this.shard.delete(step, place, replier))
  }

  redundantBefore(): Outcome<number> {
    return this.run((step, replier) => this.shard.redundantBefore(step, replier))
  }

  /** The last record as it was decoded from its bytes. */
  get last(): ShareStateRecord {
    const { key, value } = this.log.at(-1)!
    return shareStateRecordSerde.decode(key, value)!
  }

  run<Value>(operation: (step: ShareStateStep, replier: Replier<Value>) => void): Outcome<Value> {
    const step = new Step<ShareStateRecord>(this.now)
    let outcome: Outcome<Value> | 'no answer' = 'no answer'
    const fail = (error: ProtocolError) => {
      outcome = error.errorName
    }
    try {
      operation(step, {
        answer: value => {
          outcome = value
        },
        fail,
      })
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      fail(error)
    }
    for (const record of step.records) {
      const bytes = shareStateRecordSerde.encode(record)
      this.log.push(bytes)
      this.#replay(bytes.key, bytes.value, this.log.length - 1)
    }
    for (const reply of step.replies) reply.send()
    return outcome as Outcome<Value>
  }

  #newShard(): ShareStateShard {
    return new ShareStateShard({
      config: { updatesPerSnapshot: this.updatesPerSnapshot, coldSnapshotIntervalMs },
      timers: {
        set: (_delayMs, operation) => {
          this.timers.push(operation)
          return { cancel() {} }
        },
      },
      logger: silentLogger,
      hasPartition: (id, partition) => id === topicId && partition < 3,
    })
  }

  #replay(key: Uint8Array, value: Uint8Array | null, offset: number): void {
    const record = shareStateRecordSerde.decode(key, value)!
    this.shard.replay(record, { producerId: -1n, producerEpoch: -1, offset, timestampMs: this.now })
  }
}

const batch = (firstOffset: number, lastOffset: number, deliveryState: number, deliveryCount: number): StateBatch => ({
  firstOffset,
  lastOffset,
  deliveryState,
  deliveryCount,
})

test("what Kafka's leader wrote makes the records that Kafka wrote, byte for byte", () => {
  const shard = new TestShard()
  for (const { key, value } of vectors.records) {
    const record = shareStateRecordSerde.decode(bytes(key), bytes(value))!
    if (record.type === 'snapshot') shard.now = record.value!.createTimestamp
    if (record.type === 'snapshot') assert.equal(shard.initialize(record.value!.stateEpoch, -1), undefined)
    else assert.equal(shard.write({ stateEpoch: 2, ...record.value! }), undefined)
    const written = shard.log.at(-1)!
    assert.deepEqual(
      [Buffer.from(written.key).toString('hex'), Buffer.from(written.value!).toString('hex')],
      [key, value],
    )
  }
  assert.deepEqual(shard.read(), {
    stateEpoch: 2,
    leaderEpoch: 0,
    startOffset: 5,
    deliveryCompleteCount: 5,
    stateBatches: [batch(5, 5, 4, 5), batch(6, 6, 4, 1), batch(7, 8, 2, 1), batch(9, 9, 2, 2)],
  })
})

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))

test('state must be initialized before it is read or written; its summary is that of a group that has not begun', () => {
  const shard = new TestShard()
  assert.equal(shard.read(), 'INVALID_REQUEST')
  assert.equal(shard.write({}), 'INVALID_REQUEST')
  const summary = shard.summary() as ShareState
  assert.deepEqual(
    [summary.startOffset, summary.stateEpoch, summary.leaderEpoch, summary.deliveryCompleteCount],
    [-1, 0, 0, -1],
  )
  assert.equal(shard.delete(), undefined, 'what is not there is deleted')
  assert.equal(shard.log.length, 0)
})

test('epochs fence: who has been succeeded, and who has not heard that the group was set back', () => {
  const shard = new TestShard()
  shard.initialize(3, 10)
  assert.equal(shard.initialize(2, 0), 'FENCED_STATE_EPOCH')
  assert.equal((shard.read(5) as ShareState).startOffset, 10)
  assert.equal(shard.read(4), 'FENCED_LEADER_EPOCH')
  assert.equal(shard.write({ stateEpoch: 3, leaderEpoch: 4 }), 'FENCED_LEADER_EPOCH')
  assert.equal(shard.write({ stateEpoch: 2, leaderEpoch: 5 }), 'FENCED_STATE_EPOCH')
  assert.equal(shard.write({ stateEpoch: 3, leaderEpoch: 5, startOffset: 12 }), undefined)
  assert.equal(shard.initialize(4, 0), undefined, 'set back to the beginning')
  assert.equal((shard.read(5) as ShareState).startOffset, 0)
  assert.equal(shard.read(4), 'FENCED_LEADER_EPOCH', 'the leaders are still known')
  shard.restart()
  assert.equal(shard.read(4), 'FENCED_LEADER_EPOCH')
  assert.equal(shard.write({ stateEpoch: 3, leaderEpoch: 5 }), 'FENCED_STATE_EPOCH')
})

test('a new leader that reads is written down; one that reads again is not', () => {
  const shard = new TestShard()
  shard.initialize(1, 7)
  const before = shard.log.length
  shard.read(0)
  assert.equal(shard.log.length, before)
  shard.read(2)
  shard.read(2)
  assert.equal(shard.log.length, before + 1)
  const { last } = shard
  assert.deepEqual([last.type, last.value?.leaderEpoch, last.value?.startOffset], ['update', 2, 7])
})

test('what makes no sense is refused', () => {
  const shard = new TestShard()
  shard.initialize()
  const negative = { ...key, partition: -1 }
  for (const outcome of [
    shard.initialize(1, 0, negative),
    shard.initialize(-1),
    shard.read(0, negative),
    shard.read(-1),
    shard.write({}, negative),
    shard.write({ stateEpoch: -1 }),
    shard.write({ leaderEpoch: -1 }),
    shard.summary(negative),
    shard.delete(negative),
  ])
    assert.equal(outcome, 'INVALID_REQUEST')
  for (const missing of [
    { ...key, partition: 3 },
    { ...key, topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' },
  ]) {
    assert.equal(shard.initialize(1, 0, missing), 'UNKNOWN_TOPIC_OR_PARTITION')
    assert.equal(shard.summary(missing), 'UNKNOWN_TOPIC_OR_PARTITION')
    assert.equal(shard.delete(missing), 'UNKNOWN_TOPIC_OR_PARTITION')
  }
  assert.equal(shard.log.length, 1)
})

test('the start does not go back, and a count from an earlier start does not hold', () => {
  const shard = new TestShard()
  shard.initialize(1, 0)
  shard.write({ startOffset: 10, deliveryCompleteCount: 3, stateBatches: [batch(10, 12, 2, 1)] })
  shard.write({ startOffset: 8, deliveryCompleteCount: 9, stateBatches: [batch(8, 9, 2, 1)] })
  const state = shard.summary() as ShareState
  assert.deepEqual([state.startOffset, state.deliveryCompleteCount], [10, 3])
  shard.write({ startOffset: 10, deliveryCompleteCount: 2 })
  assert.equal((shard.summary() as ShareState).deliveryCompleteCount, 3)
  shard.write({ startOffset: 13, deliveryCompleteCount: 0 })
  assert.equal((shard.summary() as ShareState).deliveryCompleteCount, 0)
  assert.deepEqual((shard.read() as ShareState).stateBatches, [])
})

test('after so many updates the state is written whole, and what is before it is redundant', () => {
  const shard = new TestShard({ updatesPerSnapshot: 3 })
  shard.initialize(1, 0)
  for (let offset = 0; offset < 3; offset++) shard.write({ stateBatches: [batch(offset * 2, offset * 2, 2, 1)] })
  assert.equal(shard.log.length, 4)
  assert.equal(shard.redundantBefore(), 0)
  shard.write({ stateBatches: [batch(6, 6, 2, 1)] })
  const { last } = shard
  assert.ok(last.type === 'snapshot' && last.value !== null)
  assert.equal(last.value.snapshotEpoch, 1)
  assert.deepEqual(
    last.value.stateBatches.map(each => each.firstOffset),
    [0, 2, 4, 6],
  )
  assert.equal(shard.redundantBefore(), 4)
  const state = shard.read()
  shard.log.splice(0, 4)
  shard.restart()
  assert.deepEqual(shard.read(), state, 'the rest of the log says all')
  shard.write({ stateBatches: [batch(8, 8, 2, 1)] })
  assert.equal(shard.last.type, 'update')
})

test('one that does not change holds nothing up: it gets a snapshot when its last is old, once for all', () => {
  const shard = new TestShard()
  shard.restart()
  shard.initialize(1, 0)
  shard.initialize(1, 0, { ...key, partition: 1 })
  const started = shard.now
  shard.now += coldSnapshotIntervalMs - 1
  shard.run<void>(step => shard.timers.at(-1)!(step))
  assert.equal(shard.log.length, 2)
  shard.now += 1
  shard.run<void>(step => shard.timers.at(-1)!(step))
  assert.equal(shard.log.length, 4)
  const { last } = shard
  assert.ok(last.type === 'snapshot')
  assert.deepEqual(
    [last.value?.snapshotEpoch, last.value?.createTimestamp, last.value?.writeTimestamp],
    [1, started, shard.now],
  )
  assert.equal(shard.redundantBefore(), 2)
  shard.now += coldSnapshotIntervalMs
  shard.run<void>(step => shard.timers.at(-1)!(step))
  assert.equal(shard.log.length, 4, 'all had theirs')
})

test('state goes with its topic, and when it is deleted', () => {
  const shard = new TestShard()
  shard.initialize(1, 0)
  shard.initialize(1, 0, { ...key, partition: 1 })
  shard.delete()
  assert.equal(shard.read(), 'INVALID_REQUEST')
  shard.run<void>(step => shard.shard.topicsDeleted(step, [{ id: topicId }]))
  assert.equal(shard.log.length, 4)
  assert.equal(shard.last.value, null)
  assert.equal(shard.redundantBefore(), 3, 'all but the last record says nothing any more')
  shard.restart()
  assert.equal((shard.summary({ ...key, partition: 1 }) as ShareState).startOffset, -1)
})
