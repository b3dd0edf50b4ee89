/**
 * CRC-32C by length, in JavaScript and as `crc32c` chooses:
 *
 *     node packages/base/src/crc32c.bench.ts
 *
 * MB/s on Node 24, a shared Xeon, November 2026: tables 1300 at 50 bytes, 1600 from 512 on; crc32c 1600 at 256 bytes, 4600 at 1 KB, 11,000 at
 * 16 KB, 16,000 at 1 MB.
 */
import { crc32c, crc32cByTables } from './crc32c.ts'

/** MB/s: the best of many short rounds, between which others may have the processor. */
function measure(bytes: number, run: () => void): string {
  for (let index = 0; index < 2000; index++) run()
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 60; round++) {
    const start = process.hrtime.bigint()
    let calls = 0
    while (process.hrtime.bigint() - start < 3_000_000n) {
      for (let index = 0; index < 50; index++) run()
      calls += 50
    }
    best = Math.min(best, Number(process.hrtime.bigint() - start) / calls)
  }
  return ((bytes / best) * 1000).toFixed(0).padStart(6)
}

for (const size of [50, 100, 256, 512, 1024, 4096, 16_384, 1_048_576]) {
  // A batch stands anywhere in its frame.
  const bytes = new Uint8Array(size + 21).map((_, index) => (index * 7919) >>> 3)
  const tables = measure(size, () => crc32cByTables(bytes, 21, bytes.length, 0))
  const chosen = measure(size, () => crc32c(bytes, 21))
  process.stdout.write(`${String(size).padStart(8)} bytes: tables ${tables} MB/s, crc32c ${chosen} MB/s\n`)
}
