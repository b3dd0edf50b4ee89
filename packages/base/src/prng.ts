import { assert } from './assert.ts'

/** Chance, handed in (D5): cryptographic in a real process, seeded in the simulated world. */
export interface Prng {
  /** Uniform integer in [0, 2^32). */
  uint32(): number
  /** `count` uniform bytes in a fresh array. */
  bytes(count: number): Uint8Array
}

/** Uniform integer in [0, bound), without modulo bias. `bound` is an integer from 1 to 2^32. */
export function randomBelow(prng: Prng, bound: number): number {
  assert(Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 32, 'a random bound lies in 1..2^32')
  // Draws at or above the largest multiple of `bound` are thrown away; at worst every second one.
  const limit = 2 ** 32 - (2 ** 32 % bound)
  for (;;) {
    const value = prng.uint32()
    if (value < limit) return value % bound
  }
}

/** Uniform number in [0, 1), 32 bits of it. */
export function randomUnit(prng: Prng): number {
  return prng.uint32() / 2 ** 32
}
