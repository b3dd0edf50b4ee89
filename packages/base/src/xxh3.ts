/**
 * XXH3, 64 bits, seed 0: the hash by which Kafka's group coordinator tells whether the topics of a group have changed. Its value stands in records of
 * `__consumer_offsets`, so it has to be Kafka's.
 *
 * ```
 *   0 to 16 bytes     one multiplication or two    (three cases, by length)
 *   17 to 128         pairs of 16 bytes from both ends
 *   129 to 240        pairs of 16 bytes, one after the other, and the last one
 *   more              stripes of 64 bytes into eight accumulators, scrambled once a block of 1024
 * ```
 *
 * In bigints: some 10 MB/s, for inputs of a few hundred bytes that are hashed when a topic changes.
 */
const mask64 = (1n << 64n) - 1n
const prime32 = { one: 0x9e3779b1n, two: 0x85ebca77n, three: 0xc2b2ae3dn }
const prime64 = {
  one: 0x9e3779b185ebca87n,
  two: 0xc2b2ae3d27d4eb4fn,
  three: 0x165667b19e3779f9n,
  four: 0x85ebca77c2b2ae63n,
  five: 0x27d4eb2f165667c5n,
}
const primeMx1 = 0x165667919e3779f9n
const primeMx2 = 0x9fb21c651e98df25n

/** The default secret of the reference implementation. */
const secret = new DataView(
  Uint8Array.from(
    Buffer.from(
      'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c' +
        '3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364' +
        'eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e',
      'hex',
    ),
  ).buffer,
)
const stripeBytes = 64
const stripesPerBlock = (secret.byteLength - stripeBytes) / 8

/** The hash, as an unsigned number of 64 bits. */
export function xxh3(bytes: Uint8Array): bigint {
  const input = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { byteLength } = input
  if (byteLength <= 16) return hashShort(input)
  if (byteLength <= 128) return hashMiddle(input)
  return byteLength <= 240 ? hashUpperMiddle(input) : hashLong(input)
}

function hashShort(input: DataView): bigint {
  const length = input.byteLength
  if (length === 0) return avalanche64(word(secret, 56) ^ word(secret, 64))
  if (length <= 3) {
    const [first, middle, last] = [0, length >> 1, length - 1].map(at => BigInt(input.getUint8(at))) as [
      bigint,
      bigint,
      bigint,
    ]
    const combined = (first << 16n) | (middle << 24n) | last | (BigInt(length) << 8n)
    return avalanche64(combined ^ (half(secret, 0) ^ half(secret, 4)))
  }
  if (length <= 8) {
    const combined = half(input, length - 4) | (half(input, 0) << 32n)
    const keyed = combined ^ word(secret, 8) ^ word(secret, 16)
    return rotateAndMix(keyed, length)
  }
  const low = word(input, 0) ^ word(secret, 24) ^ word(secret, 32)
  const high = word(input, length - 8) ^ word(secret, 40) ^ word(secret, 48)
  return avalanche((BigInt(length) + swapBytes(low) + high + foldedProduct(low, high)) & mask64)
}

function hashMiddle(input: DataView): bigint {
  const length = input.byteLength
  let sum = (BigInt(length) * prime64.one) & mask64
  // Pairs from the outside to the inside; the order does not matter to a sum.
  for (let pair = (length - 1) >> 5; pair >= 0; pair--) {
    sum += mix16(input, 16 * pair, 32 * pair) + mix16(input, length - 16 * (pair + 1), 32 * pair + 16)
  }
  return avalanche(sum & mask64)
}

function hashUpperMiddle(input: DataView): bigint {
  const length = input.byteLength
  const rounds = Math.floor(length / 16)
  let sum = (BigInt(length) * prime64.one) & mask64
  for (let round = 0; round < 8; round++) sum += mix16(input, 16 * round, 16 * round)
  sum = avalanche(sum & mask64)
  for (let round = 8; round < rounds; round++) sum += mix16(input, 16 * round, 16 * (round - 8) + 3)
  sum += mix16(input, length - 16, 136 - 17)
  return avalanche(sum & mask64)
}

