import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { randomBelow, seededPrng } from '@dorsale/base'
import { ProtocolError } from '@dorsale/protocol'
import { shareStateRecordSerde } from '../share-state/share-state-records.ts'
import { combineStateBatches, type StateBatch } from '../share-state/state-batches.ts'
import { acknowledgeTypes } from './acknowledge.ts'
import type { OffsetRange } from './delivery-run.ts'
import { type ShareChange, type ShareLimits, SharePartition } from './share-partition.ts'

const { accept, release, reject, renew, gap } = acknowledgeTypes

const defaults: ShareLimits = {
  deliveryCountMax: 5,
  recordLocksMax: 2000,
  lockDurationMs: 30_000,
  isRenewEnabled: true,
}

/** `first-last` or one offset. */
function range(text: string): OffsetRange {
  const [firstOffset = 0, lastOffset = firstOffset] = text.split('-').map(Number)
  return { firstOffset, lastOffset }
}

/** A share partition over a log, whose writes the test settles. */
class World {
  now = 0
  readonly part: SharePartition
  /** Batches of the log. */
  readonly log: OffsetRange[]

  constructor(
    log: string[],
    {
      limits = {},
      ...state
    }: { limits?: Partial<ShareLimits>; startOffset?: number; stateBatches?: StateBatch[] } = {},
  ) {
    this.log = log.map(range)
    const of = { ...defaults, ...limits }
    this.part = new SharePartition({ limits: () => of, startOffset: 0, stateBatches: [], ...state })
  }

  /** Reads from where the share partition wants to go on; answers `first-last xCount` of what the member gets. */
  fetch(
    member = 'm',
    {
      records = 500,
      batchSize = 500,
      strict = false,
      aborted = [] as string[],
      readMax = Number.POSITIVE_INFINITY,
    } = {},
  ): string[] {
    if (!this.part.canAcquire) return []
    const fetchOffset = this.part.nextFetchOffset
    const batches = this.log.filter(each => each.lastOffset >= fetchOffset).slice(0, readMax)
    const request = { memberId: member, fetchOffset, batches, recordsMax: records, batchSize, isRecordLimit: strict }
    return this.part
      .acquire({ ...request, nowMs: this.now }, aborted.map(range))
      .map(each => `${text(each)} x${each.deliveryCount}`)
  }

  /** `first-last types`, types being one for all or one for each; answers the error, or what is to be written. */
  say(batches: [string, number[]][], member = 'm'): ShareChange {
    const parts = batches.map(([offsets, acknowledgeTypes]) => ({ ...range(offsets), acknowledgeTypes }))
    return this.part.acknowledge(member, parts, this.now)
  }

  done(batches: [string, number[]][], member = 'm'): string[] {
    const change = this.say(batches, member)
    this.part.settle(change, true, this.now)
    return written(change)
  }

  refused(batches: [string, number[]][], member = 'm'): string {
    try {
      this.say(batches, member)
    } catch (error) {
      assert.ok(error instanceof ProtocolError)
      return error.errorName
    }
    assert.fail('it was taken')
  }

  expire(ms: number): string[] {
    this.now += ms
    const change = this.part.expireLocks(this.now)
    this.part.settle(change, true, this.now)
    return written(change)
  }
}

const text = ({ firstOffset, lastOffset }: OffsetRange) =>
  firstOffset === lastOffset ? `${firstOffset}` : `${firstOffset}-${lastOffset}`

const written = ({ stateBatches }: ShareChange) =>
  stateBatches.map(each => `${text(each)} ${each.deliveryState}x${each.deliveryCount}`)

