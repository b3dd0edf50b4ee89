import assert from 'node:assert/strict'
import { test } from 'node:test'
import { xxh3 } from './xxh3.ts'

/** Computed by the hash library that Kafka uses (hash4j 0.22.0) over bytes `i * 37 + 11`, at the edges of each of the algorithm's cases. */
const vectors: readonly (readonly [length: number, hash: string])[] = [
  [0, '2d06800538d394c2'],
  [1, '4a4139caf4136257'],
  [2, '571a2ebb238829bb'],
  [3, '505118c313121c0e'],
  [4, '3f6889ef166b4ad1'],
  [5, '8b9a336a5cca24f5'],
  [8, '93f1200f9be82671'],
  [9, '5b2fd4d97edcdae'],
  [15, 'c01ae71cb4542755'],
  [16, '2e4359e2a04a5e32'],
  [17, 'f60c53684bbc489d'],
  [31, 'a2ee08c196bd0790'],
  [32, '664864df0876efc6'],
  [33, 'aa998d6131d956aa'],
  [64, '8e7464ffdf82c775'],
  [65, '8e3ac0373892cc0a'],
  [96, 'dd8813a25295a5d5'],
  [97, 'ca141081637fc064'],
  [128, '5c6ab7b5b2360539'],
  [129, '45fabbd183de7649'],
  [130, '38227399e99b7466'],
  [144, '7ad0ea569cfac87b'],
  [160, '46209d72c7d8e02f'],
  [239, 'a1e83bcb725e5fbd'],
  [240, 'c0796428068cd12e'],
  [241, '859dc8ab6dd85c7c'],
  [256, '2998c04a18028d12'],
  [512, 'd02220e4b3bface7'],
  [1023, 'f35d4c7d308f7a40'],
  [1024, '7df7f049c0c1ad73'],
  [1025, '29adcfcac5492652'],
  [1088, 'b166cf327feec952'],
  [2048, 'f8c1eaac9b715dda'],
  [2049, '215115dee6e09597'],
  [5000, '3be1ff1b0768cfb2'],
]

test('hashes of every class of lengths are those of the library that Kafka uses', () => {
  for (const [length, hash] of vectors) {
    const bytes = Uint8Array.from({ length }, (_, index) => index * 37 + 11)
    assert.equal(xxh3(bytes).toString(16), hash, `${length} bytes`)
  }
})

test('a view into a larger buffer is hashed alone', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, index) => index * 37 + 11)
  assert.equal(xxh3(Uint8Array.from([9, ...bytes, 9]).subarray(1, 301)), xxh3(bytes))
})
