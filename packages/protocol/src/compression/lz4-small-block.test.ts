import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lz4Decompress } from '@platformatic/wasm-utils'
import { CompressionError } from './codec.ts'
import { lz4 } from './lz4.ts'
import { decodeLz4Block } from './lz4-block.ts'
import { compressLz4Block, decodeSmallLz4Block, lz4SmallBlockBytesMax } from './lz4-small-block.ts'

/** The format's own bound. */
function sizeMaxOf(length: number): number {
  return length + Math.floor(length / 255) + 16
}

/** A block is decoded by both of ours, and by lz4_flex, which has nothing to do with us. */
function check(plain: Uint8Array): Uint8Array {
  const block = compressLz4Block(plain, 0, plain.length).slice()
  assert.ok(block.length <= sizeMaxOf(plain.length), `${plain.length} bytes became ${block.length}`)
  const target = new Uint8Array(plain.length)
  assert.equal(decodeLz4Block(block, 0, block.length, target, 0), plain.length)
  assert.ok(Buffer.from(plain).equals(target), `${plain.length} bytes are others`)
  const again = decodeSmallLz4Block(block, 0, Math.min(block.length, lz4SmallBlockBytesMax), plain.length)
  if (block.length <= lz4SmallBlockBytesMax) assert.ok(again !== undefined && Buffer.from(plain).equals(again))
  if (plain.length > 0) assert.ok(lz4Decompress(Buffer.from(lz4.compress(plain))).equals(plain), 'as lz4_flex reads it')
  return block
}

function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Literals of any length and copies from anywhere before, of any length. */
function sequences(size: number, next: () => number): Uint8Array {
  const bytes = new Uint8Array(size)
  const lengthMax = 4 ** Math.floor(1 + next() * 7)
  let position = 0
  while (position < size) {
    const end = Math.min(size, position + 1 + Math.floor(next() * lengthMax))
    const distance = 1 + Math.floor(next() * position)
    const isCopy = position > 0 && next() < 0.6
    for (; position < end; position++) bytes[position] = isCopy ? bytes[position - distance]! : next() * 256
  }
  return bytes
}

test('any length of one byte, of text and of noise comes back', () => {
  const next = random(1)
  for (let size = 0; size < 600; size++) {
    check(new Uint8Array(size).fill(65))
    check(Buffer.from('{"order":17,"state":"paid"},'.repeat(size / 28 + 1).slice(0, size)))
    check(Uint8Array.from({ length: size }, () => next() * 256))
  }
})

test('a whole block of zeros, of text and of noise comes back', () => {
  const next = random(2)
  const text = Array.from({ length: 3000 }, (_, index) => `{"order":${index * 7919},"state":"paid"},`).join('')
  assert.equal(check(new Uint8Array(lz4SmallBlockBytesMax)).length, 267)
  const ofText = check(Buffer.from(text.slice(0, lz4SmallBlockBytesMax))).length
  assert.ok(ofText < lz4SmallBlockBytesMax / 3, `${ofText} of ${lz4SmallBlockBytesMax} bytes are left`)
  check(Uint8Array.from({ length: lz4SmallBlockBytesMax }, () => next() * 256))
})

test('a match is found from the end of a block to its start', () => {
  const next = random(3)
  const plain = new Uint8Array(lz4SmallBlockBytesMax)
  for (let position = 0; position < 400; position++) plain[position] = next() * 256
  plain.copyWithin(plain.length - 400, 0, 400)
  const block = check(plain)
  assert.ok(block.length < 700, `${block.length} bytes, 400 of them literals`)
})

test('whatever literals and copies a block is made of, it comes back', () => {
  for (let seed = 0; seed < 400; seed++) {
    const next = random(seed)
    check(sequences(Math.floor(next() * (seed % 20 === 0 ? lz4SmallBlockBytesMax : 3000)), next))
  }
})

