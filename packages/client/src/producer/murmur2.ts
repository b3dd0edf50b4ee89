/** Kafka's hash of keys: 32-bit murmur2 with its seed, as a signed number. Other clients place the same key on the same partition. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes
  let hash = seed ^ length
  const wholeEnd = length & ~3
  for (let index = 0; index < wholeEnd; index += 4) {
    const word = bytes[index]! | (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16) | (bytes[index + 3]! << 24)
    let mixed = Math.imul(word, multiplier)
    mixed ^= mixed >>> 24
    hash = Math.imul(hash, multiplier) ^ Math.imul(mixed, multiplier)
  }
  const left = length - wholeEnd
  if (left === 3) hash ^= bytes[wholeEnd + 2]! << 16
  if (left >= 2) hash ^= bytes[wholeEnd + 1]! << 8
  if (left >= 1) hash = Math.imul(hash ^ bytes[wholeEnd]!, multiplier)
  hash = Math.imul(hash ^ (hash >>> 13), multiplier)
  return hash ^ (hash >>> 15)
}

/** The partition of a key among `partitionCount`, as Kafka's default partitioner places it. */
export function partitionOfKey(key: Uint8Array, partitionCount: number): number {
  return (murmur2(key) & 0x7fffffff) % partitionCount
}

const seed = 0x9747b28c
const multiplier = 0x5bd1e995
