import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lz4Decompress } from '@platformatic/wasm-utils'
import { lz4 } from './lz4.ts'
import { decodeLz4Block } from './lz4-block.ts'
import { compressLz4Block, lz4BlockBytesMax } from './lz4-compressor.ts'

/** The format's own bound. */
function sizeMaxOf(length: number): number {
  return length + Math.floor(length / 255) + 16
}

/** A block is decoded by ours, which is strict, and by lz4_flex, which has nothing to do with us. */
function check(plain: Uint8Array): Uint8Array {
  const block = compressLz4Block(plain, 0, plain.length).slice()
  assert.ok(block.length <= sizeMaxOf(plain.length), `${plain.length} bytes became ${block.length}`)
  const target = new Uint8Array(plain.length)
  assert.equal(decodeLz4Block(block, 0, block.length, target, 0), plain.length)
  assert.ok(Buffer.from(plain).equals(target), `${plain.length} bytes are others`)
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
  assert.equal(check(new Uint8Array(lz4BlockBytesMax)).length, 267)
  const ofText = check(Buffer.from(text.slice(0, lz4BlockBytesMax))).length
  assert.ok(ofText < lz4BlockBytesMax / 3, `${ofText} of ${lz4BlockBytesMax} bytes are left`)
  check(Uint8Array.from({ length: lz4BlockBytesMax }, () => next() * 256))
})

test('a match is found from the end of a block to its start', () => {
  const next = random(3)
  const plain = new Uint8Array(lz4BlockBytesMax)
  for (let position = 0; position < 400; position++) plain[position] = next() * 256
  plain.copyWithin(plain.length - 400, 0, 400)
  const block = check(plain)
  assert.ok(block.length < 700, `${block.length} bytes, 400 of them literals`)
})

test('whatever literals and copies a block is made of, it comes back', () => {
  for (let seed = 0; seed < 400; seed++) {
    const next = random(seed)
    check(sequences(Math.floor(next() * (seed % 20 === 0 ? lz4BlockBytesMax : 3000)), next))
  }
})

test('what was compressed before changes nothing', () => {
  const plain = Buffer.from('{"order":17,"state":"paid"},'.repeat(50))
  const alone = compressLz4Block(plain, 0, plain.length).slice()
  compressLz4Block(sequences(lz4BlockBytesMax, random(4)), 0, lz4BlockBytesMax)
  assert.deepEqual(compressLz4Block(Buffer.concat([plain, plain]), plain.length, 2 * plain.length).slice(), alone)
})

test('more than a block is a bug of the caller', () => {
  const plain = new Uint8Array(lz4BlockBytesMax + 1)
  assert.throws(() => compressLz4Block(plain, 0, plain.length), { name: 'AssertionError' })
})
