/**
 * Captures golden record batches:
 *
 *     node interop/golden/capture-records.ts <directory with Kafka's jars> [<host:port> <log directory of that broker>]
 *
 * from Kafka's own classes (`batches.json`) and, given a broker that nobody else uses, from kcat with each codec as that broker stored
 * them (`librdkafka.json`). Then holds the batches of our own builder before Kafka's classes: what they read is what was written.
 */
import { deepStrictEqual } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildBatch, type CodecName, codecs, type RecordInput } from '@dorsale/protocol'

const [jars = '', address, logDirectory] = process.argv.slice(2)
const vectors = join(import.meta.dirname, '../../packages/protocol/vectors/records')
const classes = mkdtempSync(join(tmpdir(), 'dorsale-records-'))
const jarPath = join(jars, '*')
execFileSync('javac', ['-cp', jarPath, '-d', classes, join(import.meta.dirname, 'RecordsHarness.java')])
try {
  const lines = harness('write')
  writeVectors('batches.json', "Kafka's own MemoryRecords", lines)
  if (address !== undefined && logDirectory !== undefined) captureKcat(address, logDirectory)
  judgeOurs()
} finally {
  rmSync(classes, { recursive: true })
}

function harness(mode: 'read' | 'write', input = ''): string[] {
  const options = { input, maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'ignore'] as ['pipe', 'pipe', 'ignore'] }
  const output = execFileSync('java', ['-Xmx512m', '-cp', `${classes}:${jarPath}`, 'RecordsHarness', mode], options)
  return output.toString().trimEnd().split('\n')
}

function writeVectors(name: string, source: string, lines: readonly string[]): void {
  writeFileSync(
    join(vectors, name),
    `{\n"source": "Apache Kafka 4.4.0: ${source}",\n"batches": [\n${lines.join(',\n')}\n]\n}\n`,
  )
}

/** One batch of kcat per codec, as a broker that keeps the producer's compression stored it. */
function captureKcat(bootstrap: string, directory: string): void {
  const lines: string[] = []
  for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
    const topic = `kcat-${codec}`
    const input = Array.from({ length: 20 }, (_, index) => `key-${index % 3}:value number ${index} of kcat`).join('\n')
    const options = ['-X', 'linger.ms=200', '-H', 'origin=kcat', '-K', ':', '-z', codec]
    execFileSync('kcat', ['-b', bootstrap, '-P', '-t', topic, ...options], { input })
    const bytes = readFileSync(join(directory, `${topic}-0`, '00000000000000000000.log'))
    const hex = bytes.subarray(0, bytes.readInt32BE(8) + 12).toString('hex')
    lines.push(`{"name":"kcat, ${codec}","hex":"${hex}","batch":${harness('read', `${hex}\n`)[0]}}`)
  }
  writeVectors('librdkafka.json', `what it stored of kcat and read in it`, lines)
}

/** Batches of every codec and level, small and of many blocks, read by Kafka's classes. */
function judgeOurs(): void {
  const batches: { name: string; bytes: Uint8Array; records: RecordInput[] }[] = []
  for (const size of [1, 100, 70_000, 5_000_000]) {
    const value = Buffer.from(Array.from({ length: size }, (_, index) => (index * index) >>> 7))
    const records = [
      { timestamp: 1, key: Buffer.from('k'), value, headers: [{ key: 'h', value: null }] },
      { timestamp: 2, value: null },
    ]
    batches.push({ name: `none of ${size}`, bytes: buildBatch(records), records })
    for (const codec of Object.keys(codecs) as CodecName[]) {
      const { levels } = codecs[codec]
      for (const level of levels === undefined ? [undefined] : [undefined, levels.min, levels.max]) {
        const name = `${codec} at level ${level} of ${size}`
        batches.push({ name, bytes: buildBatch(records, { codec, level }), records })
      }
    }
  }
  const answers = harness('read', batches.map(({ bytes }) => `${Buffer.from(bytes).toString('hex')}\n`).join(''))
  for (const [index, { name, records }] of batches.entries()) {
    const read = JSON.parse(answers[index]!)
    deepStrictEqual(
      read.records.map((record: { value: string | null }) => record.value),
      records.map(expectedValue),
      name,
    )
  }
  process.stdout.write(`Kafka reads our ${batches.length} batches\n`)
}

function expectedValue({ value }: RecordInput): string | null {
  if (value === null || value === undefined) return null
  if (value.length > 1000) return `sha256:${createHash('sha256').update(value).digest('hex')}`
  return Buffer.from(value).toString('hex')
}