test("a consumer's way through ten records is written down as Apache Kafka wrote it", () => {
  const vectors: { records: { key: string; value: string }[] } = JSON.parse(
    readFileSync(new URL('../../vectors/share-state-records.json', import.meta.url), 'utf8'),
  )
  const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
  const updates = vectors.records
    .map(({ key, value }) => shareStateRecordSerde.decode(bytes(key), bytes(value))!)
    .filter(({ type }) => type === 'update')
    .map(({ value }) => {
      const { startOffset, deliveryCompleteCount, stateBatches } = value!
      return { startOffset, deliveryCompleteCount, stateBatches }
    })
  const world = new World(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
  const ours: unknown[] = []
  const say = (...batches: [string, number[]][]) => {
    const change = world.say(batches)
    world.part.settle(change, true, world.now)
    const { startOffset, deliveryCompleteCount, stateBatches } = change
    ours.push({ startOffset, deliveryCompleteCount, stateBatches: combineStateBatches([], stateBatches, startOffset) })
  }
  assert.deepEqual(world.fetch(), ['0-9 x1'])
  say(['0-9', [accept, release, reject, renew, accept, release, reject, renew, accept, release]])
  say(['3', [accept]], ['7', [accept]])
  assert.deepEqual(world.fetch(), ['1 x2', '5 x2', '9 x2'])
  say(['1', [accept]], ['5', [release]], ['9', [accept]])
  for (const count of [3, 4, 5]) {
    assert.deepEqual(world.fetch(), [`5 x${count}`])
    say(['5', [release]])
  }
  assert.deepEqual(ours, updates)
  assert.deepEqual([world.part.startOffset, world.part.endOffset], [10, 10])
})

test('records are with one member until it says what became of them', () => {
  const world = new World(['0-9', '10-19'])
  assert.deepEqual(world.fetch('a', { records: 5 }), ['0-9 x1'], 'a batch that is begun is taken whole')
  assert.deepEqual(world.fetch('b'), ['10-19 x1'])
  assert.deepEqual(world.fetch('c'), [])
  assert.equal(world.refused([['0-9', [accept]]], 'b'), 'INVALID_RECORD_STATE')
  assert.deepEqual(world.done([['10-19', [accept]]], 'b'), ['10-19 2x1'])
  assert.deepEqual([world.part.startOffset, world.part.deliveryCompleteCount], [0, 10])
  assert.deepEqual(world.done([['0-9', [accept]]], 'a'), ['0-9 2x1'])
  assert.deepEqual([world.part.startOffset, world.part.endOffset, world.part.inFlightCount], [20, 20, 0])
  assert.deepEqual(world.done([['0-9', [release]]], 'a'), [], 'what is done with is done with')
})

test('what cannot be said', () => {
  const world = new World(['0-9', '10-19'])
  assert.equal(world.refused([['0-9', [accept]]]), 'INVALID_RECORD_STATE', 'nothing is in flight')
  world.fetch('m', { records: 1 })
  assert.equal(world.refused([['0-10', [accept]]]), 'INVALID_REQUEST')
  assert.equal(world.refused([['12-14', [accept]]]), 'INVALID_REQUEST')
  assert.equal(world.refused([['3-2', [accept]]]), 'INVALID_REQUEST')
  assert.equal(world.refused([['0-9', [5]]]), 'INVALID_REQUEST')
  assert.equal(world.refused([['0-9', []]]), 'INVALID_REQUEST')
  assert.equal(world.refused([['0-9', [accept, accept]]]), 'INVALID_REQUEST')
  const before = world.done([['0-1', [accept]]])
  assert.deepEqual(before, ['0-1 2x1'])
  assert.equal(
    world.refused([
      ['5', [accept]],
      ['0-3', [accept]],
      ['4', [9]],
    ]),
    'INVALID_REQUEST',
  )
  assert.deepEqual(world.done([['2-9', [accept]]]), ['2-9 2x1'], 'all or nothing: 5 was still with its member')
})

test('a change that cannot be written down is taken back', () => {
  const world = new World(['0-9'])
  world.fetch('a')
  const change = world.say(
    [
      ['0-4', [accept]],
      ['5-9', [release]],
    ],
    'a',
  )
  assert.deepEqual(world.fetch('b'), [], 'nothing may be had of what is being written down')
  assert.equal(world.refused([['0-4', [accept]]], 'a'), 'INVALID_RECORD_STATE')
  world.part.settle(change, false, world.now)
  assert.equal(world.part.startOffset, 0)
  assert.deepEqual(world.done([['0-9', [accept]]], 'a'), ['0-9 2x1'])
})

test('a lock that ends while its change is written down has ended when the change is taken back', () => {
  const world = new World(['0-9'])
  world.fetch('a')
  const change = world.say([['0-9', [accept]]], 'a')
  assert.deepEqual(world.expire(30_000), [])
  world.part.settle(change, false, world.now)
  assert.deepEqual(world.fetch('b'), ['0-9 x2'])
})

test('locks end; renewed ones later', () => {
  const world = new World(['0-9'])
  assert.equal(world.part.firstLockEndMs, undefined)
  world.fetch('a')
  assert.equal(world.part.firstLockEndMs, 30_000)
  world.now = 20_000
  assert.deepEqual(world.done([['3-4', [renew]]], 'a'), [], 'nothing to write down')
  assert.deepEqual(world.expire(9_999), [])
  assert.deepEqual(world.expire(1), ['0-2 0x1', '5-9 0x1'])
  assert.equal(world.part.firstLockEndMs, 50_000)
  assert.equal(world.refused([['0-2', [accept]]], 'a'), 'INVALID_RECORD_STATE')
  assert.deepEqual(world.done([['3-4', [accept]]], 'a'), ['3-4 2x1'])
  assert.deepEqual(world.fetch('b'), ['0-2 x2', '5-9 x2'])
})

test('locks are not renewed where the group says so', () => {
  const world = new World(['0-9'], { limits: { isRenewEnabled: false } })
  world.fetch()
  assert.equal(world.refused([['0-9', [renew]]]), 'INVALID_RECORD_STATE')
})

test('what a member that is gone did not acknowledge is available, at most as often as it may be delivered', () => {
  const world = new World(['0-9'])
  world.fetch('a')
  world.done(
    [
      ['0-1', [accept]],
      ['2', [release]],
    ],
    'a',
  )
  world.fetch('b')
  const change = world.part.releaseMember('a')
  assert.deepEqual(written(change), ['3-9 0x1'])
  world.part.settle(change, true, world.now)
  assert.deepEqual(world.fetch('c'), ['3-9 x2'])
  assert.deepEqual(world.done([['2', [accept]]], 'b'), ['2 2x2'])
  const last = new World(['0-9'], { limits: { deliveryCountMax: 2 } })
  for (const state of ['0-9 0x1', '0-9 4x2']) {
    last.fetch('a')
    const released = last.part.releaseMember('a')
    assert.deepEqual(written(released), [state])
    last.part.settle(released, true, last.now)
  }
})

test('what is delivered often is delivered in halves, and at last alone', () => {
  const world = new World(['0-7'])
  const lapse = () => void world.expire(30_000)
  assert.deepEqual(world.fetch(), ['0-7 x1'])
  lapse()
  assert.deepEqual(world.fetch(), ['0-7 x2'])
  lapse()
  assert.deepEqual(world.fetch(), ['0-7 x3'])
  lapse()
  assert.deepEqual(world.fetch('a'), ['0-3 x4'])
  assert.deepEqual(world.fetch('b'), ['4-7 x4'])
  lapse()
  for (let offset = 0; offset < 8; offset++) assert.deepEqual(world.fetch(), [`${offset} x5`])
  world.now += 30_000
  assert.equal(written(world.part.expireLocks(world.now)).join(), '0-7 4x5')
})

test('the limit of two deliveries leaves no room for halves', () => {
  const world = new World(['0-7'], { limits: { deliveryCountMax: 2 } })
  world.fetch()
  world.expire(30_000)
  assert.deepEqual(world.fetch(), ['0-7 x2'])
  assert.deepEqual(world.expire(30_000), ['0-7 4x2'])
  assert.equal(world.part.startOffset, 8)
})

test('new records are acquired in batches that end with those of the log', () => {
  const log = ['0-4', '5-9', '10-14', '15-19', '20-24']
  assert.deepEqual(new World(log).fetch('m', { batchSize: 8 }), ['0-9 x1', '10-19 x1', '20-24 x1'])
  assert.deepEqual(new World(log).fetch('m', { records: 7, batchSize: 100 }), ['0-9 x1'])
  for (const batchSize of [1, 0, -1]) {
    assert.deepEqual(new World(log).fetch('m', { records: 7, batchSize }), ['0-4 x1', '5-9 x1'])
  }
})

test('a strict limit is kept, and the rest of the batch goes to whoever comes next', () => {
  const world = new World(['0-4', '5-9'])
  assert.deepEqual(world.fetch('a', { records: 3, strict: true }), ['0-2 x1'])
  assert.deepEqual(world.fetch('b', { records: 1, strict: true }), ['3 x1'])
  assert.deepEqual(world.fetch('c', { records: 4, strict: true }), ['4 x1', '5-7 x1'])
  assert.deepEqual(world.done([['0-2', [accept]]], 'a'), ['0-2 2x1'])
  assert.deepEqual(world.done([['4-7', [accept]]], 'c'), ['4-7 2x1'])
  assert.equal(world.part.startOffset, 3)
})

test('no more than so many are in flight; what is may be delivered again all the same', () => {
  const world = new World(['0-99', '100-199', '200-299'], { limits: { recordLocksMax: 150 } })
  assert.deepEqual(world.fetch('a', { readMax: 1 }), ['0-99 x1'])
  assert.deepEqual(world.fetch('a'), ['100-199 x1'], 'a batch that is begun is taken whole')
  assert.equal(world.part.canAcquire, false)
  world.done([['50-59', [release]]], 'a')
  assert.equal(world.part.canAcquire, true)
  assert.deepEqual(world.fetch('b'), ['50-59 x2'])
  assert.equal(world.part.canAcquire, false)
  world.done(
    [
      ['0-49', [accept]],
      ['60-99', [accept]],
    ],
    'a',
  )
  assert.equal(world.part.canAcquire, false, '50 holds up the start')
  world.done([['50-59', [accept]]], 'b')
  assert.equal(world.part.canAcquire, true)
})

test('what compaction took is nobody’s', () => {
  const world = new World(['0-9', '10-19', '20-29'])
  world.fetch()
  world.done([['0-29', [release]]])
  world.log.splice(0, 3, range('13-19'), range('25-29'), range('40-44'))
  assert.deepEqual(world.fetch(), ['13-29 x2', '30-44 x1'], 'a gap between two batches is its to tell')
  assert.equal(world.part.startOffset, 13)
  assert.deepEqual(
    world.done([
      ['13-24', Array.from({ length: 12 }, (_, index) => (index < 7 ? accept : gap))],
      ['25-29', [accept]],
    ]),
    ['13-19 2x2', '20-24 4x2', '25-29 2x2'],
  )
  assert.equal(world.part.startOffset, 30)
})

test('records of aborted transactions are not delivered', () => {
  const world = new World(['0-4', '5', '6-9', '10'])
  assert.deepEqual(world.fetch('m', { aborted: ['0-4', '8-8'] }), ['5-7 x1', '9-10 x1'])
  assert.equal(world.part.startOffset, 5)
  assert.deepEqual(
    world.done([
      ['5-7', [accept]],
      ['9-10', [accept]],
    ]),
    ['5-7 2x1', '9-10 2x1'],
  )
  assert.equal(world.part.startOffset, 11)
  const all = new World(['0-4'])
  assert.deepEqual(all.fetch('m', { aborted: ['0-4'] }), [])
  assert.deepEqual([all.part.startOffset, all.part.inFlightCount], [5, 0])
})

test('after a restart locks are forgotten, and what nobody had between others is found', () => {
  const kept = (firstOffset: number, lastOffset: number, deliveryState: number, deliveryCount: number) => ({
    firstOffset,
    lastOffset,
    deliveryState,
    deliveryCount,
  })
  const stateBatches = [kept(10, 14, 2, 1), kept(20, 24, 4, 5), kept(30, 34, 0, 2)]
  const world = new World(['0-9', '10-19', '20-29', '30-39'], { startOffset: 10, stateBatches })
  assert.deepEqual([world.part.startOffset, world.part.endOffset, world.part.nextFetchOffset], [15, 35, 15])
  assert.deepEqual(world.fetch('m', { batchSize: 3 }), ['15-19 x1', '25-29 x1', '30-34 x3', '35-39 x1'])
  world.done([
    ['15-19', [accept]],
    ['25-39', [accept]],
  ])
  assert.deepEqual([world.part.startOffset, world.part.inFlightCount], [40, 0])
})

test('a state of any size is taken as it is', () => {
  const huge = { firstOffset: 1, lastOffset: 2 ** 52, deliveryState: 4, deliveryCount: 1 }
  const world = new World(['0-9'], {
    stateBatches: [{ ...huge, firstOffset: 0, lastOffset: 0, deliveryState: 0 }, huge],
  })
  assert.equal(world.part.deliveryCompleteCount, 0x7fffffff)
  assert.equal(world.part.canAcquire, true)
  assert.deepEqual(world.fetch(), ['0 x2'])
  assert.equal(world.part.canAcquire, false)
})

test('where the log begins later, the share partition does', () => {
  const world = new World(['0-9', '10-19', '20-29'])
  world.fetch('a', { readMax: 2 })
  world.part.logStartMoved(5)
  assert.deepEqual([world.part.startOffset, world.part.inFlightCount], [5, 15])
  assert.deepEqual(world.done([['0-9', [accept]]], 'a'), ['5-9 2x1'])
  world.part.logStartMoved(25)
  assert.deepEqual([world.part.startOffset, world.part.endOffset], [25, 25])
  assert.deepEqual(world.fetch('a'), ['25-29 x1'])
})

test('nothing gets lost: whatever members do, each record is accepted once, or archived', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const prng = seededPrng(seed)
    const log: string[] = []
    for (let offset = 0; offset < 200; ) {
      const length = 1 + randomBelow(prng, 9)
      log.push(`${offset}-${offset + length - 1}`)
      offset += length
    }
    const end = range(log.at(-1)!).lastOffset + 1
    let world = new World(log, { limits: { recordLocksMax: 100 } })
    const accepted = new Map<number, number>()
    let kept: { startOffset: number; stateBatches: StateBatch[] } = { startOffset: 0, stateBatches: [] }
    const held = new Map<string, OffsetRange[]>()
    const write = (change: ShareChange, fate: 'written' | 'failed') => {
      if (fate === 'written') {
        const startOffset = Math.max(kept.startOffset, change.startOffset)
        kept = { startOffset, stateBatches: combineStateBatches(kept.stateBatches, change.stateBatches, startOffset) }
        for (const { firstOffset, lastOffset, deliveryState, deliveryCount } of change.stateBatches) {
          assert.ok(deliveryCount <= 5, 'no more deliveries than the limit')
          for (let offset = firstOffset; offset <= lastOffset; offset++) {
            if (deliveryState === 2) accepted.set(offset, (accepted.get(offset) ?? 0) + 1)
          }
        }
      }
      world.part.settle(change, fate === 'written', world.now)
    }
    for (let turn = 0; turn < 5000 && world.part.startOffset < end; turn++) {
      const member = `m${randomBelow(prng, 3)}`
      world.now += randomBelow(prng, 2000)
      write(world.part.expireLocks(world.now), 'written')
      switch (randomBelow(prng, 10)) {
        case 0:
          write(world.part.releaseMember(member), 'written')
          held.delete(member)
          break
        case 1: {
          if (randomBelow(prng, 10) > 0) break
          const { now } = world
          world = new World(log, { limits: { recordLocksMax: 100 }, ...kept })
          world.now = now
          held.clear()
          break
        }
        case 2:
        case 3:
        case 4: {
          const options = { records: 1 + randomBelow(prng, 40), batchSize: 1 + randomBelow(prng, 20) }
          const ranges = world.fetch(member, { ...options, strict: randomBelow(prng, 2) === 0 })
          held.set(member, [...(held.get(member) ?? []), ...ranges.map(each => range(each.split(' ')[0]!))])
          break
        }
        default: {
          const mine = held.get(member)?.shift()
          if (mine === undefined) break
          const types = Array.from({ length: mine.lastOffset - mine.firstOffset + 1 }, () =>
            randomBelow(prng, 4) === 0 ? release : accept,
          )
          try {
            const change = world.part.acknowledge(member, [{ ...mine, acknowledgeTypes: types }], world.now)
            write(change, randomBelow(prng, 4) === 0 ? 'failed' : 'written')
          } catch (error) {
            // The lock has ended meanwhile.
            assert.ok(error instanceof ProtocolError && error.errorName.startsWith('INVALID_RE'), String(error))
          }
        }
      }
    }
    assert.equal(world.part.startOffset, end, `seed ${seed}: the end is reached`)
    for (const [offset, count] of accepted) assert.equal(count, 1, `seed ${seed}: ${offset} was accepted once`)
  }
})
