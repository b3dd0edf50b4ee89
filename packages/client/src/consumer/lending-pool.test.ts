import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LendingPool } from './lending-pool.ts'

const poolOf = (idleBytesMax = 1_000_000) => new LendingPool({ idleBytesMax })

describe('lending pool', () => {
  test('what was given back is lent again, and who has kept a view of it sees nothing', () => {
    const pool = poolOf()
    const first = pool.lend(100_000)
    first.fill(1)
    const kept = first.subarray(10, 20)
    pool.takeBack(first.subarray(5))
    assert.deepEqual([first.length, kept.length], [0, 0])
    const second = pool.lend(99_000)
    assert.equal(second.length, 99_000)
    assert.equal(second[500], 1, 'the same memory')
    assert.equal(kept.length, 0)
    assert.equal(pool.idleBytes, 0)
  })

  test('what is given back twice, or was never lent, is left as it is', () => {
    const pool = poolOf()
    const lent = pool.lend(50_000)
    pool.takeBack(lent)
    const { idleBytes } = pool
    pool.takeBack(lent)
    const foreign = Uint8Array.of(1, 2, 3)
    pool.takeBack(foreign)
    assert.deepEqual([...foreign], [1, 2, 3])
    assert.equal(pool.idleBytes, idleBytes)
  })

  test('what is small is made, and left to the collector', () => {
    const pool = poolOf()
    const small = pool.lend(32 * 1024 - 1)
    pool.takeBack(small)
    assert.deepEqual([small.length, pool.idleBytes], [32 * 1024 - 1, 0])
  })

  test('the smallest that is large enough is lent', () => {
    const pool = poolOf()
    const lent = [300_000, 100_000, 200_000].map(size => pool.lend(size))
    lent.forEach((each, index) => {
      each.fill(index + 1)
      pool.takeBack(each)
    })
    assert.deepEqual([pool.lend(150_000)[0], pool.lend(150_000)[0], pool.lend(100_000)[0]], [3, 1, 2])
  })

  test('no more lies idle than may, and what has lain longest goes first', () => {
    const pool = poolOf(250_000)
    const lent = [100_000, 120_000, 90_000].map(size => pool.lend(size))
    lent.forEach((each, index) => {
      each.fill(index + 1)
      pool.takeBack(each)
    })
    assert.ok(pool.idleBytes <= 250_000)
    assert.deepEqual([pool.lend(80_000)[0], pool.lend(100_000)[0]], [3, 2])
    pool.takeBack(pool.lend(300_000))
    assert.equal(pool.idleBytes, 0)
  })

  test('cleared, it holds nothing', () => {
    const pool = poolOf()
    pool.takeBack(pool.lend(50_000))
    pool.clear()
    assert.equal(pool.idleBytes, 0)
  })
})
