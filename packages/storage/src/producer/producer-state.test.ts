import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BatchHeader, type ProducerId, type RecordBatchOptions } from '@dorsale/protocol'
import { batch, marker } from '../testing/world.ts'
import { type ApplyOptions, ProducerState } from './producer-state.ts'
import { decodeSnapshot, encodeSnapshot } from './snapshot.ts'

const dayMs = 86_400_000
const client: ApplyOptions = { origin: 'client' }
const coordinator: ApplyOptions = { origin: 'coordinator' }

interface Sent {
  readonly id?: ProducerId
  readonly epoch?: number
  readonly sequence?: number
  readonly count?: number
  readonly offset?: number
  readonly transactional?: boolean
}

function data({ id = 1, epoch = 0, sequence = 0, count = 1, offset = 0, transactional = false }: Sent): BatchHeader {
  const options: RecordBatchOptions = {
    producerId: id,
    producerEpoch: epoch,
    baseSequence: sequence,
    baseOffset: offset,
    transactional,
  }
  return new BatchHeader(batch(count, options))
}

function end(type: 'commit' | 'abort', { id = 1, epoch = 0, offset = 0 }: Sent, coordinatorEpoch = 0): BatchHeader {
  return new BatchHeader(marker(type, { producerId: id, producerEpoch: epoch, baseOffset: offset }, coordinatorEpoch))
}

function stateAfter(...sent: Sent[]): ProducerState {
  const state = new ProducerState({ producerIdExpirationMs: dayMs })
  for (const each of sent) state.apply(data(each), client)
  return state
}

const max = 0x7fffffff

