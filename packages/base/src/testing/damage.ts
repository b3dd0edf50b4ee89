import { type Prng, randomBelow } from '../prng.ts'

/** What lengths and counts like least, in the forms that Kafka's formats write them in. */
const hugeLengths = ['7fffffff', 'ffffff7f', 'ffffffff0f', 'ffffffff', '80808080'] as const

/** A copy with one to four bytes changed, taken out, put in, or made the start of a huge length: what fuzzers feed to readers. */
export function damageBytes(bytes: Uint8Array, prng: Prng): Uint8Array {
  let damaged = Buffer.from(bytes)
  for (let blow = randomBelow(prng, 4); blow >= 0; blow--) {
    const at = randomBelow(prng, damaged.length + 1)
    switch (randomBelow(prng, 5)) {
      case 0:
        if (at < damaged.length) damaged[at]! ^= 1 << randomBelow(prng, 8)
        break
      case 1:
        if (at < damaged.length) damaged[at] = randomBelow(prng, 256)
        break
      case 2:
        damaged = Buffer.concat([damaged.subarray(0, at), damaged.subarray(at + randomBelow(prng, 4))])
        break
      case 3:
        damaged = Buffer.concat([damaged.subarray(0, at), prng.bytes(randomBelow(prng, 6)), damaged.subarray(at)])
        break
      default:
        Buffer.from(hugeLengths[randomBelow(prng, hugeLengths.length)]!, 'hex').copy(damaged, at)
    }
  }
  return damaged
}

/** A copy that ends early, has zeros in it or behind it, or is empty: what the death of a machine leaves. */
export function tearBytes(bytes: Uint8Array, prng: Prng): Uint8Array {
  const torn = Buffer.from(bytes)
  const at = randomBelow(prng, torn.length + 1)
  switch (randomBelow(prng, 4)) {
    case 0:
      return torn.subarray(0, at)
    case 1:
      return torn.fill(0, at, Math.min(at + randomBelow(prng, 513), torn.length))
    case 2:
      return Buffer.concat([torn, Buffer.alloc(randomBelow(prng, 100))])
    default:
      return Buffer.alloc(0)
  }
}
