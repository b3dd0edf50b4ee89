/** Random record batches, sound and damaged, for the tests that look for bytes which confuse us. */
import { type Prng, randomBelow } from '@dorsale/base'
import { codecs } from '../compression/index.ts'
import {
  BatchHeader,
  batchField,
  batchRecords,
  buildBatch,
  logOverhead,
  type RecordBatchOptions,
  type RecordInput,
  sealBatch,
} from '../records/index.ts'

const codecNames = [undefined, 'gzip', 'snappy', 'lz4', 'zstd'] as const
/** Values that lengths, counts and deltas like least. */
const awkwardInts = [-0x80000000, -100, -2, -1, 0, 1, 2, 3, 5, 61, 127, 128, 0x7ffffffe, 0x7fffffff]

function oneOf<T>(prng: Prng, values: readonly T[]): T {
  return values[randomBelow(prng, values.length)]!
}

function bytesOrNull(prng: Prng, sizeMax: number): Uint8Array | null {
  if (randomBelow(prng, 5) === 0) return null
  const bytes = prng.bytes(randomBelow(prng, sizeMax))
  // Half of it repeats, so that codecs find something to do.
  return bytes.fill(randomBelow(prng, 256), bytes.length >> 1)
}

function sampleRecord(prng: Prng, nowMs: number): RecordInput {
  const headers = randomBelow(prng, 4) === 0 ? randomBelow(prng, 4) : 0
  return {
    timestamp: nowMs - randomBelow(prng, 100_000),
    key: bytesOrNull(prng, 20),
    value: bytesOrNull(prng, oneOf(prng, [10, 100, 300])),
    headers: Array.from({ length: headers }, (_, index) => ({ key: `h${index}`, value: bytesOrNull(prng, 10) })),
  }
}

/** A sound batch with records of about this time. */
export function sampleBatch(prng: Prng, nowMs: number): Uint8Array {
  const options: RecordBatchOptions = { codec: oneOf(prng, codecNames) }
  if (randomBelow(prng, 4) === 0) {
    // A producer of its own each time: the sequence is right whatever came before.
    Object.assign(options, { producerId: prng.uint32(), producerEpoch: 0, baseSequence: 0 })
  }
  const count = 1 + randomBelow(prng, oneOf(prng, [2, 10, 70]))
  return buildBatch(
    Array.from({ length: count }, () => sampleRecord(prng, nowMs)),
    options,
  )
}

/**
 * The batch with one to three things wrong: in its header, its bytes, or the records that it holds, as a rule under a checksum and
 * with a length that are right again.
 */
export function damageBatch(prng: Prng, sound: Uint8Array): Uint8Array {
  let batch = Buffer.from(sound)
  for (let blow = randomBelow(prng, 3); blow >= 0; blow--) {
    switch (randomBelow(prng, 4)) {
      case 0:
        damageHeader(prng, batch)
        break
      case 1:
        batch = damageBytes(prng, batch, randomBelow(prng, 2) === 0 ? 0 : batchField.records)
        break
      default:
        batch = damageRecords(prng, batch)
    }
    if (batch.length < batchField.records + 1) return batch
  }
  if (randomBelow(prng, 10) > 0) batch.writeInt32BE(batch.length - logOverhead, batchField.batchLength)
  if (randomBelow(prng, 10) > 0 && new BatchHeader(batch).sizeInBytes === batch.length) sealBatch(batch, 0)
  return batch
}

function damageHeader(prng: Prng, batch: Buffer): void {
  const header = new BatchHeader(batch)
  switch (randomBelow(prng, 8)) {
    case 0:
      batch.writeInt32BE((header.recordCount + randomBelow(prng, 3) - 1) | 0, batchField.recordCount)
      break
    case 1:
      batch.writeInt32BE(oneOf(prng, awkwardInts), batchField.recordCount)
      break
    case 2:
      batch.writeInt32BE(oneOf(prng, awkwardInts), batchField.lastOffsetDelta)
      break
    case 3: {
      const count = oneOf(prng, [...awkwardInts, header.recordCount + 1, header.recordCount - 1]) | 0
      batch.writeInt32BE(count, batchField.recordCount)
      batch.writeInt32BE((count - 1) | 0, batchField.lastOffsetDelta)
      break
    }
    case 4:
      batch.writeInt16BE(randomBelow(prng, 0x10000) - 0x8000, batchField.attributes)
      break
    case 5:
      batch.writeInt16BE(header.attributes ^ (1 << randomBelow(prng, 8)), batchField.attributes)
      break
    case 6:
      batch.writeInt32BE(
        oneOf(prng, awkwardInts),
        oneOf(prng, [batchField.baseSequence, batchField.partitionLeaderEpoch]),
      )
      break
    default: {
      const field = oneOf(prng, [batchField.baseTimestamp, batchField.maxTimestamp, batchField.producerId])
      batch.writeInt32BE(oneOf(prng, awkwardInts), field + 4 * randomBelow(prng, 2))
    }
  }
}

/** Damage to the records themselves, compressed again. */
function damageRecords(prng: Prng, batch: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  const header = new BatchHeader(batch)
  const codec = codecNames[header.codecId]
  let plain: Uint8Array
  try {
    plain = batchRecords(header)
  } catch {
    // An earlier blow has made them unreadable: that is damage enough.
    return batch
  }
  const damaged = damageBytes(prng, Buffer.from(plain), 0)
  const block = codec === undefined ? damaged : codecs[codec].compress(damaged)
  return Buffer.concat([batch.subarray(0, batchField.records), block])
}

/** One run of bytes behind `start` changed, taken out, doubled or put in. */
function damageBytes(prng: Prng, bytes: Buffer<ArrayBuffer>, start: number): Buffer<ArrayBuffer> {
  if (bytes.length <= start) return bytes
  const at = start + randomBelow(prng, bytes.length - start)
  const length = oneOf(prng, [1, 1, 1, 2, 4, 30])
  switch (randomBelow(prng, 6)) {
    case 0:
    case 1:
      bytes[at]! ^= 1 << randomBelow(prng, 8)
      return bytes
    case 2:
      bytes[at] = oneOf(prng, [0, 1, 2, 0x7f, 0x80, 0xff])
      return bytes
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
    case 4:
      return Buffer.concat([bytes.subarray(0, at), prng.bytes(length), bytes.subarray(at)])
    default:
      return bytes.subarray(0, at)
  }
}
