import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReadBuffers } from './read-buffers.ts'

const mebibyte = 1024 * 1024

test('a buffer that was given back is lent again, to reads of its size', () => {
  const buffers = new ReadBuffers()
  const first = buffers.take(mebibyte)
  const second = buffers.take(mebibyte - 1)
  assert.ok(first && second)
  assert.equal(first.bytes.length, mebibyte)
  assert.equal(second.bytes.length, mebibyte - 1)
  assert.notEqual(first.bytes.buffer, second.bytes.buffer)
  first.giveBack()
  first.giveBack()
  const third = buffers.take(600_000)
  assert.equal(third?.bytes.buffer, first.bytes.buffer)
  assert.equal(third?.bytes.length, 600_000)
  assert.notEqual(buffers.take(mebibyte)?.bytes.buffer, first.bytes.buffer, 'given back twice, lent once')
  assert.equal(buffers.take(300_000)?.bytes.buffer.byteLength, 512 * 1024)
})

test('small and very large reads are not worth it', () => {
  const buffers = new ReadBuffers()
  assert.equal(buffers.take(128 * 1024 - 1), undefined)
  assert.ok(buffers.take(128 * 1024))
  assert.equal(buffers.take(mebibyte + 1), undefined)
})

test('idle memory is bounded', () => {
  const buffers = new ReadBuffers()
  const leases = Array.from({ length: 40 }, () => buffers.take(mebibyte))
  for (const lease of leases) lease?.giveBack()
  const known = new Set(leases.map(lease => lease?.bytes.buffer))
  const again = Array.from({ length: 40 }, () => buffers.take(mebibyte))
  assert.equal(again.filter(lease => known.has(lease?.bytes.buffer)).length, 24)
})