function hashLong(input: DataView): bigint {
  const length = input.byteLength
  const { one, two, three, four, five } = prime64
  const accumulators = [prime32.three, one, two, three, four, prime32.two, five, prime32.one]
  const blockBytes = stripeBytes * stripesPerBlock
  const blockCount = Math.floor((length - 1) / blockBytes)
  for (let block = 0; block < blockCount; block++) {
    for (let stripe = 0; stripe < stripesPerBlock; stripe++) {
      accumulate(accumulators, input, block * blockBytes + stripe * stripeBytes, stripe * 8)
    }
    scramble(accumulators)
  }
  const stripeCount = Math.floor((length - 1 - blockBytes * blockCount) / stripeBytes)
  for (let stripe = 0; stripe < stripeCount; stripe++) {
    accumulate(accumulators, input, blockCount * blockBytes + stripe * stripeBytes, stripe * 8)
  }
  accumulate(accumulators, input, length - stripeBytes, secret.byteLength - stripeBytes - 7)
  let sum = (BigInt(length) * one) & mask64
  for (let pair = 0; pair < 4; pair++) {
    const [left, right] = [accumulators[2 * pair]!, accumulators[2 * pair + 1]!]
    sum += foldedProduct(left ^ word(secret, 11 + 16 * pair), right ^ word(secret, 19 + 16 * pair))
  }
  return avalanche(sum & mask64)
}

function accumulate(accumulators: bigint[], input: DataView, at: number, secretAt: number): void {
  for (let lane = 0; lane < 8; lane++) {
    const value = word(input, at + 8 * lane)
    const keyed = value ^ word(secret, secretAt + 8 * lane)
    accumulators[lane ^ 1] = (accumulators[lane ^ 1]! + value) & mask64
    accumulators[lane] = (accumulators[lane]! + (keyed & 0xffffffffn) * (keyed >> 32n)) & mask64
  }
}

function scramble(accumulators: bigint[]): void {
  for (let lane = 0; lane < 8; lane++) {
    const value = accumulators[lane]!
    const keyed = value ^ (value >> 47n) ^ word(secret, secret.byteLength - stripeBytes + 8 * lane)
    accumulators[lane] = (keyed * prime32.one) & mask64
  }
}

function mix16(input: DataView, at: number, secretAt: number): bigint {
  return foldedProduct(word(input, at) ^ word(secret, secretAt), word(input, at + 8) ^ word(secret, secretAt + 8))
}

/** Both halves of the product of 128 bits, in one. */
function foldedProduct(a: bigint, b: bigint): bigint {
  const product = a * b
  return (product & mask64) ^ (product >> 64n)
}

function avalanche(value: bigint): bigint {
  const mixed = ((value ^ (value >> 37n)) * primeMx1) & mask64
  return mixed ^ (mixed >> 32n)
}

/** That of XXH64, for the shortest inputs. */
function avalanche64(value: bigint): bigint {
  const once = ((value ^ (value >> 33n)) * prime64.two) & mask64
  const twice = ((once ^ (once >> 29n)) * prime64.three) & mask64
  return twice ^ (twice >> 32n)
}

function rotateAndMix(value: bigint, length: number): bigint {
  const rotated = value ^ rotateLeft(value, 49n) ^ rotateLeft(value, 24n)
  const once = (rotated * primeMx2) & mask64
  const twice = ((once ^ ((once >> 35n) + BigInt(length))) * primeMx2) & mask64
  return twice ^ (twice >> 28n)
}

function rotateLeft(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & mask64
}

function swapBytes(value: bigint): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, value)
  return view.getBigUint64(0, true)
}

function word(view: DataView, at: number): bigint {
  return view.getBigUint64(at, true)
}

function half(view: DataView, at: number): bigint {
  return BigInt(view.getUint32(at, true))
}
