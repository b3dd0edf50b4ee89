/**
 * A process of its own that validates the batch on its standard input as a broker would, and prints how it ended and by how many
 * bytes that raised its peak of memory: `{ errorCode, extraBytes, cpuMs }`.
 */
import { readFileSync } from 'node:fs'
import { timestampTypes, validateProduceRecords } from '../records/index.ts'

const batch = readFileSync(0)
const rules = {
  compacted: false,
  timestampType: timestampTypes.createTime,
  timestampBeforeMaxMs: Number.POSITIVE_INFINITY,
  timestampAfterMaxMs: Number.POSITIVE_INFINITY,
  compressionType: process.argv[2] === 'recompress' ? 'uncompressed' : 'producer',
  compressionLevel: undefined,
  batchBytesMax: 1_048_588,
  recordBytesMax: 2_147_483_639,
} as const

const before = process.resourceUsage().maxRSS
const start = process.cpuUsage()
const verdict = validateProduceRecords(batch, rules, { nowMs: 0, apiVersion: 9 })
const { user, system } = process.cpuUsage(start)
const cpuMs = (user + system) / 1000
// maxRSS is counted in KiB.
const extraBytes = (process.resourceUsage().maxRSS - before) * 1024
const errorCode = verdict.accepted ? 0 : verdict.errorCode
process.stdout.write(`${JSON.stringify({ errorCode, extraBytes, cpuMs })}\n`)