test('what was compressed before changes nothing', () => {
  const plain = Buffer.from('{"order":17,"state":"paid"},'.repeat(50))
  const alone = compressLz4Block(plain, 0, plain.length).slice()
  compressLz4Block(sequences(lz4SmallBlockBytesMax, random(4)), 0, lz4SmallBlockBytesMax)
  assert.deepEqual(compressLz4Block(Buffer.concat([plain, plain]), plain.length, 2 * plain.length).slice(), alone)
})

test('more than a block is a bug of the caller', () => {
  const plain = new Uint8Array(lz4SmallBlockBytesMax + 1)
  assert.throws(() => compressLz4Block(plain, 0, plain.length), { name: 'AssertionError' })
  assert.throws(() => decodeSmallLz4Block(plain, 0, 1, plain.length), { name: 'AssertionError' })
})

/** What both decoders make of the same bytes: plain bytes, or nothing. */
function decodedAlike(block: Uint8Array, room: number): Uint8Array | undefined {
  const target = new Uint8Array(room)
  let expected: Uint8Array | undefined
  try {
    expected = target.subarray(0, decodeLz4Block(block, 0, block.length, target, 0))
  } catch (error) {
    assert.ok(error instanceof CompressionError)
  }
  const actual = decodeSmallLz4Block(block, 0, block.length, room)
  assert.deepEqual(actual && Buffer.from(actual), expected && Buffer.from(expected), Buffer.from(block).toString('hex'))
  return expected
}

test('sequences by hand are read alike, and so is what is wrong with them', () => {
  for (const [hex, plain] of [
    ['00', ''],
    ['1041', 'A'],
    // A distance of 1 to 20, each shorter than its match.
    ['1f410100', undefined],
    ['1f4101000000', 'A'.repeat(20)],
    ['1f4101000a1041', 'A'.repeat(31)],
    ['3f4142430300021041', `${'ABC'.repeat(8)}A`],
    ['8f414243444546474808000510ff', `${'ABCDEFGH'.repeat(4)}\xff`],
    ['f0054142434445464748494a4b4c4d4e4f5051525354', 'ABCDEFGHIJKLMNOPQRST'],
    ['', undefined],
    ['10', undefined],
    ['f0', undefined],
    ['f0ff', undefined],
    ['104141', undefined],
    ['10410000', undefined],
    ['1041020000', undefined],
    ['1041010000', 'AAAAA'],
    ['104101001041', 'AAAAAA'],
  ] as const) {
    const decoded = decodedAlike(Buffer.from(hex, 'hex'), 1000)
    assert.equal(decoded && Buffer.from(decoded).toString('latin1'), plain, hex)
  }
})

test('any distance is copied right, whether shorter or longer than the match', () => {
  const literals = Uint8Array.from({ length: 40 }, (_, index) => index + 1)
  for (let distance = 1; distance <= 40; distance++) {
    for (let length = 4; length < 80; length++) {
      const more = length - 4 >= 15 ? [length - 4 - 15] : []
      const token = 0xf0 | Math.min(length - 4, 15)
      const block = Uint8Array.of(token, 25, ...literals, distance, 0, ...more, 0x10, 99)
      assert.equal(decodedAlike(block, 41 + length)?.length, 41 + length)
      assert.equal(decodedAlike(block, 40 + length), undefined, 'no byte more than there is room for')
    }
  }
})

test('damaged blocks are read alike, and touch nothing else', () => {
  for (let seed = 0; seed < 60; seed++) {
    const next = random(seed)
    const plain = sequences(Math.floor(next() * 1500), next)
    const block = compressLz4Block(plain, 0, plain.length).slice()
    for (let round = 0; round < 60; round++) {
      const damaged = block.slice(0, Math.ceil(next() * block.length))
      for (let change = Math.floor(next() * 3); change >= 0; change--) {
        damaged[Math.floor(next() * damaged.length)] = next() * 256
      }
      decodedAlike(damaged, Math.floor(next() * 2 * plain.length))
    }
    assert.deepEqual(Buffer.from(compressLz4Block(plain, 0, plain.length)), Buffer.from(block))
  }
})
