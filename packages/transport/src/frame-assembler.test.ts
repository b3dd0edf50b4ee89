import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FrameAssembler, type FrameMemory } from './frame-assembler.ts'
import { FrameError } from './frame-error.ts'

const frameOf = (text: string): Buffer => {
  const frame = Buffer.alloc(4 + text.length)
  frame.writeInt32BE(text.length)
  frame.write(text, 4, 'latin1')
  return frame
}

/** The frames of a stream that comes in pieces of at most `size`: put where the assembler has room for them, or into memory of their own. */
function readAll(stream: Uint8Array, size: number, { isPlaced }: { isPlaced: boolean }): string[] {
  const frames: Uint8Array[] = []
  const assembler = assemblerOf(frame => frames.push(frame))
  for (let start = 0; start < stream.length; ) {
    const room = isPlaced ? assembler.room : new Uint8Array(size)
    const piece = room.subarray(0, Math.min(size, room.length, stream.length - start))
    piece.set(stream.subarray(start, start + piece.length))
    assembler.push(piece)
    start += piece.length
  }
  return frames.map(frame => Buffer.from(frame).toString('latin1'))
}

function assemblerOf(
  onFrame: (frame: Uint8Array) => void,
  more: { frameBytesMax?: number; memory?: FrameMemory } = {},
) {
  return new FrameAssembler({ frameBytesMax: 1_000_000, readBufferBytes: 10_000, onFrame, ...more })
}

describe('frame assembler', () => {
  const texts = ['', 'a', 'bc', 'x'.repeat(5000), 'y'.repeat(70_000), 'w'.repeat(200_000), '', 'z'.repeat(1024), 'end']
  const stream = Buffer.concat(texts.map(frameOf))

  for (const size of [1, 2, 3, 5, 7, 100, 1023, 1024, 1028, 65_536, stream.length]) {
    test(`the same frames in pieces of ${size}, and none is changed by what arrives later`, () => {
      assert.deepEqual(readAll(stream, size, { isPlaced: true }), texts)
      assert.deepEqual(readAll(stream, size, { isPlaced: false }), texts)
    })
  }

  test('sizes that no peer may claim', () => {
    for (const [claim, bound] of [
      [-1, 100],
      [-2_147_483_648, 100],
      [101, 100],
      [2_147_483_647, 104_857_600],
    ] as const) {
      const assembler = assemblerOf(() => assert.fail('no frame is whole'), { frameBytesMax: bound })
      const size = Buffer.alloc(4)
      size.writeInt32BE(claim)
      assert.throws(() => assembler.push(size), FrameError)
    }
  })

  test('most of a large frame is put where it stays, its end is read with what follows', () => {
    const assembler = assemblerOf(() => {})
    const readBuffer = assembler.room
    assert.equal(readBuffer.length, 10_000)
    assembler.push(frameOf('x'.repeat(100_000)).subarray(0, 1004))
    assert.equal(assembler.room.length, 99_000)
    assembler.push(Buffer.alloc(90_000, 'x'))
    assert.equal(assembler.room.buffer, readBuffer.buffer)
  })

  test('memory of large frames is lent, that of small ones is their own', () => {
    const lent: number[] = []
    const memory = {
      lend: (size: number) => {
        lent.push(size)
        return new Uint8Array(size)
      },
    }
    const assembler = assemblerOf(() => {}, { memory })
    assembler.push(Buffer.concat([frameOf('small'), frameOf('x'.repeat(100_000))]))
    assert.deepEqual(lent, [100_000])
  })

  test('once cleared, from within a frame too, it hands out nothing', () => {
    let count = 0
    const assembler = assemblerOf(() => {
      count++
      assembler.clear()
    })
    assembler.push(Buffer.concat([frameOf('one'), frameOf('two')]))
    assembler.push(frameOf('three'))
    assert.equal(count, 1)
  })
})
