import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FrameError } from './frame-error.ts'
import { FrameReader } from './frame-reader.ts'

const frameOf = (text: string): Buffer => {
  const frame = Buffer.alloc(4 + text.length)
  frame.writeInt32BE(text.length)
  frame.write(text, 4, 'latin1')
  return frame
}

function readAll(stream: Uint8Array, cut: (index: number) => number): string[] {
  const reader = new FrameReader({ frameBytesMax: 1_000_000 })
  const frames: string[] = []
  for (let start = 0, index = 0; start < stream.length; index++) {
    const end = Math.min(start + cut(index), stream.length)
    reader.push(new Uint8Array(stream.subarray(start, end)))
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
      frames.push(Buffer.from(frame).toString('latin1'))
    }
    start = end
  }
  assert.equal(reader.bufferedBytes, 0)
  return frames
}

describe('frame reader', () => {
  const texts = ['', 'a', 'bc', 'x'.repeat(5000), 'y'.repeat(70_000), '', 'z'.repeat(4096), 'end']
  const stream = Buffer.concat(texts.map(frameOf))

  for (const size of [1, 2, 3, 5, 7, 100, 4095, 4096, 4097, 65_536, stream.length]) {
    test(`the same frames in chunks of ${size}`, () =>
      assert.deepEqual(
        readAll(stream, () => size),
        texts,
      ))
  }

  test('the same frames in chunks of mixed sizes', () => {
    const sizes = [1, 5000, 2, 4096, 3, 60_000, 17]
    assert.deepEqual(
      readAll(stream, index => sizes[index % sizes.length]!),
      texts,
    )
  })

  test('a frame handed out is not changed by what arrives later', () => {
    const reader = new FrameReader({ frameBytesMax: 100 })
    const bytes = Buffer.concat([frameOf('first'), frameOf('second')])
    for (const byte of bytes.subarray(0, 12)) reader.push(Uint8Array.of(byte))
    const first = reader.next()!
    for (const byte of bytes.subarray(12)) reader.push(Uint8Array.of(byte))
    assert.equal(Buffer.from(reader.next()!).toString(), 'second')
    assert.equal(Buffer.from(first).toString(), 'first')
  })

  test('sizes that no peer may claim', () => {
    for (const [claim, bound] of [
      [-1, 100],
      [-2_147_483_648, 100],
      [101, 100],
      [2_147_483_647, 104_857_600],
    ] as const) {
      const reader = new FrameReader({ frameBytesMax: bound })
      const size = Buffer.alloc(4)
      size.writeInt32BE(claim)
      reader.push(size)
      assert.throws(() => reader.next(), FrameError)
    }
  })

  for (const ownsChunks of [true, false]) {
    test(`chunks that were copied whole are let go of: ${ownsChunks}`, () => {
      const reader = new FrameReader({ frameBytesMax: 1_000_000, ownsChunks })
      const texts = ['a', 'b'.repeat(20_000), 'c', 'd'.repeat(9996), 'e'.repeat(5000)]
      const bytes = Buffer.concat(texts.map(frameOf))
      const chunks: Uint8Array[] = []
      const frames: Uint8Array[] = []
      for (let start = 0; start < bytes.length; start += 5000) {
        const chunk = new Uint8Array(bytes.subarray(start, start + 5000))
        chunks.push(chunk)
        reader.push(chunk)
        for (let frame = reader.next(); frame !== undefined; frame = reader.next()) frames.push(frame)
      }
      // The first chunk and the fifth hold small frames that were handed out, as views.
      const isKept = chunks.map(chunk => chunk.length > 0)
      assert.deepEqual(isKept, ownsChunks ? [true, false, false, false, true, false, false, false] : isKept.fill(true))
      assert.deepEqual(
        frames.map(frame => Buffer.from(frame).toString('latin1')),
        texts,
      )
    })
  }

  test('a view that its pusher shares with others is never let go of', () => {
    const reader = new FrameReader({ frameBytesMax: 1_000_000, ownsChunks: true })
    const bytes = frameOf('x'.repeat(20_000))
    const shared = new Uint8Array(bytes)
    reader.push(shared.subarray(0, 10_000))
    reader.push(shared.subarray(10_000))
    assert.equal(reader.next()?.length, 20_000)
    assert.deepEqual(shared, new Uint8Array(bytes))
  })

  test('a claim allocates nothing, and single bytes are gathered', () => {
    const reader = new FrameReader({ frameBytesMax: 104_857_600 })
    const size = Buffer.alloc(4)
    size.writeInt32BE(104_857_600)
    reader.push(size)
    const before = process.memoryUsage()
    for (let i = 0; i < 200_000; i++) reader.push(Uint8Array.of(i & 255))
    assert.equal(reader.next(), undefined)
    assert.equal(reader.bufferedBytes, 200_004)
    const after = process.memoryUsage()
    assert.ok(after.arrayBuffers - before.arrayBuffers < 16 * 1024 * 1024)
  })
})
