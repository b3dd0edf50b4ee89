import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { OffsetIndex } from './offset-index.ts'
import { TimeIndex } from './time-index.ts'
import { TransactionIndex } from './transaction-index.ts'

describe('offset index', () => {
  const index = new OffsetIndex(100, 80)
  for (let entry = 0; entry < 10; entry++) index.append(109 + entry * 10, entry * 1000)

  test('look-up: a position at or before the batch', () => {
    const cases: [number, number][] = [
      [0, 0],
      [100, 0],
      [109, 0],
      [118, 0],
      [119, 1000],
      [120, 1000],
      [198, 8000],
      [199, 9000],
      [5000, 9000],
    ]
    for (const [offset, position] of cases) assert.equal(index.positionFor(offset), position, `offset ${offset}`)
    assert.equal(new OffsetIndex(100, 80).positionFor(150), 0)
  })

  test('full at its bytes', () => {
    assert.equal(index.isFull, true)
    assert.equal(new OffsetIndex(0, 7).isFull, true, 'no room for one entry')
  })

  test('truncation', () => {
    for (const [offset, count] of [
      [109, 0],
      [110, 1],
      [119, 1],
      [120, 2],
      [1000, 10],
    ] as const) {
      const copy = new OffsetIndex(100, 80, index.content.slice())
      copy.truncateTo(offset)
      assert.equal(copy.count, count, `to ${offset}`)
      copy.append(2000, 20_000)
      assert.equal(copy.positionFor(2000), 20_000)
    }
  })

  test('relative offsets and positions of the upper half of 32 bits', () => {
    const high = new OffsetIndex(2 ** 50, 80)
    high.append(2 ** 50 + 2 ** 31 - 1, 2 ** 31 + 5)
    assert.deepEqual([high.offsetAt(0), high.positionAt(0)], [2 ** 50 + 2 ** 31 - 1, 2 ** 31 + 5])
  })

  test('what cannot be one', () => {
    assert.equal(index.fault(9001), undefined)
    assert.match(index.fault(9000) ?? '', /past the end/)
    assert.match(new OffsetIndex(0, 80, new Uint8Array(16)).fault(100) ?? '', /ascending/)
  })
})

describe('time index', () => {
  test('keeps what ascends, and one slot for the end', () => {
    const index = new TimeIndex(100, 36)
    index.note(-1, 100)
    assert.equal(index.count, 0)
    index.note(1000, 105)
    index.note(1000, 110)
    index.note(900, 111)
    index.note(2000, 111)
    assert.deepEqual([index.count, index.isFull], [2, true])
    index.note(3000, 120)
    assert.deepEqual([index.lastTimestamp, index.lastOffset], [3000, 120])
    const cases: [number, number][] = [
      [0, 100],
      [999, 100],
      [1000, 105],
      [1999, 105],
      [2000, 111],
      [9000, 120],
    ]
    for (const [timestamp, offset] of cases) assert.equal(index.offsetFor(timestamp), offset, `timestamp ${timestamp}`)
    index.truncateTo(111)
    assert.deepEqual([index.count, index.lastTimestamp], [1, 1000])
  })

  test('what cannot be one', () => {
    assert.match(new TimeIndex(0, 80, new Uint8Array(24)).fault() ?? '', /ascending/)
    assert.equal(new TimeIndex(0, 80, new Uint8Array(0)).fault(), undefined)
  })
})

test('transaction index', () => {
  const entries = [
    { producerId: 25, firstOffset: 104, lastOffset: 115, lastStableOffset: 100 },
    { producerId: 2n ** 61n, firstOffset: 90, lastOffset: 136, lastStableOffset: 137 },
  ]
  const content = new TransactionIndex(entries).content
  assert.deepEqual(TransactionIndex.parse(content, 100)?.entries, entries)
  assert.equal(TransactionIndex.parse(content, 116), undefined, 'a marker before the segment')
  assert.equal(TransactionIndex.parse(content.subarray(0, 67), 100), undefined)
  const index = new TransactionIndex([...entries])
  index.truncateTo(136)
  assert.deepEqual(index.entries, entries.slice(0, 1))
})
