/**
 * Frames in chunks of any size, some with a damaged size: the frames that were sent come out whole and in order, until a size is damaged; from there on the
 * reader holds no more than it was given. `DORSALE_FUZZ_ROUNDS` and `DORSALE_FUZZ_SEED` make the search longer or another one.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Prng, randomBelow, seededPrng } from '@dorsale/base'
import { FrameError } from './frame-error.ts'
import { FrameReader } from './frame-reader.ts'

const rounds = Number(process.env.DORSALE_FUZZ_ROUNDS ?? 1) * 300
const seed = Number(process.env.DORSALE_FUZZ_SEED ?? 1)
const frameBytesMax = 5000

function framed(body: Uint8Array): Buffer {
  const frame = Buffer.alloc(4 + body.length)
  frame.writeInt32BE(body.length)
  frame.set(body, 4)
  return frame
}

function* chunksOf(stream: Uint8Array, prng: Prng): Iterable<Uint8Array> {
  const sizeMax = [1, 3, 100, 3000][randomBelow(prng, 4)] as number
  for (let at = 0; at < stream.length; ) {
    const size = 1 + randomBelow(prng, sizeMax)
    yield stream.slice(at, at + size)
    at += size
  }
}

test('frames come out as they went in, however they are cut', () => {
  for (let round = 0; round < rounds; round++) {
    const prng = seededPrng(seed, `frames ${round}`)
    const bodies = Array.from({ length: 1 + randomBelow(prng, 8) }, () => prng.bytes(randomBelow(prng, 700)))
    const stream = Buffer.concat(bodies.map(framed))
    const isDamaged = randomBelow(prng, 3) === 0
    const damagedFrame = randomBelow(prng, bodies.length)
    if (isDamaged) {
      const at = bodies.slice(0, damagedFrame).reduce((sum, body) => sum + body.length + 4, 0)
      stream.writeInt32BE([-1, -0x80000000, frameBytesMax + 1, 0x7fffffff][randomBelow(prng, 4)] as number, at)
    }
    const reader = new FrameReader({ frameBytesMax })
    const read: Uint8Array[] = []
    let error: unknown
    for (const chunk of chunksOf(stream, prng)) {
      reader.push(chunk)
      try {
        for (let frame = reader.next(); frame !== undefined; frame = reader.next()) read.push(frame)
      } catch (cause) {
        error = cause
        break
      }
    }
    const whole = isDamaged ? bodies.slice(0, damagedFrame) : bodies
    assert.deepEqual(
      read.map(frame => Buffer.from(frame)),
      whole.map(body => Buffer.from(body)),
      `seed ${seed}, round ${round}`,
    )
    assert.equal(error instanceof FrameError, isDamaged)
    assert.ok(reader.bufferedBytes <= stream.length)
  }
})
