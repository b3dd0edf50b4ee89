import type { Prng } from './prng.ts'

/**
 * A reproducible Prng: Chris Doty-Humphrey's sfc32 (PractRand), 128 bits of state of which 32 are a counter, so every seed has a
 * period of at least 2^32. The state is filled by splitmix32 from both halves of the seed, and stirred 15 times.
 * Not for secrets. The same seed gives the same numbers in every release: failures are replayed by seed.
 *
 * `seed` is any safe integer; `stream` names an independent sequence of the same seed, so that a new use of chance in one place does not
 * shift the draws of all the others.
 */
export function seededPrng(seed: number, stream = ''): Prng {
  return new Sfc32(seed, stream)
}

class Sfc32 implements Prng {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number, stream: string) {
    this.#a = mix32(seed | 0)
    this.#b = mix32(Math.floor(seed / 2 ** 32) | 0)
    this.#c = mix32(hashName(stream))
    for (let round = 0; round < 15; round++) this.uint32()
  }

  uint32(): number {
    const result = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0
    return result >>> 0
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count)
    for (let index = 0; index < count; index += 4) {
      const word = this.uint32()
      for (let byte = 0; byte < 4 && index + byte < count; byte++) bytes[index + byte] = word >>> (8 * byte)
    }
    return bytes
  }
}

/** splitmix32's step: neighbouring seeds land far apart. */
function mix32(value: number): number {
  let mixed = (value + 0x9e3779b9) | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return mixed ^ (mixed >>> 15)
}

/** FNV-1a over code units. */
function hashName(name: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  return hash
}
