/**
 * Damaged batches: whatever is sent gets a verdict, what is accepted can be read, and nothing else than a typed error comes out of
 * reading. `DORSALE_FUZZ_ROUNDS` and `DORSALE_FUZZ_SEED` make the search longer or another one. `interop/golden/judge-produce.ts`
 * asks a real Kafka the same questions.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Prng, randomBelow, seededPrng } from '@dorsale/base'
import { damageBatch, sampleBatch } from '../testing/damaged-batch.ts'
import { BatchCursor } from './batch-cursor.ts'
import { isBatchIntact, stampBatch } from './batch-stamp.ts'
import { InvalidRecordsError } from './invalid-records-error.ts'
import { BatchHeader, batchAttribute, timestampTypes } from './record-batch.ts'
import { readRecords } from './record-reader.ts'
import { type ProduceRules, validateProduceRecords } from './validate-produce.ts'

const rounds = Number(process.env.DORSALE_FUZZ_ROUNDS ?? 2) * 1000
const seed = Number(process.env.DORSALE_FUZZ_SEED ?? 1)
const nowMs = 1_800_000_000_000

function randomRules(prng: Prng): ProduceRules {
  return {
    compacted: randomBelow(prng, 4) === 0,
    timestampType: randomBelow(prng, 4) === 0 ? timestampTypes.logAppendTime : timestampTypes.createTime,
    timestampBeforeMaxMs: randomBelow(prng, 2) === 0 ? Number.POSITIVE_INFINITY : 3_600_000,
    timestampAfterMaxMs: 3_600_000,
    compressionType: (['producer', 'producer', 'producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'] as const)[
      randomBelow(prng, 8)
    ]!,
    compressionLevel: undefined,
    batchBytesMax: 1_048_588,
    recordBytesMax: randomBelow(prng, 4) === 0 ? 100 : 2_147_483_639,
  }
}

/** Lets the event loop turn now and then: Node frees a decompressor's memory there, not before. */
async function turn(round: number): Promise<void> {
  if (round % 1000 === 0) await new Promise(resolve => setImmediate(resolve))
}

function check(damaged: Uint8Array, rules: ProduceRules): void {
  const cursor = new BatchCursor(Uint8Array.from(damaged))
  while (cursor.next()) {
    try {
      for (const { headers } of readRecords(cursor.header)) assert.ok(Array.isArray(headers))
    } catch (error) {
      if (!(error instanceof InvalidRecordsError)) throw error
    }
  }
  const hadAppendTime = damaged.length > 22 && (damaged[22]! & batchAttribute.logAppendTime) !== 0
  const verdict = validateProduceRecords(damaged, rules, { nowMs, apiVersion: 9 })
  if (!verdict.accepted) {
    assert.notEqual(verdict.errorCode, 0)
    return
  }
  const header = new BatchHeader(verdict.bytes)
  assert.equal(header.sizeInBytes, verdict.bytes.length)
  assert.ok(isBatchIntact(verdict.bytes, 0))
  const records = [...readRecords(header)]
  assert.equal(records.length, verdict.recordCount)
  assert.ok(records.every(({ offset }, index) => offset === index))
  // A producer's append time is taken for the timestamp of its records, as Kafka takes it, and then forgotten.
  if (!hadAppendTime) assert.equal(records[verdict.maxTimestampOffsetDelta]?.timestamp ?? -1, verdict.maxTimestamp)
  // Stored and produced again, it is taken as it is; only that the size of a record counts now if the topic has compressed it.
  stampBatch(new BatchHeader(verdict.bytes), { baseOffset: 0, partitionLeaderEpoch: 3 })
  if (rules.timestampType === timestampTypes.createTime && !hadAppendTime) {
    const anySize = { ...rules, recordBytesMax: Number.POSITIVE_INFINITY }
    const again = validateProduceRecords(verdict.bytes, anySize, { nowMs, apiVersion: 9 })
    assert.ok(again.accepted)
    assert.equal(again.bytes.buffer, verdict.bytes.buffer)
  }
}

test('damaged batches get a verdict', async () => {
  let accepted = 0
  for (let round = 0; round < rounds; round++) {
    await turn(round)
    const prng = seededPrng(seed, `damaged batch ${round}`)
    const damaged = damageBatch(prng, sampleBatch(prng, nowMs))
    const rules = randomRules(prng)
    const before = Buffer.from(damaged).toString('hex')
    try {
      check(damaged, rules)
      if (validateProduceRecords(Uint8Array.from(Buffer.from(before, 'hex')), rules, { nowMs, apiVersion: 9 }).accepted)
        accepted++
    } catch (cause) {
      throw new Error(`seed ${seed}, round ${round}: ${before} ${JSON.stringify(rules)}`, { cause })
    }
  }
  // The damage must not be so coarse that only the first check ever speaks.
  assert.ok(accepted > rounds / 20, `${accepted} of ${rounds} were accepted`)
})

test('sound batches are accepted', async () => {
  for (let round = 0; round < rounds / 4; round++) {
    await turn(round)
    const prng = seededPrng(seed, `sound batch ${round}`)
    const batch = sampleBatch(prng, nowMs)
    const rules = { ...randomRules(prng), compacted: false, recordBytesMax: 1_000_000 }
    assert.ok(validateProduceRecords(batch, rules, { nowMs, apiVersion: 9 }).accepted, `seed ${seed}, round ${round}`)
  }
})
