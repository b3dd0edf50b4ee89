import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FrameAssembler } from './frame-assembler.ts'
import { FrameError } from './frame-error.ts'

const frameOf = (text: string): Buffer => {
  const frame = Buffer.alloc(4 + text.length)
  frame.writeInt32BE(text.length)
  frame.write(text, 4, 'latin1')
  return frame
}

/** The frames of a stream that is read into one buffer, piece by piece. */
function readAll(stream: Uint8Array, size: number): string[] {
  const frames: Uint8Array[] = []
  const assembler = new FrameAssembler({ frameBytesMax: 1_000_000, onFrame: frame => frames.push(frame) })
  const buffer = new Uint8Array(size)
  for (let start = 0; start < stream.length; start += size) {
    const piece = buffer.subarray(0, Math.min(size, stream.length - start))
    piece.set(stream.subarray(start, start + piece.length))
    assembler.push(piece)
  }
  return frames.map(frame => Buffer.from(frame).toString('latin1'))
}

describe('frame assembler', () => {
  const texts = ['', 'a', 'bc', 'x'.repeat(5000), 'y'.repeat(70_000), '', 'z'.repeat(1024), 'end']
  const stream = Buffer.concat(texts.map(frameOf))

  for (const size of [1, 2, 3, 5, 7, 100, 1023, 1024, 1028, 65_536, stream.length]) {
    test(`the same frames through a buffer of ${size}, and none is changed by what arrives later`, () =>
      assert.deepEqual(readAll(stream, size), texts))
  }

  test('sizes that no peer may claim', () => {
    for (const [claim, bound] of [
      [-1, 100],
      [-2_147_483_648, 100],
      [101, 100],
      [2_147_483_647, 104_857_600],
    ] as const) {
      const assembler = new FrameAssembler({ frameBytesMax: bound, onFrame: () => assert.fail('no frame is whole') })
      const size = Buffer.alloc(4)
      size.writeInt32BE(claim)
      assert.throws(() => assembler.push(size), FrameError)
    }
  })

  test('once cleared, from within a frame too, it hands out nothing', () => {
    let count = 0
    const assembler = new FrameAssembler({
      frameBytesMax: 100,
      onFrame: () => {
        count++
        assembler.clear()
      },
    })
    assembler.push(Buffer.concat([frameOf('one'), frameOf('two')]))
    assembler.push(frameOf('three'))
    assert.equal(count, 1)
  })
})
