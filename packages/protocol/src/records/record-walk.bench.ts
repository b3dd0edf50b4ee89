/**
 * The walk over the records of an uncompressed batch, and the whole validation around it (checksum included):
 *
 *     node packages/protocol/src/records/record-walk.bench.ts
 *
 * Leaves out: the decoding of the request around the batch, the writing of the log. Nanoseconds a record, Node 24 on a shared Xeon of
 * two cores, November 2026:
 *
 *                              walk   validate          1000 JSON events of 90 bytes   walk
 *      10 records of 100 bytes   12         72           gzip                           106
 *    1000 records of  10 bytes    8         10           snappy                         155
 *    1000 records of 100 bytes   10         18           lz4                            128
 *    1000 records of   1 KB      10         76           zstd                            89
 */
import { codecs } from '../compression/index.ts'
import { BatchHeader, buildBatch, type ProduceRules, timestampTypes, validateProduceRecords } from './index.ts'
import { RecordWalk } from './record-walk.ts'
import { walkWindows } from './walk-windows.ts'

const now = 1_800_000_000_000
const rules: ProduceRules = {
  compacted: false,
  timestampType: timestampTypes.createTime,
  timestampBeforeMaxMs: Number.POSITIVE_INFINITY,
  timestampAfterMaxMs: 3_600_000,
  compressionType: 'producer',
  compressionLevel: undefined,
  batchBytesMax: 1_048_588,
  recordBytesMax: 2_147_483_639,
}

function event(index: number): Uint8Array {
  const user = (index * 7919) % 100_003
  return Buffer.from(`{"id":${index},"user":"u${user}","action":"view","page":"/p/${index % 997}","at":${now + index}}`)
}

function batchOf(count: number, valueBytes: number, options: Parameters<typeof buildBatch>[1] = {}): Uint8Array {
  const records = Array.from({ length: count }, (_, index) => ({
    timestamp: now + (index >> 3),
    key: index % 2 === 0 ? Buffer.from(`key-${index}`) : null,
    value: valueBytes === 0 ? event(index) : Buffer.alloc(valueBytes, index),
  }))
  return buildBatch(records, options)
}

/** Nanoseconds of one call: the best of many short rounds, between which others may have the processor. */
function measure(run: () => void): number {
  for (let index = 0; index < 200; index++) run()
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 60; round++) {
    const start = process.hrtime.bigint()
    let calls = 0
    while (process.hrtime.bigint() - start < 3_000_000n) {
      for (let index = 0; index < 5; index++) run()
      calls += 5
    }
    best = Math.min(best, Number(process.hrtime.bigint() - start) / calls)
  }
  return best
}

function report(name: string, nanoseconds: number, records: number, bytes: number): void {
  const perRecord = (nanoseconds / records).toFixed(1).padStart(7)
  const rate = ((bytes / nanoseconds) * 1000).toFixed(0).padStart(6)
  process.stdout.write(`${name.padEnd(52)} ${perRecord} ns a record ${rate} MB/s\n`)
}

const unbounded = {
  appendTime: undefined,
  timestampMin: 0,
  timestampMax: now * 2,
  keyRequired: false,
  recordBytesMax: Number.POSITIVE_INFINITY,
}

for (const [count, valueBytes] of [
  [10, 100],
  [100, 100],
  [1000, 10],
  [1000, 100],
  [1000, 1000],
] as const) {
  const batch = batchOf(count, valueBytes)
  const header = new BatchHeader(batch)
  const walkRules = { ...unbounded, recordCount: count, baseTimestamp: header.baseTimestamp }
  const name = `${count} records of ${valueBytes} bytes`
  report(
    `walk, ${name}`,
    measure(() => new RecordWalk(walkRules, () => {}).walk(batch, 61, batch.length)),
    count,
    batch.length,
  )
  report(
    `validate, ${name}`,
    measure(() => validateProduceRecords(batch, rules, { nowMs: now, apiVersion: 9 })),
    count,
    batch.length,
  )
}
for (const codec of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
  const batch = batchOf(1000, 0, { codec })
  const plainBytes = batchOf(1000, 0).length
  const section = batch.subarray(61)
  const header = new BatchHeader(batch)
  const walkRules = { ...unbounded, recordCount: 1000, baseTimestamp: header.baseTimestamp }
  const walk = () => walkWindows(new RecordWalk(walkRules, () => {}), codecs[codec].windows(section, 1 << 24))
  report(`walk, 1000 JSON events, ${codec}`, measure(walk), 1000, plainBytes)
  report(
    `validate, 1000 JSON events, ${codec}`,
    measure(() => validateProduceRecords(batch, rules, { nowMs: now, apiVersion: 9 })),
    1000,
    plainBytes,
  )
}
