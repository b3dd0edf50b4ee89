/** Chance, handed in (D5): cryptographic in a real process, seeded in the simulated world. */
export interface Prng {
  /** Uniform integer in [0, 2^32). */
  uint32(): number
  /** `count` uniform bytes in a fresh array. */
  bytes(count: number): Uint8Array
}