describe('sequences', () => {
  const cases: [string, Sent[], Sent, string?][] = [
    ['a producer that is not known may start anywhere', [], { sequence: 17 }],
    ['the next one', [{ count: 3 }], { sequence: 3 }],
    ['a gap', [{ count: 3 }], { sequence: 4 }, 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
    ['back', [{ count: 3 }, { sequence: 3 }], { sequence: 2 }, 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
    ['the wrap after 2^31 - 1', [{ sequence: max }], { sequence: 0 }],
    ['not wrapped', [{ sequence: max }], { sequence: 1 }, 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
    ['a batch that wraps in its middle', [{ sequence: max - 1, count: 4 }], { sequence: 2 }],
    ['a new epoch starts at 0', [{ sequence: 5 }], { epoch: 1, sequence: 0 }],
    ['a new epoch elsewhere', [{ sequence: 5 }], { epoch: 1, sequence: 6 }, 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
    ['an old epoch', [{ epoch: 3 }], { epoch: 2, sequence: 1 }, 'INVALID_PRODUCER_EPOCH'],
    ['another producer', [{ id: 1, sequence: 9 }], { id: 2, sequence: 0 }],
    ['ids beyond 2^53', [{ id: 2n ** 62n }], { id: 2n ** 62n + 1n, sequence: 8 }],
    ['the same id beyond 2^53', [{ id: 2n ** 62n }], { id: 2n ** 62n, sequence: 8 }, 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
    ['outside of its open transaction', [{ transactional: true }], { sequence: 1 }, 'INVALID_TXN_STATE'],
  ]
  for (const [name, before, sent, errorName] of cases) {
    test(name, () => {
      const state = stateAfter(...before)
      const entries = encodeSnapshot([...state.entries])
      if (errorName === undefined) state.apply(data(sent), client)
      else {
        assert.throws(() => state.apply(data(sent), client), { errorName })
        assert.deepEqual(encodeSnapshot([...state.entries]), entries, 'nothing has changed')
      }
      // What is in the log already is not refused.
      stateAfter(...before).apply(data(sent), { origin: 'replication' })
    })
  }
})

describe('duplicates', () => {
  const sent = Array.from({ length: 7 }, (_, index) => ({ sequence: index * 2, count: 2, offset: index * 10 }))
  const cases: [string, Sent, number | undefined][] = [
    ['the last one', { sequence: 12, count: 2 }, 60],
    ['the fifth from the end', { sequence: 4, count: 2 }, 20],
    ['the sixth is forgotten', { sequence: 2, count: 2 }, undefined],
    ['of another length', { sequence: 12, count: 1 }, undefined],
    ['of another epoch', { sequence: 12, count: 2, epoch: 1 }, undefined],
    ['of another producer', { sequence: 12, count: 2, id: 2 }, undefined],
  ]
  for (const [name, again, baseOffset] of cases) {
    test(name, () => {
      const found = stateAfter(...sent).findDuplicate(data(again))
      assert.equal(found && found.lastOffset - found.offsetDelta, baseOffset)
    })
  }

  test('across the wrap, also after a restart', () => {
    const state = stateAfter({ sequence: max - 1, count: 4, offset: 50 })
    const loaded = new ProducerState({ producerIdExpirationMs: dayMs })
    loaded.load(decodeSnapshot(encodeSnapshot([...state.entries])) ?? [], 54, 1000)
    for (const each of [state, loaded]) {
      assert.equal(each.findDuplicate(data({ sequence: max - 1, count: 4 }))?.lastOffset, 53)
      assert.equal(each.findDuplicate(data({ sequence: max, count: 4 })), undefined)
    }
  })
})

describe('markers', () => {
  const open = { transactional: true, epoch: 5 }
  const cases: [string, Sent[], BatchHeader, ApplyOptions, string?][] = [
    ['of the same epoch', [open], end('commit', { epoch: 5 }), coordinator],
    ['of an old epoch', [open], end('commit', { epoch: 4 }), coordinator, 'INVALID_PRODUCER_EPOCH'],
    ['of a later epoch', [open], end('abort', { epoch: 6 }), coordinator],
    [
      'version 2, of the same epoch',
      [open],
      end('abort', { epoch: 5 }),
      { ...coordinator, transactionVersion: 2 },
      'INVALID_PRODUCER_EPOCH',
    ],
    ['version 2, of the next epoch', [open], end('abort', { epoch: 6 }), { ...coordinator, transactionVersion: 2 }],
    [
      'version 2, at the last epoch',
      [{ transactional: true, epoch: 0x7fff }],
      end('abort', { epoch: 0x7fff }),
      { ...coordinator, transactionVersion: 2 },
    ],
    [
      'version 2, written again after its end',
      [{ epoch: 5 }],
      end('abort', { epoch: 5 }),
      { ...coordinator, transactionVersion: 2 },
    ],
  ]
  for (const [name, before, header, options, errorName] of cases) {
    test(name, () => {
      const state = stateAfter(...before)
      if (errorName !== undefined) assert.throws(() => state.apply(header, options), { errorName })
      else {
        state.apply(header, options)
        assert.equal(state.entry(1)?.inTransaction, false)
        assert.equal(state.entry(1)?.producerEpoch, header.producerEpoch)
      }
    })
  }

  test('of a coordinator that was', () => {
    const state = stateAfter(open)
    state.apply(end('commit', { epoch: 5, offset: 1 }, 7), coordinator)
    const old = () => state.apply(end('commit', { epoch: 5, offset: 2 }, 6), coordinator)
    assert.throws(old, { errorName: 'TRANSACTION_COORDINATOR_FENCED' })
  })

  test('what they end, and where readers of committed records stop', () => {
    const state = new ProducerState({ producerIdExpirationMs: dayMs })
    state.apply(data({ id: 1, offset: 10, transactional: true }), client)
    state.apply(data({ id: 2, offset: 11, transactional: true }), client)
    assert.equal(state.firstUnstableOffset, 10)
    const first = state.apply(end('abort', { id: 1, offset: 12 }), coordinator)
    assert.deepEqual(first, { producerId: 1, firstOffset: 10, lastOffset: 12, aborted: true })
    assert.equal(first && state.lastStableOffsetAfter(first), 11)
    assert.equal(state.firstUnstableOffset, 10, 'until the marker is below the high watermark')
    state.onHighWatermark(13)
    assert.equal(state.firstUnstableOffset, 11)
    const second = state.apply(end('commit', { id: 2, offset: 13 }), coordinator)
    assert.equal(second && state.lastStableOffsetAfter(second), 14)
    state.onHighWatermark(14)
    assert.equal(state.firstUnstableOffset, undefined)
    assert.equal(state.apply(end('commit', { id: 2, offset: 14 }), coordinator), undefined, 'ends nothing')
  })

  test('the sequence goes on after a marker of the same epoch', () => {
    const state = stateAfter({ transactional: true })
    state.apply(end('commit', { offset: 1 }), coordinator)
    state.apply(data({ sequence: 1, transactional: true, offset: 2 }), client)
    assert.equal(state.entry(1)?.lastSequence, 1)
  })
})

describe('an append that is refused', () => {
  test('takes back its own changes, and those alone', () => {
    const state = stateAfter({ sequence: 0, offset: 0 })
    state.settle()
    state.endOffset = 1
    const before = encodeSnapshot([...state.entries])
    state.apply(data({ sequence: 1, offset: 1, transactional: true }), client)
    state.apply(end('abort', { offset: 2 }), coordinator)
    state.apply(data({ id: 2, offset: 3, transactional: true }), client)
    state.revert(1)
    assert.deepEqual(encodeSnapshot([...state.entries]), before)
    assert.deepEqual([state.firstUnstableOffset, state.endOffset], [undefined, 1])
  })
})

test('expiry: by silence, never in a transaction', () => {
  const state = stateAfter({ id: 1 }, { id: 2, transactional: true })
  state.expire(1000 + dayMs - 1)
  assert.equal(state.size, 2)
  state.expire(1000 + dayMs)
  assert.deepEqual(
    [...state.entries].map(({ producerId }) => producerId),
    [2],
  )
  const loaded = new ProducerState({ producerIdExpirationMs: dayMs })
  loaded.load(decodeSnapshot(encodeSnapshot([...stateAfter({ id: 1 }).entries])) ?? [], 1, 1000 + dayMs)
  assert.equal(loaded.size, 0)
})

test('a snapshot cut or flipped anywhere is none', () => {
  const bytes = encodeSnapshot([...stateAfter({ id: 1 }, { id: 2n ** 60n, sequence: 4 }).entries])
  assert.equal(decodeSnapshot(bytes)?.length, 2)
  for (let size = 0; size < bytes.length; size++) assert.equal(decodeSnapshot(bytes.subarray(0, size)), undefined)
  for (let position = 0; position < bytes.length; position++) {
    const flipped = bytes.slice()
    flipped[position] = (flipped[position] as number) ^ 0x10
    assert.equal(decodeSnapshot(flipped), undefined, `byte ${position}`)
  }
})
