import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CodecName, CompressionError } from './codec.ts'
import { codecOf, codecs } from './codecs.ts'
import { xxhash32 } from './xxhash32.ts'

const names = Object.keys(codecs) as CodecName[]
const sizeMax = 1 << 24

/** Something between text and noise, of any length. */
function sample(size: number): Uint8Array {
  let state = size + 1
  return Uint8Array.from({ length: size }, (_, index) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return index % 50 < 40 ? index % 50 : state >>> 24
  })
}

function joined(windows: Iterable<Uint8Array>): Uint8Array {
  return Buffer.concat(Array.from(windows, window => window.slice()))
}

for (const name of names) {
  const codec = codecs[name]
  const levels = codec.levels === undefined ? [undefined] : [undefined, codec.levels.min, 1, codec.levels.max]

  test(`${name} has the id that it is found by`, () => assert.equal(codecOf(codec.id), codec))

  for (const size of [0, 1, 7, 100, 32_768, 65_536, 65_537, 300_000]) {
    test(`${name} gives back ${size} bytes`, () => {
      const plain = sample(size)
      for (const level of levels) {
        const block = codec.compress(plain, level)
        assert.ok(Buffer.from(plain).equals(codec.decompress(block, size)), `level ${level}`)
        assert.ok(Buffer.from(plain).equals(joined(codec.windows(block, size))), `level ${level}, in windows`)
      }
    })
  }

  test(`${name} refuses to give more than is allowed`, () => {
    const block = codec.compress(sample(100_000))
    const tooLarge = (error: unknown) => error instanceof CompressionError && error.tooLarge
    for (const allowed of [0, 1, 99_999]) {
      assert.throws(() => codec.decompress(block, allowed), tooLarge)
      assert.throws(() => joined(codec.windows(block, allowed)), tooLarge)
    }
  })

  test(`${name} cut anywhere gives an error, or less`, () => {
    const plain = sample(2000)
    const block = codec.compress(plain)
    for (let size = 0; size < block.length; size++) {
      const result = outcome(() => codec.decompress(block.subarray(0, size), sizeMax))
      if (!(result instanceof CompressionError)) assert.ok(result.length < plain.length, `cut at ${size}`)
    }
  })

  test(`${name} with any byte changed gives an error, or as much`, () => {
    const block = codec.compress(sample(500))
    for (let position = 0; position < block.length; position++) {
      for (const change of [0x01, 0x80, 0xff]) {
        const damaged = Uint8Array.from(block)
        damaged[position]! ^= change
        outcome(() => codec.decompress(damaged, sizeMax))
        outcome(() => joined(codec.windows(damaged, sizeMax)))
      }
    }
  })
}

/** What came out, or the typed error; anything else fails the test. */
function outcome(run: () => Uint8Array): Uint8Array | CompressionError {
  try {
    return run()
  } catch (error) {
    if (error instanceof CompressionError) return error
    throw error
  }
}

test('lz4 is written in independent blocks of 64 KiB, as by Kafka, noise as it is', () => {
  let state = 1
  const noise = Uint8Array.from({ length: 200_000 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 24
  })
  for (const plain of [sample(200_000), noise]) {
    const frame = codecs.lz4.compress(plain)
    assert.equal(Buffer.from(frame.subarray(0, 7)).toString('hex'), '04224d18604082')
    const sizes = Array.from(codecs.lz4.windows(frame, plain.length), window => window.length)
    assert.deepEqual(sizes, [65_536, 65_536, 65_536, 3392])
    assert.ok(Buffer.from(plain).equals(joined(codecs.lz4.windows(frame, plain.length))))
  }
  assert.ok(codecs.lz4.compress(noise).length > noise.length, 'nothing to gain')
})

test('zstd passes over a skippable frame, and reads what follows', () => {
  const plain = sample(1000)
  const skippable = Buffer.from('502a4d180300000061626300', 'hex').subarray(0, 11)
  const block = Buffer.concat([skippable, codecs.zstd.compress(plain), skippable])
  assert.ok(Buffer.from(plain).equals(codecs.zstd.decompress(block, sizeMax)))
})

test('ids without a codec have none', () => {
  for (const id of [0, 5, 6, 7]) assert.equal(codecOf(id), undefined)
})

/** The reference values of the algorithm's own documentation and common test suites, seed 0. */
for (const [text, expected] of [
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
] as const) {
  test(`XXH32 of "${text}"`, () => assert.equal(xxhash32(Buffer.from(text)), expected))
}
