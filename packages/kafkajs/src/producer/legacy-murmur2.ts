const seed = 0x9747b28c
const mixer = 0x5bd1e995
const shift = 24

/**
 * The hash of kafkajs before 2.0: murmur2 with the slips that topics partitioned by it have to be read with. Products are those of doubles and lose their low bits, and a key
 * whose length is no multiple of four has one round too many, over bytes that are partly not there.
 */
export function legacyMurmur2(key: Uint8Array): number {
  const { length } = key
  const at = (index: number) => (key[index] as number) & 0xff
  let hash = seed ^ length
  for (let round = 0; round < length / 4; round++) {
    const first = round * 4
    let word = at(first) + (at(first + 1) << 8) + (at(first + 2) << 16) + (at(first + 3) << 24)
    word *= mixer
    word ^= word >>> shift
    word *= mixer
    hash *= mixer
    hash ^= word
  }
  const rest = length & ~3
  const left = length % 4
  if (left === 3) hash ^= at(rest + 2) << 16
  if (left >= 2) hash ^= at(rest + 1) << 8
  if (left >= 1) {
    hash ^= at(rest)
    hash *= mixer
  }
  hash ^= hash >>> 13
  hash *= mixer
  hash ^= hash >>> 15
  return hash
}
