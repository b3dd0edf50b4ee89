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
  const buffers = [pool.take(512), pool.take(1024), pool.take(4096)]
  for (const buffer of buffers) pool.give(buffer)
  assert.equal(pool.idleBytes, 4096)
  pool.clear()
  assert.equal(pool.idleBytes, 0)
  assert.notEqual(pool.take(4096).buffer, buffers[2]!.buffer)
})

test('idle buffers of a size that nobody asks for any more make room for those of the next', () => {
  const pool = new BufferPool({ idleBytesMax: 8 * 1024 })
  const old = Array.from({ length: 8 }, () => pool.take(1024))
  for (const buffer of old) pool.give(buffer)
  assert.equal(pool.idleBytes, 8 * 1024)
  for (let round = 0; round < 3; round++) {
    const buffers = [pool.take(2048), pool.take(2048)]
    if (round > 0) assert.ok(buffers.every(buffer => buffer[0] === 7))
    for (const buffer of buffers) pool.give(buffer.fill(7))
    assert.equal(pool.idleBytes, 8 * 1024)
  }
  assert.equal(old.filter(buffer => buffer.length === 0).length, 4, 'their memory is given back at once')
})

test('a buffer larger than all that may lie idle does not, and takes the place of no other', () => {
  const pool = new BufferPool({ idleBytesMax: 1000 })
  pool.give(pool.take(512))
  const large = pool.take(1024)
  pool.give(large)
  assert.equal(pool.idleBytes, 512)
  assert.equal(large.length, 0, 'its memory is given back at once')
})
