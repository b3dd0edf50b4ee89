import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DiskError } from './errors.ts'
import { MemoryDisk } from './memory-disk.ts'
import { PagedBytes } from './paged-bytes.ts'
import { seededPrng } from './seeded-prng.ts'
import { diskContract } from './testing/index.ts'

diskContract(async body => {
  const disk = new MemoryDisk()
  disk.makeDirectorySync('/root')
  await body(disk, '/root')
})

test('the capacity bounds all files together, what is removed is free again, and what only a handle holds is not counted', () => {
  const disk = new MemoryDisk({ capacity: 10 })
  disk.makeDirectorySync('/d')
  const first = disk.openSync('/d/a', 'create')
  assert.equal(first.writeSync([Buffer.from('123456')], 0), 6)
  const second = disk.openSync('/d/b', 'create')
  assert.equal(second.writeSync([Buffer.from('abc'), Buffer.from('def')], 0), 4)
  assert.throws(
    () => second.writeSync([Buffer.from('x')], 4),
    (error: unknown) => error instanceof DiskError && error.errno === 'ENOSPC',
  )
  assert.deepEqual(disk.usageSync('/d'), { totalBytes: 10, usableBytes: 0 })
  disk.removeSync('/d/a')
  assert.equal(disk.usedBytes, 4)
  first.writeSync([Buffer.from('still written')], 0)
  assert.equal(disk.usedBytes, 4)
  disk.renameSync('/d/b', '/d/c')
  assert.equal(disk.usedBytes, 4)
  disk.openSync('/d/b', 'create').writeSync([Buffer.from('12')], 0)
  disk.renameSync('/d/b', '/d/c')
  assert.equal(disk.usedBytes, 2)
})

test('paged bytes are an array that grows, is cut and has holes', () => {
  const prng = seededPrng(7)
  const bytes = new PagedBytes()
  let expected = Buffer.alloc(0)
  for (let step = 0; step < 400; step++) {
    const position = prng.uint32() % 200_000
    if (step % 5 === 4) {
      bytes.resize(position)
      expected = Buffer.concat([expected, Buffer.alloc(Math.max(position - expected.length, 0))]).subarray(0, position)
      expected = Buffer.from(expected)
    } else {
      const chunk = prng.bytes(prng.uint32() % 70_000)
      bytes.write(chunk, position)
      const grown = Buffer.alloc(Math.max(expected.length, position + chunk.length))
      expected.copy(grown)
      grown.set(chunk, position)
      expected = grown
    }
    assert.equal(bytes.size, expected.length)
  }
  const read = Buffer.alloc(expected.length + 10)
  assert.equal(bytes.read(read, 0), expected.length)
  assert.ok(read.subarray(0, expected.length).equals(expected))
  const part = Buffer.alloc(70_000)
  assert.equal(bytes.copy().read(part, 1000), Math.min(70_000, expected.length - 1000))
  assert.ok(part.equals(expected.subarray(1000, 71_000)))
})

test('a hole of a gigabyte takes no memory', () => {
  const bytes = new PagedBytes()
  bytes.write(Buffer.from('end'), 2 ** 30)
  const read = Buffer.alloc(5, 1)
  assert.equal(bytes.read(read, 2 ** 30 - 2), 5)
  assert.equal(read.toString(), '\0\0end')
})
