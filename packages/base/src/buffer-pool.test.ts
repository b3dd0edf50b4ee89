import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BufferPool } from './buffer-pool.ts'

test('what was given back is taken again, for any size of its power of two', () => {
  const pool = new BufferPool({ idleBytesMax: 10_000 })
  const first = pool.take(1000)
  assert.equal(first.length, 1024)
  assert.notEqual(pool.take(1000).buffer, first.buffer, 'it is taken')
  pool.give(first)
  assert.equal(pool.idleBytes, 1024)
  assert.equal(pool.take(1025).length, 2048)
  assert.equal(pool.take(513).buffer, first.buffer)
  assert.equal(pool.idleBytes, 0)
  assert.equal(pool.take(0).length, 1)
})

test('no more lies idle than may, and nothing after it is cleared', () => {
  const pool = new BufferPool({ idleBytesMax: 5000 })
  const buffers = [pool.take(4096), pool.take(1024), pool.take(512)]
  for (const buffer of buffers) pool.give(buffer)
  assert.equal(pool.idleBytes, 4096 + 512)
  pool.clear()
  assert.equal(pool.idleBytes, 0)
  assert.notEqual(pool.take(4096).buffer, buffers[0]!.buffer)
})
